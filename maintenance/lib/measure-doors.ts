// CPU time of one request without a good secret, at each door: what a stranger can make an isolate spend.
import { Agent } from 'node:http';
import { type Exchange, exchange } from './exchange.ts';
import {
	addServer,
	cpuMsOf,
	type LoneWorker,
	type ProvisionedServer,
	provision,
	rpc,
	startLoneWorker,
	startVendor,
} from './lone-worker.ts';

/** No unauthenticated request may cost more. */
const CPU_LIMIT_MS = 50;
/** The clock of the system counts in 10 ms: a measurement covers many of them. */
const MEASURED_MS = 1_500;
const REQUESTS = { min: 8, max: 200 };

interface Door {
	name: string;
	/** The n-th request; none is like another, so that no cache answers it. */
	request: (n: number) => Exchange;
}

const unknownApiToken = (n: number) => `pb_${`unknown-${n}-`.padEnd(43, 'x')}`;
const unknownUrlToken = (n: number) => `u${n}`.padEnd(43, 'x');
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const deep = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const manyKeys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`).join()}}`;
const KB = 1024;
const MB = 1024 * KB;

function managementDoors(origin: string): Door[] {
	const accounts = `${origin}/integrated-account`;
	const own = { origin };
	const post = (url: string, body: string, headers: Record<string, string> = {}): Exchange => ({
		method: 'POST',
		url,
		body,
		headers,
	});
	const get = (url: string, headers: Record<string, string> = {}): Exchange => ({ method: 'GET', url, headers });
	const text = JSON.stringify('x'.repeat(63 * KB));
	return [
		{ name: 'GET /health', request: () => get(`${origin}/health`) },
		{ name: 'GET /openapi.json', request: () => get(`${origin}/openapi.json`) },
		{ name: 'unknown path, 12 KB long', request: (n) => get(`${origin}/${n}${'a'.repeat(12 * KB)}`) },
		{ name: 'management: no token', request: () => get(accounts) },
		{ name: 'management: token of another shape', request: (n) => get(accounts, bearer(`x${n}`)) },
		{ name: 'management: unknown token', request: (n) => get(accounts, bearer(unknownApiToken(n))) },
		{ name: 'management: header of 14 KB', request: (n) => get(accounts, bearer(`${n}${'x'.repeat(14 * KB)}`)) },
		{ name: 'management: cookies of 14 KB', request: (n) => get(accounts, { cookie: `a${n}=b; `.repeat(1_400) }) },
		{
			name: 'management: unknown session',
			request: (n) => get(accounts, { cookie: `patchbay-session=${unknownUrlToken(n)}` }),
		},
		{ name: 'management: body of 63 KB', request: (n) => post(accounts, text, bearer(unknownApiToken(n))) },
		{
			name: 'management: body of 8 MB',
			request: (n) => post(accounts, 'x'.repeat(8 * MB), bearer(unknownApiToken(n))),
		},
		{
			name: 'management: 600 unknown query names',
			request: (n) => get(`${accounts}?${'q'.repeat(9)}${`&a${n}=`.repeat(600)}`),
		},
		{
			name: 'sign-in: unknown token',
			request: (n) => post(`${origin}/session`, `{"token":"${unknownApiToken(n)}"}`, own),
		},
		{ name: 'sign-in: 4 KB of keys', request: () => post(`${origin}/session`, manyKeys(400), own) },
		{ name: 'sign-in: 4 KB deep', request: () => post(`${origin}/session`, deep(2_000), own) },
		{ name: 'sign-in: body of 1 MB', request: () => post(`${origin}/session`, manyKeys(100_000), own) },
	];
}

