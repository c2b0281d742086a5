// Five vendors that are unlike ConnectWise PSA and unlike each other, described by JSON alone and walked through the
// public doors: connect, list to the end, get, create, update, a child note, and every way to fail.
import { beforeAll, describe, it } from 'vitest';
import {
	accountTables,
	api,
	callTool,
	createServer,
	eventually,
	type Json,
	mockVendor,
	resultOf,
	type ServerWithUrl,
	setUp,
	type VendorCall,
} from '../support.ts';
import { installVendors, listenAs, VENDORS } from './fixtures.ts';
import { sysId } from './servicenow.ts';
import type { SimulatedVendor } from './simulated-vendor.ts';

setUp();
beforeAll(installVendors);

interface Walk {
	name: string;
	vendor: () => SimulatedVendor & { tickets: object[] };
	/** What the vendor is found at where the operator enters no address. */
	baseUrl: string;
	list: { tool: string; args?: Json; ids: unknown[]; idField?: string; fieldsArgument?: string };
	get: { tool: string; id: number | string; has: Json; missing: Json; missingId?: string };
	create: { tool: string; args: Json; sends: unknown; id: number | string };
	update: { tool: string; args: Json; sends: unknown; line: string };
	/** The vendor may tell no id of a note. */
	note: { tool: string; args: Json; sends: unknown; id: number | string | undefined };
	invalid: { args: Json; statusCode: number; says: RegExp; errors: unknown };
	/** Names for bare ids: of a write, of a list, and one that nobody has. */
	named: { tool: string; args: Json; sends: unknown; resolved: Json };
	listed: { args: Json; asks: string };
	unknown: { tool: string; args: Json; says: RegExp };
	wrongSecret: Json;
	says401: RegExp;
	retryAfter: number | undefined;
	/** Questions by POST that change nothing. */
	reads?: RegExp;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

const WALKS: Walk[] = [
	{
		name: 'halopsa',
		vendor: VENDORS.halopsa,
		baseUrl: 'https://acme.halopsa.com',
		list: { tool: 'list_all_halopsa_tickets', ids: range(1001, 120) },
		get: {
			tool: 'get_single_halopsa_ticket_by_id',
			id: 1001,
			has: { summary: 'Ticket 1', client_id: 12 },
			missing: { statusCode: 404, message: /HaloPSA: Ticket not found\./ },
		},
		create: {
			tool: 'create_a_halopsa_ticket',
			args: { summary: 'Printer on fire', tickettype_id: 1, client_id: 12 },
			sends: [{ summary: 'Printer on fire', tickettype_id: 1, client_id: 12 }],
			id: 5120,
		},
		update: {
			tool: 'update_a_halopsa_ticket_by_id',
			args: { id: 1001, status_id: 2 },
			sends: [{ status_id: 2, id: 1001 }],
			line: 'POST /api/Tickets',
		},
		note: {
			tool: 'create_a_halopsa_action',
			args: { ticket_id: 1001, outcome: 'Note', note: 'On my way' },
			sends: [{ ticket_id: 1001, outcome: 'Note', note: 'On my way', hiddenfromuser: true }],
			id: 300,
		},
		invalid: {
			args: { summary: '!', tickettype_id: 1 },
			statusCode: 400,
			says: /Summary is too short/,
			errors: undefined,
		},
		named: {
			tool: 'create_a_halopsa_ticket',
			args: {
				summary: 'Named',
				tickettype_id: '1',
				client_id: 'globex',
				status_id: 'In progress',
				agent_id: 'Jane Doe',
			},
			sends: [{ summary: 'Named', tickettype_id: 1, client_id: 13, status_id: 2, agent_id: 3 }],
			resolved: { client_id: { id: 13, name: 'Globex' }, agent_id: { id: 3, name: 'Jane Doe' } },
		},
		listed: {
			args: { client: 'Globex', status: 'Closed', limit: 100 },
			asks: 'client_id=13&status_id=9',
		},
		unknown: {
			tool: 'update_a_halopsa_ticket_by_id',
			args: { id: 1001, status_id: 'Cloesd' },
			says: /status_id "Cloesd" names no status\. There are: New \(id 1\), In Progress \(id 2\), Closed \(id 9\)/,
		},
		wrongSecret: { client_secret: 'halo-secret-2' },
		says401: /gave no access token \(status 400\): "The client secret has expired"/,
		retryAfter: 17,
	},
	{
		name: 'autotask',
		vendor: VENDORS.autotask,
		baseUrl: 'https://webservices5.autotask.net/ATServicesRest',
		list: {
			tool: 'list_all_autotask_tickets',
			args: { search: '{"filter":[{"op":"noteq","field":"status","value":0}]}' },
			ids: range(7001, 23),
		},
		get: {
			tool: 'get_single_autotask_ticket_by_id',
			id: 7001,
			has: { title: 'Ticket 1', companyID: 12 },
			missing: { statusCode: 404, message: /Autotask PSA answered 404 Not Found\. Check the id\./ },
		},
		create: {
			tool: 'create_a_autotask_ticket',
			args: { title: 'Printer on fire', companyID: 12, status: 1, priority: 2 },
			sends: { title: 'Printer on fire', companyID: 12, status: 1, priority: 2 },
			id: 9023,
		},
		update: {
			tool: 'update_a_autotask_ticket_by_id',
			args: { id: 7001, status: 5 },
			sends: { status: 5, id: 7001 },
			line: 'PATCH /ATServicesRest/V1.0/Tickets',
		},
		note: {
			tool: 'create_a_autotask_ticket_note',
			args: { ticket_id: 7001, title: 'On my way', description: 'Soon', noteType: 1 },
			sends: { title: 'On my way', description: 'Soon', noteType: 1, publish: 2 },
			id: 9000,
		},
		invalid: {
			args: { title: '!', companyID: 12, status: 1, priority: 2 },
			statusCode: 500,
			says: /^Autotask PSA: Data violation: title too short\. Correct what it names\.$/,
			errors: [{ message: 'Data violation: title too short' }, { message: 'Missing Required Field: queueID' }],
		},
		named: {
			tool: 'create_a_autotask_ticket',
			args: { title: 'Named', companyID: 'Globex', status: 'complete', priority: 'Medium' },
			sends: { title: 'Named', companyID: 13, status: 5, priority: 2 },
			resolved: { companyID: { id: 13, name: 'Globex' }, status: { id: 5, name: 'Complete' } },
		},
		listed: {
			args: { company: 'Globex', not_status: 'New', limit: 100 },
			asks: 'search={"filter":[{"op":"eq","field":"companyID","value":13},{"op":"noteq","field":"status","value":1}],"MaxRecords":100}',
		},
		unknown: {
			tool: 'update_a_autotask_ticket_by_id',
			args: { id: 7001, status: 'Complte' },
			says: /status "Complte" names no status\. There are: New \(id 1\), Complete \(id 5\)/,
		},
		wrongSecret: { api_secret: 'at-secret-2' },
		says401: /User name, secret or tracking identifier is not accepted/,
		retryAfter: undefined,
	},
	{
		name: 'zendesk',
		vendor: VENDORS.zendesk,
		baseUrl: 'https://acme.zendesk.com/api/v2',
		list: { tool: 'list_all_zendesk_tickets', ids: range(501, 23) },
		get: {
			tool: 'get_single_zendesk_ticket_by_id',
			id: 501,
			has: { subject: 'Ticket 1', organization_id: 12 },
			missing: { statusCode: 404, message: /Zendesk Support: Not found\. Check the id\./ },
		},
		create: {
			tool: 'create_a_zendesk_ticket',
			args: { subject: 'Printer on fire', comment: { body: 'It burns.' } },
			sends: { ticket: { subject: 'Printer on fire', comment: { body: 'It burns.' } } },
			id: 623,
		},
		update: {
			tool: 'update_a_zendesk_ticket_by_id',
			args: { id: 501, status: 'pending' },
			sends: { ticket: { status: 'pending' } },
			line: 'PUT /api/v2/tickets/501.json',
		},
		note: {
			tool: 'create_a_zendesk_ticket_comment',
			args: { ticket_id: 501, body: 'On my way' },
			sends: { ticket: { comment: { body: 'On my way', public: false } } },
			id: 9000,
		},
		invalid: {
			args: { subject: 'No comment', comment: { body: '' } },
			statusCode: 422,
			says: /Record validation errors\. Correct the fields that it names\./,
			errors: [{ field: 'base', message: 'Description: cannot be blank', code: 'BlankValue' }],
		},
		named: {
			tool: 'update_a_zendesk_ticket_by_id',
			args: { id: 502, organization_id: { name: 'Globex' } },
			sends: { ticket: { organization_id: 13 } },
			resolved: { organization_id: { id: 13, name: 'Globex' } },
		},
		listed: { args: { limit: 100 }, asks: 'page[size]=100' },
		unknown: {
			tool: 'update_a_zendesk_ticket_by_id',
			args: { id: 502, organization_id: 'Initech' },
			says: /organization_id "Initech" names no organization\. Nothing comes near it/,
		},
		wrongSecret: { api_token: 'zen-token-2' },
		says401: /E-mail or API token is not accepted/,
		retryAfter: 23,
	},
	{
		name: 'servicenow',
		vendor: VENDORS.servicenow,
		baseUrl: 'https://acme.service-now.com/api/now',
		list: {
			tool: 'list_all_servicenow_incidents',
			ids: range(1, 23).map((number) => sysId('abc', number)),
			idField: 'sys_id',
			fieldsArgument: 'sysparm_fields',
		},
		get: {
			tool: 'get_single_servicenow_incident_by_id',
			id: sysId('abc', 1),
			has: { short_description: 'Incident 1', company: sysId('c', 1) },
			missing: { statusCode: 404, message: /ServiceNow: No Record found\. Check the id\./ },
			missingId: sysId('abc', 99),
		},
		create: {
			tool: 'create_a_servicenow_incident',
			args: { short_description: 'Printer on fire', caller_id: sysId('e', 1) },
			sends: { short_description: 'Printer on fire', caller_id: sysId('e', 1) },
			id: sysId('abc', 923),
		},
		update: {
			tool: 'update_a_servicenow_incident_by_id',
			args: { id: sysId('abc', 1), state: '2' },
			sends: { state: '2' },
			line: `PATCH /api/now/table/incident/${sysId('abc', 1)}`,
		},
		note: {
			tool: 'create_a_servicenow_journal_entry',
			args: { incident_id: sysId('abc', 1), work_notes: 'On my way' },
			sends: { work_notes: 'On my way' },
			id: sysId('abc', 1),
		},
		invalid: {
			args: { short_description: '!' },
			statusCode: 403,
			says: /ServiceNow: Operation Failed\. The integration user lacks the right\./,
			errors: [{ message: 'Data Policy Exception: short_description is too short' }],
		},
		named: {
			tool: 'create_a_servicenow_incident',
			args: { short_description: 'Named', caller_id: 'jane doe', company: 'Globex', assignment_group: 'service desk' },
			sends: {
				short_description: 'Named',
				caller_id: sysId('e', 1),
				company: sysId('c', 2),
				assignment_group: sysId('d', 1),
			},
			resolved: { caller_id: { id: sysId('e', 1), name: 'Jane Doe' }, company: { id: sysId('c', 2), name: 'Globex' } },
		},
		listed: {
			args: { assigned_to: 'Joe Bloggs', active: true, about: 'in^c', sysparm_query: 'priority=4', limit: 100 },
			asks: `sysparm_query=priority=4^active=true^assigned_to=${sysId('e', 2)}^short_descriptionLIKEin^^c&`,
		},
		unknown: {
			tool: 'update_a_servicenow_incident_by_id',
			args: { id: sysId('abc', 1), assigned_to: 'Jane Dow' },
			says: /assigned_to "Jane Dow" names no user\. Nearest: Jane Doe/,
		},
		wrongSecret: { password: 'snow-secret-2' },
		says401: /User or password is not accepted/,
		retryAfter: 11,
	},
	{
		name: 'hubspot',
		vendor: VENDORS.hubspot,
		baseUrl: 'https://api.hubapi.com',
		list: { tool: 'list_all_hubspot_tickets', ids: range(9001, 23).map(String) },
		get: {
			tool: 'get_single_hubspot_ticket_by_id',
			id: '9001',
			has: { subject: 'Ticket 1', hs_ticket_priority: 'LOW' },
			missing: { statusCode: 404, message: /HubSpot: Object not found\. Check the id\./ },
			missingId: '4',
		},
		create: {
			tool: 'create_a_hubspot_ticket',
			args: { subject: 'Printer on fire', hs_pipeline_stage: '1' },
			sends: { properties: { subject: 'Printer on fire', hs_pipeline_stage: '1' } },
			id: '9923',
		},
		update: {
			tool: 'update_a_hubspot_ticket_by_id',
			args: { id: '9001', hs_ticket_priority: 'HIGH' },
			sends: { properties: { hs_ticket_priority: 'HIGH' } },
			line: 'PATCH /crm/v3/objects/tickets/9001',
		},
		note: {
			tool: 'create_a_hubspot_ticket_note',
			args: { ticket_id: '9001', hs_note_body: 'On my way', hs_timestamp: '2026-11-27T09:00:00Z' },
			sends: {
				properties: { hs_note_body: 'On my way', hs_timestamp: '2026-11-27T09:00:00.000Z' },
				associations: [
					{ to: { id: '9001' }, types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 228 }] },
				],
			},
			id: '9900',
		},
		invalid: {
			args: { subject: '!', hs_pipeline_stage: '1' },
			statusCode: 400,
			says: /HubSpot: Property values were not valid\. Correct what it names\./,
			errors: [{ message: 'subject is too short', code: 'TOO_SHORT' }],
		},
		named: {
			tool: 'create_a_hubspot_ticket',
			args: { subject: 'Named', hs_pipeline_stage: 'Waiting on us', hubspot_owner_id: 'Jane Doe' },
			sends: { properties: { subject: 'Named', hs_pipeline_stage: '3', hubspot_owner_id: '31' } },
			resolved: { hs_pipeline_stage: { id: '3', name: 'Waiting on us' }, hubspot_owner_id: { id: '31' } },
		},
		listed: {
			args: { company: 'Globex', stage: 'closed', query: 'smokes', limit: 100 },
			asks: '{"query":"smokes","filterGroups":[{"filters":[{"operator":"EQ","propertyName":"hs_pipeline_stage","value":"4"},{"operator":"EQ","propertyName":"associations.company","value":"72"}]}]',
		},
		unknown: {
			tool: 'update_a_hubspot_ticket_by_id',
			args: { id: '9001', hs_pipeline_stage: 'Escalated' },
			says: /hs_pipeline_stage "Escalated" names no stage\. There are: New \(id 1\), Waiting on contact \(id 2\)/,
		},
		wrongSecret: { access_token: 'hub-secret-2' },
		says401: /The access token is not accepted/,
		retryAfter: undefined,
		reads: /\/search$/,
	},
];

