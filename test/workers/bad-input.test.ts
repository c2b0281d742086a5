// What comes in wrong at the management API: refused with every fault named, nothing stored, nothing secret repeated.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, it } from 'vitest';
import { DESCRIBED_ROUTES } from '../../maintenance/openapi/routes.ts';
import { ROUTES } from '../../workers/management/index.ts';
import {
	accountInput,
	accountTables,
	api,
	at,
	CREDENTIALS,
	captureLog,
	connectAccount,
	createServer,
	dumpStorage,
	faultsOf,
	type Json,
	kvKeys,
	mockVendor,
	refused,
	send,
	setUp,
} from './support.ts';

setUp();
beforeAll(() => connectAccount('good'));

const SERVERS = '/integrated-account/good/mcp';
const MIB = 1024 * 1024;
const { LOCAL: _local, ...DEPLOYED } = env;

describe('a body', () => {
	const cases: { name: string; body: string; expected: [number, string] }[] = [
		{ name: 'that is no JSON', body: '{"name": nonsense', expected: [400, 'invalid_json'] },
		{ name: 'that is empty', body: '', expected: [400, 'invalid_json'] },
		{ name: 'that is half a JSON', body: '{"name":"x"', expected: [400, 'invalid_json'] },
		{ name: 'that is an array', body: '[]', expected: [400, 'invalid_input'] },
		{ name: 'that is null', body: 'null', expected: [400, 'invalid_input'] },
		{ name: 'that is a number', body: '7', expected: [400, 'invalid_input'] },
		{ name: 'of 5 MB', body: JSON.stringify({ name: 'x'.repeat(5 * MIB) }), expected: [413, 'body_too_large'] },
		{
			name: 'nested 10,000 deep in arrays',
			body: `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
			expected: [400, 'invalid_json'],
		},
		{
			name: 'nested 5,000 deep in objects',
			body: `${'{"name":'.repeat(5_000)}1${'}'.repeat(5_000)}`,
			expected: [400, 'invalid_json'],
		},
	];
	const routes: [string, string][] = [
		['POST', '/integrated-account'],
		['PATCH', '/integrated-account/good'],
		['POST', SERVERS],
		['POST', '/api-token'],
	];
	for (const { name, body, expected } of cases) {
		it(`${name} is refused on every route that takes one`, async ({ expect }) => {
			for (const [method, path] of routes) {
				const answer = await refused(method, path, body);
				expect([method, path, answer.status, answer.body.code]).toEqual([method, path, ...expected]);
				expect(answer.body.statusCode).toBe(answer.status);
				expect(answer.text.length).toBeLessThan(1500);
			}
		});
	}

	const many = (count: number, entry: (n: number) => string) => Array.from({ length: count }, (_, n) => entry(n));
	const members = (count: number) => Object.fromEntries(many(count, String).map((key) => [key, 0]));
	const costly: [name: string, method: string, path: string, body: unknown, status: number][] = [
		['a sign-in with 120,000 members', 'POST', '/session', members(120_000), 413],
		['a sign-in with 600 members', 'POST', '/session', members(600), 413],
		['a sign-in with 400 members', 'POST', '/session', members(400), 400],
		[
			'100,000 unknown methods',
			'POST',
			SERVERS,
			{ name: 'x', config: { methods: many(100_000, (n) => `m${n}`) } },
			413,
		],
		['8,000 unknown methods', 'POST', SERVERS, { name: 'x', config: { methods: many(8_000, (n) => `m${n}`) } }, 400],
		['200 unknown tags', 'POST', SERVERS, { name: 'x', config: { tags: many(200, (n) => `tag-number-${n}`) } }, 400],
		['8,000 unknown members', 'POST', SERVERS, members(7_000), 400],
		[
			'5,000 accounts of a token',
			'POST',
			'/api-token',
			{ name: 'x', scope: 'use', accounts: many(5_000, (n) => `A${n}`) },
			400,
		],
		['1,000 credentials', 'POST', '/integrated-account', accountInput({ credentials: members(1_000) }), 400],
		['a long member', 'PATCH', '/integrated-account/good', { ['x'.repeat(60_000)]: 1 }, 400],
	];
	for (const [name, method, path, body, status] of costly) {
		// security: S-47
		it(`of ${name} is answered shortly`, async ({ expect }) => {
			const request = new Request(`http://localhost${path}`, {
				method,
				headers: {
					origin: 'http://localhost',
					authorization: 'Bearer local-api-token',
					'content-type': 'application/json',
				},
				body: JSON.stringify(body),
			});
			const answer = await send(request);
			const text = await answer.text();
			expect(answer.status).toBe(status);
			expect(text.length).toBeLessThan(16_000);
			expect((JSON.parse(text) as { details?: unknown[] }).details?.length ?? 0).toBeLessThanOrEqual(51);
		});
	}

	// security: S-47
	it('of the worst kinds is answered shortly on every route', async ({ expect }) => {
		const taking = DESCRIBED_ROUTES.filter(({ body }) => body !== undefined);
		expect(taking.length).toBeGreaterThan(10);
		const wide = JSON.stringify(members(5_000));
		const list = JSON.stringify(many(8_000, (n) => `m${n}`));
		for (const { method, path, body } of taking) {
			const names = Object.keys((body as { shape?: object }).shape ?? {});
			const own = names.flatMap((name) => [
				`{"${name}":${wide}}`,
				`{"${name}":${list}}`,
				`{"${name}":"${'a'.repeat(60_000)}"}`,
			]);
			const filled = path.replace(':id', 'good').replace(/:\w+/g, 'x');
			for (const text of [wide, list, ...own, `[${'0,'.repeat(600_000)}0]`]) {
				const answer = await refused(method, filled, text);
				const label = `${method} ${path} ${text.slice(0, 40)}`;
				expect([400, 401, 403, 404, 413], label).toContain(answer.status);
				expect(answer.text.length, label).toBeLessThan(16_000);
				expect(answer.body.details?.length ?? 0, label).toBeLessThanOrEqual(51);
			}
		}
	});

	it('of 5 MB without a declared length is cut off', async ({ expect }) => {
		let sent = 0;
		const endless = new ReadableStream<Uint8Array>({
			pull(controller) {
				sent += 64 * 1024;
				if (sent > 5 * MIB) controller.close();
				else controller.enqueue(new Uint8Array(64 * 1024).fill(0x20));
			},
		});
		const { status } = await refused('POST', SERVERS, endless, { env });
		expect(status).toBe(413);
		expect(sent).toBeLessThan(2 * MIB);
	});

	it('that is big but allowed is read, brackets in strings included', async ({ expect }) => {
		const { status } = await refused('POST', SERVERS, { name: '[{'.repeat(30_000) });
		expect(status).toBe(400);
		expect((await api('POST', SERVERS, { name: '[{'.repeat(100) })).status).toBe(201);
	});
});

