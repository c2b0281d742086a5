// ChatGPT's `search` and `fetch`: exactly the documented shapes, over what the server's filter leaves, by the same calls
// as the tools behind them. Source of the shapes: developers.openai.com/api/docs/mcp.
import { beforeAll, describe, it } from 'vitest';
import type { ServerConfig } from '../../../workers/contracts/records.ts';
import {
	api,
	callTool,
	captureLog,
	connectAccount,
	createServer,
	eventually,
	faultsOf,
	type Json,
	mcp,
	mockVendor,
	type Page,
	refused,
	type ServerWithUrl,
	serverPath,
	setUp,
	toolNames,
	type VendorCall,
} from '../support.ts';

setUp();
let server: ServerWithUrl;
beforeAll(async () => {
	await connectAccount('search');
	server = await searching();
});

const searching = (config: ServerConfig = {}) => createServer('search', { search_and_fetch: true, ...config });

const TICKET = { id: 14059, summary: 'VPN drops at noon', company: { id: 250, name: 'Acme Corp' } };
const ARTICLE = { id: 88, title: 'VPN setup', issue: 'It drops', resolution: 'Renew the certificate' };
const NORTHWIND = { id: 105, name: 'Northwind Foods', identifier: 'NorthwindFoods' };
const COMPANY = { id: 250, name: 'VPN Makers', identifier: 'VPNM' };
const TICKET_URL =
	'https://na.myconnectwise.net/v4_6_release/services/system_io/Service/fv_sr100_request.rails?service_recid=14059&companyName=telltale-company';

type Answers = Record<string, unknown>;

const FORBIDDEN = Symbol('403');

/** A vendor with these lists and records by path. */
function vendor(answers: Answers): VendorCall[] {
	return mockVendor(({ url }) => {
		const path = new URL(url).pathname.replace('/v4_6_release/apis/3.0', '');
		const answer = answers[path];
		if (answer === FORBIDDEN) return Response.json({ code: 'Forbidden', message: 'No rights' }, { status: 403 });
		return answer === undefined
			? Response.json({ code: 'NotFound', message: 'Not found' }, { status: 404 })
			: Response.json(answer);
	});
}

const everything: Answers = {
	'/service/tickets': [TICKET],
	'/service/knowledgeBaseArticles': [ARTICLE],
	'/company/companies': [COMPANY],
};

const pathOf = ({ url }: VendorCall) => new URL(url).pathname.replace('/v4_6_release/apis/3.0', '');
const conditionsAsked = (calls: VendorCall[], path: string) =>
	calls.filter((call) => pathOf(call) === path).map(({ url }) => new URL(url).searchParams.get('conditions'));

async function search(of: ServerWithUrl, query: unknown) {
	const { body, headers } = await callTool(of.url, 'search', { query });
	return { ...(body.result as { structuredContent: Json; content: Json[]; isError?: boolean }), headers };
}

describe('the two tools', () => {
	it('stand first, read only, with the shapes that ChatGPT asks for', async ({ expect }) => {
		const { body } = await mcp(server.url, 'tools/list');
		const [first, second] = (body.result?.tools ?? []) as Json[];
		expect(first).toMatchObject({
			name: 'search',
			inputSchema: { properties: { query: { type: 'string' } }, required: ['query'] },
			outputSchema: { properties: { results: { items: { required: ['id', 'title', 'url'] } } } },
			annotations: { readOnlyHint: true, destructiveHint: false, openWorldHint: false },
		});
		expect(second).toMatchObject({
			name: 'fetch',
			inputSchema: { properties: { id: { type: 'string' } }, required: ['id'] },
			annotations: { readOnlyHint: true },
		});
	});

	it('are there with every exposure and name style, and nowhere else', async ({ expect }) => {
		for (const config of [{ tool_exposure: 'discovery' }, { tool_names: 'short' }, { list_format: 'table' }] as const)
			expect((await toolNames((await searching(config)).url)).slice(0, 2)).toEqual(['search', 'fetch']);
		const plain = await createServer('search', {});
		expect(await toolNames(plain.url)).not.toContain('search');
		const { body } = await callTool(plain.url, 'search', { query: 'x' });
		expect(body.error?.code).toBe(-32602);
	});

	it('are refused where the filter leaves nothing to search', async ({ expect }) => {
		const path = '/integrated-account/search/mcp';
		for (const config of [{ tags: ['time'] }, { methods: ['list'] }, { methods: ['write'] }]) {
			const answer = await refused('POST', path, { name: 'x', config: { ...config, search_and_fetch: true } });
			expect([answer.status, answer.body.code]).toEqual([400, 'no_matching_tools']);
			expect(answer.body.message).toContain('tickets, knowledge base articles, companies');
		}
		const narrowed = await refused('PATCH', serverPath(server), { config: { tags: ['time'] } });
		expect(narrowed.body.code).toBe('no_matching_tools');
		const wrong = await refused('POST', path, { name: 'x', config: { search_and_fetch: 'yes' } });
		expect(faultsOf(wrong)['config.search_and_fetch']).toMatch(/boolean/);
	});
});

