// Repeats step by step how ChatGPT and Claude connect, and explains each failure.
import { testConnection } from './data.js';
import { bytes, count, countdown, plural } from './format.js';
import { CLIENT_INFO, LEGACY_VERSION, MODERN_VERSION, modernMeta, request, rpc, toolCall } from './mcp.js';

/** @typedef {import('../types.d.ts').AccountRecord} Account */
/** @typedef {import('../types.d.ts').Server} Server */
/** @typedef {import('../types.d.ts').ListedTool} ListedTool */

/**
 * @typedef {object} Finding
 * @property {'ok' | 'note' | 'warn' | 'bad' | 'skip'} state
 * @property {string} text  what was found
 * @property {string} [fix]  what to do about it
 * @property {unknown} [sent]
 * @property {unknown} [received]
 */

/**
 * The state that earlier steps pass to later ones.
 *
 * @typedef {object} Patient
 * @property {Account} account
 * @property {Server} server
 * @property {AbortSignal} signal
 * @property {ListedTool[]} tools
 */

/** @typedef {{ title: string, about: string, run: (patient: Patient) => Promise<Finding> }} Step */

/** Accepted by every client's model API. */
const TOOL_NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const MANY_TOOLS = 40;
const MOST_TOOLS = 128;
const LARGE_LIST_BYTES = 400_000;
const PRIVATE_HOST = /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\]|.*\.(local|internal|lan)$)/;