describe('creating a server', () => {
	const cases: { name: string; input: Json; faults: Record<string, RegExp> }[] = [
		{ name: 'no name', input: {}, faults: { name: /is required/ } },
		{ name: 'an empty name', input: { name: '  ' }, faults: { name: /must not be empty/ } },
		{ name: 'a name of 201 characters', input: { name: 'x'.repeat(201) }, faults: { name: /at most 200/ } },
		{
			name: 'a misspelt method',
			input: { name: 'x', config: { methods: ['reed'] } },
			faults: { 'config.methods.0': /"reed".*"read"/ },
		},
		{
			name: 'a misspelt tag',
			input: { name: 'x', config: { tags: ['time', 'servce'] } },
			faults: { 'config.tags.1': /"servce".*"service"/ },
		},
		{
			name: 'an unlike method',
			input: { name: 'x', config: { methods: ['frobnicate'] } },
			faults: { 'config.methods.0': /"frobnicate".*Known: read, write, custom/ },
		},
		{
			name: 'methods that are text',
			input: { name: 'x', config: { methods: 'read' } },
			faults: { 'config.methods': /array/ },
		},
		{
			name: 'a method that is a number',
			input: { name: 'x', config: { methods: [1] } },
			faults: { 'config.methods.0': /string/ },
		},
		{
			name: 'a tool_exposure that does not exist',
			input: { name: 'x', config: { tool_exposure: 'some' } },
			faults: { 'config.tool_exposure': /all.*discovery/ },
		},
		{
			name: 'a length that is no number',
			input: { name: { length: { toString: 1, valueOf: 1 } }, config: {} },
			faults: { '': /length/ },
		},
		{ name: 'null for a filter', input: { name: 'x', config: { tags: null } }, faults: { 'config.tags': /array/ } },
		{ name: 'null for the config', input: { name: 'x', config: null }, faults: { config: /object/ } },
		{
			name: 'everything at once',
			input: {
				nam: 'x',
				config: {
					methods: ['reed', 'read', 'writ'],
					tags: ['servce'],
					require_api_token_auth: 'yes',
					tool_exposure: 'some',
					tool_names: 'tiny',
					list_format: 'csv',
					answer_budget_kb: 151,
					limit: 5,
				},
				expires_at: 'soon',
				account: 'good',
			},
			faults: {
				name: /is required/,
				nam: /is not known/,
				account: /is not known/,
				'config.limit': /is not known/,
				'config.methods.0': /"read"/,
				'config.methods.2': /"write"/,
				'config.tags.0': /"service"/,
				'config.require_api_token_auth': /boolean/,
				'config.tool_exposure': /all.*discovery/,
				'config.tool_names': /full.*short/,
				'config.list_format': /records.*table/,
				'config.answer_budget_kb': /at most 150/,
				expires_at: /ISO 8601/,
			},
		},
	];
	for (const { name, input, faults } of cases) {
		it(`with ${name} names ${Object.keys(faults).join(', ')}`, async ({ expect }) => {
			const before = await kvKeys('token:');
			const answer = await refused('POST', SERVERS, input);
			expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
			const found = faultsOf(answer);
			expect(Object.keys(found).sort()).toEqual(Object.keys(faults).sort());
			for (const [path, pattern] of Object.entries(faults)) expect(found[path]).toMatch(pattern);
			expect(await kvKeys('token:')).toEqual(before);
		});
	}

	const nothingLeft: { config: Json }[] = [
		{ config: { methods: [] } },
		{ config: { tags: [] } },
		{ config: { methods: ['merge'], tags: ['time'] } },
	];
	for (const { config } of nothingLeft) {
		it(`with ${JSON.stringify(config)}, which leaves no tool, stores nothing`, async ({ expect }) => {
			const before = [await kvKeys(), await accountTables('good')];
			const { status, body } = await refused('POST', SERVERS, { name: 'x', config });
			expect([status, body.code]).toEqual([400, 'no_matching_tools']);
			expect([await kvKeys(), await accountTables('good')]).toEqual(before);
		});
	}
});