describe('search', () => {
	it('asks every source at once and answers ids, titles and working links, as content and as the same text', async ({
		expect,
	}) => {
		const calls = vendor(everything);
		const { structuredContent, content, isError } = await search(server, 'vpn');
		expect(isError).toBeUndefined();
		expect(structuredContent).toEqual({
			results: [
				{ id: 'ticket:14059', title: 'Ticket #14059: VPN drops at noon (Acme Corp)', url: TICKET_URL },
				{
					id: 'article:88',
					title: 'VPN setup',
					url: expect.stringMatching(/^https:\/\/na\.myconnectwise\.net\/.*88$/),
				},
				{
					id: 'company:250',
					title: 'VPN Makers (VPNM)',
					url: 'https://na.myconnectwise.net/v4_6_release/services/system_io/router/openrecord.rails?recordType=CompanyFV&recid=250&companyName=telltale-company',
				},
			],
		});
		expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }]);
		expect(calls.map(pathOf).sort()).toEqual(Object.keys(everything).sort());
		expect(conditionsAsked(calls, '/service/tickets')).toEqual([
			'(summary contains "vpn" or company/name contains "vpn" or contact/name contains "vpn")',
		]);
		expect(conditionsAsked(calls, '/company/companies')).toEqual([
			'(name contains "vpn" or identifier contains "vpn") and deletedFlag = false',
		]);
	});

	it('asks for all of the words, then for any of them only where no record has them all', async ({ expect }) => {
		const calls = vendor({
			'/service/tickets': [TICKET],
			'/service/knowledgeBaseArticles': [],
			'/company/companies': [],
		});
		await search(server, 'Why is the VPN slow, at Acme?');
		const articles = conditionsAsked(calls, '/service/knowledgeBaseArticles');
		const any = (word: string) =>
			`(title contains "${word}" or issue contains "${word}" or resolution contains "${word}")`;
		expect(articles).toEqual([
			[any('VPN'), any('slow'), any('Acme')].join(' and '),
			`(${[any('VPN'), any('slow'), any('Acme')].join(' or ')})`,
		]);
		expect(conditionsAsked(calls, '/service/tickets')).toHaveLength(1);
	});

	it('puts what holds more of the words first, and a ticket’s own number before everything', async ({ expect }) => {
		const other = { ...TICKET, id: 14060, summary: 'Mentions 14059' };
		vendor({ '/service/tickets': [other, TICKET], '/service/knowledgeBaseArticles': [], '/company/companies': [] });
		const { structuredContent } = await search(server, '#14059');
		expect((structuredContent.results as Json[]).map(({ id }) => id)).toEqual(['ticket:14059', 'ticket:14060']);
	});

	it('asks for a number as the ticket’s own as well', async ({ expect }) => {
		const calls = vendor(everything);
		await search(server, '14059');
		expect(conditionsAsked(calls, '/service/tickets')[0]).toMatch(/ or id = 14059\)$/);
		await search(server, '99999999999999999999');
		expect(conditionsAsked(calls, '/service/tickets')[1]).not.toMatch(/id = /);
	});

	const queries: [query: string, part: string | RegExp][] = [
		['x" or 1=1', /summary contains 'x"'|summary contains "1=1"/],
		["O'Brien", `summary contains "O'Brien"`],
		['100%', 'summary contains "100'],
		['[UK]', 'summary contains "UK"'],
	];
	for (const [query, part] of queries) {
		it(`${query} stays a text inside the conditions`, async ({ expect }) => {
			const calls = vendor(everything);
			const { isError } = await search(server, query);
			expect(isError).toBeUndefined();
			const [asked] = conditionsAsked(calls, '/service/tickets');
			expect(asked).toMatch(part);
			expect(asked).not.toMatch(/\bor 1\s*=\s*1\b/);
		});
	}

	it('searches what the filter leaves, and nothing else', async ({ expect }) => {
		const narrow = await searching({ tags: ['company'] });
		const calls = vendor(everything);
		const { structuredContent } = await search(narrow, 'vpn');
		expect(calls.map(pathOf)).toEqual(['/company/companies']);
		expect(structuredContent.results).toHaveLength(1);
		const fetched = await callTool(narrow.url, 'fetch', { id: 'ticket:14059' });
		expect(fetched.body.result).toMatchObject({ isError: true, structuredContent: { code: 'invalid_arguments' } });
		expect(calls).toHaveLength(1);
	});

	it('says which source failed, and keeps the others', async ({ expect }) => {
		vendor({ ...everything, '/service/knowledgeBaseArticles': FORBIDDEN });
		const { structuredContent, isError } = await search(server, 'vpn');
		expect(isError).toBeUndefined();
		expect((structuredContent.results as Json[]).map(({ id }) => id)).toEqual(['ticket:14059', 'company:250']);
		expect(structuredContent.notice).toMatch(/^Knowledge base articles could not be searched: .*No rights/);
	});

	it('fails as the vendor does where every source fails, with its rate limit', async ({ expect }) => {
		const limited = () => Response.json({ message: 'Slow down' }, { status: 429, headers: { 'retry-after': '7' } });
		const calls = mockVendor(limited);
		const { structuredContent, isError, headers } = await search(server, 'vpn slow');
		expect([isError, structuredContent.statusCode, structuredContent.retry_after_seconds]).toEqual([true, 429, 7]);
		expect(headers.get('retry-after')).toBe('7');
		expect(calls).toHaveLength(3);
	});

	it('finding nothing is an empty list that says what was looked through', async ({ expect }) => {
		const calls = vendor({ '/service/tickets': [], '/service/knowledgeBaseArticles': [], '/company/companies': [] });
		const { results, notice } = (await search(server, 'nothing')).structuredContent;
		expect(results).toEqual([]);
		expect(notice).toMatch(/^Nothing holds "nothing"\. Searched were Tickets \(summary, .*; Companies .* Try fewer/);
		expect(calls.length).toBeLessThanOrEqual(6);
	});

	it('what only comes near is told as such', async ({ expect }) => {
		mockVendor(({ url }) => {
			const asked = new URL(url).searchParams.get('conditions') ?? '';
			return Response.json(url.includes('/company/companies') && asked.includes('"Nort"') ? [NORTHWIND] : []);
		});
		const { results, notice } = (await search(server, 'Nortwind')).structuredContent;
		expect((results as Json[]).map(({ id }) => id)).toEqual(['company:105']);
		expect(notice).toMatch(/^Nothing holds "Nortwind"\..* These come near\.$/);
	});

	it('records that hold some of the words are told as such', async ({ expect }) => {
		mockVendor(({ url }) => {
			const asked = new URL(url).searchParams.get('conditions') ?? '';
			return Response.json(url.includes('/service/tickets') && asked.startsWith('((') ? [TICKET] : []);
		});
		const { results, notice } = (await search(server, 'vpn elephants')).structuredContent;
		expect((results as Json[]).map(({ id }) => id)).toEqual(['ticket:14059']);
		expect(notice).toMatch(/^No record holds all of "vpn", "elephants"/);
	});

	const wrong: [args: Json, path: string][] = [
		[{}, 'query'],
		[{ query: '' }, 'query'],
		[{ query: '"" ?!' }, 'query'],
		[{ query: 7 }, 'query'],
		[{ query: 'x'.repeat(301) }, 'query'],
		[{ query: 'x', limit: 3 }, 'limit'],
	];
	for (const [args, path] of wrong) {
		it(`refuses ${JSON.stringify(args).slice(0, 40)}, and asks nobody`, async ({ expect }) => {
			const calls = vendor(everything);
			const { body } = await callTool(server.url, 'search', args);
			expect(body.result).toMatchObject({
				isError: true,
				structuredContent: { code: 'invalid_arguments', errors: [{ field: path, message: expect.any(String) }] },
			});
			expect(calls).toEqual([]);
		});
	}

	it('is one entry in the log, without the query', async ({ expect }) => {
		const logged = await searching();
		vendor(everything);
		await search(logged, 'telltale-query');
		const { result, text } = await eventually(async () => {
			const { body, text: whole } = await api<Page<Json>>('GET', `${serverPath(logged)}/log`);
			if (body.result.length === 0) throw new Error('no entry yet');
			return { result: body.result, text: whole };
		});
		expect(result).toEqual([
			expect.objectContaining({ tool: 'search', method_class: 'read', outcome: 'ok', upstream_status: 200 }),
		]);
		expect(text).not.toContain('telltale-query');
	});

	it('of a revoked server is refused', async ({ expect }) => {
		captureLog();
		const revoked = await searching();
		vendor(everything);
		await api('DELETE', serverPath(revoked));
		expect((await callTool(revoked.url, 'search', { query: 'vpn' })).status).toBe(404);
	});
});