/** @type {readonly Step[]} */
export const STEPS = [
	{
		title: 'The server is active',
		about: 'Not expired and not paused.',
		async run({ server }) {
			if (server.paused)
				return { state: 'bad', text: 'It is paused: no call goes through.', fix: 'Press Resume on the server’s page.' };
			if (server.expires_at === null) return ok('It does not expire.');
			const left = countdown(server.expires_at);
			if (left === '')
				return { state: 'bad', text: 'It has expired.', fix: 'Create a new server: this one is deleted.' };
			return ok(`It expires in ${left}.`);
		},
	},
	{
		title: 'The vendor answers',
		about: 'A small request with the account’s own keys.',
		async run({ account, signal }) {
			const result = await testConnection(account.id, signal);
			const took = `${result.duration_ms} ms`;
			if (result.ok) return { ...ok(`${result.message} ${took}.`), received: result };
			return {
				state: 'bad',
				text: result.message,
				fix: 'Correct it on the account’s Connection page.',
				received: result,
			};
		},
	},
	{
		title: 'server/discover',
		about: `The first message of ChatGPT and Claude since ${MODERN_VERSION}.`,
		async run({ account, server, signal }) {
			const message = request('server/discover', modernMeta());
			const answer = await rpc(account.id, server.id, message, signal, MODERN_VERSION);
			const seen = { sent: message, received: answer.body ?? answer.text };
			const versions = /** @type {string[]} */ (answer.body?.result?.supportedVersions ?? []);
			if (versions.includes(MODERN_VERSION)) return { ...ok(`It supports ${versions.join(', ')}.`), ...seen };
			return {
				state: 'warn',
				text: failureOf(answer) ?? `It does not name ${MODERN_VERSION} among its versions.`,
				fix: 'Clients fall back to initialize, the next step. If that works, chats work.',
				...seen,
			};
		},
	},
	{
		title: 'initialize',
		about: `The first message of Cursor, VS Code and mcp-remote, and the fallback of the others: ${LEGACY_VERSION}.`,
		async run({ account, server, signal }) {
			const message = request('initialize', {
				protocolVersion: LEGACY_VERSION,
				capabilities: {},
				clientInfo: CLIENT_INFO,
			});
			const answer = await rpc(account.id, server.id, message, signal);
			const seen = { sent: message, received: answer.body ?? answer.text };
			const result = answer.body?.result;
			if (!result)
				return { state: 'bad', text: failureOf(answer) ?? 'It did not answer.', fix: fixOf(answer.status), ...seen };
			const info = /** @type {{ name?: string, version?: string }} */ (result.serverInfo ?? {});
			if (result.protocolVersion !== LEGACY_VERSION)
				return {
					state: 'warn',
					text: `It answers ${result.protocolVersion}.`,
					fix: 'Older clients work, newer ones may not.',
					...seen,
				};
			return { ...ok(`${info.name} ${info.version} agrees on ${LEGACY_VERSION}, in ${answer.ms} ms.`), ...seen };
		},
	},
	{
		title: 'notifications/initialized',
		about: 'The client reports that it is ready. The server sends no answer.',
		async run({ account, server, signal }) {
			const message = { jsonrpc: '2.0', method: 'notifications/initialized' };
			const answer = await rpc(account.id, server.id, message, signal);
			const seen = { sent: message, received: answer.text || `HTTP ${answer.status}, empty` };
			if (answer.status === 202 && answer.text === '') return { ...ok('Accepted with 202.'), ...seen };
			return {
				state: 'bad',
				text: `The server answered ${answer.status} instead of 202 without a body.`,
				fix: fixOf(answer.status),
				...seen,
			};
		},
	},
	{
		title: 'tools/list',
		about: 'Names, number and size. One bad tool can make a client drop the whole list.',
		async run(patient) {
			const { account, server, signal } = patient;
			const message = request('tools/list');
			const answer = await rpc(account.id, server.id, message, signal);
			const tools = /** @type {ListedTool[] | undefined} */ (answer.body?.result?.tools);
			if (!tools)
				return {
					state: 'bad',
					text: failureOf(answer) ?? 'It lists no tools.',
					fix: fixOf(answer.status),
					sent: message,
					received: answer.body ?? answer.text,
				};
			patient.tools = tools;
			const size = new TextEncoder().encode(answer.text).length;
			const seen = { sent: message, received: tools.map(({ name }) => name) };
			const faults = toolFaults(tools);
			if (faults.length > 0)
				return {
					state: 'bad',
					text: faults.join(' '),
					fix: 'Please open an issue: every tool should pass these checks.',
					...seen,
				};
			const said = `${plural(tools.length, 'tool')}, ${bytes(size)}, in ${answer.ms} ms; names, schemas and hints are valid.`;
			if (tools.length > MOST_TOOLS || size > LARGE_LIST_BYTES)
				return {
					state: 'warn',
					text: `${said} VS Code takes ${MOST_TOOLS} per request, Cursor about ${MANY_TOOLS}.`,
					fix: 'Edit the server: narrow it by tags, or let the model search (Discovery).',
					...seen,
				};
			if (tools.length > MANY_TOOLS)
				return {
					state: 'warn',
					text: `${said} Cursor shows about ${MANY_TOOLS} at once.`,
					fix: 'Edit the server: narrow it by tags, or let the model search (Discovery).',
					...seen,
				};
			const { long_names } = server;
			if (!long_names) return { ...ok(said), ...seen };
			return {
				...ok(`${said} ${long_names.notice} The longest: ${long_names.examples.join(', ')}.`),
				fix: 'For Cursor, edit the server: Customise → Tool names → Short.',
				...seen,
			};
		},
	},
	{
		title: 'One harmless call',
		about: 'A read with a small answer. It changes nothing.',
		async run({ account, server, signal, tools }) {
			const call = harmlessCall(tools);
			if (!call)
				return { state: 'skip', text: 'Every read tool of this server needs an argument, so none was called.' };
			const message = toolCall(call.name, call.arguments);
			const answer = await rpc(account.id, server.id, message, signal);
			const result = /** @type {{ isError?: boolean, structuredContent?: { message?: string } } | undefined} */ (
				answer.body?.result
			);
			// Only "Try it" shows the vendor's records.
			const seen = {
				sent: message,
				received: `HTTP ${answer.status}, ${bytes(new TextEncoder().encode(answer.text).length)}`,
			};
			if (result && !result.isError) return { ...ok(`${call.name} answered in ${answer.ms} ms.`), ...seen };
			return {
				state: 'bad',
				text: result?.structuredContent?.message ?? failureOf(answer) ?? 'It failed.',
				fix: 'Test the connection on the account’s page; “Try it” shows the whole answer.',
				...seen,
			};
		},
	},
	{
		title: 'OAuth metadata',
		about: 'The documents that a client looks up before it connects.',
		run: ({ server, signal }) => checkMetadata(server, signal),
	},
	{
		title: 'Reachable from the internet',
		about: 'ChatGPT and Claude on the web call from their own networks.',
		async run({ server }) {
			const { hostname, protocol, origin } = location;
			if (PRIVATE_HOST.test(hostname))
				return {
					state: 'note',
					text: `${origin} is reachable only from this machine or network. Cursor, VS Code, Claude Code and curl here can use it; ChatGPT and Claude on the web cannot.`,
					fix: 'For those, put Patchbay on your Cloudflare account: npm run deploy.',
				};
			if (protocol !== 'https:')
				return {
					state: 'bad',
					text: `${origin} has no TLS, so no hosted client connects to it.`,
					fix: 'Use the https address of your Worker.',
				};
			if (server.config.require_api_token_auth && !server.oauth_url)
				return {
					state: 'warn',
					text: 'The server requires an API token, and ChatGPT has no field for a header.',
					fix: 'Create a server without this requirement for ChatGPT.',
				};
			return ok(
				`${origin} has TLS and a public name. If a client gets 403 all the same, look for “Block AI bots” on your zone.`,
			);
		},
	},
];

/** @param {string} text @returns {Finding} */
function ok(text) {
	return { state: 'ok', text };
}

/** @param {import('./mcp.js').RpcAnswer} answer @returns {string | null} */
function failureOf({ body, status, text }) {
	if (body?.error) return `${body.error.message} (${body.error.code})`;
	if (status === 200) return null;
	try {
		return `${JSON.parse(text).message} (HTTP ${status})`;
	} catch {
		return `HTTP ${status}`;
	}
}

/** @param {number} status */
function fixOf(status) {
	if (status === 404) return 'The server was revoked or has expired. Create a new one.';
	if (status === 503) return 'The storage did not answer. Run the Doctor again in a moment.';
	return 'Run the Doctor again. If it fails again, open an issue with the messages below.';
}

