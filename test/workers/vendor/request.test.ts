// A checked tool call → the exact request to the vendor.
import { describe, it } from 'vitest';
import { validateArguments } from '../../../workers/tools/validate.ts';
import { planPage, START } from '../../../workers/vendor/paging.ts';
import { describeRequest, requestedFields } from '../../../workers/vendor/request.ts';
import { operationOf, requireConnectWise, requireDesk } from '../integration/integrations.ts';

const connectWise = await requireConnectWise();
const desk = requireDesk();

function requestOf(key: string, given: Record<string, unknown>): { line: string; body: unknown } {
	const integration = connectWise.byResource.has(key) ? connectWise : desk;
	const operation = operationOf(integration, key);
	const { faults, values } = validateArguments(operation, given, integration.file.datetime);
	if (faults.length > 0) throw new Error(JSON.stringify(faults));
	const limit = typeof values.limit === 'number' ? values.limit : undefined;
	const page = operation.kind === 'list' ? planPage(integration.file.paging, START, limit) : null;
	const { verb, path, body } = describeRequest(integration.file, operation, values, page);
	const line = `${verb} ${path}`;
	if (body instanceof FormData) return { line, body: Object.fromEntries(body) };
	return { line, body: body === undefined ? undefined : JSON.parse(body) };
}

