// The simulated vendor on the real runtime: credentials, lists, writes, actions, faults on demand, restart.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';

const HOST = 'http://localhost:8788';
const BASE = `${HOST}/v4_6_release/apis/3.0`;
const CLIENT_ID = '11111111-2222-3333-4444-555555555555';
const basic = (credentials: string): string => `Basic ${btoa(credentials)}`;
const AUTH = { authorization: basic('patchbay+sandboxPublicKey:sandboxPrivateKey'), clientid: CLIENT_ID };

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by the expectations on them
type Answer = { status: number; headers: Headers; text: string; json: any };

const storage = mkdtempSync(join(tmpdir(), 'sandbox-'));
let script = '';
let miniflare: Miniflare;

function start(): Miniflare {
	return new Miniflare(
		convertV4MiniflareOptions({
			resourcePersistencePath: storage,
			workers: [
				{
					name: 'sandbox',
					modules: true,
					script,
					compatibilityDate: '2026-10-01',
					durableObjects: { SANDBOX: { className: 'SandboxState', useSQLite: true } },
				},
			],
		}),
	);
}

async function send(method: string, url: string, headers: Record<string, string>, body?: unknown): Promise<Answer> {
	const response = await miniflare.dispatchFetch(url, {
		method,
		headers,
		...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
	});
	const text = await response.text();
	let json: unknown;
	try {
		json = JSON.parse(text);
	} catch {
		json = undefined;
	}
	return { status: response.status, headers: new Headers([...response.headers]), text, json };
}

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
	send(method, BASE + path, { ...AUTH, 'content-type': 'application/json', ...headers }, body);
const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
	call('GET', path, undefined, headers);
const query = (path: string, parameters: Record<string, string>): Promise<Answer> =>
	get(`${path}?${new URLSearchParams(parameters)}`);
const control = (fault: object): Promise<Answer> => send('POST', `${HOST}/sandbox/control`, {}, { fault });
const replace = (path: string, value: unknown): object[] => [{ op: 'replace', path, value }];

beforeAll(async () => {
	const bundle = await build({
		entryPoints: [join(import.meta.dirname, '../../sandbox/index.ts')],
		bundle: true,
		format: 'esm',
		target: 'es2024',
		external: ['cloudflare:workers'],
		write: false,
	});
	script = bundle.outputFiles[0]?.text ?? '';
	miniflare = start();
});

afterAll(async () => {
	await miniflare.dispose();
	rmSync(storage, { recursive: true, force: true });
});

beforeEach(async () => {
	await send('POST', `${HOST}/sandbox/reset`, {});
});

describe('credentials', () => {
	const wrong = [
		{ name: 'no Authorization', headers: { clientid: CLIENT_ID }, status: 401, part: 'UserNotAuthenticated' },
		{
			name: 'a wrong private key',
			headers: { ...AUTH, authorization: basic('patchbay+sandboxPublicKey:no') },
			status: 401,
			part: '"code":"Unauthorized"',
		},
		{
			name: 'an unknown company',
			headers: { ...AUTH, authorization: basic('nobody+sandboxPublicKey:sandboxPrivateKey') },
			status: 400,
			part: 'Cannot route. Codebase/company is invalid',
		},
		{ name: 'no clientId', headers: { authorization: AUTH.authorization }, status: 400, part: 'clientId' },
		{ name: 'a clientId that is no GUID', headers: { ...AUTH, clientid: 'x' }, status: 400, part: 'clientId' },
	];
	for (const { name, headers, status, part } of wrong) {
		it(`answers ${status} to ${name}`, async ({ expect }) => {
			const answer = await send('GET', `${BASE}/system/info`, headers as Record<string, string>);
			expect(answer.status).toBe(status);
			expect(answer.text).toContain(part);
		});
	}
	it('answers under no name but this machine’s own', async ({ expect }) => {
		for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example:8788'])
			expect((await send('GET', `http://${host}/v4_6_release/apis/3.0/system/info`, AUTH)).status).toBe(403);
		for (const host of ['localhost', '127.0.0.1:8788', '[::1]:8788'])
			expect((await send('GET', `http://${host}/v4_6_release/apis/3.0/system/info`, AUTH)).status).toBe(200);
	});
	it('tells the codebase without credentials', async ({ expect }) => {
		expect((await send('GET', `${HOST}/login/companyinfo/patchbay`, {})).json.Codebase).toBe('v2025_1/');
		expect((await send('GET', `${HOST}/login/companyinfo/nobody`, {})).json).toBeNull();
	});
	it('serves any codebase and any case of the path', async ({ expect }) => {
		for (const path of ['/v2025_1/apis/3.0/system/info', '/V4_6_RELEASE/APIS/3.0//System/Info']) {
			const answer = await send('GET', HOST + path, AUTH);
			expect(answer.status).toBe(200);
			expect(answer.headers.get('api-current-version')).toBe('2025.16');
			expect(answer.headers.get('x-cw-request-id')).toBeTruthy();
		}
	});
});

