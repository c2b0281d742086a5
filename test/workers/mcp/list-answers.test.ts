// Kept answers to `tools/list`: one for each server whatever a request carries along, within a bound of bytes.
import { beforeAll, describe, it } from 'vitest';
import { LIST_ANSWERS_MAX_BYTES, listAnswersKept } from '../../../workers/mcp/list-answers.ts';
import { connectAccount, createServer, type Json, mcp, post, type ServerWithUrl, setUp } from '../support.ts';

setUp();
let everything: ServerWithUrl;
beforeAll(async () => {
	await connectAccount('lists');
	everything = await createServer('lists', { tool_exposure: 'all' });
});

describe('kept lists', () => {
	const MODERN = '2026-07-28';
	const variants: [name: string, params: (n: number) => object, headers?: Record<string, string>][] = [
		['progress tokens', (n) => ({ _meta: { progressToken: `p${n}` } })],
		['traces', (n) => ({ _meta: { traceparent: `00-${n}` } })],
		['members of a client’s own', (n) => ({ _meta: { [`x/${n}`]: n } })],
		['unknown parameters', (n) => ({ [`more${n}`]: n, extra: { n } })],
		['names in the header', () => ({}), { 'mcp-name': 'x' }],
		['odd client infos', (n) => ({ _meta: { 'io.modelcontextprotocol/clientInfo': `c${n}` } })],
		[
			'clients of the modern era',
			(n) => ({
				_meta: {
					'io.modelcontextprotocol/protocolVersion': MODERN,
					'io.modelcontextprotocol/clientCapabilities': { experimental: { [`c${n}`]: {} } },
					'io.modelcontextprotocol/clientInfo': { name: `client ${n}`, version: String(n) },
				},
			}),
			{ 'mcp-protocol-version': MODERN, 'mcp-method': 'tools/list' },
		],
	];
	for (const [name, params, headers = {}] of variants) {
		// security: S-47
		it(`are one for any number of ${name}`, async ({ expect }) => {
			await post(everything.url, { jsonrpc: '2.0', id: 0, method: 'tools/list', params: params(0) }, { headers });
			const before = listAnswersKept();
			for (let n = 1; n <= 20; n++) {
				const message = { jsonrpc: '2.0', id: n, method: 'tools/list', params: params(n) };
				const { status, body } = await post(everything.url, message, { headers });
				expect([status, body.id]).toEqual([200, n]);
			}
			expect(listAnswersKept()).toEqual(before);
		});
	}

	// security: S-47
	it('are one for ids of any length', async ({ expect }) => {
		const before = listAnswersKept();
		for (let n = 1; n <= 3; n++) {
			const id = `${n}${'x'.repeat(100_000)}`;
			expect((await post(everything.url, { jsonrpc: '2.0', id, method: 'tools/list' })).body.id).toBe(id);
		}
		expect(listAnswersKept()).toEqual(before);
	});

	it('answer no message that is refused', async ({ expect }) => {
		await mcp(everything.url, 'tools/list');
		const refusals: [message: Json, headers?: Record<string, string>][] = [
			[{ params: { cursor: 'x' } }],
			[{ more: 1 }],
			[{ id: 0.5 }],
			[{ id: null }],
			[{ params: [] }],
			[{ jsonrpc: '1.0' }],
			[{}, { 'mcp-protocol-version': '2031-01-01' }],
			[{}, { 'content-type': 'text/plain' }],
			[{ params: { _meta: { 'io.modelcontextprotocol/protocolVersion': '2031-01-01' } } }],
		];
		for (const [more, headers = {}] of refusals) {
			const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', ...more };
			const { body, text } = await post(everything.url, message, { headers });
			expect([more, headers, body?.result === undefined, text.length < 1_000]).toEqual([more, headers, true, true]);
		}
	});

	// security: S-47
	it('stay within their bytes, however many servers there are', async ({ expect }) => {
		for (let n = 0; n < 14; n++) {
			const { url } = await createServer('lists', {
				tool_exposure: 'all',
				tags: [...TAGS.slice(n), ...TAGS.slice(0, n)],
			});
			await mcp(url, 'tools/list');
			expect(listAnswersKept().bytes).toBeLessThanOrEqual(LIST_ANSWERS_MAX_BYTES);
		}
		expect(listAnswersKept().answers).toBeGreaterThan(1);
	});

	const TAGS = [
		'service',
		'ticket',
		'time',
		'company',
		'contact',
		'finance',
		'project',
		'sales',
		'schedule',
		'system',
		'procurement',
		'expense',
		'configuration',
		'setup',
	];
});
