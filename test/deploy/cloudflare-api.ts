// A simulated Cloudflare API on loopback, as far as wrangler needs it to deploy and delete a Worker with secrets,
// Durable Objects and a KV namespace. State is plain data, so that a test can look at it.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export const ACCOUNT_ID = '0123456789abcdef0123456789abcdef';

interface Script {
	/** The metadata part of the last upload. */
	metadata: { bindings: Binding[]; [key: string]: unknown };
	/** The module parts of the last upload, by file name. */
	modules: Map<string, string>;
	secrets: Map<string, string>;
	migrationTag: string | undefined;
	uploads: number;
	onWorkersDev: boolean;
	/** Of its cron triggers. */
	crons?: string[];
}

export interface Binding {
	type: string;
	name: string;
	text?: string;
	[key: string]: unknown;
}

export interface AccountState {
	scripts: Map<string, Script>;
	namespaces: Map<string, { title: string; values: Map<string, string> }>;
	/** Null for an account that has not chosen its subdomain yet. */
	subdomain: string | null;
	/** Static files by their path, as of the last session; and the hashes of all that were ever uploaded. */
	assets: { paths: Map<string, string>; uploaded: Set<string> };
	accounts: { id: string; name: string }[];
}

interface Call {
	method: string;
	/** Below `/client/v4`, the account's id replaced by `:account`. */
	path: string;
	query: URLSearchParams;
	body: Buffer;
	contentType: string;
}

type Answer = { status?: number; result?: unknown; errors?: { code: number; message: string }[] };

export interface CloudflareApi {
	/** For CLOUDFLARE_API_BASE_URL. */
	url: string;
	state: AccountState;
	/** `METHOD path` of every request, oldest first. */
	calls: string[];
	/** Requests that the simulation does not know; a test expects none. */
	unknown: string[];
	/** Answers 500 to every request whose `METHOD path` matches; null ends that. */
	failOn(pattern: RegExp | null): void;
	close(): Promise<void>;
}