describe('the seed', () => {
	it('has the records that documentation names', async ({ expect }) => {
		const acme = (await get('/service/tickets/14059')).json;
		expect(acme.company).toMatchObject({ id: 102, identifier: 'AcmeCorp', name: 'Acme Corp' });
		expect(acme.board.name).toBe('Help Desk');
		expect(acme.owner.identifier).toBe('jsmith');
		expect(Object.keys(acme).length).toBeGreaterThan(70);
		expect((await get('/service/tickets/14059/notes')).json[0].detailDescriptionFlag).toBe(true);

		const newest = await query('/service/tickets', {
			conditions: 'board/name="Help Desk"',
			orderBy: 'id desc',
			pageSize: '1',
		});
		expect(newest.json[0]).toMatchObject({ id: 15992, company: { id: 102 }, status: { name: 'New' } });
		expect(newest.json[0].summary).toContain('database down');

		const statuses = await query('/service/boards/1/statuses', { fields: 'id,name' });
		expect(statuses.json).toContainEqual({ id: 14, name: 'Escalated' });
		expect(statuses.json).toContainEqual({ id: 19, name: 'Tier 3' });
		const teams = await query('/service/boards/1/teams', { conditions: 'name="Tier 3"' });
		expect(teams.json).toMatchObject([{ id: 13, boardId: 1 }]);
		const { types } = (await get('/company/companies/102')).json;
		expect(types.map(({ name }: { name: string }) => name)).toContain('VIP');
		const xyz = await query('/service/tickets/count', { conditions: 'company/identifier="XYZ" and closedFlag=false' });
		expect(xyz.json.count).toBeGreaterThanOrEqual(40);
		const odd = await query('/company/companies', { conditions: `name = "O'Brien \\"West\\" & Sons [UK] 100%"` });
		expect(odd.json.length).toBe(1);
	});
	it('knows the time zone of the server, of the account and of every member', async ({ expect }) => {
		const zones = (await get('/system/timeZoneSetups')).json;
		expect(zones.filter(({ defaultFlag }: { defaultFlag: boolean }) => defaultFlag)).toMatchObject([
			{ id: 1, name: 'GMT-5/Eastern Time: US & Canada', timeZone: { name: 'Eastern Standard Time' }, offset: -5 },
		]);
		const windowsNames = zones.map(({ timeZone }: { timeZone: { name: string } }) => timeZone.name);
		expect(windowsNames.filter((name: string) => !name.endsWith(' Standard Time'))).toEqual([]);
		expect(windowsNames).toContain((await get('/system/info')).json.serverTimeZone);
		const members = await query('/system/members', { fields: 'identifier,timeZone/name', pageSize: '50' });
		const names = members.json.map(({ timeZone }: { timeZone: { name: string } }) => timeZone.name);
		expect(names).toHaveLength(11);
		expect(new Set(names).size).toBeGreaterThan(3);
		expect((await get('/system/myMembers')).json.timeZone).toMatchObject({ id: 1 });
	});
	it('has tickets of today and of last week', async ({ expect }) => {
		for (const days of [1, 7]) {
			const since = `${new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 19)}Z`;
			const count = await query('/service/tickets/count', { conditions: `dateEntered > [${since}]` });
			expect(count.json.count).toBeGreaterThan(5);
		}
	});
	it('finds Jane Doe by what her communications say', async ({ expect }) => {
		const childConditions =
			'communicationItems/value like "jane.doe@*" and communicationItems/communicationType="Email"';
		const found = await query('/company/contacts', { childConditions, conditions: 'company/id=102' });
		expect(found.json.map((contact: { firstName: string }) => contact.firstName)).toEqual(['Jane']);
		const types = found.json[0].communicationItems.map((item: { communicationType: string }) => item.communicationType);
		expect(types).toEqual(['Phone', 'Email']);
	});
});

