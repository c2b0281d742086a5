// `npm run rotate-keys`: new TOKEN_KEY and ENCRYPTION_KEY for a Patchbay that goes on serving; `--finish` takes the
// earlier ones out when nothing needs them any more.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { requireAccount, TRY_AGAIN } from './lib/cloudflare-account.ts';
import { readDeployConfig } from './lib/deploy-config.ts';
import { updateDevVars } from './lib/dev-vars.ts';
import { Failure, runCommand } from './lib/failure.ts';
import { readFlags } from './lib/flags.ts';
import { findPlaces, PROJECT_ROOT } from './lib/places.ts';
import { findFreePorts } from './lib/ports.ts';
import { writePrivateFile } from './lib/private-file.ts';
import { describeBehind, finishRotation, type Installation, type KeysAnswer, rotateKeys } from './lib/rotation.ts';
import { type RunningPatchbay, startPatchbay } from './lib/start-patchbay.ts';
import { findWrangler, requireOk } from './lib/wrangler-cli.ts';

/** A version that was seen so often in a row, each time on a connection of its own, is taken for the only one. */
const SEEN_IN_A_ROW = 5;
const GIVE_UP_MS = 5 * 60_000;

const USAGE = {
	command: 'npm run rotate-keys',
	summary: 'Makes new keys for a Patchbay that goes on serving, and takes the earlier ones out with --finish.',
	flags: {
		url: {
			type: 'string',
			value: '<url>',
			help: 'the deployed Patchbay; PATCHBAY_API_TOKEN holds an API token for it',
		},
		local: { type: 'boolean', default: false, help: 'the Patchbay of this machine' },
		finish: { type: 'boolean', default: false, help: 'takes the earlier keys out' },
		force: { type: 'boolean', default: false, help: 'with --finish: also where something still needs them' },
		name: { type: 'string', value: '<name>', help: 'the Worker, if it is not named as in wrangler.toml' },
		'settle-seconds': {
			type: 'string',
			default: '30',
			value: '<seconds>',
			help: 'wait for a new version to reach everywhere',
		},
		'poll-ms': { type: 'string', default: '1000', value: '<ms>', help: 'time between two looks' },
		'state-dir': { type: 'string', value: '<folder>', help: 'where the local state lies, instead of .wrangler' },
		'root-dir': { type: 'string', value: '<folder>', help: 'the project, if it is not this one' },
	},
} as const;

/** @param args  the command line after `npm run rotate-keys --` */
export async function runRotateKeys(args: string[], wranglerAt = findWrangler): Promise<void> {
	const { flags } = readFlags(USAGE, args);
	if (flags.local === (flags.url !== undefined)) {
		throw new Failure(
			'Say whose keys are to be changed.',
			'A deployed Patchbay: PATCHBAY_API_TOKEN=… npm run rotate-keys -- --url https://<your worker>. This machine: npm run rotate-keys -- --local.',
		);
	}
	if (flags.url && !isSafe(flags.url))
		throw new Failure(
			`The API token would cross the network in the clear: ${flags.url} is not https.`,
			'Give the address with https://.',
		);
	const { installation, close } = flags.url
		? await openDeployed(flags.url, flags, wranglerAt)
		: await openLocal(flags['root-dir'], flags['state-dir']);
	try {
		if (flags.finish) return await finishRotation(installation, flags.force);
		const lines = describeBehind(await rotateKeys(installation));
		console.log(
			`\nThe new keys count. ${lines.length === 0 ? 'Nothing needs the earlier ones any more.' : 'Still under the earlier ones, until they are next used:'}`,
		);
		for (const line of lines) console.log(`  ${line}`);
		console.log('\nTake the earlier keys out, at the latest when nothing is left: npm run rotate-keys -- --finish');
	} finally {
		await close();
	}
}

/** Over https, or to this machine. */
function isSafe(url: string): boolean {
	if (!URL.canParse(url)) return false;
	const { protocol, hostname } = new URL(url);
	return protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname));
}