for (const { name, vendor: make, baseUrl, list, get, create, update, note, invalid, wrongSecret, ...walk } of WALKS) {
	describe(name, () => {
		const vendor = make();
		let server: ServerWithUrl;
		let sent: VendorCall[];

		const listen = () => {
			sent = listenAs(vendor);
		};
		const call = async (tool: string, args: Json = {}) => {
			listen();
			return resultOf(await callTool(server.url, tool, args));
		};
		const connect = (id: string, credentials: Json = vendor.credentials) => {
			listen();
			return api('POST', '/integrated-account', { integration: name, id, name, credentials });
		};

		beforeAll(async () => {
			const { status, text } = await connect(`walk-${name}`);
			if (status !== 201) throw new Error(text);
			server = await createServer(`walk-${name}`, { tool_exposure: 'all' });
		});

		it('is found by its settings, and its test is good', async ({ expect }) => {
			listen();
			const { body } = await api('GET', `/integrated-account/walk-${name}`);
			expect(body.base_url).toBe(baseUrl);
			const tested = await api('POST', `/integrated-account/walk-${name}/test`);
			expect(tested.body).toMatchObject({ ok: true, cause: null });
		});

		it('tells the operator why credentials are refused', async ({ expect }) => {
			await connect(`wrong-${name}`, { ...vendor.credentials, ...wrongSecret });
			const { body } = await api('POST', `/integrated-account/wrong-${name}/test`);
			expect(body.ok).toBe(false);
			expect(body.message).toMatch(walk.says401);
			expect(JSON.stringify(body)).not.toContain(Object.values(wrongSecret)[0]);
		});

		it('lists every record once, whatever the page', async ({ expect }) => {
			const { idField = 'id' } = list;
			for (const limits of [[7], [100], [5, 50, 11]]) {
				const ids: unknown[] = [];
				let cursor: unknown = null;
				for (let page = 0; page === 0 || cursor !== null; page++) {
					if (page > 200) throw new Error('the list does not end');
					const from = cursor === null ? {} : { next_cursor: cursor };
					const limit = limits[page % limits.length];
					const { isError, structuredContent } = await call(list.tool, { ...list.args, limit, ...from });
					if (isError) throw new Error(JSON.stringify(structuredContent));
					ids.push(...(structuredContent.result as Json[]).map((record) => record[idField]));
					cursor = structuredContent.next_cursor;
				}
				expect(ids).toEqual(list.ids);
			}
		});

		it('returns the documented fields of a list unless others are named', async ({ expect }) => {
			const { idField = 'id', fieldsArgument: fields = 'fields' } = list;
			const named = await call(list.tool, { ...list.args, limit: 1, [fields]: idField });
			expect(named.structuredContent.result).toEqual([{ [idField]: list.ids[0] }]);
			const [usual] = (await call(list.tool, { ...list.args, limit: 1 })).structuredContent.result as Json[];
			const [whole] = (await call(list.tool, { ...list.args, limit: 1, [fields]: '*' })).structuredContent
				.result as Json[];
			expect(Object.keys(usual ?? {}).length).toBeLessThan(Object.keys(whole ?? {}).length);
		});

		it('gets a record, and says of none that there is none', async ({ expect }) => {
			expect((await call(get.tool, { id: get.id })).structuredContent).toMatchObject({
				[list.idField ?? 'id']: get.id,
				...get.has,
			});
			const { isError, structuredContent } = await call(get.tool, { id: get.missingId ?? 4 });
			expect(isError).toBe(true);
			expect(structuredContent.statusCode).toBe(get.missing.statusCode);
			expect(structuredContent.message).toMatch(get.missing.message as RegExp);
		});

		it('creates once, and answers a repeat with what the first made', async ({ expect }) => {
			const made = await call(create.tool, create.args);
			expect(made.structuredContent.id).toBe(create.id);
			expect(JSON.parse(sent.at(-1)?.body ?? '')).toEqual(create.sends);
			await eventually(async () => {
				const rows = (await accountTables(`walk-${name}`)).recent_write as {
					state: string;
					record_id: string | null;
				}[];
				if (!rows.some(({ state, record_id }) => state === 'made' && record_id === JSON.stringify(create.id)))
					throw new Error('the guard does not know it yet');
			});
			const count = vendor.tickets.length;
			const again = await call(create.tool, create.args);
			expect(again.structuredContent).toMatchObject({ id: create.id, is_repeat: true });
			expect(vendor.tickets).toHaveLength(count);
		});

		it('updates what is given alone', async ({ expect }) => {
			const { isError, structuredContent } = await call(update.tool, update.args);
			expect([isError, structuredContent.id]).toEqual([undefined, update.args.id]);
			const request = sent.at(-1);
			expect(`${request?.method} ${new URL(request?.url ?? '').pathname}`).toBe(update.line);
			expect(JSON.parse(request?.body ?? '')).toEqual(update.sends);
		});

		it('takes names where the vendor has ids', async ({ expect }) => {
			const { isError, structuredContent } = await call(walk.named.tool, walk.named.args);
			expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
			expect(JSON.parse(sent.at(-1)?.body ?? '')).toEqual(walk.named.sends);
			expect(structuredContent.resolved).toMatchObject(walk.named.resolved);
			await call(list.tool, walk.listed.args);
			const { url = '', body = '' } = sent.at(-1) ?? {};
			expect(`${decodeURIComponent(url)} ${body}`).toContain(walk.listed.asks);
		});

		it('refuses a name that nobody has, with those that there are', async ({ expect }) => {
			const { isError, structuredContent } = await call(walk.unknown.tool, walk.unknown.args);
			expect(isError).toBe(true);
			expect(structuredContent.message).toMatch(walk.unknown.says);
			expect(sent.filter(({ method, url }) => method !== 'GET' && !(walk.reads ?? /\/token/).test(url))).toEqual([]);
		});

		it('keeps a note internal', async ({ expect }) => {
			const { structuredContent } = await call(note.tool, note.args);
			expect(JSON.parse(sent.at(-1)?.body ?? '')).toEqual(note.sends);
			expect(structuredContent.id).toBe(note.id);
		});

		it('hands on every fault of a write, which is known not to be made', async ({ expect }) => {
			const { isError, structuredContent } = await call(create.tool, { ...invalid.args, confirm_unusual: true });
			expect(isError).toBe(true);
			expect(structuredContent.statusCode).toBe(invalid.statusCode);
			expect(structuredContent.message).toMatch(invalid.says);
			expect(structuredContent.message).not.toMatch(/unknown/);
			expect(structuredContent.errors).toEqual(invalid.errors);
		});

		it('waits as long as it is told', async ({ expect }) => {
			vendor.limitNext();
			const { isError, structuredContent } = await call(get.tool, { id: get.id });
			expect(isError).toBe(true);
			expect(structuredContent).toMatchObject({ statusCode: 429 });
			expect(structuredContent.retry_after_seconds).toBe(walk.retryAfter);
		});
	});
}

