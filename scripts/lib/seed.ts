// Seeds a fresh installation from `kv-seed/*.json`, through the public API, so that nothing here
// knows how the Worker stores it.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCAL_API_TOKEN } from '../../workers/lib/secrets.ts';
import { Failure } from './failure.ts';
import { writePrivateFile } from './private-file.ts';

interface AccountSeed {
	id: string;
	integration: string;
	name: string;
	base_url: string;
	credentials: Record<string, string>;
}

interface ServerSeed {
	account: string;
	name: string;
	config: Record<string, unknown>;
	expires_at: string | null;
	/** A short call for the start's output, to paste into a terminal. */
	example_call: { name: string; arguments: Record<string, unknown> };
}

export interface Seeds {
	accounts: AccountSeed[];
	servers: ServerSeed[];
}

/** A server that a start made; the API shows its token once, so it is kept in a private file. */
interface SeededServer {
	account: string;
	name: string;
	id: string;
	token: string;
}

export interface Seeded {
	apiToken: string;
	account: { id: string; name: string };
	mcpUrl: string;
	/** A JSON-RPC message that the server behind `mcpUrl` answers briefly. */
	exampleMessage: string;
}

export interface SeedTarget {
	url: string;
	/** Private JSON file with the tokens of the servers made by earlier starts. */
	serversFile: string;
	/** The keys of `.dev.vars` are new: what was encrypted under older ones cannot be read any more. */
	keysAreNew: boolean;
}

/** @param sandboxPort  takes the place of `{{SANDBOX_PORT}}` in the accounts */
export function loadSeeds(dir: string, sandboxPort: number): Seeds {
	const load = (name: string) => {
		try {
			return JSON.parse(readFileSync(join(dir, name), 'utf8').replaceAll('{{SANDBOX_PORT}}', String(sandboxPort)));
		} catch (error) {
			throw new Failure(
				`${join(dir, name)} cannot be read: ${(error as Error).message}`,
				'Restore it: `git checkout kv-seed`.',
			);
		}
	};
	return { accounts: load('accounts.json'), servers: load('servers.json') };
}

/** Brings in what is missing and leaves what is there, so that it can run at every start. */
export async function seed(seeds: Seeds, target: SeedTarget): Promise<Seeded> {
	const [firstAccount] = seeds.accounts;
	const [firstServer] = seeds.servers;
	if (!firstAccount || !firstServer)
		throw new Failure('kv-seed/ names no account or server.', 'Restore it: `git checkout kv-seed`.');
	const api = (method: string, path: string, body?: unknown) => send(target.url, LOCAL_API_TOKEN, method, path, body);
	await requireLocalToken(api);
	for (const account of seeds.accounts) await ensureAccount(account, api, target.keysAreNew);
	const known = readServers(target.serversFile);
	const servers: SeededServer[] = [];
	for (const server of seeds.servers) {
		servers.push(await ensureServer(server, known, api, target.url));
	}
	if (JSON.stringify(servers) !== JSON.stringify(known)) {
		writePrivateFile(target.serversFile, `${JSON.stringify(servers, null, '\t')}\n`);
	}
	return {
		apiToken: LOCAL_API_TOKEN,
		account: { id: firstAccount.id, name: firstAccount.name },
		mcpUrl: servers[0] ? `${target.url}/mcp/${servers[0].token}` : '',
		exampleMessage: JSON.stringify({
			jsonrpc: '2.0',
			id: 1,
			method: 'tools/call',
			params: firstServer.example_call,
		}),
	};
}

type Api = (method: string, path: string, body?: unknown) => Promise<Response>;

function send(url: string, apiToken: string, method: string, path: string, body?: unknown): Promise<Response> {
	return fetch(`${url}${path}`, {
		method,
		headers: {
			authorization: `Bearer ${apiToken}`,
			...(body === undefined ? {} : { 'content-type': 'application/json' }),
		},
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
	});
}

async function requireLocalToken(api: Api): Promise<void> {
	const answer = await api('GET', '/integrated-account');
	if (answer.status === 401)
		throw new Failure(`${LOCAL_API_TOKEN} is refused; it has probably been revoked.`, '`npm run reset` starts afresh.');
	await expectStatus(answer, [200], `using ${LOCAL_API_TOKEN}`);
}

async function ensureAccount(seed: AccountSeed, api: Api, keysAreNew: boolean): Promise<void> {
	const created = await api('POST', '/integrated-account', seed);
	if (created.status !== 409) {
		await expectStatus(created, [201], `creating the account "${seed.id}"`);
		return;
	}
	const path = `/integrated-account/${seed.id}`;
	const current = (await json(await api('GET', path))) as { base_url?: string };
	const change = {
		...(isOtherSandbox(current.base_url, seed.base_url) ? { base_url: seed.base_url } : {}),
		...(keysAreNew ? { credentials: seed.credentials } : {}),
	};
	if (Object.keys(change).length === 0) return;
	await expectStatus(await api('PATCH', path, change), [200], `updating the account "${seed.id}"`);
}

/** True when the account points at the sandbox of an earlier start; one that was pointed elsewhere by hand is left alone. */
function isOtherSandbox(current: string | undefined, wanted: string): boolean {
	if (!current || current === wanted) return false;
	return ['localhost', '127.0.0.1'].includes(new URL(current).hostname);
}

/** The server of an earlier start when its URL still works, otherwise one of the same name with a new token, otherwise a new one. */
async function ensureServer(seed: ServerSeed, known: SeededServer[], api: Api, url: string): Promise<SeededServer> {
	const kept = known.find(({ account, name }) => account === seed.account && name === seed.name);
	if (kept && (await answersToolsList(`${url}/mcp/${kept.token}`))) return kept;
	const path = `/integrated-account/${seed.account}/mcp`;
	const listed = (await json(await api('GET', path))) as { result?: { id: string; name: string }[] };
	const sameName = listed.result?.find(({ name }) => name === seed.name);
	const answer = sameName
		? await api('POST', `${path}/${sameName.id}/rotate`)
		: await api('POST', path, { name: seed.name, config: seed.config, expires_at: seed.expires_at });
	await expectStatus(answer, [200, 201], `creating the server "${seed.name}"`);
	const { id, token } = (await answer.json()) as { id: string; token: string };
	return { account: seed.account, name: seed.name, id, token };
}

/** The request with which any client learns the tools. */
const TOOLS_LIST = {
	headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
	body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
};

async function answersToolsList(url: string): Promise<boolean> {
	const answer = await fetch(url, { method: 'POST', ...TOOLS_LIST });
	if (answer.status === 404) return false;
	await expectStatus(answer, [200], 'listing the demo server’s tools');
	return true;
}

async function json(answer: Response): Promise<unknown> {
	await expectStatus(answer, [200], `reading ${new URL(answer.url).pathname}`);
	return answer.json();
}

/** Consumes the body when the status is wrong. */
async function expectStatus(answer: Response, statuses: number[], step: string): Promise<void> {
	if (statuses.includes(answer.status)) return;
	const text = (await answer.text()).slice(0, 500);
	throw new Failure(
		`Seeding stopped at ${step}: the Worker answered ${answer.status}: ${text}`,
		'`npm run reset` clears the local state, if that is what is in the way.',
	);
}

function readServers(path: string): SeededServer[] {
	if (!existsSync(path)) return [];
	try {
		return JSON.parse(readFileSync(path, 'utf8')) as SeededServer[];
	} catch {
		return []; // Damaged: the servers get new tokens.
	}
}
