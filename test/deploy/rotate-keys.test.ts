// `npm run rotate-keys`: against a simulated Cloudflare API with a simulated Worker that hears of new secrets late, and
// on this machine, against Patchbay itself.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { missingSecrets } from '../../scripts/lib/key-slots.ts';
import { findFreePorts } from '../../scripts/lib/ports.ts';
import { startPatchbay } from '../../scripts/lib/start-patchbay.ts';
import { type CloudflareApi, startCloudflareApi } from './cloudflare-api.ts';
import { runCommand } from './commands.ts';

const TOKEN = `pb_${'t'.repeat(43)}`;
const KEY = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';

let api: CloudflareApi;
let worker: SimulatedWorker;
let stateDir: string;

beforeEach(async () => {
	api = await startCloudflareApi();
	const secrets = new Map([
		['TOKEN_KEY', KEY],
		['ENCRYPTION_KEY', KEY],
	]);
	api.state.scripts.set('patchbay', {
		metadata: { bindings: [] },
		modules: new Map(),
		secrets,
		migrationTag: 'v1',
		uploads: 1,
		onWorkersDev: true,
	});
	worker = await startWorker(secrets);
	stateDir = mkdtempSync(join(tmpdir(), 'patchbay-rotate-'));
});

afterEach(async () => {
	await Promise.all([api.close(), worker.close()]);
	rmSync(stateDir, { recursive: true, force: true });
});

interface SimulatedWorker {
	url: string;
	/** What stands under the earlier key. */
	behind: { servers: { id: string; name: string }[] };
	/** Slots that counted and slots that were known, each time that something was asked. */
	seen: string[];
	authorizations: Set<string>;
	close(): Promise<void>;
}

