// One object per MCP server: its OAuth authorization server. Clients, codes, grants and tokens lie in this object's own
// storage, where a record that is written or deleted is so for everybody at once, and end with the server.
import { DurableObject } from 'cloudflare:workers';
import {
	AuthorizationError,
	type AuthRequest,
	authorizationErrorRedirect,
	CimdFetchError,
	type OAuthAuthorizationServer,
	OAuthError,
	type OAuthHelpers,
	type TokenExchangeCallbackOptions,
	type ValidatedAccessToken,
} from '@cloudflare/workers-oauth-provider';
import { findApiToken } from '../workers/access/api-tokens.ts';
import { senderOf, slowDownGuessing } from '../workers/access/guessing.ts';
import { connectUrl, readAddress, type ServerAddress } from '../workers/contracts/addresses.ts';
import type { Env } from '../workers/contracts/env.ts';
import { type ApiTokenRecord, mayTouch } from '../workers/contracts/records.ts';
import { loadHead } from '../workers/integration/load.ts';
import { ApiError } from '../workers/lib/errors.ts';
import { documentFault, isDocumentUrl, namesDocument } from '../workers/oauth/client-document.ts';
import { consentPage, faultPage, readWithin, type Subject } from '../workers/oauth/consent-page.ts';
import {
	CLIENT_SECONDS,
	createAuthorizationServer,
	type Grant,
	grantedScope,
	type OAuthEnv,
	type OAuthKv,
} from '../workers/oauth/create-authorization-server.ts';
import { oauthError } from '../workers/oauth/error.ts';
import { FloodGate } from '../workers/oauth/flood-gate.ts';
import { ExpiringRows } from './expiring-rows.ts';

/** A client that nobody has agreed to is forgotten after a week, or when so many newer ones have come. */
const UNUSED_CLIENT_MS = 7 * 24 * 60 * 60 * 1000;
const UNUSED_CLIENTS_MAX = 200;
const USED = JSON.stringify({ used: true });
const LIST_LIMIT = 1_000;

const CLIENT_PREFIX = 'client:';
/** Clients in a browser read these as the library's own answers. */
const ANY_ORIGIN = { 'access-control-allow-origin': '*' };
const RETRY_AFTER = { 'retry-after': '60', 'cache-control': 'no-store' };

export class AuthorizationServer extends DurableObject<Env> {
	#rows: ExpiringRows | null = null;
	#server: { issuer: string; server: OAuthAuthorizationServer<OAuthEnv> } | null = null;
	readonly #turns = new Map<string, Promise<unknown>>();
	readonly #registrations = new FloodGate({ perAddress: 10, perMinute: 30 });
	readonly #questions = new FloodGate({ perAddress: 20, perMinute: 60 });

	// --- what others ask of it ---------------------------------------------------------------------------------

	/**
	 * `/connect/<account>/<server>/` authorize, register and token.
	 *
	 * @param request  whose body the Worker has bounded, for a server that the Worker has found
	 */
	override async fetch(request: Request): Promise<Response> {
		// Read whether it is needed or not: what is left of a body when its request is answered fails loudly.
		const body = new TextDecoder().decode(await request.arrayBuffer());
		const url = new URL(request.url);
		const [, , account, server, endpoint] = url.pathname.split('/');
		const address = readAddress({ account, server });
		if (!address) return unknownServerPage();
		const issuer = connectUrl(url, address);
		if (endpoint === 'register') return this.#register(issuer, request, body);
		if (endpoint === 'token') return this.#token(issuer, request, body);
		const subject = await this.#subject(address);
		if (!subject) return unknownServerPage();
		return request.method === 'POST'
			? this.#decide(issuer, subject, request, body)
			: this.#ask(issuer, subject, request);
	}

	/** @returns null for a token that is none of this server's, expired or revoked */
	async validateToken(issuer: string, token: string): Promise<ValidatedAccessToken<Grant> | null> {
		return this.#isUsed ? this.#serverOf(issuer).validateToken<Grant>(issuer, token, this.#oauthEnv) : null;
	}