describe('a vendor that gives no token and repeats the secret', () => {
	const SECRET = 'halo-Secret-77';
	const spellings: [name: string, said: string][] = [
		['as it is', SECRET],
		['in upper case', SECRET.toUpperCase()],
		['with a hidden character', SECRET.replace('S', '\u200bS')],
		['with blanks', [...SECRET].join(' ')],
		['percent-encoded', [...SECRET].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')],
		['in HTML', [...SECRET].map((c) => `&#${c.charCodeAt(0)};`).join('')],
		['as a header', `Basic ${btoa(`halo-client:${SECRET}`)}`],
		['cut', `${'x'.repeat(176)} ${SECRET}`],
	];
	for (const [name, said] of spellings) {
		// security: S-20
		it(`${name} has it in no answer to an operator`, async ({ expect }) => {
			const id = `repeats-${spellings.findIndex((one) => one[0] === name)}`;
			const credentials = { tenant: 'acme', client_id: 'halo-client', client_secret: SECRET };
			mockVendor(() => Response.json({ error_description: `Not good: ${said}` }, { status: 400 }));
			const account = { integration: 'halopsa', id, name, credentials };
			const refused = await api('POST', '/integrated-account?test=true', account);
			await api('POST', '/integrated-account', account);
			const { text, body } = await api('POST', `/integrated-account/${id}/test`);
			expect(body.message).toContain('[credential]');
			for (const told of [text, refused.text]) {
				const folded = told.replace(/[^a-z0-9]/gi, '').toLowerCase();
				expect(folded).not.toContain('halosecret');
				expect(told).not.toContain(said);
			}
		});
	}
});