export async function startCloudflareApi(): Promise<CloudflareApi> {
	const state: AccountState = {
		scripts: new Map(),
		namespaces: new Map(),
		subdomain: 'example-team',
		assets: { paths: new Map(), uploaded: new Set() },
		accounts: [{ id: ACCOUNT_ID, name: 'Example Team' }],
	};
	const calls: string[] = [];
	const unknown: string[] = [];
	let failing: RegExp | null = null;

	const server: Server = createServer(async (request, response) => {
		const call = await readCall(request);
		const name = `${call.method} ${call.path}`;
		calls.push(name);
		let answer: Answer;
		if (failing?.test(name)) {
			answer = { status: 500, errors: [{ code: 10013, message: 'An unknown error has occurred (simulated).' }] };
		} else {
			const known = await route(state, call);
			if (!known) unknown.push(name);
			// Everything fits on the first page; the client asks on until a page is empty.
			if (Array.isArray(known?.result) && Number(call.query.get('page') ?? 1) > 1) known.result = [];
			answer = known ?? { status: 404, errors: [{ code: 7003, message: `No route for ${name} (simulated).` }] };
		}
		const { status = 200, result = null, errors = [] } = answer;
		const body = { success: status < 400, errors, messages: [], result, ...describePage(result) };
		response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/client/v4`,
		state,
		calls,
		unknown,
		failOn: (pattern) => {
			failing = pattern;
		},
		close: () => {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}

function describePage(result: unknown): object {
	if (!Array.isArray(result)) return {};
	return { result_info: { page: 1, per_page: 100, count: result.length, total_count: result.length, total_pages: 1 } };
}

async function readCall(request: IncomingMessage): Promise<Call> {
	const url = new URL(request.url ?? '/', 'http://127.0.0.1');
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return {
		method: request.method ?? 'GET',
		path: url.pathname.replace(/^\/client\/v4/, '').replace(ACCOUNT_ID, ':account'),
		query: url.searchParams,
		body: Buffer.concat(chunks),
		contentType: request.headers['content-type'] ?? '',
	};
}

const NO_SCRIPT: Answer = {
	status: 404,
	errors: [{ code: 10007, message: 'This Worker does not exist on your account.' }],
};
const NO_NAMESPACE: Answer = { status: 404, errors: [{ code: 10013, message: 'namespace not found' }] };

/** Null for what the simulation does not know. */
async function route(state: AccountState, call: Call): Promise<Answer | null> {
	const { method, path } = call;
	if (method === 'GET' && path === '/user') return { result: { id: 'user1', email: 'someone@example.org' } };
	if (method === 'GET' && path === '/user/tokens/verify') return { result: { id: 'token1', status: 'active' } };
	if (method === 'GET' && path === '/accounts') return { result: state.accounts };
	if (method === 'GET' && path === '/memberships') {
		return {
			result: state.accounts.map((account) => ({ id: `member-${account.id}`, account, roles: [], permissions: {} })),
		};
	}
	if (!path.startsWith('/accounts/:account/')) return null;
	const rest = path.slice('/accounts/:account/'.length);
	if (rest.startsWith('storage/kv/namespaces')) return routeKv(state, call, rest.slice('storage/kv/namespaces'.length));
	if (rest === 'workers/subdomain' && method === 'GET') {
		if (state.subdomain) return { result: { subdomain: state.subdomain } };
		return { status: 404, errors: [{ code: 10007, message: 'You do not have a workers.dev subdomain.' }] };
	}
	if (rest === 'workers/assets/upload' && method === 'POST') return uploadAssets(state, call);
	const match = /^workers\/(scripts|services|workers)\/([^/]+)(\/.*)?$/.exec(rest);
	if (match?.[2]) return routeScript(state, call, `${match[1]}${match[3] ?? ''}`, decodeURIComponent(match[2]));
	return null;
}

async function routeKv(state: AccountState, call: Call, rest: string): Promise<Answer | null> {
	const { method, body } = call;
	if (rest === '' && method === 'GET') {
		return { result: [...state.namespaces].map(([id, { title }]) => ({ id, title, supports_url_encoding: true })) };
	}
	if (rest === '' && method === 'POST') {
		const { title } = JSON.parse(body.toString()) as { title: string };
		if ([...state.namespaces.values()].some((namespace) => namespace.title === title)) {
			return {
				status: 400,
				errors: [{ code: 10014, message: 'a namespace with this account ID and title already exists' }],
			};
		}
		const id = String(state.namespaces.size + 1).padStart(32, 'f');
		state.namespaces.set(id, { title, values: new Map() });
		return { result: { id, title, supports_url_encoding: true } };
	}
	const [, id, what] = /^\/([0-9a-f]{32})(?:\/(.*))?$/.exec(rest) ?? [];
	if (!id) return null;
	const namespace = state.namespaces.get(id);
	if (!namespace) return NO_NAMESPACE;
	if (!what && method === 'DELETE') {
		state.namespaces.delete(id);
		return { result: {} };
	}
	if (!what && method === 'GET') return { result: { id, title: namespace.title, supports_url_encoding: true } };
	return null;
}

async function routeScript(state: AccountState, call: Call, rest: string, name: string): Promise<Answer | null> {
	const { method } = call;
	const script = state.scripts.get(name);
	if (method === 'PUT' && rest === 'scripts') return { result: await upload(state, call, name) };
	if (method === 'POST' && rest === 'scripts/versions') {
		const { id: _script, ...version } = await upload(state, call, name);
		return {
			result: { ...version, id: 'version1', number: 2, resources: { script: { etag: 'etag1', named_handlers: [] } } },
		};
	}
	if (method === 'POST' && rest === 'scripts/assets-upload-session') return openAssetSession(state, call);
	if (!script) return NO_SCRIPT;
	const described = {
		id: name,
		tag: `tag-${name}`,
		migration_tag: script.migrationTag,
		created_on: '2026-01-01T00:00:00Z',
	};
	switch (`${method} ${rest}`) {
		case 'GET services':
			return {
				result: {
					id: name,
					default_environment: { environment: 'production', script: { ...described, last_deployed_from: 'wrangler' } },
				},
			};
		case 'GET scripts/secrets':
			return { result: [...script.secrets.keys()].map((secret) => ({ name: secret, type: 'secret_text' })) };
		case 'PATCH scripts/secrets-bulk': {
			const { secrets } = JSON.parse(call.body.toString()) as { secrets: Record<string, { text: string } | null> };
			for (const [secret, value] of Object.entries(secrets)) {
				if (value) script.secrets.set(secret, value.text);
				else script.secrets.delete(secret);
			}
			return { result: {} };
		}
		case 'GET scripts/settings':
			return { result: { ...described, bindings: script.metadata.bindings } };
		case 'GET scripts/deployments':
		case 'POST scripts/deployments':
			return {
				result: { deployments: [{ id: 'deployment1', versions: [{ version_id: 'version1', percentage: 100 }] }] },
			};
		case 'PATCH scripts/script-settings':
			return { result: {} };
		case 'GET workers':
			return { result: { id: name, name, subdomain: { enabled: script.onWorkersDev, previews_enabled: false } } };
		case 'POST scripts/subdomain':
			script.onWorkersDev = true;
			return { result: { enabled: true, previews_enabled: false } };
		case 'PUT scripts/schedules': {
			const schedules = JSON.parse(call.body.toString()) as { cron: string }[];
			script.crons = schedules.map(({ cron }) => cron);
			return { result: { schedules } };
		}
		case 'DELETE services':
			state.scripts.delete(name);
			return { result: null };
		default:
			return null;
	}
}

/** Asks for the files that it does not have yet, in one bucket. */
function openAssetSession({ assets }: AccountState, { body }: Call): Answer {
	const { manifest } = JSON.parse(body.toString()) as { manifest: Record<string, { hash: string }> };
	assets.paths = new Map(Object.entries(manifest).map(([path, { hash }]) => [path, hash]));
	const missing = [...assets.paths.values()].filter((hash) => !assets.uploaded.has(hash));
	return { result: { jwt: 'asset-session', buckets: missing.length > 0 ? [missing] : [] } };
}

async function uploadAssets({ assets }: AccountState, call: Call): Promise<Answer> {
	const form = await new Response(new Uint8Array(call.body), {
		headers: { 'content-type': call.contentType },
	}).formData();
	for (const [hash] of form) assets.uploaded.add(hash);
	return { status: 201, result: { jwt: 'assets-complete' } };
}

/** As the real API: secrets of earlier versions stay unless `keep_bindings` leaves them out; a migration runs once. */
async function upload(state: AccountState, call: Call, name: string): Promise<{ id: string }> {
	const form = await new Response(new Uint8Array(call.body), {
		headers: { 'content-type': call.contentType },
	}).formData();
	const before = state.scripts.get(name);
	const metadata = JSON.parse(String(await textOf(form.get('metadata')))) as Script['metadata'] & {
		keep_bindings?: string[];
		migrations?: { new_tag?: string };
	};
	const modules = new Map<string, string>();
	for (const [part, value] of form) if (part !== 'metadata') modules.set(part, await textOf(value));
	const secrets = new Map(metadata.keep_bindings?.includes('secret_text') ? before?.secrets : []);
	for (const binding of metadata.bindings) {
		if (binding.type === 'secret_text') secrets.set(binding.name, binding.text ?? '');
	}
	state.scripts.set(name, {
		metadata,
		modules,
		secrets,
		migrationTag: metadata.migrations?.new_tag ?? before?.migrationTag,
		uploads: (before?.uploads ?? 0) + 1,
		onWorkersDev: before?.onWorkersDev ?? false,
	});
	const described = { id: name, tag: `tag-${name}`, etag: 'etag1', deployment_id: 'version1' };
	return { ...described, ...{ startup_time_ms: 10, entry_point: 'index.js' } };
}

async function textOf(part: FormDataEntryValue | null): Promise<string> {
	return part === null || typeof part === 'string' ? (part ?? '') : part.text();
}
