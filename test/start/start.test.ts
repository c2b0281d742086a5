// `npm start`, the real command on free ports with a temporary state: what it prints, what it finds again, how it ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';
import { findFreePorts, isFree } from '../../scripts/lib/ports.ts';

let stateDir: string;
let port: number;
const children: ChildProcess[] = [];

beforeAll(async () => {
	stateDir = mkdtempSync(join(tmpdir(), 'patchbay-start-'));
	({ port } = await findFreePorts());
});

afterAll(() => {
	for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
	rmSync(stateDir, { recursive: true, force: true });
});

interface Command {
	child: ChildProcess;
	output(): string;
	/** Resolves when the output matches, rejects when the command ends before. */
	until(pattern: RegExp): Promise<string>;
	ended: Promise<number | null>;
}

function command(args: string[], env: Record<string, string> = {}, cwd = PROJECT_ROOT): Command {
	const child = spawn(process.execPath, args, {
		cwd,
		stdio: ['ignore', 'pipe', 'pipe'],
		// A Patchbay in this process quiets wrangler for itself; what is started here speaks.
		env: { ...process.env, WRANGLER_LOG: 'log', ...env },
	});
	children.push(child);
	let output = '';
	const watchers = new Set<() => void>();
	const add = (chunk: Buffer) => {
		output += chunk;
		for (const watch of watchers) watch();
	};
	child.stdout.on('data', add);
	child.stderr.on('data', add);
	const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
	return {
		child,
		output: () => output,
		ended,
		until: (pattern) =>
			new Promise((resolve, reject) => {
				const watch = () => {
					if (!pattern.test(output)) return;
					watchers.delete(watch);
					resolve(output);
				};
				watchers.add(watch);
				watch();
				ended.then((code) => reject(new Error(`ended with ${code} before ${pattern}:\n${output}`)));
			}),
	};
}

const start = (on = port) => command(['scripts/start.ts', '--state-dir', stateDir], { PORT: String(on) });
const READY = /Ctrl-C stops it/;

/** The part of a line after its label. */
const lineOf = (output: string, label: string) => new RegExp(`^ {2}${label} +(.+)$`, 'm').exec(output)?.[1] ?? '';

async function listTools(url: string): Promise<string[]> {
	const answer = await fetch(url, {
		method: 'POST',
		headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
		body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
	});
	const text = await answer.text();
	const json = text.startsWith('{') ? text : text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
	return (JSON.parse(json) as { result: { tools: { name: string }[] } }).result.tools.map(({ name }) => name);
}

/** Presses Ctrl-C until wrangler has ended: on a busy machine it misses the first one while it still starts. */
async function endWrangler({ child, ended }: Command): Promise<void> {
	const press = () => child.kill('SIGINT');
	press();
	const again = setInterval(press, 1000);
	await ended;
	clearInterval(again);
}

