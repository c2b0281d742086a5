// Three vendors that are unlike ConnectWise PSA and unlike each other, described by JSON alone and walked through the
// public doors: connect, list to the end, get, create, update, a child note, and every way to fail.
import { beforeAll, describe, it } from 'vitest';
import { type FolderFiles, outsideFolders } from '../../../workers/integration/outside-folders.ts';
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
import { autotask } from './autotask.ts';
import { haloPsa } from './halopsa.ts';
import type { SimulatedVendor } from './simulated-vendor.ts';
import { zendesk } from './zendesk.ts';

const FILES = import.meta.glob<unknown>('../../fixtures/integrations/{halopsa,autotask,zendesk}/**/*.json');

setUp();
beforeAll(() => {
	for (const name of ['halopsa', 'autotask', 'zendesk']) {
		const folder = `../../fixtures/integrations/${name}/`;
		const files = Object.entries(FILES).filter(([path]) => path.startsWith(folder));
		const known: FolderFiles = Object.fromEntries(files.map(([path, load]) => [path.slice(folder.length), load]));
		outsideFolders.set(name, known);
	}
});

interface Walk {
	name: string;
	vendor: () => SimulatedVendor & { tickets: Json[] };
	/** What the vendor is found at where the operator enters no address. */
	baseUrl: string;
	list: { tool: string; args?: Json; ids: number[] };
	get: { tool: string; id: number; has: Json; missing: Json };
	create: { tool: string; args: Json; sends: unknown; id: number };
	update: { tool: string; args: Json; sends: unknown; line: string };
	note: { tool: string; args: Json; sends: unknown; id: number };
	invalid: { args: Json; statusCode: number; says: RegExp; errors: unknown };
	/** Names for bare ids: of a write, of a list, and one that nobody has. */
	named: { tool: string; args: Json; sends: unknown; resolved: Json };
	listed: { args: Json; asks: string };
	unknown: { tool: string; args: Json; says: RegExp };
	wrongSecret: Json;
	says401: RegExp;
	retryAfter: number | undefined;
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, index) => from + index);

const WALKS: Walk[] = [
	{
		name: 'halopsa',
		vendor: haloPsa,
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
		vendor: autotask,
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
		vendor: zendesk,
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
];

for (const { name, vendor: make, baseUrl, list, get, create, update, note, invalid, wrongSecret, ...walk } of WALKS) {
	describe(name, () => {
		const vendor = make();
		let server: ServerWithUrl;
		let sent: VendorCall[];

		/** The vendor behind every address that a request goes to. */
		const listen = () => {
			sent = mockVendor(({ method, url, headers, body }) => {
				const json = /^[[{]/.test(body) ? (JSON.parse(body) as unknown) : null;
				return vendor.answer({ method, url: new URL(url), headers, text: body, json });
			});
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
			for (const limits of [[7], [100], [5, 50, 11]]) {
				const ids: unknown[] = [];
				let cursor: unknown = null;
				for (let page = 0; page === 0 || cursor !== null; page++) {
					if (page > 200) throw new Error('the list does not end');
					const from = cursor === null ? {} : { next_cursor: cursor };
					const limit = limits[page % limits.length];
					const { isError, structuredContent } = await call(list.tool, { ...list.args, limit, ...from });
					if (isError) throw new Error(JSON.stringify(structuredContent));
					ids.push(...(structuredContent.result as Json[]).map(({ id }) => id));
					cursor = structuredContent.next_cursor;
				}
				expect(ids).toEqual(list.ids);
			}
		});

		it('returns the documented fields of a list unless others are named', async ({ expect }) => {
			const named = await call(list.tool, { ...list.args, limit: 1, fields: 'id' });
			expect(named.structuredContent.result).toEqual([{ id: list.ids[0] }]);
			const [usual] = (await call(list.tool, { ...list.args, limit: 1 })).structuredContent.result as Json[];
			const [whole] = (await call(list.tool, { ...list.args, limit: 1, fields: '*' })).structuredContent
				.result as Json[];
			expect(Object.keys(usual ?? {}).length).toBeLessThan(Object.keys(whole ?? {}).length);
		});

		it('gets a record, and says of none that there is none', async ({ expect }) => {
			expect((await call(get.tool, { id: get.id })).structuredContent).toMatchObject({ id: get.id, ...get.has });
			const { isError, structuredContent } = await call(get.tool, { id: 4 });
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
				if (!rows.some(({ state, record_id }) => state === 'made' && record_id === String(create.id)))
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
			expect(decodeURIComponent(sent.at(-1)?.url ?? '')).toContain(walk.listed.asks);
		});

		it('refuses a name that nobody has, with those that there are', async ({ expect }) => {
			const { isError, structuredContent } = await call(walk.unknown.tool, walk.unknown.args);
			expect(isError).toBe(true);
			expect(structuredContent.message).toMatch(walk.unknown.says);
			expect(sent.filter(({ method, url }) => method !== 'GET' && !url.includes('/token'))).toEqual([]);
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