/** @param {ListedTool[]} tools */
function toolFaults(tools) {
	const names = tools.map(({ name }) => name);
	const bad = names.filter((name) => !TOOL_NAME.test(name));
	const twice = names.filter((name, index) => names.indexOf(name) !== index);
	const rootless = tools.filter(
		({ inputSchema }) =>
			inputSchema?.type !== 'object' || ['anyOf', 'oneOf', 'allOf'].some((key) => key in inputSchema),
	);
	const mute = tools.filter(({ description }) => !description);
	const unsaid = tools.filter(({ annotations }) => typeof annotations?.readOnlyHint !== 'boolean');
	return [
		bad.length > 0 && `Names that clients refuse: ${bad.slice(0, 3).join(', ')}.`,
		twice.length > 0 && `Names that occur twice: ${twice.slice(0, 3).join(', ')}.`,
		rootless.length > 0 &&
			`Schemas that are not plain objects: ${rootless
				.slice(0, 3)
				.map(({ name }) => name)
				.join(', ')}.`,
		mute.length > 0 && `${plural(mute.length, 'tool')} without a description.`,
		unsaid.length > 0 && `${plural(unsaid.length, 'tool')} that do not say whether they only read.`,
		names.length === 0 && 'The list is empty.',
	].filter((fault) => fault !== false);
}

/** @param {ListedTool[]} tools @returns {{ name: string, arguments: Record<string, unknown> } | null} */
function harmlessCall(tools) {
	const free = tools.filter(
		({ annotations, inputSchema }) => annotations?.readOnlyHint === true && !inputSchema.required?.length,
	);
	const list = free.find(({ inputSchema }) => inputSchema.properties?.limit) ?? free[0];
	if (list) return { name: list.name, arguments: list.inputSchema.properties?.limit ? { limit: 1 } : {} };
	// A server that lets the model search: a search reaches no vendor.
	const search = tools.find(
		({ annotations, inputSchema }) => annotations?.readOnlyHint === true && inputSchema.required?.join() === 'query',
	);
	return search
		? { name: search.name, arguments: { query: 'list', ...(search.inputSchema.properties?.limit ? { limit: 1 } : {}) } }
		: null;
}

/** @param {Server} server @param {AbortSignal} signal @returns {Promise<Finding>} */
async function checkMetadata({ oauth_url }, signal) {
	if (!oauth_url) {
		const root = await fetch('/.well-known/oauth-protected-resource', {
			signal,
			headers: { accept: 'application/json' },
		});
		const isJson = root.headers.get('content-type')?.startsWith('application/json') ?? false;
		if (root.status === 404 && isJson)
			return ok('The URL itself is the key. Clients that look for OAuth get a 404 in JSON and continue without it.');
		return {
			state: 'warn',
			text: `/.well-known/oauth-protected-resource answers ${root.status}.`,
			fix: 'A proxy in front of the Worker answers this path. Clients may start a sign-in that cannot work.',
		};
	}
	const place = `/.well-known/oauth-protected-resource${new URL(oauth_url).pathname}`;
	const answer = await fetch(place, { signal });
	/** @type {{ resource?: string, authorization_servers?: string[] }} */
	const metadata = answer.ok ? await answer.json() : {};
	if (metadata.resource !== oauth_url)
		return {
			state: 'bad',
			text: `${place} answers ${answer.status}${answer.ok ? `, for ${metadata.resource}` : ''}.`,
			fix: 'Clients require that it names the URL exactly. Check whether the Worker has a second host name.',
			received: metadata,
		};
	const [issuer = ''] = metadata.authorization_servers ?? [];
	const issuerUrl = new URL(issuer, location.origin);
	const server = `/.well-known/oauth-authorization-server${issuerUrl.pathname === '/' ? '' : issuerUrl.pathname}`;
	const second = await fetch(server, { signal });
	/** @type {{ code_challenge_methods_supported?: string[] }} */
	const described = second.ok ? await second.json() : {};
	const seen = { sent: [place, server], received: [metadata, described] };
	if (!described.code_challenge_methods_supported?.includes('S256'))
		return {
			state: 'bad',
			text: `${server} answers ${second.status}${second.ok ? ', without PKCE S256' : ''}.`,
			fix: 'Clients stop without it.',
			...seen,
		};
	return { ...ok(`Found for ${oauth_url}, with PKCE. The URL with the secret works without OAuth.`), ...seen };
}

/** @param {Finding[]} findings */
export function verdict(findings) {
	const bad = findings.filter(({ state }) => state === 'bad').length;
	const warn = findings.filter(({ state }) => state === 'warn').length;
	const notes = findings.filter(({ state }) => state === 'note').length;
	if (bad > 0)
		return {
			tone: /** @type {const} */ ('bad'),
			text: `${plural(bad, 'step')} of ${count(findings.length)} failed. Start with the first.`,
		};
	if (warn > 0)
		return {
			tone: /** @type {const} */ ('warn'),
			text: `Clients can connect. ${plural(warn, 'thing')} could be better.`,
		};
	return {
		tone: /** @type {const} */ ('good'),
		text: `Everything works${notes > 0 ? `; ${plural(notes, 'thing')} to know` : ''}.`,
	};
}
