// What only the real runtime shows (vitest's lets `eval` pass, and keeps the HTTP of an answer out of sight), and what a
// client meets when the vendor misbehaves.
import { join } from 'node:path';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { afterAll, beforeAll, beforeEach, describe, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { PROJECT_ROOT, rpc, type SandboxFault, startForTests, type TestPatchbay } from './support.ts';

const GET_TICKET = 'get_single_connect_wise_psa_ticket_by_id';
const LIST_TICKETS = 'list_all_connect_wise_psa_tickets';
const UPDATE_TICKET = 'update_a_connect_wise_psa_ticket_by_id';
const OUTCOME_UNKNOWN = /Whether the change was made is unknown: read the record before you repeat the call\./;

let patchbay: TestPatchbay;
beforeAll(async () => {
	patchbay = await startForTests();
});
afterAll(() => patchbay?.stop());
beforeEach(() => patchbay.sandbox.reset());

async function callTool(name: string, args: Record<string, unknown>) {
	const answer = await rpc(patchbay.mcpUrl, 'tools/call', { name, arguments: args });
	return {
		...answer,
		isError: answer.body.result?.isError === true,
		data: answer.body.result?.structuredContent ?? {},
	};
}

describe('on the real runtime', () => {
	it('initializes', async ({ expect }) => {
		const { status, headers, body } = await rpc(patchbay.mcpUrl, 'initialize', {
			protocolVersion: '2025-11-25',
			capabilities: {},
			clientInfo: { name: 'smoke', version: '1' },
		});
		expect(status).toBe(200);
		expect(headers.get('mcp-session-id')).toBeNull();
		expect(headers.get('content-type')).toMatch(/^application\/json/);
		expect(body.result).toMatchObject({
			protocolVersion: '2025-11-25',
			capabilities: { tools: {}, resources: {}, prompts: {} },
			serverInfo: { name: 'patchbay' },
		});
	});

	it('has no streams to open and no sessions to end', async ({ expect }) => {
		for (const method of ['GET', 'DELETE']) {
			const answer = await fetch(patchbay.mcpUrl, { method, headers: { accept: 'text/event-stream' } });
			expect(answer.status, method).toBe(405);
			expect(answer.headers.get('allow')).toBe('POST');
			await answer.body?.cancel();
		}
	});

	it('lists its tools', async ({ expect }) => {
		const { status, body } = await rpc(patchbay.mcpUrl, 'tools/list');
		expect(status).toBe(200);
		const tools = body.result?.tools as unknown[] | undefined;
		expect(tools?.length).toBeGreaterThan(100);
	});

	it('calls a tool', async ({ expect }) => {
		const { status, isError, data } = await callTool(GET_TICKET, { id: 14059 });
		expect([status, isError, data.id]).toEqual([200, false, 14059]);
	});

	it('tells wrong arguments in a result', async ({ expect }) => {
		const { status, isError, data } = await callTool(GET_TICKET, { id: 'x' });
		expect([status, isError, data.code]).toEqual([200, true, 'invalid_arguments']);
	});

	it('tells an unknown tool in an error', async ({ expect }) => {
		const { status, body } = await callTool('no_such_tool', {});
		expect(status).toBe(200);
		expect(body.error?.code).toBe(-32602);
	});

	it('refuses eval, so that a library that needs it would have failed above', async ({ expect }) => {
		const probe = new Miniflare(
			convertV4MiniflareOptions({
				modules: true,
				script: `export default { fetch() {
					try { return new Response(String(new Function('return 1')())); } catch (error) { return new Response(error.name); }
				} }`,
				compatibilityDate:
					unstable_readConfig({ config: join(PROJECT_ROOT, 'wrangler.toml') }).compatibility_date ?? '',
				cf: false,
				telemetry: { enabled: false },
			}),
		);
		const answer = await probe.dispatchFetch('http://localhost/');
		expect(await answer.text()).toBe('EvalError');
		await probe.dispose();
	});

	it('answers 404 in JSON for a revoked URL, whatever is asked of it', async ({ expect }) => {
		const server = await patchbay.createServer();
		expect((await rpc(server.url, 'tools/list')).status).toBe(200);
		await patchbay.revoke(server);
		const never = await rpc(`${patchbay.url}/mcp/${'A'.repeat(43)}`, 'tools/list');
		for (const method of ['initialize', 'tools/list', 'tools/call', 'server/discover', 'ping']) {
			const { status, headers, body } = await rpc(server.url, method);
			expect(status, method).toBe(404);
			expect(headers.get('content-type')).toMatch(/^application\/json/);
			expect(body).toEqual(never.body);
		}
		const { pathname } = new URL(server.url);
		for (const path of [
			'/.well-known/oauth-protected-resource',
			`/.well-known/oauth-protected-resource${pathname}`,
			`/.well-known/oauth-authorization-server${pathname}`,
			'/.well-known/openid-configuration',
			`${pathname}/.well-known/openid-configuration`,
		]) {
			const answer = await fetch(patchbay.url + path);
			expect(answer.status, path).toBe(404);
			expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
		}
	});
});

describe('when the vendor limits the rate', () => {
	it('passes 429 on, in the result and in the HTTP headers, and does not try again', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'rate_limit', retry_after: 17, count: 1 });
		const { value, sent } = await patchbay.sandbox.during(() => callTool(GET_TICKET, { id: 14059 }));
		expect(value.status).toBe(200);
		expect(value.isError).toBe(true);
		expect(value.data).toMatchObject({
			statusCode: 429,
			error: 'Too Many Requests',
			is_remote_error: true,
			retry_after_seconds: 17,
		});
		expect(value.headers.get('ratelimit-reset')).toBe('17');
		expect(value.headers.get('retry-after')).toBe('17');
		// The vendor did not say these, so nobody knows them.
		expect(value.headers.get('ratelimit-limit')).toBeNull();
		expect(value.headers.get('ratelimit-remaining')).toBe('0');
		expect(sent.map(({ status }) => status)).toEqual([429]);
		expect((await callTool(GET_TICKET, { id: 14059 })).isError).toBe(false);
	});
});

