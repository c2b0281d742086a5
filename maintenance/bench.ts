// `npm run bench`: what Patchbay costs, as ratios measured in one run on this machine, and as tokens of a model.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { bundleWorker } from '../scripts/lib/bundle.ts';
import { readFolder } from '../scripts/lib/check-integrations.ts';
import { readFlags } from '../scripts/lib/flags.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';
import { findFreePorts } from '../scripts/lib/ports.ts';
import { startPatchbay } from '../scripts/lib/start-patchbay.ts';
import type { IntegrationFile } from '../workers/integration/format.ts';
import { joinIntegration } from '../workers/integration/operations.ts';
import { compileTools } from '../workers/tools/tools.ts';
import {
	api,
	COMPATIBILITY_DATE,
	describePatchbay,
	type Json,
	memoryOf,
	provision,
	rpc,
	startVendor,
	youngestChild,
} from './lib/lone-worker.ts';

const USAGE = {
	command: 'npm run bench',
	summary: 'Measures what Patchbay costs, as ratios of one run on this machine, and as tokens of a model.',
	flags: {},
} as const;

const ROUNDS = 7;
const ROUND_MS = 1_500;
const CONNECTIONS = 16;
const LIST_TICKETS = 'list_all_connect_wise_psa_tickets';
const SERVER_CONFIG = { tags: ['service'], methods: ['read'] };
const JOB = { conditions: 'company/identifier="XYZ" and closedFlag=false', orderBy: 'id desc' };

function line(what: string, value: string, bar = ''): void {
	console.log(`${what.padEnd(58)} ${value.padStart(12)}${bar ? `   ${bar}` : ''}`);
}

function tokens(value: unknown): number {
	return encode(typeof value === 'string' ? value : JSON.stringify(value)).length;
}

function median(values: number[]): number {
	return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

// --- size and compiling --------------------------------------------------------------------------------------------

async function benchBundle(): Promise<void> {
	const source = await bundleWorker(join(PROJECT_ROOT, 'workers/index.ts'), PROJECT_ROOT);
	const code = source.replace(/^\/\/# sourceMappingURL=.*$/m, '');
	line('bundle, gzip', `${(gzipSync(code).length / 1024).toFixed(0)} KiB`, 'at most 1,536');
}

/** CPU of compiling n tools, made by repeating the bundled operations; the joining of files is not in it. */
function benchCompile(): void {
	const folder = readFolder(join(PROJECT_ROOT, 'integrations/connect_wise_psa'));
	const file = folder.integration as IntegrationFile;
	const modules = file.modules.map((module) => ({ module, ...folder.modules[module] })) as Parameters<
		typeof joinIntegration
	>[1];
	const perTool = [100, 1_000, 3_000].map((count) => {
		const samples = Array.from({ length: 9 }, () => {
			const copies = Math.ceil(count / joinIntegration(file, modules).operations.length);
			// Joined anew, so that nothing is left over from the run before.
			const operations = Array.from({ length: copies }, () => joinIntegration(file, modules).operations).flat();
			const integration = { ...joinIntegration(file, modules), operations: operations.slice(0, count) };
			const before = process.cpuUsage();
			compileTools(integration, {});
			const { user, system } = process.cpuUsage(before);
			return (user + system) / 1000;
		});
		const ms = median(samples);
		line(`compile ${count} tools, CPU`, `${ms.toFixed(2)} ms`, count === 100 ? 'under 5' : '');
		return ms / count;
	});
	line(
		'cost per tool at 3,000 against 100',
		`${((perTool[2] ?? 0) / (perTool[0] ?? 1)).toFixed(2)}`,
		'about 1 or less: linear',
	);
}

// --- throughput ----------------------------------------------------------------------------------------------------

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS * 2 });

