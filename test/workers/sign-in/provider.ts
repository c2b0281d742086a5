// An identity provider behind a mocked network: discovery, keys and tokens, each of which a test can spoil.
import { env } from 'cloudflare:workers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Env } from '../../../workers/contracts/env.ts';
import { type Json, mockVendor, ORIGIN, send, type VendorCall } from '../support.ts';

export const CLIENT_ID = 'patchbay-client';
export const ISSUER = 'https://login.example.com';

const keys = await generateKeyPair('RS256', { extractable: true });
const strangersKeys = await generateKeyPair('RS256');
const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' }] };

export interface Spoilt {
	/** Claims of the ID token that are set, or taken out where undefined. */
	claims?: Json;
	/** Members of the discovery document. */
	discovery?: Json;
	/** Takes the place of the token endpoint's answer. */
	tokens?: (answer: Json) => Json | Response;
	isStrangersKey?: boolean;
	/** Parameters of the address that the browser comes back to. */
	callback?: Record<string, string | null>;
}

let issuers = 0;

/** Each has an issuer of its own, because its description is remembered. */
export class Provider {
	readonly issuer = `https://login-${++issuers}.example.com`;
	readonly calls: VendorCall[];
	spoilt: Spoilt = {};
	/** Of the person who signs in. */
	claims: Json = { sub: 'jane-1', name: 'Jane Doe', email: 'Jane@Acme.example', email_verified: true };
	#nonce = '';

	constructor() {
		this.calls = mockVendor((call) => this.#answer(call));
	}

	env(more: Partial<Env> = {}): Env {
		const oidc = { OIDC_ISSUER: this.issuer, OIDC_CLIENT_ID: CLIENT_ID, OIDC_CLIENT_SECRET: 'telltale-oidc-secret' };
		return { ...env, ...oidc, ...more };
	}

	async #answer({ url, body }: VendorCall): Promise<Response> {
		const { pathname } = new URL(url);
		if (pathname === '/.well-known/openid-configuration')
			return Response.json({
				issuer: this.issuer,
				authorization_endpoint: `${this.issuer}/authorize`,
				token_endpoint: `${this.issuer}/token`,
				jwks_uri: `${this.issuer}/keys`,
				...this.spoilt.discovery,
			});
		if (pathname === '/keys' || pathname === '/cdn-cgi/access/certs') return Response.json(jwks);
		if (pathname !== '/token') return new Response('', { status: 404 });
		if (new URLSearchParams(body).get('code_verifier')?.length !== 64)
			return Response.json({ error: 'invalid_grant' }, { status: 400 });
		const id_token = await this.idToken({ nonce: this.#nonce });
		const answer = { access_token: 'telltale-access-token', token_type: 'Bearer', expires_in: 60, id_token };
		const spoilt = this.spoilt.tokens?.(answer) ?? answer;
		return spoilt instanceof Response ? spoilt : Response.json(spoilt);
	}

	idToken(more: Json = {}): Promise<string> {
		const now = Math.floor(Date.now() / 1000);
		const claims = {
			iss: this.issuer,
			aud: CLIENT_ID,
			iat: now,
			exp: now + 300,
			...this.claims,
			...more,
			...this.spoilt.claims,
		};
		const key = this.spoilt.isStrangersKey ? strangersKeys.privateKey : keys.privateKey;
		return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'key-1' }).sign(key);
	}

	/** To the provider and back. @param change  of the request that comes back */
	async signIn(to = '/', change: { cookie?: string; env?: Env } = {}): Promise<SignedIn> {
		const customEnv = change.env ?? this.env();
		const begun = await browse(`/sign-in?to=${encodeURIComponent(to)}`, customEnv);
		if (begun.status !== 303) return begun;
		const asked = new URL(begun.location ?? '');
		this.#nonce = asked.searchParams.get('nonce') ?? '';
		const back = new URL(asked.searchParams.get('redirect_uri') ?? '');
		const parameters = { code: 'code-1', state: asked.searchParams.get('state'), ...this.spoilt.callback };
		for (const [name, value] of Object.entries(parameters)) if (value !== null) back.searchParams.set(name, value);
		return browse(back.pathname + back.search, customEnv, change.cookie ?? begun.cookie);
	}
}

export interface SignedIn {
	status: number;
	location: string | null;
	html: string;
	/** As the browser sends them back. */
	cookie: string;
	/** The session's cookie alone; empty without one. */
	session: string;
	headers: Headers;
}

export async function browse(
	path: string,
	customEnv: Env,
	cookie = '',
	headers: Record<string, string> = {},
): Promise<SignedIn> {
	const asked = new Request(ORIGIN + path, {
		headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate', ...(cookie ? { cookie } : {}), ...headers },
		redirect: 'manual',
	});
	const response = await send(asked, customEnv);
	const set = response.headers.getSetCookie().map((one) => one.split(';')[0] ?? '');
	return {
		status: response.status,
		location: response.headers.get('location'),
		html: await response.text(),
		cookie: set.join('; '),
		session: set.find((one) => /^(__Host-)?patchbay-session=./.test(one)) ?? '',
		headers: response.headers,
	};
}
