// (e) Two published generators that turn an OpenAPI description into MCP tools. They are installed into a temporary
// folder, at the versions named here, and run on node; where that fails, the report says why.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { findFreePorts, isListening } from '../../scripts/lib/ports.ts';
import { type Channel, Connection, requireGood } from './connection.ts';
import { type Target, withinMs } from './measure.ts';
import { CALLS, type Call, callMessage, handshake, LEGACY, LIST_TOOLS, type Message, requestOf } from './messages.ts';
import { describeApi } from './open-api.ts';
import type { Json, Vendor } from './runtime.ts';
import { stdioChannels } from './stdio.ts';

export interface Generator {
	name: string;
	/** Reason why it is not measured, or null. */
	failure: string | null;
	/** @returns the target for a call, or for `tools/list` */
	target?: (message: string) => Target;
	stop(): void;
}

interface Recipe {
	name: string;
	packages: string[];
	isStdio?: boolean;
	/** Prepares what is run. @returns the arguments of node */
	prepare(dir: string, port: number, baseUrl: string): Promise<string[]>;
	/** A call in the words of the generated tools. */
	call(call: Call, index: number): Message;
}

const INSTALL_MS = 180_000;
const START_MS = 20_000;
const run = promisify(execFile);

/** The generated tools take ConnectWise's own body: for an update, a list of operations. */
function bodyOf(call: Call, given: Json): { path: Json; body: unknown } {
	if (call === 'create') return { path: {}, body: given };
	const { id, ...changes } = given;
	return { path: { id }, body: Object.entries(changes).map(([path, value]) => ({ op: 'replace', path, value })) };
}

const RECIPES: Recipe[] = [
	{
		name: 'e: @ivotoby/openapi-mcp-server 1.16.1',
		packages: ['@ivotoby/openapi-mcp-server@1.16.1'],
		// Over HTTP it answers calls on a stream of events beside the request; pipes cost it less.
		isStdio: true,
		prepare: async (dir, _port, baseUrl) => [
			join(dir, 'node_modules/@ivotoby/openapi-mcp-server/bin/mcp-server.js'),
			...['--transport', 'stdio', '--api-base-url', baseUrl],
			...['--openapi-spec', join(dir, 'api.json'), '--disable-abbreviation', 'true'],
		],
		call: (call, index) => {
			const { name, given } = calledTool(call, index);
			const { path, body } = bodyOf(call, given);
			const isRead = call === 'list' || call === 'get';
			const args = isRead ? given : call === 'create' ? given : { ...path, body };
			return { method: 'tools/call', params: { name: name.replaceAll('_', '-'), arguments: args } };
		},
	},
	{
		name: 'e: openapi-mcp-generator 4.0.1',
		// Later versions of the SDK, which its range allows, end the generated server at its second request.
		packages: [
			'openapi-mcp-generator@4.0.1',
			...['@modelcontextprotocol/sdk@1.20.0', 'axios@1', 'dotenv@16', 'zod@3', 'json-schema-to-zod@2'],
			...['hono@4', '@hono/node-server@1', 'uuid@11', 'fetch-to-node@2'],
		],
		prepare: prepareGenerated,
		call: (call, index) => {
			const { name, given } = calledTool(call, index);
			const { path, body } = bodyOf(call, given);
			const isRead = call === 'list' || call === 'get';
			return { method: 'tools/call', params: { name, arguments: isRead ? given : { ...path, requestBody: body } } };
		},
	},
];

function calledTool(call: Call, index: number): { name: string; given: Json } {
	const { name, arguments: given } = callMessage(call, index).params;
	return { name: String(name), given: given as Json };
}

async function prepareGenerated(dir: string, port: number, baseUrl: string): Promise<string[]> {
	const generator = join(dir, 'node_modules/openapi-mcp-generator/bin/openapi-mcp-generator.js');
	const output = join(dir, 'generated');
	const options = ['--base-url', baseUrl, '--transport', 'streamable-http', '--port', String(port), '--force'];
	await run(process.execPath, [generator, '--input', join(dir, 'api.json'), '--output', output, ...options]);
	await build({
		entryPoints: [join(output, 'src/index.ts')],
		bundle: true,
		platform: 'node',
		format: 'esm',
		packages: 'external',
		outfile: join(output, 'build/index.js'),
		logLevel: 'silent',
	});
	return [join(output, 'build/index.js'), '--transport=streamable-http'];
}