interface Opened {
	installation: Installation;
	close(): Promise<void>;
}

async function openDeployed(
	url: string,
	flags: {
		name?: string | undefined;
		'settle-seconds': string;
		'poll-ms': string;
		'root-dir'?: string | undefined;
	},
	wranglerAt: typeof findWrangler,
): Promise<Opened> {
	const token = process.env.PATCHBAY_API_TOKEN;
	if (!token)
		throw new Failure(
			'There is no API token in PATCHBAY_API_TOKEN.',
			'Take one with the scope "manage" for all accounts. In the environment it stays out of the list of processes.',
		);
	const root = resolve(flags['root-dir'] ?? PROJECT_ROOT);
	const config = readDeployConfig(root, flags.name);
	const wrangler = wranglerAt(root);
	console.log(`Account    ${await requireAccount(wrangler, config.accountId)}`);
	const api = <T>(method: 'GET' | 'POST', path: string) => ask<T>(url, token, method, path);
	const setSecrets = async (changes: Record<string, string | null>) => {
		const dir = mkdtempSync(join(tmpdir(), 'patchbay-keys-'));
		try {
			const path = join(dir, 'secrets.json');
			writePrivateFile(path, JSON.stringify(changes));
			requireOk(await wrangler(['secret', 'bulk', path, '--name', config.name]), 'Setting the secrets', TRY_AGAIN);
		} finally {
			rmSync(dir, { recursive: true, force: true });
		}
	};
	const untilEverywhere = async (isThere: (keys: KeysAnswer) => boolean, what: string) => {
		const deadlineMs = Date.now() + GIVE_UP_MS;
		for (let seen = 0; seen < SEEN_IN_A_ROW; ) {
			seen = isThere(await api<KeysAnswer>('GET', '/keys')) ? seen + 1 : 0;
			if (Date.now() > deadlineMs)
				throw new Failure(
					`After 5 minutes ${url} does not show ${what}.`,
					`Is it the Worker "${config.name}"? ${TRY_AGAIN}`,
				);
			if (seen < SEEN_IN_A_ROW) await wait(Number(flags['poll-ms']));
		}
		// Other places may be a little later than this one.
		await wait(Number(flags['settle-seconds']) * 1000);
	};
	return {
		installation: { api, setSecrets, untilEverywhere, say: (line) => console.log(line) },
		close: async () => {},
	};
}

/** A local start has one process: each version of the secrets is a start of its own. */
async function openLocal(rootDir: string | undefined, stateDir: string | undefined): Promise<Opened> {
	const { secrets } = findPlaces(rootDir, stateDir);
	const start = async () =>
		startPatchbay({
			...(await findFreePorts()),
			quiet: true,
			...(rootDir ? { rootDir } : {}),
			...(stateDir ? { stateDir } : {}),
		});
	let running: RunningPatchbay | null = null;
	const stop = async () => {
		await running?.stop();
		running = null;
	};
	const installation: Installation = {
		api: async (method, path) => {
			running ??= await start();
			return ask(running.url, running.apiToken, method, path);
		},
		setSecrets: async (changes) => {
			await stop();
			updateDevVars(secrets, changes);
		},
		untilEverywhere: async () => {},
		say: (line) => console.log(line),
	};
	return { installation, close: stop };
}

async function ask<T>(origin: string, token: string, method: 'GET' | 'POST', path: string): Promise<T> {
	const url = new URL(path, origin);
	let answer: Response;
	try {
		answer = await fetch(url, { method, headers: { authorization: `Bearer ${token}`, connection: 'close' } });
	} catch (cause) {
		throw new Failure(`${url.origin} cannot be reached.`, TRY_AGAIN, { cause });
	}
	const text = await answer.text();
	if (answer.ok) return JSON.parse(text) as T;
	throw new Failure(`${method} ${url.origin}${path} answered ${answer.status}: ${text.slice(0, 300)}`, TRY_AGAIN);
}

await runCommand(import.meta.filename, runRotateKeys);
