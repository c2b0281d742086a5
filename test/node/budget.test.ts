// What Patchbay costs a model, in tokens of o200k, and how a list too long for one answer is walked.
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startPagingVendor } from './paging-vendor.ts';
import { type CallResult, call, connectV1, startForTests, type TestPatchbay } from './support.ts';

const ANSWER_LIMIT_BYTES = 60_000;
const MANY = 2_000;

interface ListedTool {
	name: string;
	description?: string | undefined;
	inputSchema: unknown;
}

interface Page {
	result?: { id: number }[];
	rows?: unknown[][];
	next_cursor: string | null;
	result_count: number;
}

let patchbay: TestPatchbay;
const report: string[] = [];

beforeAll(async () => {
	patchbay = await startForTests();
});
afterAll(async () => {
	await patchbay?.stop();
	console.log(`tokens (o200k)\n${report.join('\n')}`);
});

function tokens(value: unknown): number {
	return encode(typeof value === 'string' ? value : JSON.stringify(value)).length;
}

function say(what: string, count: number, limit: number): number {
	report.push(`  ${what}: ${count} of ${limit}`);
	return count;
}

interface Job {
	tools: ListedTool[];
	instructions: string;
	answer: CallResult<Page>;
	total: number;
}

/** The 25 newest open tickets of a company, on a server with the given config: all that reaches the model. */
async function askForTickets(config: Record<string, unknown>, tool: string, conditions: string): Promise<Job> {
	const client = await connectV1((await patchbay.createServer(config)).url);
	const { tools } = await client.listTools();
	const instructions = client.getInstructions() ?? '';
	const answer = await call<Page>(client, tool, { conditions, orderBy: 'id desc', limit: 25 });
	await client.close();
	if (answer.isError) throw new Error(answer.text);
	const total = tokens(given(tools)) + tokens(instructions) + tokens(answer.text);
	return { tools, instructions, answer, total };
}

/** A client hands these parts of a tool to its model; annotations and output schemas are for the client itself. */
function given(tools: Job['tools']) {
	return tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
}

/** The company with the most open tickets, so that 25 of them are there. */
async function busiestCompany(): Promise<string> {
	const open = await patchbay.sandbox.list<{ company: { name: string } }>('/service/tickets', {
		conditions: 'closedFlag=false',
	});
	const counts = new Map<string, number>();
	for (const { company } of open) counts.set(company.name, (counts.get(company.name) ?? 0) + 1);
	return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? '';
}

const SERVICE_READ = { tags: ['service'], methods: ['read'] };
/** Made for the question: all that the leanest server needs. */
const TICKET_READ = { tags: ['ticket'], methods: ['read'] };

describe('an answer', () => {
	it('of 25 tickets by default costs at most 2,000', async ({ expect }) => {
		const client = await connectV1(patchbay.mcpUrl);
		const { data, text } = await call<Page>(client, 'list_all_connect_wise_psa_tickets');
		await client.close();
		expect(data.result).toHaveLength(25);
		expect(say('25 tickets, default', tokens(text), 2000)).toBeLessThanOrEqual(2000);
	});

	it('is no longer where a model leaves `fields` empty', async ({ expect }) => {
		const client = await connectV1(patchbay.mcpUrl);
		const usual = await call<Page>(client, 'list_all_connect_wise_psa_tickets');
		const empty = await call<Page>(client, 'list_all_connect_wise_psa_tickets', { fields: '' });
		await client.close();
		expect(empty.data.result).toEqual(usual.data.result);
	});

	it('of 25 tickets as a table costs at most 1,250', async ({ expect }) => {
		const client = await connectV1((await patchbay.createServer({ list_format: 'table' })).url);
		const { data, text } = await call<Page>(client, 'list_all_connect_wise_psa_tickets');
		await client.close();
		expect(data.rows).toHaveLength(25);
		expect(say('25 tickets, table', tokens(text), 1250)).toBeLessThanOrEqual(1250);
	});

	it('of an update of a ticket’s status costs at most 80', async ({ expect }) => {
		const client = await connectV1(patchbay.mcpUrl);
		const args = { id: 14059, status: 'In Progress', fields: '' };
		const { data, text } = await call(client, 'update_a_connect_wise_psa_ticket_by_id', args);
		await client.close();
		expect(data).toMatchObject({ id: 14059, status: { name: 'In Progress' } });
		expect(say('update of a status', tokens(text), 80)).toBeLessThanOrEqual(80);
	});

	for (const id of [14059, 15992]) {
		it(`of one ticket (${id}) costs at most 700`, async ({ expect }) => {
			const client = await connectV1(patchbay.mcpUrl);
			const { data, text } = await call(client, 'get_single_connect_wise_psa_ticket_by_id', { id });
			await client.close();
			expect(data.id).toBe(id);
			expect(say(`ticket ${id}`, tokens(text), 700)).toBeLessThanOrEqual(700);
		});
	}
});

describe('a server for reading service', () => {
	it('lists its tools at 200 each or less on average, everything counted', async ({ expect }) => {
		const client = await connectV1((await patchbay.createServer(SERVICE_READ)).url);
		const { tools } = await client.listTools();
		await client.close();
		const each = tools.map((tool) => ({ name: tool.name, cost: tokens(tool) })).sort((a, b) => b.cost - a.cost);
		const all = tokens(tools);
		report.push(
			`  service, read: ${tools.length} tools, ${all} in all, ${tokens(given(tools))} of what models are given`,
		);
		report.push(
			`  dearest: ${each
				.slice(0, 5)
				.map(({ name, cost }) => `${name} ${cost}`)
				.join(', ')}`,
		);
		expect(say('per tool, on average', Math.round(all / tools.length), 200)).toBeLessThanOrEqual(200);
		// Few enough for a model to choose from at once.
		expect(say('tools', tools.length, 45)).toBeLessThanOrEqual(45);
	});
});