describe('expires_at', () => {
	const nowMs = Date.parse('2026-11-23T12:00:00.000Z');
	const cases: { name: string; value: unknown; fault: RegExp | null }[] = [
		{ name: 'in the past', value: '2020-01-01T00:00:00Z', fault: /at least 60 seconds in the future/ },
		{ name: 'in 59 s', value: '2026-11-23T12:00:59Z', fault: /at least 60 seconds in the future/ },
		{ name: 'in 59.999 s', value: '2026-11-23T12:00:59.999Z', fault: /at least 60 seconds in the future/ },
		{ name: 'in exactly 60 s', value: '2026-11-23T12:01:00Z', fault: null },
		{ name: 'in 60 s by another offset', value: '2026-11-23T14:01:00+02:00', fault: null },
		{ name: 'in the past by its offset', value: '2026-11-23T13:00:00+02:00', fault: /at least 60 seconds/ },
		{ name: 'without an offset', value: '2027-01-31T18:00:00', fault: /with an offset/ },
		{ name: 'a date alone', value: '2027-01-31', fault: /with an offset/ },
		{ name: 'not a date', value: 'tomorrow', fault: /ISO 8601.*"tomorrow"/ },
		{ name: 'a day that does not exist', value: '2027-02-30T00:00:00Z', fault: /ISO 8601/ },
		{ name: 'a month that does not exist', value: '2027-13-01T00:00:00Z', fault: /ISO 8601/ },
		{ name: 'an hour that does not exist', value: '2027-01-01T25:00:00Z', fault: /ISO 8601/ },
		{ name: "a mail's date", value: 'Sun, 31 Jan 2027 18:00:00 GMT', fault: /ISO 8601/ },
		{ name: 'an empty text', value: '', fault: /ISO 8601/ },
		{ name: 'a number', value: 1_800_000_000_000, fault: /ISO 8601/ },
		{ name: 'true', value: true, fault: /ISO 8601/ },
	];
	for (const { name, value, fault } of cases) {
		it(`${name} is ${fault ? 'refused' : 'taken'}, in a create and in a change`, async ({ expect }) => {
			const server = await createServer('good');
			const answers = await at(nowMs, async () => [
				await refused('POST', SERVERS, { name: 'x', expires_at: value }),
				await refused('PATCH', `${SERVERS}/${server.id}`, { expires_at: value }),
			]);
			if (!fault) return expect(answers.map(({ status }) => status)).toEqual([201, 200]);
			for (const answer of answers) {
				expect(answer.status).toBe(400);
				expect(Object.keys(faultsOf(answer))).toEqual(['expires_at']);
				expect(faultsOf(answer).expires_at).toMatch(fault);
			}
		});
	}
});

