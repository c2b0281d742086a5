// Whatever comes in by either door: an answer in the right shape, no 5xx, no secret, and nothing sent that was not asked for.
import * as fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { ROUTES } from '../../../workers/management/index.ts';
import { api, captureLog, connectAccount, createServer, LIST_TICKETS, mockVendor, post, setUp } from '../support.ts';
import { awkwardJson, holds, leaks, reportCases, spoiled } from './fuzz.ts';

setUp();
reportCases('the doors');
let url = '';
let serverId = '';
beforeAll(async () => {
	await connectAccount('fuzz');
	({ url, id: serverId } = await createServer('fuzz'));
});

const GOOD_BODIES: Record<string, unknown> = {
	'POST /integrated-account': {
		integration: 'connect_wise_psa',
		name: 'Fuzz',
		site: 'na',
		credentials: { company_id: 'a', public_key: 'b', private_key: 'c', client_id: 'd' },
	},
	'POST /integrated-account/:id/mcp': {
		name: 'Fuzz',
		config: { methods: ['read'], tags: ['service'], tool_exposure: 'all', require_api_token_auth: false },
		expires_at: '2030-01-01T00:00:00Z',
	},
	'PATCH /integrated-account/:id/mcp/:server_id': { name: 'Fuzz', config: { tags: ['time'] }, expires_at: null },
	'PATCH /integrated-account/:id': { name: 'Fuzz' },
	'POST /api-token': { name: 'Fuzz', scope: 'use', accounts: ['fuzz'], expires_at: null },
};

const SERVER = '/integrated-account/:id/mcp/:server_id';
/** What would take away what the other cases stand on; what answers as an MCP URL does, which has cases of its own. */
const LEFT_OUT = new Set(['DELETE /integrated-account/:id', `POST ${SERVER}/rotate`, `POST ${SERVER}/rpc`]);

describe('the management API', () => {
	const routes = ROUTES.filter(({ method, path }) => !LEFT_OUT.has(`${method} ${path}`));
	const route = fc.constantFrom(...routes).chain((one) => {
		const good = GOOD_BODIES[`${one.method} ${one.path}`];
		const body = good === undefined ? awkwardJson : fc.oneof(spoiled(good), awkwardJson);
		const query = fc.dictionary(fc.constantFrom(...(one.query ?? []), 'x'), fc.string({ maxLength: 20 }), {
			maxKeys: 2,
		});
		const id = fc.oneof({ weight: 4, arbitrary: fc.constant('fuzz') }, { weight: 1, arbitrary: fc.string() });
		// The server itself stays: ids of others only.
		const server = one.method === 'DELETE' ? fc.string() : fc.constantFrom(serverIdOrOther, 'mcp_cwp_0', '..');
		return fc.record({ one: fc.constant(one), body, query, id, server });
	});
	const serverIdOrOther = '{server}';

	it('answers anything with what its description says, or with an error that names the faults', async ({ expect }) => {
		captureLog();
		mockVendor(() => Response.json([]));
		await holds(route, 600, async ({ one, body, query, id, server }) => {
			const path = one.path
				.replace(':id', encodeURIComponent(id))
				.replace(':server_id', encodeURIComponent(server === serverIdOrOther ? serverId : server))
				.replace(':token_id', 'tok_0');
			const search = new URLSearchParams(query).toString();
			const text = one.takesBody ? JSON.stringify(body) : undefined;
			const answer = await api(one.method, `${path}${search ? `?${search}` : ''}`, text ?? undefined);
			expect(answer.status, answer.text).toBeLessThan(500);
			expect(leaks(answer.text)).toEqual([]);
			if (answer.status >= 400) {
				expect(answer.body).toMatchObject({ statusCode: answer.status, code: expect.any(String) });
			}
		});
	});

	it('takes bodies that are no JSON for what they are', async ({ expect }) => {
		await holds(fc.string({ unit: 'binary', maxLength: 200 }), 100, async (text) => {
			const answer = await api('POST', '/integrated-account/fuzz/mcp', text);
			expect([400, 201]).toContain(answer.status);
		});
	});
});

describe('an MCP URL', () => {
	const method = fc.oneof(
		fc.constantFrom(
			...['initialize', 'ping', 'tools/list', 'tools/call', 'server/discover', 'notifications/initialized'],
			...['prompts/list', 'prompts/get', 'resources/list', 'resources/read', 'completion/complete', 'logging/setLevel'],
		),
		fc.string({ maxLength: 20 }),
	);
	const envelope = fc.oneof(
		{
			weight: 6,
			arbitrary: fc.record({
				jsonrpc: fc.constant('2.0'),
				id: fc.oneof(fc.integer(), fc.string({ maxLength: 8 })),
				method,
				params: awkwardJson,
			}),
		},
		{
			weight: 3,
			arbitrary: spoiled({
				jsonrpc: '2.0',
				id: 1,
				method: 'tools/call',
				params: { name: LIST_TICKETS, arguments: { limit: 1, board_name: 'x' }, _meta: { progressToken: 1 } },
			}),
		},
		{ weight: 1, arbitrary: awkwardJson },
	);
	const headers = fc.dictionary(
		fc.constantFrom('mcp-protocol-version', 'mcp-method', 'mcp-name', 'accept', 'content-type'),
		fc.constantFrom('2026-07-28', '2025-11-25', '1999-01-01', 'tools/call', 'text/html', 'application/json', '*/*'),
		{ maxKeys: 2 },
	);

	it('answers any message with JSON-RPC', async ({ expect }) => {
		captureLog();
		mockVendor(() => Response.json([]));
		await holds(fc.tuple(envelope, headers), 800, async ([message, extra]) => {
			const answer = await post(url, JSON.stringify(message) ?? 'undefined', { headers: extra });
			expect(answer.status, answer.text).toBeLessThan(500);
			expect(leaks(answer.text)).toEqual([]);
			if (answer.text === '') return;
			expect(answer.body).toMatchObject({ jsonrpc: '2.0' });
			expect(answer.body.error?.code, answer.text).not.toBe(-32603);
		});
	});

	it('is found by its token alone', async ({ expect }) => {
		const origin = new URL(url).origin;
		await holds(fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 }), 200, async (text) => {
			const path = `/mcp/${encodeURIComponent(text)}`;
			const answer = await post(origin + path, { jsonrpc: '2.0', id: 1, method: 'ping' });
			expect(answer.status).toBe(404);
		});
	});
});