/** Answers as Patchbay does, from the simulated secrets, a few requests after they have changed. */
async function startWorker(secrets: Map<string, string>): Promise<SimulatedWorker> {
	const lag = 3;
	const history: { current: string; filled: string }[] = [];
	const used = new Set<string>();
	const behind: SimulatedWorker['behind'] = { servers: [] };
	const seen: string[] = [];
	const authorizations = new Set<string>();
	const server: Server = createServer((request, response) => {
		authorizations.add(request.headers.authorization ?? '');
		const isFilled = (suffix: string) => secrets.has(`TOKEN_KEY${suffix}`) && secrets.has(`ENCRYPTION_KEY${suffix}`);
		const filled = `${isFilled('') ? 'a' : ''}${isFilled('_B') ? 'b' : ''}`;
		history.push({ current: secrets.get('CURRENT_KEYS') ?? 'a', filled });
		const shown = history[Math.max(0, history.length - 1 - lag)] ?? { current: 'a', filled: 'a' };
		used.add(shown.current);
		seen.push(`${shown.current} of ${shown.filled}`);
		const other = shown.filled.replace(shown.current, '');
		const keys = {
			current: shown.current,
			other: other === '' ? null : used.has(other) ? 'earlier' : 'new',
			accounts: 12,
			api_tokens: 2,
			api_tokens_behind: [],
			sessions_behind: 0,
			invitations_behind: 0,
		};
		const url = new URL(request.url ?? '/', 'http://localhost');
		const start = Number(url.searchParams.get('cursor') ?? 0);
		const accounts = Array.from({ length: 12 }, (_, index) => ({
			id: `acc-${index}`,
			name: `Account ${index}`,
			credentials: 'resealed',
			servers: 1,
			servers_behind: index === 7 ? behind.servers : [],
		}));
		const page = { result: accounts.slice(start, start + 10), next_cursor: start === 0 ? '10' : null };
		const answer = url.pathname === '/keys' ? keys : page;
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		behind,
		seen,
		authorizations,
		close: () => new Promise((resolve) => server.close(() => resolve())),
	};
}

const run = (args: string[], env: Record<string, string> = {}) => runCommand(api, 'rotate-keys', args, env);

const deployed = (...more: string[]) =>
	run(['--url', worker.url, '--settle-seconds', '0', '--poll-ms', '10', ...more], { PATCHBAY_API_TOKEN: TOKEN });
const secretsOf = () => api.state.scripts.get('patchbay')?.secrets ?? new Map<string, string>();

describe('the keys of a deployed Patchbay', () => {
	// security: S-16, S-37
	it('are accepted everywhere before they count, count everywhere before anything is sealed, and go only when nothing needs them or that is insisted on', async ({
		expect,
	}) => {
		const rotated = await deployed();
		expect(rotated, rotated.output).toMatchObject({ code: 0 });
		expect([...secretsOf().keys()].sort()).toEqual([
			'CURRENT_KEYS',
			'ENCRYPTION_KEY',
			'ENCRYPTION_KEY_B',
			'TOKEN_KEY',
			'TOKEN_KEY_B',
		]);
		expect(secretsOf().get('TOKEN_KEY')).toBe(KEY);
		for (const name of ['TOKEN_KEY_B', 'ENCRYPTION_KEY_B'])
			expect(Buffer.from(secretsOf().get(name) ?? '', 'base64')).toHaveLength(32);
		// New keys never count in the first version that has them, and that one is seen to be everywhere.
		expect(new Set(worker.seen)).toEqual(new Set(['a of a', 'a of ab', 'b of ab']));
		expect(worker.seen.filter((state) => state === 'a of ab').length).toBeGreaterThanOrEqual(5);
		expect(rotated.output).toContain('credentials sealed anew: 12 accounts done, 0 left');
		expect(worker.authorizations).toEqual(new Set([`Bearer ${TOKEN}`]));
		// A second rotation does not go back to the earlier keys.
		const again = await deployed();
		expect(again.code).toBe(1);
		expect(again.output).toContain('--finish');
		expect(secretsOf().get('CURRENT_KEYS')).toBe('b');

		worker.behind.servers = [{ id: 'mcp_cwp_0123456789ab', name: 'Idle' }];
		const refused = await deployed('--finish');
		expect(refused.code).toBe(1);
		expect(refused.output).toContain('server mcp_cwp_0123456789ab of account acc-7 (Idle)');
		expect(secretsOf().get('TOKEN_KEY')).toBe(KEY);

		const forced = await deployed('--finish', '--force');
		expect(forced, forced.output).toMatchObject({ code: 0 });
		expect(forced.output).toContain('Ended      server mcp_cwp_0123456789ab');
		expect([...secretsOf().keys()].sort()).toEqual(['CURRENT_KEYS', 'ENCRYPTION_KEY_B', 'TOKEN_KEY_B']);
		expect(api.unknown).toEqual([]);
		// No key is ever shown.
		for (const { output } of [rotated, again, refused, forced])
			for (const secret of [...secretsOf().values(), KEY, TOKEN].filter((value) => value.length > 1))
				expect(output).not.toContain(secret);
	});

	it('go on where a rotation broke off', async ({ expect }) => {
		api.failOn(/PATCH .*secrets-bulk/);
		const broken = await deployed();
		expect(broken.code).toBe(1);
		expect(broken.output).toContain('Run the same command again');
		api.failOn(null);
		// New keys are in the slot, and the process ended before they counted.
		for (const name of ['TOKEN_KEY_B', 'ENCRYPTION_KEY_B']) secretsOf().set(name, KEY.replace('M', 'N'));
		await Promise.all(Array.from({ length: 6 }, () => fetch(`${worker.url}/keys`)));
		const resumed = await deployed();
		expect(resumed, resumed.output).toMatchObject({ code: 0 });
		expect(resumed.output).toContain('already, from a rotation that broke off');
		expect(secretsOf().get('TOKEN_KEY_B')).toBe(KEY.replace('M', 'N'));
		expect(secretsOf().get('CURRENT_KEYS')).toBe('b');
		const finished = await deployed('--finish');
		expect(finished, finished.output).toMatchObject({ code: 0 });
		expect(secretsOf().has('TOKEN_KEY')).toBe(false);
	});

	it('need to be told whose they are, and an API token from the environment', async ({ expect }) => {
		for (const args of [[], ['--url', worker.url, '--local']])
			expect(await run(args)).toMatchObject({ code: 1, output: expect.stringContaining('--url https://') });
		const output = expect.stringContaining('PATCHBAY_API_TOKEN');
		expect(await run(['--url', worker.url], { PATCHBAY_API_TOKEN: '' })).toMatchObject({ code: 1, output });
	});
});

describe('a deploy', () => {
	const CASES = [
		{ present: [], missing: ['TOKEN_KEY', 'ENCRYPTION_KEY'] },
		{ present: ['TOKEN_KEY'], missing: ['ENCRYPTION_KEY'] },
		{ present: ['TOKEN_KEY', 'ENCRYPTION_KEY'], missing: [] },
		{ present: ['TOKEN_KEY_B', 'ENCRYPTION_KEY_B', 'CURRENT_KEYS'], missing: [] },
		{ present: ['TOKEN_KEY', 'ENCRYPTION_KEY', 'TOKEN_KEY_B', 'ENCRYPTION_KEY_B', 'CURRENT_KEYS'], missing: [] },
	];
	for (const { present, missing } of CASES)
		it(`makes ${missing.join(' and ') || 'no key'} where there is ${present.join(', ') || 'none'}`, ({ expect }) =>
			expect(missingSecrets(present)).toEqual(missing));
});

describe('the keys of a local start', () => {
	it('change under its servers and accounts, which work before and after', async ({ expect }) => {
		const open = async () =>
			startPatchbay({ ...(await findFreePorts()), stateDir, quiet: true, callerHandlesSignals: true });
		const works = async () => {
			const patchbay = await open();
			try {
				const body = {
					jsonrpc: '2.0',
					id: 1,
					method: 'tools/call',
					params: { name: 'list_all_connect_wise_psa_tickets', arguments: { limit: 1 } },
				};
				const answer = await fetch(patchbay.mcpUrl, {
					method: 'POST',
					headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
					body: JSON.stringify(body),
				});
				const { result } = (await answer.json()) as { result?: { isError?: boolean; structuredContent: unknown } };
				return { path: new URL(patchbay.mcpUrl).pathname, isGood: result !== undefined && !result.isError };
			} finally {
				await patchbay.stop();
			}
		};
		const names = () =>
			readFileSync(join(stateDir, '.dev.vars'), 'utf8')
				.split('\n')
				.map((line) => line.split('=')[0]);
		const before = await works();
		expect(before.isGood).toBe(true);
		const rotated = await run(['--local', '--state-dir', stateDir]);
		expect(rotated, rotated.output).toMatchObject({ code: 0 });
		expect(names()).toEqual(expect.arrayContaining(['TOKEN_KEY', 'TOKEN_KEY_B', 'CURRENT_KEYS']));
		const finished = await run(['--local', '--finish', '--state-dir', stateDir]);
		expect(finished, finished.output).toMatchObject({ code: 0 });
		expect(names()).not.toContain('TOKEN_KEY');
		expect(await works()).toEqual(before);
		expect(existsSync(join(stateDir, '.dev.vars'))).toBe(true);
	});
});

describe('an address', () => {
	const unsafe = [
		'http://patchbay.example',
		'http://127.0.0.1.evil.example',
		'ftp://patchbay.example',
		'patchbay.example',
	];
	for (const url of unsafe) {
		// security: S-49
		it(`${url} is sent no API token`, async ({ expect }) => {
			const { code, output } = await run(['--url', url]);
			expect(code).not.toBe(0);
			expect(output).toContain('in the clear');
			expect(output).not.toContain(TOKEN);
		});
	}
});
