// Forwarding as a client sees it, through the public door; only the network is replaced.
import { afterEach, beforeAll, describe, it, vi } from 'vitest';
import {
	CREDENTIALS,
	callTool,
	connectAccount,
	createServer,
	GET_TICKET,
	LIST_TICKETS,
	mockVendor,
	type RpcBody,
	type ServerWithUrl,
	UPDATE_TICKET,
} from '../support.ts';

let server: ServerWithUrl;

beforeAll(async () => {
	await connectAccount('forwarding');
	server = await createServer('forwarding');
});
afterEach(() => vi.restoreAllMocks());

const resultOf = ({ body }: { body: RpcBody }) =>
	body.result as {
		isError?: boolean;
		structuredContent: Record<string, unknown>;
		content: { type: string; text: string }[];
	};

describe('a call through an MCP URL', () => {
	it('sends the account’s headers and nothing of the client’s', async ({ expect }) => {
		const calls = mockVendor(() => Response.json({ id: 14059, summary: 'x' }));
		const answer = await callTool(
			server.url,
			GET_TICKET,
			{ id: 14059 },
			{
				headers: {
					cookie: 'session=1',
					'user-agent': 'telltale-client',
					'x-forwarded-for': '203.0.113.9',
					'x-custom': 'telltale',
					clientid: 'telltale',
					'mcp-protocol-version': '2025-11-25',
				},
			},
		);
		expect(resultOf(answer).structuredContent).toEqual({ id: 14059, summary: 'x' });
		expect(calls).toHaveLength(1);
		const [sent] = calls;
		expect(Object.fromEntries(sent?.headers ?? [])).toEqual({
			accept: 'application/vnd.connectwise.com+json; version=2025.16',
			authorization: `Basic ${btoa(`${CREDENTIALS.company_id}+${CREDENTIALS.public_key}:${CREDENTIALS.private_key}`)}`,
			clientid: CREDENTIALS.client_id,
		});
		expect(`${sent?.url} ${sent?.body}`).not.toMatch(/telltale-client|session/);
	});

	it('gives the same JSON as structure and as one text', async ({ expect }) => {
		mockVendor(() =>
			Response.json([
				{ id: 1, summary: 'Grüße 👋', board: { id: 4, name: 'Network Support', _info: { board_href: 'x' } } },
			]),
		);
		const { structuredContent, content } = resultOf(await callTool(server.url, LIST_TICKETS, {}));
		expect(content).toHaveLength(1);
		expect(JSON.parse(content[0]?.text ?? '')).toEqual(structuredContent);
		expect(structuredContent).toEqual({
			result: [{ id: 1, summary: 'Grüße 👋', board: { id: 4, name: 'Network Support' } }],
			next_cursor: null,
			result_count: 1,
		});
	});

	it('passes a rate limit on, in the result and in the headers, and tries once', async ({ expect }) => {
		const calls = mockVendor(() =>
			Response.json(
				{ error: 'ConnectWiseAPI', message: 'Too many requests. Please try again in 30 seconds.' },
				{ status: 429, headers: { 'Retry-After': '30', 'X-RateLimit-Limit': '1000', 'X-RateLimit-Remaining': '0' } },
			),
		);
		const answer = await callTool(server.url, UPDATE_TICKET, { id: 1, summary: 'x' });
		expect(answer.status).toBe(200);
		expect(resultOf(answer)).toMatchObject({
			isError: true,
			structuredContent: { statusCode: 429, retry_after_seconds: 30, is_remote_error: true },
		});
		const headers = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'retry-after'].map((name) =>
			answer.headers.get(name),
		);
		expect(headers).toEqual(['1000', '0', '30', '30']);
		expect(calls).toHaveLength(1);
	});

	it('invents no rate-limit header', async ({ expect }) => {
		mockVendor(() => Response.json({ id: 1 }));
		const { headers } = await callTool(server.url, GET_TICKET, { id: 1 });
		expect([...headers.keys()].filter((name) => /rate|retry/.test(name))).toEqual([]);
	});

	it('repeats no credential that the vendor says', async ({ expect }) => {
		for (const secret of Object.values(CREDENTIALS)) {
			mockVendor(() =>
				Response.json(
					{ code: 'Security', message: `Key ${secret} is not known`, errors: [{ message: secret }] },
					{ status: 401 },
				),
			);
			const { text } = await callTool(server.url, GET_TICKET, { id: 1 });
			expect(text).not.toContain(secret);
			expect(text).toContain('[credential]');
			vi.restoreAllMocks();
		}
	});

	// security: S-18
	it('follows no redirect', async ({ expect }) => {
		const calls = mockVendor(() => Response.redirect('https://evil.example/', 302));
		const { structuredContent } = resultOf(await callTool(server.url, GET_TICKET, { id: 1 }));
		expect(structuredContent).toMatchObject({ statusCode: 502, code: 'upstream_redirect' });
		expect(calls.map(({ url }) => new URL(url).hostname)).toEqual(['api-na.myconnectwise.net']);
	});

	it('sends nothing when an argument is wrong', async ({ expect }) => {
		const calls = mockVendor(() => Response.json({}));
		for (const args of [{ id: '1/2' }, { id: 1, status_id: 2 }, {}, { id: 1, summary: 'half \ud83d' }]) {
			const { structuredContent, isError } = resultOf(await callTool(server.url, UPDATE_TICKET, args));
			expect(isError).toBe(true);
			expect(structuredContent).toMatchObject({ statusCode: 400, code: 'invalid_arguments', is_remote_error: false });
			expect(structuredContent.message).toMatch(/^Nothing was sent\. .* Correct them and call again\.$/);
		}
		expect(calls).toHaveLength(0);
	});

	it('cuts 1,000 whole rows and goes on exactly there', async ({ expect }) => {
		const records = Array.from({ length: 1_000 }, (_, id) => ({ id, text: 'x'.repeat(6_900) }));
		mockVendor(({ url }) => {
			const { searchParams } = new URL(url);
			const size = Number(searchParams.get('pageSize'));
			const end = Number(searchParams.get('page')) * size;
			return Response.json(records.slice(end - size, end), {
				headers: { link: end < 1_000 ? '<https://x/>; rel="next"' : '' },
			});
		});
		const ids: number[] = [];
		let cursor: unknown;
		for (let page = 0; page < 4; page++) {
			const { structuredContent, content } = resultOf(
				await callTool(server.url, LIST_TICKETS, {
					limit: 1000,
					fields: '*',
					...(cursor ? { next_cursor: cursor } : {}),
				}),
			);
			expect(content[0]?.text.length).toBeLessThan(60_000);
			ids.push(...(structuredContent.result as { id: number }[]).map(({ id }) => id));
			cursor = structuredContent.next_cursor;
		}
		expect(ids).toEqual(Array.from({ length: ids.length }, (_, id) => id));
		expect(ids.length).toBeGreaterThan(24);
	});
});