describe('connecting an account', () => {
	const cases: { name: string; change: Json; faults: Record<string, RegExp> }[] = [
		{
			name: 'an unknown integration',
			change: { integration: 'connect_wise' },
			faults: { integration: /unknown integration "connect_wise".*Did you mean "connect_wise_psa"/ },
		},
		{
			name: 'an integration outside its folder',
			change: { integration: '../connect_wise_psa' },
			faults: { integration: /no folder of integrations/ },
		},
		{ name: 'no integration', change: { integration: undefined }, faults: { integration: /is required/ } },
		{
			name: 'neither base_url nor site',
			change: { base_url: undefined },
			faults: { base_url: /is required \(or site\)/ },
		},
		{ name: 'base_url and site', change: { site: 'na' }, faults: { site: /together with base_url/ } },
		{
			name: 'an unknown site',
			change: { base_url: undefined, site: 'nu' },
			faults: { site: /must be one of .*Did you mean "na"/ },
		},
		{ name: 'no credentials', change: { credentials: undefined }, faults: { credentials: /is required/ } },
		{ name: 'credentials as a text', change: { credentials: 'secret' }, faults: { credentials: /record|object/ } },
		{
			name: 'no single credential',
			change: { credentials: {} },
			faults: {
				'credentials.company_id': /is required/,
				'credentials.public_key': /is required/,
				'credentials.private_key': /is required/,
				'credentials.client_id': /is required/,
			},
		},
		{
			name: 'a misspelt credential',
			change: { credentials: { ...CREDENTIALS, private_key: undefined, private_kye: 'x' } },
			faults: { 'credentials.private_kye': /Did you mean "private_key"/, 'credentials.private_key': /is required/ },
		},
		{
			name: 'a credential that is a number',
			change: { credentials: { ...CREDENTIALS, public_key: 7 } },
			faults: { 'credentials.public_key': /string/ },
		},
		{ name: 'an id with capitals', change: { id: 'Acme' }, faults: { id: /a-z/ } },
		{ name: 'an id with a slash', change: { id: 'a/b' }, faults: { id: /a-z/ } },
		{ name: 'an id that climbs', change: { id: '..' }, faults: { id: /a-z/ } },
		{ name: 'an id of 64 characters', change: { id: 'a'.repeat(64) }, faults: { id: /1 to 63/ } },
		{
			name: 'everything at once',
			change: { name: '', base_url: 'ftp://x', credentials: { client_id: 'no client id' }, id: '?', colour: 'red' },
			faults: {
				name: /must not be empty/,
				base_url: /https/,
				'credentials.client_id': /does not look right/,
				'credentials.company_id': /is required/,
				'credentials.public_key': /is required/,
				'credentials.private_key': /is required/,
				id: /a-z/,
				colour: /is not known/,
			},
		},
	];
	for (const { name, change, faults } of cases) {
		it(`with ${name} names ${Object.keys(faults).join(', ')}`, async ({ expect }) => {
			const before = await kvKeys('account:');
			const answer = await refused('POST', '/integrated-account', accountInput(change));
			expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
			const found = faultsOf(answer);
			expect(Object.keys(found).sort()).toEqual(Object.keys(faults).sort());
			for (const [path, pattern] of Object.entries(faults)) expect(found[path]).toMatch(pattern);
			expect(await kvKeys('account:')).toEqual(before);
		});
	}

	const illShaped: Record<string, string> = {
		company_id: 'SECRET with spaces',
		public_key: 'SECRET:colon',
		private_key: 'SECRET and space',
		client_id: 'SECRET and space',
	};
	for (const [name, value] of Object.entries(illShaped)) {
		for (const secret of [value, `SECRET${'x'.repeat(600)}`]) {
			it(`does not repeat an ill-shaped ${name} of ${secret.length} characters`, async ({ expect }) => {
				const credentials = { ...CREDENTIALS, [name]: secret };
				const answers = [
					await refused('POST', '/integrated-account', accountInput({ credentials })),
					await refused('PATCH', '/integrated-account/good', { credentials: { [name]: secret } }),
				];
				for (const answer of answers) {
					expect(answer.status).toBe(400);
					expect(Object.keys(faultsOf(answer))).toEqual([`credentials.${name}`]);
					expect(answer.text).not.toContain('SECRET');
				}
				expect(await dumpStorage()).not.toContain('SECRET');
			});
		}
	}
});