function post(url: string, body: string): Promise<string> {
	const headers = {
		'content-type': 'application/json',
		accept: 'application/json, text/event-stream',
		'content-length': Buffer.byteLength(body),
	};
	return new Promise((resolve, reject) => {
		const outgoing = request(url, { method: 'POST', headers, agent }, (answer) => {
			const chunks: Buffer[] = [];
			answer.on('data', (chunk: Buffer) => chunks.push(chunk));
			answer.on('end', () => {
				const text = Buffer.concat(chunks).toString();
				if (answer.statusCode === 200) resolve(text);
				else reject(new Error(`${answer.statusCode} ${text.slice(0, 200)}`));
			});
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}

async function callsPerSecond(url: string, body: string, ms = ROUND_MS): Promise<number> {
	let count = 0;
	const startedAt = performance.now();
	const worker = async () => {
		while (performance.now() - startedAt < ms) {
			await post(url, body);
			count++;
		}
	};
	await Promise.all(Array.from({ length: CONNECTIONS }, worker));
	return count / ((performance.now() - startedAt) / 1000);
}

/** Alternates between the two, so that whatever else the machine does hits both; the median of the rounds' ratios. */
async function ratio(
	of: [string, string],
	against: [string, string],
): Promise<{ ratio: number; of: number; against: number }> {
	await callsPerSecond(...of, 1_000);
	await callsPerSecond(...against, 500);
	const rounds: { of: number; against: number }[] = [];
	for (let round = 0; round < ROUNDS; round++) {
		rounds.push({ against: await callsPerSecond(...against), of: await callsPerSecond(...of) });
	}
	return {
		ratio: median(rounds.map((round) => round.of / round.against)),
		of: median(rounds.map((round) => round.of)),
		against: median(rounds.map((round) => round.against)),
	};
}

const TICKETS = JSON.stringify(
	Array.from({ length: 25 }, (_, index) => ({
		id: 15_992 - index,
		summary: 'Printer offline at front desk',
		board: { name: 'Help Desk' },
		status: { name: 'In Progress' },
		priority: { name: 'Priority 3 - Medium' },
		company: { name: 'XYZ Industries' },
		owner: { identifier: 'jsmith' },
	})),
);

/** Numbers of tools to measure with. */
const SIZES: { what: string; config: Json; tool: string; args: Json }[] = [
	{ what: 'for a technician', config: { tags: ['technician'] }, tool: LIST_TICKETS, args: { closed: false } },
	{
		what: 'service, company, time, schedule',
		config: { tags: ['service', 'company', 'time', 'schedule'] },
		tool: LIST_TICKETS,
		args: { closed: false },
	},
	{ what: 'everything', config: {}, tool: LIST_TICKETS, args: { closed: false } },
	{
		what: 'everything, by discovery',
		config: { tool_exposure: 'discovery' },
		tool: 'call_read_tool',
		args: { name: LIST_TICKETS, arguments: { closed: false } },
	},
];

/** Each size in a runtime of its own, so that nothing is loaded from before. */
async function benchSizes(): Promise<void> {
	const script = await bundleWorker(join(PROJECT_ROOT, 'workers/index.ts'), PROJECT_ROOT);
	const upstream = await startVendor(TICKETS);
	console.log(`\n${'tools'.padEnd(42)} listed   list KB   first list   first call   lists/s   calls/s   memory`);
	try {
		for (const { what, config, tool, args } of SIZES) {
			const { port } = await findFreePorts();
			const workers = [describePatchbay(script, port)];
			const runtime = new Miniflare(convertV4MiniflareOptions({ cf: false, workers }));
			await runtime.ready;
			try {
				const { url } = await provision(`http://127.0.0.1:${port}`, upstream.base, config);
				const call = rpc('tools/call', { name: tool, arguments: args });
				const list = rpc('tools/list', {});
				// The very first message of an isolate also loads the SDK; it reaches no tool.
				await post(url, rpc('ping', {}));
				const firstCallMs = await timed(() => post(url, call));
				const firstListMs = await timed(() => post(url, list));
				const answer = await post(url, list);
				const { tools } = (JSON.parse(answer) as { result: { tools: Json[] } }).result;
				const lists = await callsPerSecond(url, list);
				const calls = await callsPerSecond(url, call);
				console.log(
					[
						what.padEnd(42),
						String(tools.length).padStart(6),
						(answer.length / 1024).toFixed(0).padStart(9),
						`${firstListMs.toFixed(0)} ms`.padStart(12),
						`${firstCallMs.toFixed(0)} ms`.padStart(12),
						lists.toFixed(0).padStart(9),
						calls.toFixed(0).padStart(9),
						memoryText().padStart(8),
					].join(' '),
				);
			} finally {
				await runtime.dispose();
			}
		}
	} finally {
		await upstream.stop();
	}
	console.log();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
	const startedAt = performance.now();
	await work();
	return performance.now() - startedAt;
}

function memoryText(): string {
	try {
		return `${memoryOf(youngestChild()).now.toFixed(0)} MB`;
	} catch {
		return 'unknown';
	}
}

async function benchThroughput(): Promise<void> {
	const upstream = await startVendor(TICKETS);
	const { base } = upstream;
	// Each Worker has a socket of its own: miniflare's entry would put a proxy before one of them only.
	const [port, barePort, staticPort] = [
		(await findFreePorts()).port,
		(await findFreePorts()).port,
		(await findFreePorts()).port,
	];
	const compatibilityDate = COMPATIBILITY_DATE;
	const runtime = new Miniflare(
		convertV4MiniflareOptions({
			cf: false,
			workers: [
				describePatchbay(await bundleWorker(join(PROJECT_ROOT, 'workers/index.ts'), PROJECT_ROOT), port),
				{
					name: 'bare',
					modules: true,
					compatibilityDate,
					script: `export default { async fetch(request) { await request.text(); const answer = await fetch('${base}/service/tickets?page=1&pageSize=25', { headers: { authorization: 'Basic eA==' } }); return new Response(await answer.text(), { headers: { 'content-type': 'application/json' } }); } }`,
					unsafeDirectSockets: [{ host: '127.0.0.1', port: barePort }],
				},
				{
					name: 'static',
					modules: true,
					compatibilityDate,
					script: `let body = ''; export default { async fetch(request) { const text = await request.text(); if (request.method === 'PUT') body = text; return new Response(body, { headers: { 'content-type': 'application/json' } }); } }`,
					unsafeDirectSockets: [{ host: '127.0.0.1', port: staticPort }],
				},
			],
		}),
	);
	await runtime.ready;
	try {
		const { url } = await provision(`http://127.0.0.1:${port}`, base, SERVER_CONFIG);
		const call = rpc('tools/call', {
			name: LIST_TICKETS,
			arguments: { conditions: 'closedFlag=false' },
		});
		const list = rpc('tools/list', {});
		const answer = await post(url, list);
		await fetch(`http://127.0.0.1:${staticPort}/`, { method: 'PUT', body: answer });
		const called = await ratio([url, call], [`http://127.0.0.1:${barePort}/`, call]);
		line(
			`tools/call against a bare forwarder (${called.of.toFixed(0)} : ${called.against.toFixed(0)} a second)`,
			called.ratio.toFixed(2),
			'at least 0.4',
		);
		const listed = await ratio([url, list], [`http://127.0.0.1:${staticPort}/`, list]);
		line(
			`tools/list against a static answer (${listed.of.toFixed(0)} : ${listed.against.toFixed(0)} a second)`,
			listed.ratio.toFixed(2),
			'at least 0.5',
		);
	} finally {
		await Promise.all([runtime.dispose(), upstream.stop()]);
	}
}

// --- what it costs a model -----------------------------------------------------------------------------------------

interface ToolAnswer {
	content: { text: string }[];
}

async function benchTokens(): Promise<void> {
	const stateDir = mkdtempSync(join(tmpdir(), 'patchbay-bench-'));
	const startedAt = performance.now();
	const patchbay = await startPatchbay({ ...(await findFreePorts()), stateDir, quiet: true });
	line('npm start is ready after', `${((performance.now() - startedAt) / 1000).toFixed(1)} s`, 'within 10');
	try {
		const server = async (config: Json) =>
			String((await api(patchbay.url, 'POST', '/integrated-account/demo/mcp', { name: 'bench', config })).url);
		const result = async <T>(url: string, method: string, params: Json) =>
			(JSON.parse(await post(url, rpc(method, params))) as { result: T }).result;
		const text = async (url: string, name: string, args: Json) =>
			(await result<ToolAnswer>(url, 'tools/call', { name, arguments: args })).content[0]?.text ?? '';

		const plain = await server(SERVER_CONFIG);
		const lean = await server({ ...SERVER_CONFIG, tags: ['ticket'], tool_names: 'short', list_format: 'table' });
		const job = async (url: string, listTool: string) => {
			const { tools } = await result<{ tools: Json[] }>(url, 'tools/list', {});
			const initialize = {
				protocolVersion: '2025-11-25',
				capabilities: {},
				clientInfo: { name: 'bench', version: '1' },
			};
			const { instructions } = await result<{ instructions: string }>(url, 'initialize', initialize);
			const answer = tokens(await text(url, listTool, JOB));
			return { perTool: tokens(tools) / tools.length, answer, total: tokens(tools) + tokens(instructions) + answer };
		};
		const byDefault = await job(plain, LIST_TICKETS);
		const leanly = await job(lean, 'list_tickets');
		const ticket = tokens(await text(plain, 'get_single_connect_wise_psa_ticket_by_id', { id: 14059 }));
		line('25 tickets, tokens', String(byDefault.answer), 'at most 2,000');
		line('25 tickets as a table, tokens', String(leanly.answer), 'at most 900 (best peer 872)');
		line('one ticket, tokens', String(ticket), 'at most 700 (peers 148 to 3,352)');
		line('service tools for reading, tokens per tool', byDefault.perTool.toFixed(0), 'at most 200 (peers 118 to 246)');
		line('"the 25 newest open tickets of XYZ", all in', String(byDefault.total), 'at most 8,000');
		line(
			'the same, a server for tickets, short names and tables',
			String(leanly.total),
			'at most 5,000 (best peer 5,774)',
		);
	} finally {
		await patchbay.stop();
		rmSync(stateDir, { recursive: true, force: true });
	}
}

readFlags(USAGE, process.argv.slice(2));
console.log(
	`node ${process.version}, ${JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')).devDependencies.wrangler} wrangler\n`,
);
await benchBundle();
benchCompile();
await benchTokens();
await benchSizes();
await benchThroughput();
agent.destroy();
process.exit(0);