describe('fetch', () => {
	const notes = [
		{ id: 1, text: 'It drops again', member: { identifier: 'jsmith' }, timeStart: '2026-04-01T09:00:00Z' },
		{ id: 2, text: 'From the customer' },
	];
	const ticket: Answers = {
		'/service/tickets/14059': { ...TICKET, status: { name: 'New' }, _info: { lastUpdated: '2026-04-01T09:00:00Z' } },
		'/service/tickets/14059/allNotes': notes,
	};

	it('tells a ticket with its conversation, in exactly the shape', async ({ expect }) => {
		const calls = vendor(ticket);
		const { body } = await callTool(server.url, 'fetch', { id: 'ticket:14059' });
		const { structuredContent, content } = body.result as { structuredContent: Json; content: Json[] };
		expect(structuredContent).toEqual({
			id: 'ticket:14059',
			title: 'Ticket #14059: VPN drops at noon (Acme Corp)',
			text: [
				'VPN drops at noon',
				'Company: Acme Corp',
				'Status: New',
				'Last updated: 2026-04-01T09:00:00Z',
				'Conversation:',
				'2026-04-01T09:00:00Z jsmith: It drops again',
				'From the customer',
			].join('\n\n'),
			url: TICKET_URL,
			metadata: { type: 'ticket' },
		});
		expect(content).toEqual([{ type: 'text', text: JSON.stringify(structuredContent) }]);
		expect(calls.map(pathOf).sort()).toEqual(['/service/tickets/14059', '/service/tickets/14059/allNotes']);
	});

	it('tells a ticket without its conversation where that cannot be read, and says so', async ({ expect }) => {
		vendor({ ...ticket, '/service/tickets/14059/allNotes': FORBIDDEN });
		const { body } = await callTool(server.url, 'fetch', { id: 'ticket:14059' });
		expect(body.result).toMatchObject({
			structuredContent: { text: expect.stringMatching(/Conversation could not be read: .*No rights/) },
		});
		expect(body.result).not.toHaveProperty('isError');
	});

	it('tells articles and companies', async ({ expect }) => {
		vendor({ '/service/knowledgeBaseArticles/88': ARTICLE, '/company/companies/250': COMPANY });
		const article = await callTool(server.url, 'fetch', { id: 'article:88' });
		expect(article.body.result?.structuredContent).toMatchObject({
			title: 'VPN setup',
			text: expect.stringContaining('Resolution: Renew the certificate'),
		});
		const company = await callTool(server.url, 'fetch', { id: 'company:250' });
		expect(company.body.result?.structuredContent).toMatchObject({
			title: 'VPN Makers (VPNM)',
			metadata: { type: 'company' },
		});
	});

	it('cuts a text that is over the budget of the server, visibly', async ({ expect }) => {
		const small = await searching({ answer_budget_kb: 10 });
		for (const letter of ['x', '你', '"']) {
			const long = Array.from({ length: 20 }, (_, id) => ({ id, text: letter.repeat(900) }));
			vendor({ ...ticket, '/service/tickets/14059/allNotes': long });
			const { body } = await callTool(small.url, 'fetch', { id: 'ticket:14059' });
			const { text } = (body.result as { content: { text: string }[] }).content[0] ?? { text: '' };
			expect(new TextEncoder().encode(text).byteLength).toBeLessThanOrEqual(10_000);
			expect(text).toMatch(/\[cut: \d+ characters\]|There are more than these/);
			expect(text.length).toBeGreaterThan(2_000);
		}
	});

	it('of a record that is not there is the vendor’s answer', async ({ expect }) => {
		vendor({});
		const { body } = await callTool(server.url, 'fetch', { id: 'ticket:1' });
		expect(body.result).toMatchObject({ isError: true, structuredContent: { statusCode: 404, is_remote_error: true } });
	});

	for (const id of [
		'14059',
		'ticket:',
		'ticket:1/../2',
		'ticket:1?x',
		'member:1',
		'ticket:%2e',
		`ticket:${'1'.repeat(200)}`,
	]) {
		it(`refuses the id ${id.slice(0, 20)}, and asks nobody`, async ({ expect }) => {
			const calls = vendor(ticket);
			const { body } = await callTool(server.url, 'fetch', { id });
			expect(body.result).toMatchObject({ isError: true, structuredContent: { code: 'invalid_arguments' } });
			expect(calls).toEqual([]);
		});
	}

	it('links to the host of an installation of its own as it is', async ({ expect }) => {
		await connectAccount('own-host', { base_url: 'https://cw.acme.example/v4_6_release/apis/3.0' });
		const own = await createServer('own-host', { search_and_fetch: true });
		vendor({ '/company/companies/250': COMPANY });
		const { body } = await callTool(own.url, 'fetch', { id: 'company:250' });
		expect(body.result?.structuredContent).toMatchObject({
			url: expect.stringMatching(/^https:\/\/cw\.acme\.example\/v4_6_release\//),
		});
	});
});