describe('faults of several kinds', () => {
	const server = { name: 'x', config: { tags: ['servce'], acts_for: 'nobody' } };
	const cases: { name: string; ask: [method: string, path: string, body?: unknown]; faults: string[] }[] = [
		{
			name: 'an account of an unknown integration with two targets',
			ask: ['POST', '/integrated-account', accountInput({ integration: 'nope', site: 'na', id: '?' })],
			faults: ['id', 'integration', 'site'],
		},
		{
			name: 'a server with a tag and a member that do not exist',
			ask: ['POST', SERVERS, server],
			faults: ['config.acts_for', 'config.tags.0'],
		},
		{
			name: 'a change of a server to them',
			ask: ['PATCH', `${SERVERS}/:server`, { ...server, name: '' }],
			faults: ['config.acts_for', 'config.tags.0', 'name'],
		},
		{
			name: 'a webhook at a private address, with unknown events and members',
			ask: ['POST', '/webhook', { url: 'https://10.0.0.1/', events: ['nope'], extra: 1 }],
			faults: ['events', 'extra', 'url'],
		},
		{
			name: 'an API token with members, accounts and servers that do not exist',
			ask: [
				'POST',
				'/api-token',
				{
					name: 'x',
					scope: 'use',
					accounts: ['good'],
					servers: ['mcp_cwp_0'],
					acts_for: { good: 'nobody', 'never-was': 'x' },
				},
			],
			faults: ['acts_for.good', 'acts_for.never-was', 'servers.0'],
		},
		{
			name: 'an invitation to a sign-in without a provider, for a server that does not exist',
			ask: ['POST', '/invitation', { name: 'x', ends_as: 'sign_in', accounts: ['good'], servers: ['mcp_cwp_0'] }],
			faults: ['ends_as', 'servers.0'],
		},
		{
			name: 'a rule with wrong members that contradict each other',
			ask: ['PATCH', '/sign-in-rules', { rules: [{ email: 'x', group: 'g', scope: 'god' }], days: 0 }],
			faults: ['days', 'rules.0', 'rules.0.email', 'rules.0.scope'],
		},
		{
			name: 'a reading of a log',
			ask: ['GET', `${SERVERS}/:server/log?limit=0&cursor=x&outcome=x&method_class=x&from=x&to=x&after=x&format=xml`],
			faults: ['after', 'cursor', 'format', 'from', 'limit', 'method_class', 'outcome', 'to'],
		},
		{
			name: 'a list of servers',
			ask: ['GET', `${SERVERS}?limit=0&cursor=x&today_from=x`],
			faults: ['cursor', 'limit', 'today_from'],
		},
		{
			name: 'a preview',
			ask: ['GET', '/integrated-account/good/tools?methods=zz&view=x&search_and_fetch=maybe&tool_names=tiny'],
			faults: ['config.methods.0', 'config.search_and_fetch', 'config.tool_names', 'view'],
		},
		{ name: 'a reading of a trail', ask: ['GET', '/trail?after=x&format=xml'], faults: ['after', 'format'] },
	];
	for (const { name, ask, faults } of cases) {
		it(`in ${name} are told at once`, async ({ expect }) => {
			const [method, path, body] = ask;
			const id = path.includes(':server') ? (await createServer('good')).id : '';
			mockVendor(() => Response.json([]));
			const answer = await refused(method, path.replace(':server', id), body);
			expect([answer.status, answer.body.code]).toEqual([400, 'invalid_input']);
			expect(Object.keys(faultsOf(answer)).sort()).toEqual(faults);
		});
	}

	it('are told in words of this API, whatever has the wrong type', async ({ expect }) => {
		const taking = DESCRIBED_ROUTES.filter(({ body, path }) => body !== undefined && !path.endsWith('/rpc'));
		const { id } = await createServer('good');
		const told: string[] = [];
		for (const { method, path, body } of taking) {
			const filled = path.replace(':id', 'good').replace(':server_id', id).replace(/:\w+/g, 'x');
			for (const value of ['x', 7, 1.5, -1, true, [], {}, [7], { x: 7 }]) {
				const members = Object.keys((body as { shape?: object }).shape ?? {});
				const answer = await refused(method, filled, Object.fromEntries(members.map((member) => [member, value])));
				told.push(...(answer.body.details ?? []).map(({ path: at, message }) => `${at} ${message}`));
			}
		}
		expect(told.length).toBeGreaterThan(100);
		expect(told.filter((message) => /invalid|received|expected|too (small|big)/i.test(message))).toEqual([]);
	});
});