describe('lists', () => {
	it('gives every record once over numbered pages', async ({ expect }) => {
		const ids: number[] = [];
		let page = 1;
		let link: string | null;
		do {
			const answer = await get(`/service/tickets?fields=id&orderBy=summary%20asc&pageSize=90&page=${page++}`);
			ids.push(...answer.json.map(({ id }: { id: number }) => id));
			link = answer.headers.get('link');
		} while (link?.includes('rel="next"'));
		expect(new Set(ids).size).toBe((await get('/service/tickets/count')).json.count);
		expect(ids.length).toBe(new Set(ids).size);
	});
	it('gives every record once when forward-only', async ({ expect }) => {
		const headers = { 'pagination-type': 'forward-only' };
		const ids: number[] = [];
		let next: string | undefined = '/service/tickets?fields=id&pageSize=150';
		while (next) {
			const answer: Answer = await get(next, headers);
			ids.push(...answer.json.map(({ id }: { id: number }) => id));
			next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1]?.slice(BASE.length);
		}
		expect(ids.length).toBe(400);
		expect(ids).toEqual(ids.toSorted((a, b) => a - b));
		expect((await get('/service/tickets?orderBy=id', headers)).status).toBe(400);
	});
	it('searches by POST with the same language', async ({ expect }) => {
		const body = { conditions: 'summary contains "database down"', orderBy: 'id desc' };
		const answer = await call('POST', '/service/tickets/search?fields=id', body);
		expect([answer.status, answer.json]).toEqual([200, [{ id: 15992 }]]);
	});
	it('filters by attached device and by custom field', async ({ expect }) => {
		const device = (await get('/service/tickets/14059/configurations')).json[0].id;
		const found = await query('/service/tickets', { conditions: `configuration/id=${device}`, fields: 'id' });
		expect(found.json).toContainEqual({ id: 14059 });
		const region = await query('/company/companies', {
			customFieldConditions: 'caption="Partner ID" AND value="PB-0102"',
		});
		expect(region.json[0].id).toBe(102);
	});
});