/** @param tools  those of Patchbay's server, which the description has as well */
export async function startGenerators(vendor: Vendor, tools: Json[], scratch: string): Promise<Generator[]> {
	const started: Generator[] = [];
	for (const [index, recipe] of RECIPES.entries()) {
		process.stderr.write(`installing ${recipe.name}\n`);
		const dir = join(scratch, `generator-${index}`);
		try {
			started.push(await startGenerator(recipe, vendor, tools, dir));
		} catch (error) {
			const [failure = 'unknown'] = String(error).split('\n', 1);
			started.push({ name: recipe.name, failure: failure.slice(0, 200), stop: () => {} });
		}
	}
	return started;
}

async function startGenerator(recipe: Recipe, { baseUrl }: Vendor, tools: Json[], dir: string): Promise<Generator> {
	mkdirSync(dir, { recursive: true });
	writeFileSync(join(dir, 'package.json'), '{ "private": true, "type": "module" }');
	writeFileSync(join(dir, 'api.json'), JSON.stringify(describeApi(tools, baseUrl)));
	const options = ['--ignore-scripts', '--no-audit', '--no-fund'];
	await run('npm', ['install', ...options, ...recipe.packages], { cwd: dir, timeout: INSTALL_MS });
	const { port } = await findFreePorts();
	const args = await recipe.prepare(dir, port, baseUrl);
	const pipes = recipe.isStdio ? 'pipe' : 'ignore';
	const env = { ...process.env, PORT: String(port) };
	const child = spawn(process.execPath, args, { cwd: dir, stdio: [pipes, pipes, 'ignore'], env });
	try {
		const url = `http://127.0.0.1:${port}/mcp`;
		const open = recipe.isStdio ? stdioChannels(child) : undefined;
		if (!open) await waitUntilListening(child, port);
		const session = await openSession(url, open);
		const messageOf = (message: string, index: number) => {
			const call = CALLS.find((name) => name === message);
			return call ? recipe.call(call, index) : LIST_TOOLS;
		};
		const target = (message: string): Target => ({
			name: recipe.name,
			port,
			pid: child.pid ?? 0,
			request: (index) => requestOf(url, LEGACY, index, messageOf(message, index), session),
			isGone: () => child.exitCode !== null,
			...(open ? { open } : {}),
		});
		for (const message of [...CALLS, 'tools/list']) await requireAnswer(target(message), message);
		return { name: recipe.name, failure: null, target, stop: () => void child.kill() };
	} catch (error) {
		child.kill();
		throw error;
	}
}

async function waitUntilListening(child: ChildProcess, port: number): Promise<void> {
	const untilMs = performance.now() + START_MS;
	while (!(await isListening(port))) {
		if (child.exitCode !== null || performance.now() > untilMs) throw new Error('the server did not start');
		await new Promise((resolve) => setTimeout(resolve, 100));
	}
}

/** A server over HTTP keeps sessions: one is opened, and all connections share it. @returns the headers that name it */
async function openSession(url: string, open?: () => Channel): Promise<Record<string, string>> {
	const channel = open?.() ?? (await Connection.open(Number(new URL(url).port)));
	try {
		const answer = await withinMs(START_MS, url, channel.send(requestOf(url, LEGACY, 0, handshake(LEGACY))));
		if (open) return {};
		const id = /\r\nmcp-session-id: *([^\r]+)/i.exec(answer.toString('latin1'))?.[1];
		if (id === undefined) throw new Error('the server opened no session');
		return { 'mcp-session-id': id, 'mcp-protocol-version': '2025-06-18' };
	} finally {
		channel.close();
	}
}

/** A server that cannot answer a message is not measured. */
async function requireAnswer(target: Target, message: string): Promise<void> {
	const channel = target.open?.() ?? (await Connection.open(target.port));
	try {
		requireGood(await withinMs(START_MS, target.name, channel.send(target.request(1))), message);
	} finally {
		channel.close();
	}
}