describe('a list', () => {
	const cases: { name: string; key: string; args: Record<string, unknown>; has: Record<string, string | null> }[] = [
		{
			name: 'asks for the first 25',
			key: 'tickets.list',
			args: {},
			has: { page: '1', pageSize: '25', conditions: null, orderBy: null },
		},
		{
			name: 'asks for as many as wanted',
			key: 'tickets.list',
			args: { limit: 1000 },
			has: { page: '1', pageSize: '1000', limit: null },
		},
		{
			name: 'sends conditions as they are',
			key: 'tickets.list',
			args: { conditions: 'board/name="Help Desk" and closedFlag=false' },
			has: { conditions: 'board/name="Help Desk" and closedFlag=false' },
		},
		{
			name: 'keeps & # + % and quotes',
			key: 'tickets.list',
			args: { conditions: `summary contains "R&D #1 50% a+b = c?" or summary='x'` },
			has: { conditions: `summary contains "R&D #1 50% a+b = c?" or summary='x'` },
		},
		{
			name: 'keeps other scripts and emoji',
			key: 'tickets.list',
			args: { conditions: 'summary contains "Käse 你好 👩‍💻"' },
			has: { conditions: 'summary contains "Käse 你好 👩‍💻"' },
		},
		{
			name: 'keeps brackets, stars and slashes',
			key: 'tickets.list',
			args: { conditions: 'lastUpdated>[2026-04-01T00:00:00Z] and summary like "*vpn*/x\\"' },
			has: { conditions: 'lastUpdated>[2026-04-01T00:00:00Z] and summary like "*vpn*/x\\"' },
		},
		{
			name: 'cannot be made to send another parameter',
			key: 'tickets.list',
			args: { conditions: 'id=1&pageSize=1000&fields=*' },
			has: { conditions: 'id=1&pageSize=1000&fields=*', pageSize: '25' },
		},
		{ name: 'orders', key: 'tickets.list', args: { orderBy: 'id desc' }, has: { orderBy: 'id desc' } },
		{
			name: 'sends no empty text',
			key: 'tickets.list',
			args: { conditions: '', orderBy: '', customFieldConditions: '', limit: '', next_cursor: '' },
			has: { conditions: null, orderBy: null, customFieldConditions: null, page: '1', pageSize: '25' },
		},
		{
			name: 'filters on custom fields',
			key: 'tickets.list',
			args: { customFieldConditions: 'caption="Region" and value="West"' },
			has: { customFieldConditions: 'caption="Region" and value="West"' },
		},
		{
			name: 'filters inside arrays',
			key: 'contacts.list',
			args: { childConditions: 'communicationItems/value="a@b.c"' },
			has: { childConditions: 'communicationItems/value="a@b.c"' },
		},
		{
			name: 'asks for the named fields',
			key: 'tickets.list',
			args: { fields: 'id, summary ,company/name,' },
			has: { fields: 'id,summary,company/name' },
		},
		{
			name: 'asks for whole records without the vendor’s star',
			key: 'tickets.list',
			args: { fields: '*' },
			has: { fields: null },
		},
		{ name: 'never sends a star among others', key: 'tickets.list', args: { fields: 'id,*' }, has: { fields: null } },
		{
			name: 'pages by the vendor’s names',
			key: 'cases.list',
			args: { q: 'a b' },
			has: { q: 'a b', first: '25', after: null, page: null },
		},
		{ name: 'asks for no more than the vendor gives', key: 'cases.list', args: { limit: 100 }, has: { first: '100' } },
	];
	for (const { name, key, args, has } of cases) {
		it(name, ({ expect }) => {
			const { line, body } = requestOf(key, args);
			const url = new URL(`https://vendor.example${line.replace(/^GET /, '')}`);
			expect(
				Object.fromEntries(Object.keys(has).map((parameter) => [parameter, url.searchParams.get(parameter)])),
			).toEqual(has);
			expect(line).toMatch(/^GET \/[!-~]*$/);
			expect(line).not.toMatch(/[+#]/);
			expect(new Set(url.searchParams.keys()).size).toBe([...url.searchParams.keys()].length);
			expect(url.hash).toBe('');
			expect(body).toBeUndefined();
		});
	}

	it('returns its documented fields unless told otherwise', ({ expect }) => {
		const operation = operationOf(connectWise, 'tickets.list');
		const defaults = operation.documentation.fields ?? [];
		const fields = (args: Record<string, unknown>) => requestedFields(connectWise.file, operation, args);
		expect(fields({})).toEqual(defaults);
		expect(fields({ fields: 'id' })).toEqual(['id']);
		expect(fields({ fields: '*' })).toBeNull();
		// Models fill in what they do not need.
		for (const empty of ['', ' ', ' , ']) expect(fields({ fields: empty })).toEqual(defaults);
		expect(requestedFields(desk.file, operationOf(desk, 'cases.list'), {})).toBeNull();
		const { line } = requestOf('tickets.list', {});
		expect(new URL(`https://x${line.slice(4)}`).searchParams.get('fields')).toBe(defaults.join(','));
	});
});

describe('a request', () => {
	const cases: { name: string; key: string; args: Record<string, unknown>; line: string; body?: unknown }[] = [
		{ name: 'of a get', key: 'tickets.get', args: { id: 14059 }, line: 'GET /service/tickets/14059' },
		{ name: 'of a get that takes no id', key: 'system_info.get', args: {}, line: 'GET /system/info' },
		{
			name: 'of a child',
			key: 'ticket_notes.delete',
			args: { ticket_id: 14059, id: 301 },
			line: 'DELETE /service/tickets/14059/notes/301',
		},
		{
			name: 'of another method that answers with many records',
			key: 'tickets.calculate_sla',
			args: { conditions: 'id = 1', fields: 'id,isInSla', limit: 50 },
			line: 'GET /service/tickets/calculateSla?conditions=id%20%3D%201&fields=id%2CisInSla&pageSize=50',
		},
		{
			name: 'of such a method without a limit',
			key: 'tickets.calculate_sla',
			args: { conditions: 'id = 1', fields: 'id' },
			line: 'GET /service/tickets/calculateSla?conditions=id%20%3D%201&fields=id&pageSize=25',
		},
		{ name: 'of a delete', key: 'tickets.delete', args: { id: 14059 }, line: 'DELETE /service/tickets/14059' },
		{
			name: 'of a delete with a query',
			key: 'contacts.delete',
			args: { id: 311, transferContactId: 310 },
			line: 'DELETE /company/contacts/311?transferContactId=310',
		},
		{
			name: 'of a create',
			key: 'tickets.create',
			args: {
				summary: 'R&D "x"',
				company: { id: 102 },
				requiredDate: '2026-04-01T09:00:00.5+02:00',
				budgetHours: 0,
				automaticEmailContactFlag: false,
			},
			line: 'POST /service/tickets',
			body: {
				summary: 'R&D "x"',
				company: { id: 102 },
				requiredDate: '2026-04-01',
				budgetHours: 0,
				automaticEmailContactFlag: false,
			},
		},
		{
			name: 'of an action',
			key: 'tickets.merge',
			args: { id: 14059, mergeTicketIds: [15992], status: { name: 'Closed' } },
			line: 'POST /service/tickets/14059/merge',
			body: { mergeTicketIds: [15992], status: { name: 'Closed' } },
		},
		{
			name: 'of an action without a body',
			key: 'tickets.copy',
			args: { id: 14059 },
			line: 'POST /service/tickets/14059/copy',
		},
		{
			name: 'that attaches by an id in the body',
			key: 'ticket_configurations.create',
			args: { ticket_id: 14059, id: 77 },
			line: 'POST /service/tickets/14059/configurations',
			body: { id: 77 },
		},
		{
			name: 'of an update: bare names, whole values',
			key: 'tickets.update',
			args: { id: 14059, status: { id: 14 }, summary: 'x', budgetHours: 0 },
			line: 'PATCH /service/tickets/14059',
			body: [
				{ op: 'replace', path: 'summary', value: 'x' },
				{ op: 'replace', path: 'status', value: { id: 14 } },
				{ op: 'replace', path: 'budgetHours', value: 0 },
			],
		},
		{
			name: 'of an update that clears fields',
			key: 'tickets.update',
			args: { id: 14059, clear: ['owner', 'budgetHours'] },
			line: 'PATCH /service/tickets/14059',
			body: [
				{ op: 'remove', path: 'owner' },
				{ op: 'remove', path: 'budgetHours' },
			],
		},
		{
			name: 'of an update with an entire array',
			key: 'tickets.update',
			args: { id: 1, customFields: [{ id: 5, value: false }, { id: 6 }] },
			line: 'PATCH /service/tickets/1',
			body: [{ op: 'replace', path: 'customFields', value: [{ id: 5, value: false }, { id: 6 }] }],
		},
		{
			name: 'of an action that is an update by its verb',
			key: 'configurations.change_type',
			args: { id: 77, type: { id: 8 } },
			line: 'PATCH /company/configurations/77/changeType',
			body: [{ op: 'replace', path: 'type', value: { id: 8 } }],
		},
		{
			name: 'of a note: internal unless told otherwise',
			key: 'ticket_notes.create',
			args: { ticket_id: 1, text: 'x' },
			line: 'POST /service/tickets/1/notes',
			body: { text: 'x', internalAnalysisFlag: true },
		},
		{
			name: 'of a note for the customer',
			key: 'ticket_notes.create',
			args: { ticket_id: 1, text: 'x', detailDescriptionFlag: true },
			line: 'POST /service/tickets/1/notes',
			body: { text: 'x', detailDescriptionFlag: true },
		},
		{
			name: 'of a resolution',
			key: 'ticket_notes.create',
			args: { ticket_id: 1, text: 'x', resolutionFlag: true },
			line: 'POST /service/tickets/1/notes',
			body: { text: 'x', resolutionFlag: true },
		},
		{
			name: 'of a note whose flag is said to be false',
			key: 'ticket_notes.create',
			args: { ticket_id: 1, text: 'x', internalAnalysisFlag: false },
			line: 'POST /service/tickets/1/notes',
			body: { text: 'x', internalAnalysisFlag: true },
		},
		{
			name: 'of a note with another flag only',
			key: 'ticket_notes.create',
			args: { ticket_id: 1, text: 'x', issueFlag: true },
			line: 'POST /service/tickets/1/notes',
			body: { text: 'x', issueFlag: true, internalAnalysisFlag: true },
		},
		{
			name: 'with a text id as one segment',
			key: 'cases.get',
			args: { id: 'a b;c&d+Ä' },
			line: 'GET /cases/a%20b%3Bc%26d%2B%C3%84',
		},
		{
			name: 'with a template in an id',
			key: 'cases.get',
			args: { id: '{{client_secret}}' },
			line: 'GET /cases/%7B%7Bclient_secret%7D%7D',
		},
		{
			name: 'of a plain JSON update',
			key: 'cases.update',
			args: { id: 'a', subject: 'x', clear: ['priority'] },
			line: 'PUT /cases/a',
			body: { subject: 'x', priority: null },
		},
		{ name: 'of another vendor’s read action', key: 'cases.count', args: { q: 'x' }, line: 'GET /cases/count?q=x' },
	];
	for (const { name, key, args, line, body } of cases) {
		it(`${name}: ${line}`, ({ expect }) => {
			expect(requestOf(key, args)).toEqual({ line, body });
		});
	}

	it('of every documented example goes to its own path, with its own verb', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const { example } = operation.documentation;
			if (!example) continue;
			const { line, body } = requestOf(`${operation.resource}.${operation.method}`, example);
			const path = operation.fact.path.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(example[name]));
			expect(line.split('?')[0]).toBe(`${operation.fact.verb} ${path}`);
			if (operation.kind === 'update') {
				expect(Array.isArray(body), line).toBe(true);
				for (const { path: field } of body as { path: string }[]) expect(field).toMatch(/^[a-z][A-Za-z0-9]*$/);
			}
			const hasBody = operation.fact.body !== undefined;
			expect(body !== undefined, line).toBe(hasBody);
		}
	});
});