describe('an action that takes no body', () => {
	const actions = ROUTES.filter(
		(route) => route.method === 'POST' && 'handle' in route && !route.takesBody && !route.path.endsWith('/rpc'),
	).map(({ path }) => path);

	it('refuses one, and does nothing', async ({ expect }) => {
		expect(actions).toContain(`${SERVERS}/:server_id/rotate`.replace('good', ':id'));
		const server = await createServer('good');
		for (const path of actions) {
			const filled = path.replace(':id', 'good').replace(':server_id', server.id).replace(/:\w+/g, 'x');
			for (const body of [{ expires_at: null }, { credentials: CREDENTIALS }, [1], 'x', '{"name":']) {
				const answer = await refused('POST', filled, body);
				expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'invalid_input']);
			}
		}
		const calls = mockVendor(() => Response.json([]));
		expect((await api('GET', `${SERVERS}/${server.id}`)).body).toMatchObject({ updated_at: server.updated_at });
		expect(calls).toEqual([]);
		expect((await api('POST', `${SERVERS}/${server.id}/rotate`, {})).status).toBe(200);
	});
});

describe('a name', () => {
	const cases: [name: string, text: string, isTaken: boolean][] = [
		['of another script', 'فني الدعم', true],
		['with emoji that are joined', '👩‍👩‍👧 techs 🛠️', true],
		['with marks of direction', 'abc\u200f (\u200edef)', true],
		['of markup', '<b>"x"</b> & co', true],
		['with a line break', 'a\nb', false],
		['with a NUL', 'a\u0000b', false],
		['with an escape', 'a\u001b[31mb', false],
		['that turns what follows', 'a\u202eb', false],
		['that isolates', 'a\u2066b', false],
		['with half a character', 'a\ud800b', false],
	];
	const places: [method: string, path: string, more: Json][] = [
		['POST', '/integrated-account', accountInput()],
		['PATCH', '/integrated-account/good', {}],
		['POST', SERVERS, { config: { tags: ['time'] } }],
		['POST', '/api-token', { scope: 'use' }],
		['POST', '/invitation', {}],
	];
	for (const [name, text, isTaken] of cases) {
		it(`${name} is ${isTaken ? 'taken as it is' : 'refused'} everywhere`, async ({ expect }) => {
			mockVendor(() => Response.json([]));
			for (const [method, path, more] of places) {
				const answer = await refused(method, path, { ...more, name: text });
				if (isTaken) expect([path, (answer.body as unknown as Json).name]).toEqual([path, text]);
				else expect([path, Object.keys(faultsOf(answer))]).toEqual([path, ['name']]);
			}
		});
	}
});