function serverDoors(origin: string, guarded: ProvisionedServer): Door[] {
	const at = (url: string, body: string, headers: Record<string, string> = {}): Exchange => ({
		method: 'POST',
		url,
		body,
		headers,
	});
	const list = rpc('tools/list', {});
	const unknown = (n: number) => `${origin}/mcp/${unknownUrlToken(n)}`;
	const long = rpc('tools/call', { name: 'x', arguments: { text: 'x'.repeat(7 * MB) } });
	const nested = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${deep(200_000)}}`;
	const members = `{"jsonrpc":"2.0","id":1,"method":"tools/list","params":${manyKeys(400_000)}}`;
	return [
		{ name: 'MCP: unknown URL', request: (n) => at(unknown(n), list) },
		{ name: 'MCP: URL of another shape', request: (n) => at(`${origin}/mcp/x${n}`, list) },
		{ name: 'MCP: unknown URL, body of 7 MB', request: (n) => at(unknown(n), long) },
		{ name: 'MCP: unknown URL, 200,000 levels', request: (n) => at(unknown(n), nested) },
		{ name: 'MCP: unknown URL, 5 MB of keys', request: (n) => at(unknown(n), members) },
		{ name: 'MCP: event stream of an unknown URL', request: (n) => ({ method: 'GET', url: `${unknown(n)}/sse` }) },
		{ name: 'MCP: good URL, API token missing', request: () => at(guarded.url, list) },
		{ name: 'MCP: good URL, API token unknown', request: (n) => at(guarded.url, list, bearer(unknownApiToken(n))) },
		{ name: 'MCP: good URL, token missing, 7 MB', request: () => at(guarded.url, long) },
		{ name: 'MCP: good URL, token missing, deep', request: () => at(guarded.url, nested) },
		{ name: 'MCP: good URL, token missing, keys', request: () => at(guarded.url, members) },
	];
}

function oauthDoors(origin: string, { oauth_url }: ProvisionedServer): Door[] {
	const form = { 'content-type': 'application/x-www-form-urlencoded' };
	const path = new URL(oauth_url).pathname;
	const unknown = (n: number) => `${origin}/connect/none-${n}/mcp_cwp_0123456789ab`;
	const accessToken = (n: number) => `tok_0123456789ab:grant${n}:${'x'.repeat(43)}`;
	const get = (url: string, headers: Record<string, string> = {}): Exchange => ({ method: 'GET', url, headers });
	const at = (end: string, body: string, headers: Record<string, string> = {}): Exchange => ({
		method: 'POST',
		url: `${origin}${path}${end}`,
		body,
		headers,
	});
	const client = (n: number, uris: number) =>
		JSON.stringify({
			client_name: `c${n}`,
			redirect_uris: Array.from({ length: uris }, (_, index) => `https://client.example/${n}/${index}`),
		});
	const query = 'client_id=nope&response_type=code&redirect_uri=https%3A%2F%2Fclient.example%2F1&state=x';
	const code = (n: number) =>
		`grant_type=authorization_code&client_id=x&code=a:b${n}:c&code_verifier=${'v'.repeat(43)}`;
	return [
		{ name: 'OAuth: setup page', request: () => get(origin + path, { accept: 'text/html' }) },
		{ name: 'OAuth: unknown server', request: (n) => get(unknown(n)) },
		{ name: 'OAuth: no token', request: () => at('', rpc('tools/list', {})) },
		{ name: 'OAuth: unknown access token', request: (n) => at('', rpc('tools/list', {}), bearer(accessToken(n))) },
		{ name: 'OAuth: no token, body of 7 MB', request: () => at('', 'x'.repeat(7 * MB)) },
		{
			name: 'OAuth: resource description',
			request: () => get(`${origin}/.well-known/oauth-protected-resource${path}`),
		},
		{
			name: 'OAuth: server description',
			request: () => get(`${origin}/.well-known/oauth-authorization-server${path}`),
		},
		{ name: 'OAuth: authorize, unknown client', request: (n) => get(`${origin}${path}/authorize?${query}${n}`) },
		{ name: 'OAuth: register', request: (n) => at('/register', client(n, 1)) },
		{ name: 'OAuth: register with 1,000 addresses', request: (n) => at('/register', client(n, 1_000)) },
		{ name: 'OAuth: register, 1 MB', request: (n) => at('/register', client(n, 30_000)) },
		{ name: 'OAuth: register, deep', request: () => at('/register', deep(200_000)) },
		{ name: 'OAuth: token, unknown code', request: (n) => at('/token', code(n), form) },
		{ name: 'OAuth: token, 1 MB', request: (n) => at('/token', `${code(n)}&x=${'%41'.repeat(350_000)}`, form) },
		{
			name: 'OAuth: token, 100,000 members',
			request: (n) => at('/token', `${code(n)}${'&a=b'.repeat(100_000)}`, form),
		},
	];
}

export async function measureDoors(): Promise<void> {
	const [worker, vendor] = await Promise.all([startLoneWorker(), startVendor('[]')]);
	const agent = new Agent({ keepAlive: true, maxSockets: 1 });
	try {
		await provision(worker.origin, vendor.base, {});
		const guarded = await addServer(worker.origin, { require_api_token_auth: true });
		const doors = [
			...managementDoors(worker.origin),
			...serverDoors(worker.origin, guarded),
			...oauthDoors(worker.origin, guarded),
		];
		console.log(
			`\n${'one request without a good secret'.padEnd(42)} CPU        time   answer   status   at most ${CPU_LIMIT_MS} ms of CPU`,
		);
		for (const door of doors) await measureDoor(worker, agent, door);
	} finally {
		agent.destroy();
		await Promise.all([worker.stop(), vendor.stop()]);
	}
}

async function measureDoor({ pid }: LoneWorker, agent: Agent, { name, request }: Door): Promise<void> {
	let last = { status: 0, text: '' };
	let count = 0;
	const send = async () => {
		// A body that is refused early is answered before all of it is sent.
		last = await exchange(agent, request(count++)).catch((error) => ({ status: 0, text: String(error) }));
	};
	for (let warm = 0; warm < 3; warm++) await send();
	const before = { cpuMs: cpuMsOf(pid), count, atMs: performance.now() };
	const isEnough = () => {
		const done = count - before.count;
		return done >= REQUESTS.max || (done >= REQUESTS.min && performance.now() - before.atMs > MEASURED_MS);
	};
	while (!isEnough()) await send();
	const done = count - before.count;
	const cpuMs = (cpuMsOf(pid) - before.cpuMs) / done;
	const tookMs = (performance.now() - before.atMs) / done;
	const columns = [
		name.padEnd(40),
		`${cpuMs.toFixed(1)} ms`.padStart(9),
		`${tookMs.toFixed(1)} ms`.padStart(10),
		`${(last.text.length / KB).toFixed(1)} KB`.padStart(8),
		String(last.status === 0 ? 'cut off' : last.status).padStart(8),
		cpuMs > CPU_LIMIT_MS ? '   too much' : '',
	];
	console.log(columns.join(' '));
}