	/** The MCP server has ended, and with it everything here. Safe to call again. */
	async end(): Promise<void> {
		await this.ctx.storage.deleteAlarm();
		await this.ctx.storage.deleteAll();
		// Last: a request in between may have made the table anew, and it is gone with the rest.
		this.#rows = null;
	}

	// Alarms run at least once and again after a throw, so each step may run twice.
	override async alarm(): Promise<void> {
		this.#records.dropExpired(Date.now());
		await this.#arm();
	}

	// --- registration and tokens -------------------------------------------------------------------------------

	async #register(issuer: string, request: Request, body: string): Promise<Response> {
		if (request.method !== 'POST') return this.#answer(issuer, request);
		if (!this.#registrations.admits(senderOf(request), Date.now()))
			return oauthError(429, 'temporarily_unavailable', 'Too many registrations: try again in a minute.', RETRY_AFTER);
		return this.#answer(issuer, withBody(request, body));
	}

	async #token(issuer: string, request: Request, body: string): Promise<Response> {
		if (request.method !== 'POST') return this.#answer(issuer, request);
		// Of two requests with one code, or one refresh token, the second must see what the first has left.
		const form = new URLSearchParams(body);
		const secret = form.get('code') ?? form.get('refresh_token') ?? form.get('token') ?? '';
		const grant = secret.split(':').slice(0, 2).join(':');
		// Nobody has agreed to anything here: no reason to fetch what a stranger names.
		if (namesDocument(request, form) && !(await this.#kv.get(`grant:${grant}`)))
			return form.has('token') && !form.has('grant_type') ? nothingToRevoke() : noSuchGrant();
		return this.#inTurn(grant, () => this.#answer(issuer, withBody(request, body)));
	}

	#answer(issuer: string, request: Request): Promise<Response> {
		const ctx = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} } as unknown as ExecutionContext;
		return this.#serverOf(issuer).fetch(request, this.#oauthEnv, ctx);
	}

	async #inTurn<T>(key: string, act: () => Promise<T>): Promise<T> {
		const before = this.#turns.get(key) ?? Promise.resolve();
		const turn = before.then(act, act);
		this.#turns.set(key, turn);
		try {
			return await turn;
		} finally {
			if (this.#turns.get(key) === turn) this.#turns.delete(key);
		}
	}

	/** A grant lives no longer than the API token that it was given with. */
	readonly #mayExchange = async ({ props }: TokenExchangeCallbackOptions<OAuthEnv>): Promise<void> => {
		const { api_token_id, account_id } = props as Grant;
		const apiToken = await this.env.DIRECTORY.getByName('directory').getApiTokenById(api_token_id);
		if (!apiToken || !mayTouch(apiToken, account_id))
			throw new OAuthError('invalid_grant', { description: 'The API token behind this grant is revoked or expired.' });
	};

	#serverOf(issuer: string): OAuthAuthorizationServer<OAuthEnv> {
		if (this.#server?.issuer !== issuer)
			this.#server = { issuer, server: createAuthorizationServer(issuer, this.#mayExchange) };
		return this.#server.server;
	}

	get #oauthEnv(): OAuthEnv {
		return { OAUTH_KV: this.#kv };
	}

	// --- consent -----------------------------------------------------------------------------------------------

	async #ask(issuer: string, subject: Subject, request: Request): Promise<Response> {
		if (request.method !== 'GET' && request.method !== 'HEAD')
			return new Response(null, { status: 405, headers: { allow: 'GET, POST' } });
		if (!this.#questions.admits(senderOf(request), Date.now()))
			return faultPage('Too many apps want to connect right now: try again in a minute.', 429);
		const clientId = new URL(request.url).searchParams.get('client_id') ?? '';
		const fault = isDocumentUrl(clientId) ? await documentFault(clientId) : null;
		if (fault) return faultPage(`The app's own description (client ID metadata document) ${fault}.`);
		return this.#withFaultPages(async (oauth) => {
			const asked = await oauth.parseAuthRequest(request);
			// The library asks it of public clients alone.
			if (!asked.codeChallenge) {
				const to = authorizationErrorRedirect(asked, 'invalid_request', 'PKCE with S256 is required.');
				return redirect(to);
			}
			return this.#consentPage(oauth, issuer, subject, asked);
		}, issuer);
	}

	async #decide(issuer: string, subject: Subject, request: Request, body: string): Promise<Response> {
		const form = new URLSearchParams(body);
		const handle = form.get('handle') ?? '';
		return this.#withFaultPages(async (oauth) => {
			if (form.get('decision') !== 'approve') {
				const { redirectTo, headers } = await oauth.denyConsent(request, handle);
				return redirect(redirectTo, headers);
			}
			// First of all: was this form given out to this browser? Nothing else is said before.
			const { request: asked, headers } = await oauth.approveConsent(request, handle);
			const chosen = { methods: form.getAll('method'), tags: form.getAll('tag') };
			const within = readWithin(chosen, subject.integration, subject.server.config);
			const apiToken = await this.#tokenFor(subject.account.id, form.get('api_token') ?? '', request);
			const faults = [...(Array.isArray(within) ? within : []), ...(typeof apiToken === 'string' ? [apiToken] : [])];
			if (Array.isArray(within) || typeof apiToken === 'string')
				return this.#consentPage(oauth, issuer, subject, asked, { within: chosen, faults }, headers);
			const grant: Grant = {
				account_id: subject.account.id,
				server_id: subject.server.id,
				api_token_id: apiToken.id,
				within,
			};
			const { redirectTo } = await oauth.completeAuthorization({
				request: asked,
				userId: apiToken.id,
				metadata: {},
				scope: grantedScope(asked.scope),
				props: grant,
				// Two people may use one API token and one app, each with a grant of their own.
				revokeExistingGrants: false,
			});
			this.#markUsed(asked.clientId);
			return redirect(redirectTo, headers);
		}, issuer);
	}

	/** @returns why there is none, in words for the page, where the form can be sent again */
	async #tokenFor(accountId: string, token: string, request: Request): Promise<ApiTokenRecord | string> {
		try {
			const apiToken = await findApiToken(this.env, token);
			if (apiToken && mayTouch(apiToken, accountId)) return apiToken;
			await slowDownGuessing(request);
			return 'This API token is not good for this account: mistyped, revoked, expired, or bound to other accounts.';
		} catch (error) {
			// Used too often for now, or storage that does not answer.
			if (error instanceof ApiError) return error.message;
			throw error;
		}
	}

	async #consentPage(
		oauth: OAuthHelpers,
		issuer: string,
		subject: Subject,
		asked: AuthRequest,
		attempt?: Parameters<typeof consentPage>[3],
		headers = new Headers(),
	): Promise<Response> {
		const client = await oauth.describeConsent(asked);
		const consent = await oauth.beginConsent(asked);
		for (const cookie of consent.headers.getSetCookie()) headers.append('set-cookie', cookie);
		const action = `${new URL(issuer).pathname}/authorize`;
		return consentPage(subject, client, { handle: consent.handle, headers, action }, attempt);
	}

	/** What is wrong goes back to the client where its redirect is known to be its own, else to the person. */
	async #withFaultPages(act: (oauth: OAuthHelpers) => Promise<Response>, issuer: string): Promise<Response> {
		try {
			return await act(this.#serverOf(issuer).getOAuthApi(this.#oauthEnv));
		} catch (error) {
			if (error instanceof AuthorizationError)
				return error.redirectTo ? redirect(error.redirectTo) : faultPage(error.description);
			if (error instanceof CimdFetchError)
				return faultPage("The app's own description (client ID metadata document) could not be read.");
			throw error;
		}
	}

	/** The truth, not what an isolate remembers: a person is about to agree to it. */
	async #subject({ accountId, serverId }: ServerAddress): Promise<Subject | null> {
		const object = this.env.INTEGRATED_ACCOUNTS.getByName(accountId);
		const [account, server] = await Promise.all([object.getAccount(), object.getServer(serverId)]);
		const integration = account && (await loadHead(account.integration));
		return account && server && integration ? { account, server, integration } : null;
	}

	// --- records -----------------------------------------------------------------------------------------------

	/** The table comes with the first record, so that an object that was only asked stays empty. */
	get #records(): ExpiringRows {
		this.#rows ??= new ExpiringRows(this.ctx.storage.sql);
		return this.#rows;
	}

	get #isUsed(): boolean {
		if (this.#rows) return true;
		return this.ctx.storage.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'record'").toArray().length > 0;
	}

	readonly #kv: OAuthKv = {
		get: async (key, options) => {
			const row = this.#isUsed ? this.#records.get(key, Date.now()) : null;
			return row && options?.type === 'json' ? JSON.parse(row.value) : (row?.value ?? null);
		},
		put: async (key, value, options = {}) => {
			const nowMs = Date.now();
			const known = this.#records.get(key, nowMs);
			const isNewClient = key.startsWith(CLIENT_PREFIX) && !known?.metadata;
			const endMs = isNewClient ? nowMs + UNUSED_CLIENT_MS : endOf(options, nowMs);
			const metadata = options.metadata === undefined ? (known?.metadata ?? null) : JSON.stringify(options.metadata);
			this.#records.put({ key, value, metadata, expires_ms: endMs });
			if (isNewClient) this.#records.dropOldestPlain(CLIENT_PREFIX, UNUSED_CLIENTS_MAX);
			await this.#arm();
		},
		delete: async (key) => {
			if (this.#isUsed) this.#records.delete(key);
		},
		list: async ({ prefix, limit = LIST_LIMIT, cursor = '' }) => {
			const rows = this.#isUsed ? this.#records.list(prefix, cursor, limit + 1, Date.now()) : [];
			const keys = rows.slice(0, limit).map(({ key, metadata }) => ({
				name: key,
				...(metadata ? { metadata: JSON.parse(metadata) as unknown } : {}),
			}));
			const last = keys.at(-1)?.name;
			return rows.length > limit && last !== undefined
				? { keys, list_complete: false, cursor: last }
				: { keys, list_complete: true };
		},
	};

	/** Somebody has agreed to this client: it is kept for as long as it is used. */
	#markUsed(clientId: string): void {
		const nowMs = Date.now();
		const row = this.#records.get(CLIENT_PREFIX + clientId, nowMs);
		if (row) this.#records.put({ ...row, metadata: USED, expires_ms: nowMs + CLIENT_SECONDS * 1000 });
	}

	/** The alarm comes at the next end of a record. Without records the object is left clean. */
	async #arm(): Promise<void> {
		const next = this.#records.nextEndMs();
		if (next === undefined) return this.end();
		if (next !== null) await this.ctx.storage.setAlarm(Math.max(next, Date.now()));
	}
}

function endOf({ expirationTtl, expiration }: NonNullable<Parameters<OAuthKv['put']>[2]>, nowMs: number) {
	if (expiration !== undefined) return expiration * 1000;
	return expirationTtl === undefined ? null : nowMs + expirationTtl * 1000;
}

/** RFC 7009 section 2.2: what is no token is revoked already. */
function nothingToRevoke(): Response {
	return new Response(null, { headers: ANY_ORIGIN });
}

function noSuchGrant(): Response {
	return oauthError(400, 'invalid_grant', 'There is no such grant, or it has ended.', ANY_ORIGIN);
}

function withBody({ url, method, headers }: Request, body: string): Request {
	return new Request(url, { method, headers, body });
}

/** After a form 303, so that the browser goes on with GET. */
function redirect(location: string, headers = new Headers()): Response {
	headers.set('location', location);
	headers.set('cache-control', 'no-store');
	headers.set('referrer-policy', 'no-referrer');
	return new Response(null, { status: 303, headers });
}

function unknownServerPage(): Response {
	return faultPage('There is no such MCP server. It may be revoked or expired.', 404);
}