describe('when the vendor misbehaves', () => {
	const cases: {
		name: string;
		fault: SandboxFault;
		call: [string, Record<string, unknown>];
		expected: Record<string, unknown>;
		message: RegExp;
	}[] = [
		{
			name: 'a 500 on a read',
			fault: { kind: 'error', status: 500 },
			call: [GET_TICKET, { id: 14059 }],
			expected: { statusCode: 500 },
			message: /^ConnectWise PSA: A timeout has occured/,
		},
		{
			name: 'a page of HTML with 503',
			fault: { kind: 'html', status: 503 },
			call: [LIST_TICKETS, {}],
			expected: { statusCode: 503 },
			message: /^ConnectWise PSA answered 503 Service Unavailable\./,
		},
		{
			name: 'a page of HTML with 200',
			fault: { kind: 'html', status: 200 },
			call: [LIST_TICKETS, {}],
			expected: { statusCode: 502, code: 'upstream_bad_answer' },
			message: /answered with an HTML page instead of data \(status 200\)/,
		},
		{
			name: 'an empty body on a list',
			fault: { kind: 'empty' },
			call: [LIST_TICKETS, {}],
			expected: { statusCode: 502, code: 'upstream_bad_answer' },
			message: /answered with an empty body/,
		},
		{
			name: 'an empty body on a create',
			fault: { kind: 'empty' },
			call: ['create_a_connect_wise_psa_ticket_note', { ticket_id: 14059, text: 'x' }],
			expected: { statusCode: 502, code: 'upstream_bad_answer' },
			message: OUTCOME_UNKNOWN,
		},
		{
			name: 'half a JSON on a read',
			fault: { kind: 'truncated' },
			call: [GET_TICKET, { id: 14059 }],
			expected: { statusCode: 502, code: 'upstream_bad_answer' },
			message: /answered with a text that is no complete JSON/,
		},
		{
			name: 'half a JSON on an update',
			fault: { kind: 'truncated' },
			call: [UPDATE_TICKET, { id: 14059, status: { id: 14 } }],
			expected: { statusCode: 502, code: 'upstream_bad_answer' },
			message: OUTCOME_UNKNOWN,
		},
		{
			name: 'a connection that breaks off on a read',
			fault: { kind: 'drop' },
			call: [GET_TICKET, { id: 14059 }],
			expected: { statusCode: 502, code: 'upstream_unreachable' },
			message: /could not be reached, or broke off its answer/,
		},
		{
			name: 'a connection that breaks off on an update',
			fault: { kind: 'drop' },
			call: [UPDATE_TICKET, { id: 14059, status: { id: 14 } }],
			expected: { statusCode: 502, code: 'upstream_unreachable' },
			message: OUTCOME_UNKNOWN,
		},
	];

	for (const { name, fault, call, expected, message } of cases) {
		it(`says so: ${name}`, async ({ expect }) => {
			await patchbay.sandbox.fault(fault);
			const { value, sent } = await patchbay.sandbox.during(() => callTool(...call));
			expect(value.status).toBe(200);
			expect(value.isError).toBe(true);
			expect(value.data).toMatchObject({ ...expected, is_remote_error: true });
			expect(value.data.message).toMatch(message);
			expect(JSON.stringify(value.body)).not.toMatch(/<html|<h1/i);
			expect(sent).toHaveLength(1);
			expect((await callTool(GET_TICKET, { id: 14059 })).isError).toBe(false);
		});
	}

	it('waits for a slow answer', async ({ expect }) => {
		await patchbay.sandbox.fault({ kind: 'delay', ms: 1500 });
		const startedMs = performance.now();
		expect((await callTool(GET_TICKET, { id: 14059 })).isError).toBe(false);
		expect(performance.now() - startedMs).toBeGreaterThan(1400);
	});

	it('says that nobody is there', async ({ expect }) => {
		const { body } = await patchbay.api<{ id: string }>('POST', '/integrated-account', {
			integration: 'connect_wise_psa',
			name: 'Nobody',
			base_url: 'http://127.0.0.1:1/v4_6_release/apis/3.0',
			credentials: {
				company_id: 'patchbay',
				public_key: 'k',
				private_key: 's3cret-key',
				client_id: '0d0f1e5a-6c1b-4b8e-9a57-2f4f6f3f9c11',
			},
		});
		const server = await patchbay.createServer({}, body.id);
		const answer = await rpc(server.url, 'tools/call', { name: GET_TICKET, arguments: { id: 1 } });
		expect(answer.body.result?.isError).toBe(true);
		expect(answer.body.result?.structuredContent).toMatchObject({ statusCode: 502, code: 'upstream_unreachable' });
		expect(JSON.stringify(answer.body)).not.toContain('s3cret-key');
	});
});