describe('base_url', () => {
	const PATH = '/v4_6_release/apis/3.0';
	const hosts = [
		'127.0.0.1',
		'127.1',
		'2130706433',
		'017700000001',
		'0x7f000001',
		'0x7f.1',
		'127.0.0.1.',
		'127.255.255.254',
		'localhost',
		'localhost.',
		'LOCALHOST',
		'api.localhost',
		'[::1]',
		'[0:0:0:0:0:0:0:1]',
		'[::]',
		'0.0.0.0',
		'0',
		'10.0.0.1',
		'10.0.0.1.',
		'167772161',
		'012.0.0.1',
		'0xa.0.0.1',
		'172.16.0.1',
		'172.31.255.255',
		'192.168.1.1',
		'100.64.0.1',
		'169.254.169.254',
		'169.254.169.254.',
		'2852039166',
		'0xa9fea9fe',
		'[::ffff:10.0.0.1]',
		'[::ffff:169.254.169.254]',
		'[::ffff:a9fe:a9fe]',
		'[::10.0.0.1]',
		'[64:ff9b::a9fe:a9fe]',
		'[2002:a9fe:a9fe::1]',
		'[fe80::1]',
		'[fc00::1]',
		'[fd00:ec2::254]',
		'[ff02::1]',
		'[2001:db8::1]',
		'[2001::1]',
		'224.0.0.1',
		'255.255.255.255',
		'192.0.2.1',
		'198.18.0.1',
		'metadata',
		'metadata.google.internal',
		'metadata.google.internal.',
		'psa',
		'psa.local',
		'psa.corp',
		'psa.lan',
		'psa.home.arpa',
		'１２７.０.０.１',
		'127。0。0。1',
		'127%2e0%2e0%2e1',
	];
	for (const host of hosts) {
		// security: S-18
		it(`https://${host} is refused on a deployment`, async ({ expect }) => {
			const fault = await faultOf(`https://${host}${PATH}`);
			expect(fault).toMatch(/must not point at a private, local or reserved address/);
		});
	}

	const others: { value: unknown; fault: RegExp }[] = [
		{ value: `http://api-na.myconnectwise.net${PATH}`, fault: /must start with https/ },
		{ value: `http://localhost${PATH}`, fault: /must start with https/ },
		{ value: `http://127.0.0.1:8788${PATH}`, fault: /must start with https/ },
		{ value: `ftp://api-na.myconnectwise.net${PATH}`, fault: /must start with https/ },
		{ value: `javascript:alert(1)`, fault: /must start with https/ },
		{ value: `file:///etc/passwd`, fault: /must start with https/ },
		{ value: `https://user:SECRET@api-na.myconnectwise.net${PATH}`, fault: /must not contain credentials/ },
		{ value: `https://SECRET@api-na.myconnectwise.net${PATH}`, fault: /must not contain credentials/ },
		{ value: `https://api-na.myconnectwise.net@10.0.0.1${PATH}`, fault: /must not contain credentials/ },
		{ value: `https://api-na.myconnectwise.net`, fault: /must end in \/v4_6_release\/apis\/3\.0/ },
		{ value: `https://api-na.myconnectwise.net/v4_6_release/apis/2.0`, fault: /must end in/ },
		{ value: `https://api-na.myconnectwise.net${PATH}/service`, fault: /must end in/ },
		{ value: `https://api-na.myconnectwise.net/x${PATH}`, fault: /must end in/ },
		{ value: `https://api-na.myconnectwise.net${PATH}/../3.1`, fault: /must end in/ },
		{ value: `https://api-na.myconnectwise.net${PATH}?a=1`, fault: /query or a fragment/ },
		{ value: `https://api-na.myconnectwise.net${PATH}#a`, fault: /query or a fragment/ },
		{ value: 'api-na.myconnectwise.net', fault: /must be a URL like https:/ },
		{ value: 'https://', fault: /must be a URL like/ },
		{ value: 'https://256.256.256.256/v4_6_release/apis/3.0', fault: /must be a URL like/ },
		{ value: '', fault: /must be a URL like/ },
		{ value: 7, fault: /string/ },
	];
	for (const { value, fault } of others) {
		it(`${JSON.stringify(value)} is refused on a deployment`, async ({ expect }) => {
			expect(await faultOf(value)).toMatch(fault);
		});
	}

	const local = ['http://10.0.0.1', 'http://api-na.myconnectwise.net', 'https://192.168.1.1', 'ftp://localhost'];
	for (const origin of local) {
		it(`${origin} is refused on a local start too`, async ({ expect }) => {
			const answer = await refused('POST', '/integrated-account', accountInput({ base_url: origin + PATH }));
			expect(Object.keys(faultsOf(answer))).toEqual(['base_url']);
		});
	}

	it('is checked as well in a change', async ({ expect }) => {
		const answer = await refused('PATCH', '/integrated-account/good', { base_url: `https://169.254.169.254${PATH}` });
		expect(Object.keys(faultsOf(answer))).toEqual(['base_url']);
	});

	let deployedToken: string | null = null;
	async function faultOf(base_url: unknown): Promise<string> {
		deployedToken ??= (await api<{ token: string }>('POST', '/api-token', { name: 'd', scope: 'manage' })).body.token;
		const calls = mockVendor(() => Response.json([]));
		const options = { token: deployedToken, env: DEPLOYED };
		const answer = await refused('POST', '/integrated-account', accountInput({ base_url }), options);
		if (answer.status !== 400 || calls.length > 0) return `taken: ${answer.text}`;
		if (answer.text.includes('SECRET')) return `repeated: ${answer.text}`;
		const faults = faultsOf(answer);
		return Object.keys(faults).join() === 'base_url' ? String(faults.base_url) : JSON.stringify(faults);
	}
});