describe('npm start', () => {
	let mcpUrl: string;

	it('serves everything, seeded, and says where', async ({ expect }) => {
		const patchbay = start();
		const output = await patchbay.until(READY);
		const url = `http://localhost:${port}`;
		mcpUrl = lineOf(output, 'MCP URL');
		expect(lineOf(output, 'Dashboard')).toBe(`${url}/`);
		expect(lineOf(output, 'Account')).toMatch(/^demo: /);
		expect(lineOf(output, 'API token')).toBe('local-api-token');
		expect(mcpUrl).toMatch(new RegExp(`^${url}/mcp/[A-Za-z0-9_-]{43,}$`));
		expect(output).toContain(`curl -s ${mcpUrl}`);
		expect(output).toMatch(/ready \(\d+\.\d s\)/);

		const tools = await listTools(mcpUrl);
		expect(tools).toContain('list_all_connect_wise_psa_tickets');
		expect(tools.length).toBeLessThan(60);
		const message = /-d '([^']+)'$/m.exec(output)?.[1] ?? '';
		const example = await fetch(mcpUrl, {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: message,
		});
		const answer = await example.text();
		expect(JSON.parse(answer)).toMatchObject({ result: { structuredContent: { result_count: 3 } } });
		expect(answer.length).toBeLessThan(2000);
		const test = await fetch(`${url}/integrated-account/demo/test`, {
			method: 'POST',
			headers: { authorization: 'Bearer local-api-token' },
		});
		expect(await test.json()).toMatchObject({ ok: true });
		expect(statSync(join(stateDir, '.dev.vars')).mode & 0o777).toBe(0o600);
		expect(statSync(join(stateDir, 'patchbay/servers.json')).mode & 0o777).toBe(0o600);

		const second = start(port === 8900 ? 8950 : 8900);
		expect(await second.ended).toBe(1);
		expect(second.output()).toContain('running already');
		const reset = command(['scripts/reset.ts', '--state-dir', stateDir]);
		expect(await reset.ended).toBe(1);

		patchbay.child.kill('SIGINT');
		expect(await patchbay.ended).toBe(0);
		expect(await isFree(port)).toBe(true);
		expect(await isFree(port + 1)).toBe(true);
	});

	it('finds the state of the first start, on another port too', async ({ expect }) => {
		const again = start();
		expect(lineOf(await again.until(READY), 'MCP URL')).toBe(mcpUrl);
		again.child.kill('SIGTERM');
		expect(await again.ended).toBe(0);

		const { port: other } = await findFreePorts();
		const moved = start(other);
		expect(lineOf(await moved.until(READY), 'MCP URL')).toBe(mcpUrl.replace(`:${port}/`, `:${other}/`));
		const account = await fetch(`http://localhost:${other}/integrated-account/demo`, {
			headers: { authorization: 'Bearer local-api-token' },
		});
		expect(await account.json()).toMatchObject({ base_url: `http://localhost:${other + 1}/v4_6_release/apis/3.0` });
		moved.child.kill('SIGINT');
		expect(await moved.ended).toBe(0);
	});

	it('shares its state with `npx wrangler dev`', async ({ expect }) => {
		const { port: devPort } = await findFreePorts();
		const wrangler = command(
			[
				'node_modules/wrangler/bin/wrangler.js',
				...['dev', '--port', String(devPort), '--inspector-port', '0'],
				...['--persist-to', join(stateDir, 'state'), '--env-file', join(stateDir, '.dev.vars')],
			],
			{ WRANGLER_SEND_METRICS: 'false' },
		);
		await wrangler.until(/Ready on/);
		expect(await listTools(mcpUrl.replace(`:${port}/`, `:${devPort}/`))).toContain('list_all_connect_wise_psa_tickets');
		await endWrangler(wrangler);
	});

	it('serves with `npx wrangler dev` in a fresh clone what it serves itself', async ({ expect }) => {
		const clone = join(stateDir, 'clone');
		const folders = [
			'workers',
			'durable-objects',
			'integrations',
			'kv-seed',
			'dashboard',
			'sandbox',
			'scripts',
			'maintenance',
		];
		for (const name of [...folders, 'wrangler.toml', 'package.json', 'tsconfig.json'])
			cpSync(join(PROJECT_ROOT, name), join(clone, name), { recursive: true });
		symlinkSync(join(PROJECT_ROOT, 'node_modules'), join(clone, 'node_modules'));
		const { port: devPort } = await findFreePorts();
		const args = ['node_modules/wrangler/bin/wrangler.js', 'dev', '--port', String(devPort), '--inspector-port', '0'];
		const wrangler = command(
			args,
			{ WRANGLER_SEND_METRICS: 'false', WRANGLER_LOG: 'log', PORT: String(devPort) },
			clone,
		);
		const ready = await wrangler.until(/Ready on/);
		const path = /MCP URL (\/mcp\/\S+)/.exec(ready)?.[1] ?? 'none';
		expect(await listTools(`http://localhost:${devPort}${path}`)).toContain('list_all_connect_wise_psa_tickets');
		const tested = await fetch(`http://localhost:${devPort}/integrated-account/demo/test`, {
			method: 'POST',
			headers: { authorization: 'Bearer local-api-token' },
		});
		expect(await tested.json()).toMatchObject({ ok: true });
		await endWrangler(wrangler);
		// The sandbox beside it ends too.
		while (!(await isFree(devPort + 1))) await new Promise((resolve) => setTimeout(resolve, 100));
	});

	it.for([0, 1])('names a taken port and the way out (PORT + %i)', async (offset, { expect }) => {
		const blocker = createServer();
		await new Promise<void>((resolve) => blocker.listen(port + offset, '127.0.0.1', resolve));
		const blocked = start();
		expect(await blocked.ended).toBe(1);
		expect(blocked.output()).toContain(`Port ${port + offset}`);
		expect(blocked.output()).toContain('PORT=8900 npm start');
		await new Promise((resolve) => blocker.close(resolve));
	});

	it('refuses a PORT that is none', async ({ expect }) => {
		const refused = command(['scripts/start.ts', '--state-dir', stateDir], { PORT: 'eight' });
		expect(await refused.ended).toBe(1);
		expect(refused.output()).toContain('PORT must be a whole number from 1 to 65534, not "eight"');
	});

	it('forgets everything after npm run reset', async ({ expect }) => {
		const reset = command(['scripts/reset.ts', '--state-dir', stateDir]);
		expect(await reset.ended).toBe(0);
		expect(reset.output()).toContain('Removed');
		const fresh = start();
		const url = lineOf(await fresh.until(READY), 'MCP URL');
		expect(url).not.toBe(mcpUrl);
		expect(await listTools(url)).not.toEqual([]);
		fresh.child.kill('SIGINT');
		expect(await fresh.ended).toBe(0);
	});
});