describe('errors', () => {
	const real = [
		{
			name: 'an unknown company',
			request: ['POST', '/service/tickets', { summary: 'x', company: { id: 19299 } }],
			status: 400,
			body: {
				code: 'InvalidObject',
				message: 'ticket object is invalid',
				errors: [{ code: 'NotFound', message: 'company 19299 not found', resource: 'ticket', field: 'company/id' }],
			},
		},
		{
			name: 'a status of another board',
			request: [
				'POST',
				'/service/tickets',
				{ summary: 'x', company: { id: 102 }, board: { id: 4 }, status: { id: 17 } },
			],
			status: 400,
			body: {
				code: 'InvalidObject',
				message: 'ticket object is invalid',
				errors: [
					{
						code: 'NotFound',
						message: 'Service Status 17 not found for Service Board 4',
						resource: 'ticket',
						field: 'status/id',
					},
				],
			},
		},
		{
			name: 'a long summary',
			request: ['PATCH', '/service/tickets/14059', replace('summary', 'x'.repeat(101))],
			status: 400,
			body: {
				code: 'InvalidObject',
				message: 'ticket object is invalid',
				errors: [
					{
						code: 'MaxLengthField',
						message: 'The field summary must be a string with a maximum length of 100.',
						resource: 'ticket',
						field: 'summary',
					},
				],
			},
		},
		{
			name: 'a note shown nowhere',
			request: ['POST', '/service/tickets/14059/notes', { text: 'x' }],
			status: 400,
			body: {
				code: 'InvalidObject',
				message: 'serviceNote object is invalid',
				errors: [
					{
						code: 'ServiceNote',
						message: 'Please choose where to display the notes in order to save this record.',
						resource: 'serviceNote',
						field: 'detailDescriptionFlag, internalAnalysisFlag, resolutionFlag',
					},
				],
			},
		},
		{
			name: 'a company identifier in use',
			request: ['POST', '/company/companies', { identifier: 'acmecorp', name: 'Acme again' }],
			status: 400,
			body: {
				code: 'InvalidObject',
				message: 'company object is invalid',
				errors: [
					{ code: 'ObjectExists', message: 'Company ID already in use.', resource: 'company', field: 'identifier' },
				],
			},
		},
		{
			name: 'a year out of range',
			request: ['PATCH', '/company/companies/102', replace('yearEstablished', 1)],
			status: 400,
			body: {
				code: 'InvalidObject',
				message: 'company object is invalid',
				errors: [
					{
						code: 'OutOfRange',
						message: 'The field yearEstablished must be between 1900 and 9999.',
						resource: 'company',
						field: 'yearEstablished',
					},
				],
			},
		},
		{
			name: 'a configuration without id',
			request: ['POST', '/service/tickets/14059/configurations', {}],
			status: 400,
			body: {
				code: 'InvalidObject',
				message: 'configuration object is invalid',
				errors: [
					{
						code: 'MissingRequiredField',
						message: 'id or deviceIdentifier is required.',
						resource: 'configuration',
						field: 'id',
					},
				],
			},
		},
		{
			name: 'an unknown name in conditions',
			request: ['GET', '/service/tickets/count?conditions=ticket=1', undefined],
			status: 400,
			body: { code: 'ApiFindCondition', message: 'ticket is not a recognized name.' },
		},
		{
			name: 'an unknown ticket',
			request: ['GET', '/service/tickets/404', undefined],
			status: 404,
			body: { code: 'NotFound', message: 'Service Ticket 404 not found' },
		},
		{
			name: 'an unknown endpoint',
			request: ['GET', '/service/nothing', undefined],
			status: 404,
			body: { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' },
		},
	] as const;
	for (const { name, request, status, body } of real) {
		it(`answers ${name} as the vendor does`, async ({ expect }) => {
			const [method, path, sent] = request;
			const answer = await call(method, path, sent);
			expect([answer.status, answer.json]).toEqual([status, body]);
		});
	}
	it('names all faults at once', async ({ expect }) => {
		const bad = {
			summary: 'x'.repeat(101),
			contact: { id: 1 },
			severity: 'Huge',
			estimatedStartDate: '2026-01-01T00:00:00.000Z',
		};
		const answer = await call('POST', '/service/tickets', bad);
		const fields = answer.json.errors.map(({ field }: { field: string }) => field).sort();
		expect(fields).toEqual(['company', 'contact/id', 'estimatedStartDate', 'severity', 'summary']);
		expect(answer.text).toContain('Unsupported format applied to estimatedStartDate');
	});
	it('refuses wrong methods, media types and broken JSON', async ({ expect }) => {
		expect((await call('DELETE', '/service/tickets')).status).toBe(405);
		expect((await call('POST', '/system/documents', {})).status).toBe(415);
		expect((await call('POST', '/service/tickets', '{')).status).toBe(400);
		expect((await get('/system/documents')).status).toBe(400);
	});
});

describe('tickets', () => {
	it('fills defaults on POST and turns initial texts into notes', async ({ expect }) => {
		const sent = {
			summary: 'New one',
			company: { identifier: 'acmecorp' },
			initialDescription: 'It broke',
			initialInternalAnalysis: 'Hm',
		};
		const { status, json } = await call('POST', '/service/tickets', sent);
		expect(status).toBe(201);
		expect(json).toMatchObject({
			id: 15993,
			board: { id: 1 },
			status: { id: 11, name: 'New' },
			priority: { name: 'Priority 3 - Medium' },
			company: { id: 102 },
			site: { name: 'Main' },
			closedFlag: false,
			_info: { updatedBy: 'patchbay-api' },
		});
		expect(json.initialDescription).toBeUndefined();
		expect(json.owner).toBeUndefined();
		const notes = (await get(`/service/tickets/${json.id}/notes?fields=text,internalAnalysisFlag`)).json;
		expect(notes).toEqual([
			{ text: 'It broke', internalAnalysisFlag: false },
			{ text: 'Hm', internalAnalysisFlag: true },
		]);
	});
	it('closes with the status and reopens with it', async ({ expect }) => {
		const closed = (await call('PATCH', '/service/tickets/14059', replace('status', { name: 'closed' }))).json;
		expect(closed).toMatchObject({ status: { id: 17 }, closedFlag: true, closedBy: 'patchbay-api' });
		expect(closed.closedDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
		const open = (await call('PATCH', '/service/tickets/14059', replace('status', { id: 14 }))).json;
		expect(open).toMatchObject({ status: { name: 'Escalated' }, closedFlag: false });
		expect(open.closedDate).toBeUndefined();
	});
	it('answers a false 200 to a path with a slash', async ({ expect }) => {
		const before = (await get('/service/tickets/14059')).json;
		const answer = await call('PATCH', '/service/tickets/14059', replace('status/id', 17));
		expect([answer.status, answer.json]).toEqual([200, before]);
	});
	it('keeps the old value of a failed PATCH', async ({ expect }) => {
		const operations = [...replace('summary', 'changed'), ...replace('status', { id: 41 })];
		expect((await call('PATCH', '/service/tickets/14059', operations)).status).toBe(400);
		expect((await get('/service/tickets/14059')).json.summary).not.toBe('changed');
	});
	it('takes away what does not belong to the new board, and refuses what the call sets wrongly', async ({ expect }) => {
		const move = [...replace('board', { name: 'Network Support' }), ...replace('status', { id: 42 })];
		for (const [field, id] of [
			['team', 11],
			['type', 11],
			['subType', 11],
			['item', 11],
		] as const) {
			const wrong = await call('PATCH', '/service/tickets/14059', [...move, ...replace(field, { id })]);
			expect(wrong.json.errors).toMatchObject([{ code: 'NotFound', field: `${field}/id` }]);
		}
		const lost = await call('PATCH', '/service/tickets/14059', replace('board', { id: 4 }));
		expect(lost.json.errors).toMatchObject([{ code: 'NotFound', field: 'status/id' }]);
		expect((await get('/service/tickets/14059')).json).toMatchObject({ board: { id: 1 }, team: { id: 11 } });
		const moved = await call('PATCH', '/service/tickets/14059', [...move, ...replace('type', { id: 43 })]);
		expect(moved.json).toMatchObject({ board: { id: 4 }, status: { id: 42 }, type: { id: 43 } });
		for (const field of ['subType', 'item', 'team']) expect(moved.json[field]).toBeUndefined();
	});
	it('lists references with the fields of each, and nothing else', async ({ expect }) => {
		const fields: Record<string, string> = {
			activities: 'id,name',
			configurations: 'id,deviceIdentifier',
			documents: 'id,name',
			products: 'id,description',
			scheduleentries: 'id,description',
			timeentries: 'id',
		};
		for (const [list, known] of Object.entries(fields)) {
			const path = `/service/tickets/14059/${list}`;
			expect((await get(`${path}?fields=${known},_info`)).status, list).toBe(200);
			expect((await get(`${path}?fields=id,summary`)).status, list).toBe(400);
			const count = (await get(`${path}/count`)).json.count;
			expect((await get(path)).json, list).toHaveLength(count);
		}
		expect((await get('/service/tickets/14059/documents?fields=id,name')).json).toEqual([
			{ id: 801, name: 'Screenshot of the password prompt' },
		]);
		const [device] = (await get('/service/tickets/14059/configurations?fields=id,_info/name')).json;
		expect(device._info.name).toBeTruthy();
	});
	it('writes nothing when the answer could not have the fields', async ({ expect }) => {
		const operations = replace('summary', 'changed');
		expect((await call('PATCH', '/service/tickets/14059?fields=nonsense', operations)).status).toBe(400);
		expect((await get('/service/tickets/14059')).json.summary).not.toBe('changed');
	});
	it('replaces custom fields as a whole', async ({ expect }) => {
		const answer = await call('PATCH', '/service/tickets/14059', replace('customFields', [{ id: 7, value: 'Yes' }]));
		const values = answer.json.customFields.map(({ id, value }: { id: number; value?: unknown }) => [id, value]);
		expect(values).toEqual([
			[7, 'Yes'],
			[37, undefined],
			[41, undefined],
		]);
	});
	it('wants the whole ticket on PUT', async ({ expect }) => {
		expect((await call('PUT', '/service/tickets/14059', { summary: 'x', company: { id: 102 } })).status).toBe(400);
		const whole = (await get('/service/tickets/14059')).json;
		const answer = await call('PUT', '/service/tickets/14059', { ...whole, summary: 'put', owner: undefined });
		expect(answer.status).toBe(200);
		expect(answer.json.summary).toBe('put');
		expect(answer.json.owner).toBeUndefined();
	});
	it('merges: closes the other ticket and moves its notes', async ({ expect }) => {
		const before = (await get('/service/tickets/15992/notes/count')).json.count;
		const moved = (await get('/service/tickets/14059/notes/count')).json.count;
		expect((await call('POST', '/service/tickets/15992/merge', { mergeTicketIds: [14059] })).status).toBe(400);
		const body = { mergeTicketIds: [14059], status: { name: 'Closed' } };
		expect((await call('POST', '/service/tickets/15992/merge', body)).json.success).toBe(true);
		expect((await get('/service/tickets/14059')).json).toMatchObject({
			closedFlag: true,
			mergedParentTicket: { id: 15992 },
		});
		expect((await get('/service/tickets/15992/notes/count')).json.count).toBe(before + moved);
		expect((await get('/service/tickets/14059/notes')).json).toEqual([]);
	});
	it('attaches children, copies, and deletes', async ({ expect }) => {
		await call('POST', '/service/tickets/15992/attachChildren', { childTicketIds: [14059] });
		expect((await get('/service/tickets/14059')).json.parentTicketId).toBe(15992);
		const copy = await call('POST', '/service/tickets/14059/copy');
		expect(copy.json.summary).toBe((await get('/service/tickets/14059')).json.summary);
		const gone = await call('DELETE', `/service/tickets/${copy.json.id}`);
		expect([gone.status, gone.text]).toEqual([204, '']);
		expect((await get(`/service/tickets/${copy.json.id}`)).status).toBe(404);
	});
});

describe('time and schedule', () => {
	const work = { chargeToId: 14059, chargeToType: 'ServiceTicket', timeStart: '2026-03-02T10:00:00Z' };

	it('computes hours from the times and adds them to the ticket', async ({ expect }) => {
		const before = (await get('/service/tickets/14059')).json.actualHours;
		const sent = { ...work, timeEnd: '2026-03-02T11:30:00Z', notes: 'Fixed', addToResolutionFlag: true };
		const { status, json } = await call('POST', '/time/entries', sent);
		expect(status).toBe(201);
		expect(json).toMatchObject({
			actualHours: 1.5,
			member: { identifier: 'patchbay-api' },
			company: { id: 102 },
			ticket: { id: 14059 },
			status: 'Open',
			invoiceFlag: false,
			timeSheet: { name: '2026-03-02 to 2026-03-08' },
		});
		expect((await get('/service/tickets/14059')).json.actualHours).toBe(before + 1.5);
		const patched = await call('PATCH', `/time/entries/${json.id}`, replace('actualHours', 9));
		expect([patched.status, patched.json.actualHours]).toEqual([200, 1.5]);
		const all = (await get('/service/tickets/14059/allNotes')).json;
		expect(all).toContainEqual(
			expect.objectContaining({ noteType: 'TimeEntryNote', text: 'Fixed', resolutionFlag: true }),
		);
		await call('DELETE', `/time/entries/${json.id}`);
		expect((await get('/service/tickets/14059')).json.actualHours).toBe(before);
	});
	it('refuses time without end or ticket', async ({ expect }) => {
		expect((await call('POST', '/time/entries', work)).text).toContain('timeEnd or actualHours');
		const lost = await call('POST', '/time/entries', { ...work, chargeToId: 1, actualHours: 1 });
		expect(lost.json.errors[0]).toMatchObject({ code: 'NotFound', field: 'chargeToId' });
		const precise = await call('POST', '/time/entries', {
			...work,
			timeStart: '2026-03-02T10:00:00.000Z',
			actualHours: 1,
		});
		expect(precise.text).toContain('Unsupported format applied to timeStart');
	});
	it('adds who is scheduled to the resources of the ticket', async ({ expect }) => {
		const sent = {
			objectId: 14059,
			type: { identifier: 'S' },
			member: { identifier: 'mgarcia' },
			dateStart: '2026-03-02T10:00:00Z',
			dateEnd: '2026-03-02T11:00:00Z',
		};
		expect((await call('POST', '/schedule/entries', sent)).status).toBe(201);
		expect((await get('/service/tickets/14059')).json.resources).toBe('jsmith,mgarcia');
	});
});

describe('companies and contacts', () => {
	it('creates a company with its site and a contact with communications', async ({ expect }) => {
		const company = await call('POST', '/company/companies', {
			identifier: 'NewCo',
			name: 'New Co',
			types: [{ id: 1 }],
		});
		expect(company.json).toMatchObject({
			status: { name: 'Active' },
			types: [{ name: 'Client' }],
			site: { name: 'Main' },
		});
		const contact = await call('POST', '/company/contacts', {
			firstName: 'Ann',
			company: { id: company.json.id },
			communicationItems: [{ type: { name: 'Email' }, value: 'ann@newco.example', defaultFlag: true }],
		});
		expect(contact.status).toBe(201);
		expect(contact.json.communicationItems[0]).toMatchObject({ communicationType: 'Email', domain: '@newco.example' });
		expect((await call('DELETE', `/company/companies/${company.json.id}`)).status).toBe(409);
	});
	it('resolves references in arrays by name, and saves nothing when one is not found', async ({ expect }) => {
		const sent = { identifier: 'ByName', name: 'By Name' };
		const wrong = await call('POST', '/company/companies', { ...sent, types: [{ name: 'Client' }, { name: 'Foe' }] });
		expect(wrong.json.errors).toEqual([
			{ code: 'NotFound', message: 'company type Foe not found', resource: 'company', field: 'types/name' },
		]);
		const right = await call('POST', '/company/companies', {
			...sent,
			types: [{ name: 'client' }, { name: 'Vendor' }],
		});
		expect(right.status).toBe(201);
		expect(right.json.types).toMatchObject([{ id: 1 }, { id: 3 }]);
	});
	it('checks what a contact brings along before it is saved', async ({ expect }) => {
		const total = (await get('/company/contacts/count')).json.count;
		const sent = { firstName: 'Bob', company: { id: 102 } };
		for (const [wrong, field] of [
			[{ typeIds: [1, 77] }, 'typeIds'],
			[{ types: [{ name: 'Nobody' }] }, 'types/name'],
			[{ communicationItems: [{ type: { name: 'Pigeon' }, value: 'x' }] }, 'communicationItems/type/name'],
			[{ communicationItems: [{ type: { id: 1 } }] }, 'communicationItems/value'],
		] as const) {
			const answer = await call('POST', '/company/contacts', { ...sent, ...wrong });
			expect([answer.status, answer.json.errors.map((fault: { field: string }) => fault.field)]).toEqual([
				400,
				[field],
			]);
		}
		expect((await get('/company/contacts/count')).json.count).toBe(total);
		const items = [{ type: { name: 'Pigeon' }, value: 'x' }];
		expect((await call('PATCH', '/company/contacts/1001', replace('communicationItems', items))).status).toBe(400);
		expect((await get('/company/contacts/1001/communications')).json).toHaveLength(2);
	});
	it('moves a contact to the main site of its new company', async ({ expect }) => {
		const { json } = await call('PATCH', '/company/contacts/1001', replace('company', { id: 103 }));
		expect(json).toMatchObject({ company: { id: 103 }, site: { id: 206 } });
	});
	it('merges a company: what is named goes along, the rest is lost', async ({ expect }) => {
		const tickets = (await query('/service/tickets/count', { conditions: 'company/id in (102,103)' })).json.count;
		const wrong = await call('POST', '/company/companies/102/merge', { toCompanyId: 9, name: 'Mine' });
		expect(wrong.json.errors.map(({ field }: { field: string }) => field)).toEqual(['name', 'toCompanyId']);
		const merge = { toCompanyId: 103, services: 'Merge', name: 'From', phone: 'From', identifier: 'To' };
		expect((await call('POST', '/company/companies/102/merge', merge)).json.success).toBe(true);
		expect((await get('/company/companies/102')).status).toBe(404);
		expect((await get('/company/companies/103')).json).toMatchObject({ name: 'Acme Corp', identifier: 'XYZ' });
		expect((await query('/service/tickets/count', { conditions: 'company/id=103' })).json.count).toBe(tickets);
		const ticket = (await get('/service/tickets/14059')).json;
		expect(ticket).toMatchObject({ company: { id: 103 }, site: { id: 206 }, contactName: 'Jane Doe' });
		expect(ticket.contact).toBeUndefined();
		expect((await get('/company/contacts/1001')).status).toBe(404);
		expect((await call('PATCH', '/service/tickets/14059', replace('summary', 'Still sound'))).status).toBe(200);
	});
});

describe('members', () => {
	it('deactivates one whose duties are handed over', async ({ expect }) => {
		const path = '/system/members/151/deactivate';
		const refused = await call('POST', path, { serviceTeam: { reAssignToMember: { identifier: 'nobody' } } });
		expect(refused.json.errors.map(({ field }: { field: string }) => field)).toEqual([
			'deleteOpenTimeSheetsFlag',
			'serviceTeam/reAssignToMember',
		]);
		expect((await get('/system/members/151')).json.inactiveFlag).toBe(false);
		const body = {
			serviceTeam: { reAssignToMember: { identifier: 'lmartin' } },
			deleteOpenTimeSheetsFlag: true,
		};
		const done = await call('POST', path, body);
		expect(done.json).toMatchObject({ serviceTeam: { count: 2, reAssignToMember: { id: 160 } } });
		expect((await get('/system/members/151')).json).toMatchObject({ inactiveFlag: true });
		expect((await get('/service/boards/1/teams/12')).json).toMatchObject({ teamLeader: { id: 160 }, members: [160] });
		const count = async (conditions: string): Promise<number> =>
			(await query('/time/entries/count', { conditions })).json.count;
		expect(await count('member/id=151 and status="Open"')).toBe(0);
		// What was approved is accounted for, and stays.
		expect(await count('member/id=151')).toBeGreaterThan(0);
		expect((await query('/time/sheets', { conditions: 'member/id=151 and status="Open"' })).json).toEqual([]);
		expect((await call('POST', path, body)).text).toContain('is inactive already');
	});
});

describe('endpoints', () => {
	const folder = join(import.meta.dirname, '../../integrations/connect_wise_psa');
	for (const file of readdirSync(join(folder, 'documentation'))) {
		it(`has every one that ${file} documents`, async ({ expect }) => {
			const read = (kind: string) => JSON.parse(readFileSync(join(folder, kind, file), 'utf8'));
			const { resources } = read('resources');
			const absent: string[] = [];
			for (const [resource, { methods }] of Object.entries<{ methods: object }>(read('documentation'))) {
				for (const method of Object.keys(methods)) {
					const { verb, path } = resources[resource].methods[method];
					// Nothing has this id, and no body is JSON: an endpoint that exists refuses one of them, or answers.
					const body = verb === 'GET' || verb === 'DELETE' ? undefined : '{';
					const { status, text } = await call(verb, path.replaceAll(/\{\{\w+\}\}/g, '999999'), body);
					if (status === 405 || text.includes('The endpoint does not exist')) absent.push(`${verb} ${path}`);
				}
			}
			expect(absent).toEqual([]);
		});
	}
	it('has subtypes tied to every type of a board, or to none', async ({ expect }) => {
		const path = '/service/boards/1/subtypes';
		const wrong = await call('POST', path, { name: 'x', typeAssociationIds: [41] });
		expect(wrong.json.errors).toMatchObject([{ code: 'NotFound', field: 'typeAssociationIds' }]);
		const { json } = await call('POST', path, { name: 'x', addAllTypesFlag: true });
		expect(json).toMatchObject({ typeAssociationIds: [11, 12, 13, 14], addAllTypesFlag: false });
		const none = await call('PATCH', `${path}/${json.id}`, replace('removeAllTypesFlag', true));
		expect(none.json.typeAssociationIds).toEqual([]);
	});
});

describe('faults on demand', () => {
	it('limits the rate for the next requests only', async ({ expect }) => {
		await control({ kind: 'rate_limit', count: 2, retry_after: 7, path: '/service/tickets' });
		expect((await get('/system/info')).status).toBe(200);
		for (let attempt = 0; attempt < 2; attempt++) {
			const limited = await get('/service/tickets');
			expect(limited.status).toBe(429);
			expect(limited.headers.get('retry-after')).toBe('7');
			expect(limited.json).toEqual({
				error: 'ConnectWiseAPI',
				message: 'Too many requests. Please try again in 7 seconds.',
			});
		}
		expect((await get('/service/tickets?pageSize=1')).status).toBe(200);
	});
	it('answers errors, pages, nothing, and half an answer', async ({ expect }) => {
		await control({ kind: 'error', status: 502 });
		expect((await get('/system/info')).status).toBe(502);
		await control({ kind: 'html' });
		expect((await get('/system/info')).text).toContain('<html>');
		await control({ kind: 'empty' });
		expect((await get('/system/info')).text).toBe('');
		await control({ kind: 'truncated' });
		const half = await get('/system/info');
		expect([half.status, half.json]).toEqual([200, undefined]);
		expect((await get('/system/info')).status).toBe(200);
	});
	it('drops the answer to a write that was carried out', async ({ expect }) => {
		await control({ kind: 'drop', method: 'POST' });
		const sent = call('POST', '/service/tickets', { summary: 'dropped', company: { id: 102 } });
		await expect(sent).rejects.toThrow();
		expect((await query('/service/tickets/count', { conditions: 'summary="dropped"' })).json.count).toBe(1);
	});
	it('can be cleared, and refuses unknown kinds', async ({ expect }) => {
		await control({ kind: 'error', count: 5 });
		await send('DELETE', `${HOST}/sandbox/control`, {});
		expect((await get('/system/info')).status).toBe(200);
		expect((await control({ kind: 'flood' })).status).toBe(400);
	});
	it('keeps a log of requests without credentials', async ({ expect }) => {
		await get('/system/info?x=1');
		await call('POST', '/service/tickets', {});
		const log = (await send('GET', `${HOST}/sandbox/requests?limit=2`, {})).json;
		expect(log.map(({ at: _at, ...entry }: { at: string }) => entry)).toEqual([
			{ method: 'GET', path: '/system/info?x=1', body_bytes: 0, status: 200 },
			{ method: 'POST', path: '/service/tickets', body_bytes: 2, status: 400 },
		]);
		expect(JSON.stringify(log)).not.toContain('Basic');
	});
});

describe('the overview', () => {
	it('shows the last change, escaped', async ({ expect }) => {
		await call('PATCH', '/service/tickets/14059', replace('summary', '<script>alert(1)</script>'));
		const page = (await send('GET', `${HOST}/`, {})).text;
		expect(page).toContain('&lt;script&gt;alert(1)');
		expect(page).not.toContain('<script');
		expect(page).toContain('Service Ticket 14059');
	});
});

describe('storage', () => {
	it('keeps changes over a restart', async ({ expect }) => {
		await call('PATCH', '/service/tickets/14059', replace('summary', 'still here'));
		await miniflare.dispose();
		miniflare = start();
		expect((await get('/service/tickets/14059')).json.summary).toBe('still here');
	});

	it('keeps the bytes of files over a restart, more than one row of them', async ({ expect }) => {
		const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 31) % 256);
		const form = new FormData();
		form.set('file', new File([bytes], 'Größe.bin'));
		form.set('recordType', 'Ticket');
		form.set('recordId', '14059');
		const packed = new Response(form);
		const headers = { ...AUTH, 'content-type': packed.headers.get('content-type') ?? '' };
		const body = new Uint8Array(await packed.arrayBuffer());
		const made = await miniflare.dispatchFetch(`${BASE}/system/documents`, { method: 'POST', headers, body });
		const { id, size } = (await made.json()) as { id: number; size: number };
		expect([made.status, size]).toEqual([201, bytes.byteLength]);
		await miniflare.dispose();
		miniflare = start();
		const file = await miniflare.dispatchFetch(`${BASE}/system/documents/${id}/download`, { headers: AUTH });
		expect(file.headers.get('content-type')).toBe('application/octet-stream');
		expect(file.headers.get('content-disposition')).toBe('attachment; filename="Gr__e.bin"');
		expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
		expect((await call('DELETE', `/system/documents/${id}`)).status).toBe(204);
		expect((await get(`/system/documents/${id}/download`)).status).toBe(404);
	});
});