describe('an address', () => {
	const long = 'a'.repeat(10_000);
	const unknown: [string, string][] = [
		['GET', '/integrated-account/a%2Fb'],
		['GET', '/integrated-account/..%2Fgood'],
		['GET', '/integrated-account/%2e%2e/good'],
		['GET', `/integrated-account/${long}`],
		['DELETE', `/integrated-account/${long}`],
		['POST', `/integrated-account/${long}/test`],
		['GET', '/integrated-account/good/mcp/a%2Fb'],
		['GET', '/integrated-account/good/mcp/..%2F..'],
		['GET', `/integrated-account/good/mcp/${long}`],
		['DELETE', `/integrated-account/good/mcp/${long}`],
		['POST', `/integrated-account/good/mcp/${long}/rotate`],
		['GET', '/integrated-account/good/mcp/%00'],
		['GET', "/integrated-account/good/mcp/'%20OR%201=1--"],
		['GET', '/integrated-account/%E0%A4%A'],
		['GET', '/integrated-account/__proto__'],
		['DELETE', `/api-token/${long}`],
		['GET', '/nothing'],
		['GET', '/integrated-account/good/nothing'],
		['POST', '/mcp'],
		['GET', '/mcp/'],
		['GET', '/.well-known/oauth-protected-resource'],
		['GET', '/.well-known/oauth-authorization-server'],
		['GET', '/.well-known/openid-configuration'],
		['GET', `/.well-known/oauth-protected-resource/mcp/${'A'.repeat(43)}`],
		['GET', `/mcp/${'A'.repeat(43)}/.well-known/openid-configuration`],
		['POST', `/mcp/${'A'.repeat(43)}/.well-known/openid-configuration`],
		['POST', `/mcp/${long}`],
		['POST', '/mcp/%'],
	];
	for (const [method, path] of unknown) {
		it(`${method} ${path.slice(0, 60)} is 404 in JSON`, async ({ expect }) => {
			const { status, body, headers } = await refused(method, path);
			expect([status, body?.statusCode, body?.code]).toEqual([404, 404, 'not_found']);
			expect(headers.get('content-type')).toMatch(/^application\/json/);
		});
	}

	it("of a real server's URL with more behind it is 404, whoever asks", async ({ expect }) => {
		const { url } = await createServer('good');
		for (const more of ['/.well-known/openid-configuration', '/x', '/../../mcp']) {
			expect((await send(new Request(url + more))).status).toBe(404);
		}
	});

	const wrongMethods: [string, string, string][] = [
		['PUT', '/integrated-account', 'GET, POST'],
		['DELETE', '/integrated-account', 'GET, POST'],
		['POST', '/integrated-account/good', 'DELETE, GET, PATCH'],
		['GET', '/integrated-account/good/test', 'POST'],
		['POST', '/integrated-account/good/tools', 'GET'],
		['PUT', '/integrated-account/good/mcp', 'GET, POST'],
		['POST', '/integrated-account/good/mcp/mcp_cwp_000000000000', 'DELETE, GET, PATCH'],
		['GET', '/integrated-account/good/mcp/mcp_cwp_000000000000/rotate', 'POST'],
		['GET', '/integrated-account/good/mcp/mcp_cwp_000000000000/rpc', 'POST'],
		['DELETE', '/integrated-account/good/mcp/mcp_cwp_000000000000/log', 'GET'],
		['PATCH', '/api-token', 'GET, POST'],
		['POST', '/api-token/tok_1', 'DELETE, GET, PATCH'],
		['POST', '/openapi.json', 'GET'],
	];
	for (const [method, path, allowed] of wrongMethods) {
		it(`${method} ${path} is 405 and says what is allowed`, async ({ expect }) => {
			const { status, body, headers } = await refused(method, path);
			expect([status, body.code]).toEqual([405, 'method_not_allowed']);
			expect(headers.get('allow')?.split(', ').sort().join(', ')).toBe(allowed);
		});
	}

	// security: S-28
	it('under another host name is refused by a local start, and served by a deployment', async ({ expect }) => {
		const request = (scheme = 'http') => new Request(`${scheme}://rebound.example/health`);
		expect((await send(request())).status).toBe(403);
		expect((await send(request('https'), DEPLOYED)).status).toBe(200);
	});
});

describe('an error of ours', () => {
	it('says nothing of its inside', async ({ expect }) => {
		const logged = captureLog();
		const broken = { ...env, TOKEN_KEY: 'c2hvcnQ=' };
		const { status, body } = await refused('GET', '/integrated-account', undefined, { env: broken });
		expect([status, body.code]).toEqual([500, 'internal_error']);
		expect(body.message).not.toContain('c2hvcnQ=');
		expect(logged.join()).not.toContain('c2hvcnQ=');
	});
});