describe('the whole job: the 25 newest open tickets of a company', () => {
	const jobs = [
		{ name: 'default', config: SERVICE_READ, tool: 'list_all_connect_wise_psa_tickets', limit: 6600, wholeLimit: 7990 },
		{
			name: 'a server for tickets, short names and a table',
			config: { ...TICKET_READ, tool_names: 'short', list_format: 'table' },
			tool: 'list_tickets',
			limit: 2850,
			wholeLimit: 3250,
		},
	];
	for (const { name, config, tool, limit, wholeLimit } of jobs) {
		it(`costs at most ${limit} with ${name}`, async ({ expect }) => {
			const conditions = `company/name="${await busiestCompany()}" and closedFlag=false`;
			const { tools, instructions, answer, total } = await askForTickets(config, tool, conditions);
			report.push(
				`  job, ${name}: ${tools.length} tools ${tokens(given(tools))} + instructions ${tokens(instructions)} + ${answer.data.result_count} tickets ${tokens(answer.text)}`,
			);
			expect(say(`job, ${name}`, total, limit)).toBeLessThanOrEqual(limit);
			const whole = total - tokens(given(tools)) + tokens(tools);
			expect(say(`job, ${name}, definitions counted whole`, whole, wholeLimit)).toBeLessThanOrEqual(wholeLimit);
		});
	}
});

describe('a list that is too long for one answer', () => {
	/** @param limits  of the pages, in turn */
	async function walk(
		url: string,
		args: Record<string, unknown>,
		limits = [1000],
	): Promise<{ ids: number[]; largest: number; calls: number }> {
		const client = await connectV1(url);
		const ids: number[] = [];
		let [largest, calls] = [0, 0];
		let cursor: string | null = null;
		do {
			const limit = limits[calls % limits.length];
			const from: Record<string, unknown> = cursor === null ? {} : { next_cursor: cursor };
			const asked = { ...args, limit, ...from };
			const page: CallResult<Page> = await call(client, 'list_all_connect_wise_psa_tickets', asked);
			if (page.isError || !page.data.result) throw new Error(page.text);
			ids.push(...page.data.result.map(({ id }) => id));
			largest = Math.max(largest, Buffer.byteLength(page.text));
			cursor = page.data.next_cursor;
			calls++;
		} while (cursor !== null && calls < MANY);
		await client.close();
		return { ids, largest, calls };
	}

	it('gives every ticket of the sandbox exactly once', async ({ expect }) => {
		const truth = await patchbay.sandbox.list<{ id: number }>('/service/tickets', { orderBy: 'id asc' });
		const { ids, largest, calls } = await walk(patchbay.mcpUrl, { fields: '*', orderBy: 'id asc' });
		report.push(
			`  walk of the sandbox: ${ids.length} whole tickets in ${calls} calls, largest answer ${largest} bytes`,
		);
		expect(ids).toEqual(truth.map(({ id }) => id));
		expect(largest).toBeLessThanOrEqual(ANSWER_LIMIT_BYTES);
	});

	it('gives every ticket exactly once when the page size changes on the way', async ({ expect }) => {
		const truth = await patchbay.sandbox.list<{ id: number }>('/service/tickets', { orderBy: 'id asc' });
		const { ids } = await walk(patchbay.mcpUrl, { fields: '*', orderBy: 'id asc' }, [1000, 7, 50]);
		expect(ids).toEqual(truth.map(({ id }) => id));
	});

	for (const budgetKb of [10, 60, 150]) {
		it(`gives each of ${MANY} whole tickets exactly once, ${budgetKb} KB at a time`, async ({ expect }) => {
			const template = await patchbay.sandbox.get<Record<string, unknown>>('/service/tickets/14059');
			const vendor = await startPagingVendor(template, MANY);
			const { body } = await patchbay.api<{ id: string }>('POST', '/integrated-account', {
				integration: 'connect_wise_psa',
				name: `Large ${budgetKb}`,
				base_url: vendor.baseUrl,
				credentials: {
					company_id: 'large',
					public_key: 'k',
					private_key: 'k',
					client_id: '0d0f1e5a-6c1b-4b8e-9a57-2f4f6f3f9c11',
				},
			});
			const { url } = await patchbay.createServer(budgetKb === 60 ? {} : { answer_budget_kb: budgetKb }, body.id);
			const before = vendor.requests();
			const { ids, largest, calls } = await walk(url, { fields: '*' });
			report.push(
				`  walk of ${MANY} by ${budgetKb} KB: ${calls} calls, ${vendor.requests() - before} requests, ${vendor.recordsSent()} records sent by the vendor, largest answer ${largest} bytes`,
			);
			await vendor.close();
			expect(ids).toEqual(Array.from({ length: MANY }, (_, index) => index + 1));
			expect(largest).toBeLessThanOrEqual(budgetKb * 1_000);
			expect(largest).toBeGreaterThan(budgetKb * 500);
			expect(vendor.requests() - before).toBe(calls);
		});
	}
});
