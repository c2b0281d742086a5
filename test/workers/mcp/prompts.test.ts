// Prompts and resources through the MCP door, in both protocol eras and under a server's filter. Neither asks the vendor.
import { beforeAll, describe, it } from 'vitest';
import {
	type Answer,
	connectAccount,
	createServer,
	type Json,
	mcp,
	mockVendor,
	post,
	type RpcBody,
	setUp,
} from '../support.ts';

setUp();
let url = '';
let readOnlyUrl = '';
let scheduleUrl = '';
beforeAll(async () => {
	await connectAccount('prompts');
	({ url } = await createServer('prompts'));
	({ url: readOnlyUrl } = await createServer('prompts', { methods: ['read'], tool_names: 'short' }));
	({ url: scheduleUrl } = await createServer('prompts', { tags: ['schedule'], methods: ['create'] }));
});

const MODERN = '2026-07-28';
const META = 'io.modelcontextprotocol';

type Ask = (at: string, method: string, params?: Json) => Promise<Answer<RpcBody>>;

const ERAS: { era: string; ask: Ask; extra: Json }[] = [
	{ era: '2025', ask: mcp, extra: {} },
	{
		era: MODERN,
		ask: (at, method, params = {}) => {
			const named = params.name ?? params.uri;
			const headers = {
				'mcp-protocol-version': MODERN,
				'mcp-method': method,
				...(typeof named === 'string' ? { 'mcp-name': named } : {}),
			};
			const _meta = { [`${META}/protocolVersion`]: MODERN, [`${META}/clientCapabilities`]: {} };
			return post(at, { jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }, { headers });
		},
		extra: { resultType: 'complete' },
	},
];

for (const { era, ask, extra } of ERAS) {
	describe(`in the era of ${era}`, () => {
		const names = async (at: string) => {
			const { body } = await ask(at, 'prompts/list');
			return ((body.result?.prompts ?? []) as { name: string }[]).map(({ name }) => name);
		};

		it('prompts are listed as the filter leaves them', async ({ expect }) => {
			const all = await names(url);
			expect(all).toEqual(expect.arrayContaining(['triage_board', 'escalate_an_outage', 'close_out_a_ticket']));
			const reading = await names(readOnlyUrl);
			expect(reading).toEqual(expect.arrayContaining(['brief_me_on_a_ticket', 'stale_tickets', 'who_owes_us']));
			expect(reading).not.toContain('close_out_a_ticket');
		});

		// security: S-26
		it('hidden characters of an argument are taken out and counted', async ({ expect }) => {
			const hidden = '1\u200b4\u202e0\u{e0041}\ue0015\ufe0f9';
			const params = { name: 'brief_me_on_a_ticket', arguments: { ticket_id: hidden } };
			const { body } = await ask(readOnlyUrl, 'prompts/get', params);
			expect(JSON.stringify(body.result?.messages)).toContain('14059');
			expect(body.result?._meta).toMatchObject({ 'patchbay/hidden_characters_removed': 5 });
		});

		it('a prompt is one message of the user that names the server’s own tools', async ({ expect }) => {
			const calls = mockVendor(() => Response.json([]));
			const params = { name: 'brief_me_on_a_ticket', arguments: { ticket_id: '14059' } };
			const { status, body } = await ask(readOnlyUrl, 'prompts/get', params);
			expect(status).toBe(200);
			expect(body.result).toMatchObject({
				...extra,
				description: expect.any(String),
				messages: [{ role: 'user', content: { type: 'text', text: expect.stringMatching(/14059.*get_ticket /s) } }],
			});
			expect(calls).toEqual([]);
		});

		it('a prompt outside the filter is unknown, like one that never was', async ({ expect }) => {
			for (const name of ['close_out_a_ticket', 'no_such_prompt']) {
				const { body } = await ask(readOnlyUrl, 'prompts/get', { name, arguments: {} });
				expect(body.error).toMatchObject({ code: -32602, message: expect.stringContaining(`Unknown prompt: ${name}`) });
			}
		});

		it('every fault of a prompt’s arguments is named at once', async ({ expect }) => {
			const params = { name: 'triage_board', arguments: { bord: 'Help Desk' } };
			const { body } = await ask(url, 'prompts/get', params);
			expect(body.error?.code).toBe(-32602);
			expect(body.error?.message).toMatch(/bord is no argument\. Did you mean "board"\?; board is required/);
		});

		it('resources are listed, read and never templated', async ({ expect }) => {
			const { body } = await ask(url, 'resources/list');
			const resources = body.result?.resources as { uri: string; name: string; mimeType: string }[];
			expect(resources.length).toBeGreaterThanOrEqual(2);
			for (const { uri, mimeType } of resources) {
				const read = await ask(url, 'resources/read', { uri });
				expect(read.body.result).toMatchObject({
					...extra,
					contents: [{ uri, mimeType, text: expect.stringMatching(/^# /) }],
				});
			}
			expect((await ask(url, 'resources/templates/list')).body.result).toMatchObject({ resourceTemplates: [] });
		});

		it('the inventory tells this server’s tools alone', async ({ expect }) => {
			const { body } = await ask(readOnlyUrl, 'resources/read', { uri: 'patchbay://tools' });
			const text = JSON.stringify(body.result?.contents);
			expect(text).toContain('`list_tickets`');
			expect(text).not.toContain('create_ticket');
		});

		it('an unknown resource is refused with its URI', async ({ expect }) => {
			const uri = 'patchbay://guide/nothing';
			const { body } = await ask(url, 'resources/read', { uri });
			expect(body.error).toMatchObject({ code: -32602, data: { uri } });
		});

		it('a cursor that was never given out is refused', async ({ expect }) => {
			for (const method of ['prompts/list', 'resources/list', 'resources/templates/list'])
				expect((await ask(url, method, { cursor: 'x' })).body.error?.code).toBe(-32602);
		});

		it('a server without any prompt declares none', async ({ expect }) => {
			const { body } = await ask(scheduleUrl, 'prompts/list');
			expect(body.error?.code).toBe(-32601);
		});
	});
}

describe('a prompt of a server with discovery exposure', () => {
	it('says how its tools are called', async ({ expect }) => {
		const server = await createServer('prompts', { tool_exposure: 'discovery' });
		const params = { name: 'brief_me_on_a_ticket', arguments: { ticket_id: '1' } };
		const { body } = await mcp(server.url, 'prompts/get', params);
		expect(JSON.stringify(body.result)).toMatch(/get_single_connect_wise_psa_ticket_by_id.*call_read_tool/);
	});
});

describe('the kinds that are declared', () => {
	it('are those that there are', async ({ expect }) => {
		const initialize = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
		const declared = async (at: string) => (await mcp(at, 'initialize', initialize)).body.result?.capabilities;
		expect(await declared(url)).toEqual({ tools: {}, resources: {}, prompts: {} });
		expect(await declared(scheduleUrl)).toEqual({ tools: {}, resources: {} });
	});
});
