// An OAuth client in a test's hands: each step by itself, so that each can be done wrong.
import { LOCAL_TOKEN, ORIGIN, post, type RpcBody, type ServerWithUrl, send } from '../support.ts';

export const REDIRECT_URI = 'https://client.example/callback';

export interface Client {
	client_id: string;
	client_secret?: string;
}

export interface Tokens {
	access_token: string;
	refresh_token: string;
	expires_in: number;
	scope: string;
	resource: string;
	token_type: string;
}

export interface OAuthFault {
	error: string;
	error_description?: string;
}

/** What a browser keeps between the page and its form. */
export interface Page {
	status: number;
	html: string;
	headers: Headers;
	handle: string;
	cookie: string;
}

export const VERIFIER = 'a-verifier-of-at-least-forty-three-characters-long';

export async function challengeOf(verifier: string): Promise<string> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
	return btoa(String.fromCharCode(...new Uint8Array(digest)))
		.replaceAll('+', '-')
		.replaceAll('/', '_')
		.replace(/=+$/, '');
}

export async function register(
	server: ServerWithUrl,
	metadata: Record<string, unknown> = {},
	headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: Client & OAuthFault }> {
	const response = await send(
		new Request(`${server.oauth_url}/register`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: JSON.stringify({
				client_name: 'Test client',
				redirect_uris: [REDIRECT_URI],
				token_endpoint_auth_method: 'none',
				...metadata,
			}),
		}),
	);
	return { status: response.status, headers: response.headers, body: (await response.json()) as Client & OAuthFault };
}

/** A parameter that is null is left out. */
export async function authorizeUrl(
	server: ServerWithUrl,
	clientId: string,
	change: Record<string, string | null> = {},
): Promise<string> {
	const url = new URL(`${server.oauth_url}/authorize`);
	const parameters: Record<string, string | null> = {
		response_type: 'code',
		client_id: clientId,
		redirect_uri: REDIRECT_URI,
		scope: 'mcp offline_access',
		state: 'state-of-the-client',
		code_challenge: await challengeOf(VERIFIER),
		code_challenge_method: 'S256',
		resource: server.oauth_url,
		...change,
	};
	for (const [name, value] of Object.entries(parameters)) if (value !== null) url.searchParams.set(name, value);
	return url.href;
}

export async function openPage(
	url: string,
	headers: Record<string, string> = {},
): Promise<Page & { location: URL | null }> {
	const response = await send(new Request(url, { redirect: 'manual', headers }));
	const location = response.headers.get('location');
	return { ...(await readPage(response)), location: location === null ? null : new URL(location) };
}

async function readPage(response: Response): Promise<Page> {
	const html = await response.text();
	return {
		status: response.status,
		html,
		headers: response.headers,
		handle: /name="handle" value="([^"]+)"/.exec(html)?.[1] ?? '',
		cookie: response.headers
			.getSetCookie()
			.filter((cookie) => !cookie.includes('Max-Age=0'))
			.map((cookie) => cookie.split(';')[0])
			.join('; '),
	};
}

export interface Choice {
	api_token?: string;
	method?: string[];
	tag?: string[];
	decision?: string;
	handle?: string;
	cookie?: string;
	/** Where the browser is. */
	address?: string;
}

/** Sends the page's form. By default everything is allowed. */
export async function submit(
	server: ServerWithUrl,
	page: Page,
	choice: Choice = {},
): Promise<Page & { location: URL | null }> {
	const form = new URLSearchParams({
		handle: choice.handle ?? page.handle,
		api_token: choice.api_token ?? LOCAL_TOKEN,
		decision: choice.decision ?? 'approve',
	});
	for (const method of choice.method ?? ['read', 'write', 'custom']) form.append('method', method);
	for (const tag of choice.tag ?? []) form.append('tag', tag);
	const response = await send(
		new Request(`${server.oauth_url}/authorize`, {
			method: 'POST',
			redirect: 'manual',
			headers: {
				'content-type': 'application/x-www-form-urlencoded',
				origin: ORIGIN,
				cookie: choice.cookie ?? page.cookie,
				...(choice.address ? { 'cf-connecting-ip': choice.address } : {}),
			},
			body: form.toString(),
		}),
	);
	const location = response.headers.get('location');
	return { ...(await readPage(response)), location: location === null ? null : new URL(location) };
}

/** Through consent to a code. */
export async function authorize(server: ServerWithUrl, clientId: string, choice: Choice = {}): Promise<string> {
	const page = await openPage(await authorizeUrl(server, clientId));
	const { location, status, html } = await submit(server, page, choice);
	const code = location?.searchParams.get('code');
	if (!code) throw new Error(`no code: ${status} ${location} ${html}`);
	return code;
}

/** One that is null is left out; one with several values is repeated. */
export type Parameters = Record<string, string | string[] | null>;

export async function token<T = Tokens & OAuthFault>(
	server: ServerWithUrl,
	parameters: Parameters,
	headers: Record<string, string> = {},
): Promise<{ status: number; headers: Headers; body: T }> {
	const form = new URLSearchParams();
	for (const [name, value] of Object.entries(parameters))
		for (const one of typeof value === 'string' ? [value] : (value ?? [])) form.append(name, one);
	const response = await send(
		new Request(`${server.oauth_url}/token`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
			body: form.toString(),
		}),
	);
	const text = await response.text();
	return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T };
}

export function exchange(
	server: ServerWithUrl,
	clientId: string,
	code: string,
	change: Record<string, string | null> = {},
) {
	return token(server, {
		grant_type: 'authorization_code',
		client_id: clientId,
		code,
		redirect_uri: REDIRECT_URI,
		code_verifier: VERIFIER,
		resource: server.oauth_url,
		...change,
	});
}

export function refresh(
	server: ServerWithUrl,
	clientId: string,
	refreshToken: string,
	change: Parameters = {},
	headers: Record<string, string> = {},
) {
	const parameters = {
		grant_type: 'refresh_token',
		client_id: clientId,
		refresh_token: refreshToken,
		resource: server.oauth_url,
	};
	return token(server, { ...parameters, ...change }, headers);
}

/** The whole way, done right. */
export async function connect(
	server: ServerWithUrl,
	choice: Choice = {},
): Promise<Tokens & { clientId: string; code: string }> {
	const clientId = (await register(server)).body.client_id;
	const code = await authorize(server, clientId, choice);
	const { status, body } = await exchange(server, clientId, code);
	if (status !== 200) throw new Error(`no tokens: ${JSON.stringify(body)}`);
	return { ...body, clientId, code };
}

/** One message to the URL without a secret. */
export function callWith(accessToken: string | null, url: string, method: string, params: unknown = {}) {
	const headers: Record<string, string> = accessToken === null ? {} : { authorization: `Bearer ${accessToken}` };
	return post<RpcBody>(url, { jsonrpc: '2.0', id: 1, method, params }, { headers });
}

export const wellKnown = (kind: string, server: ServerWithUrl) =>
	`${ORIGIN}/.well-known/${kind}${new URL(server.oauth_url).pathname}`;
