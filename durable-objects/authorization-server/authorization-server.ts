// One object per MCP server: its OAuth authorization server. Clients, codes, grants and tokens lie in this object's own
// storage, where a record that is written or deleted is so for everybody at once, and end with the server. Every method
// reads the clock once.
import { DurableObject } from 'cloudflare:workers';
import {
	type OAuthAuthorizationServer,
	OAuthError,
	type TokenExchangeCallbackOptions,
	type ValidatedAccessToken,
} from '@cloudflare/workers-oauth-provider';
import { senderOf } from '../../workers/access/guessing.ts';
import { connectUrl, readAddress, type ServerAddress } from '../../workers/contracts/addresses.ts';
import type { Env } from '../../workers/contracts/env.ts';
import type { ConnectedApp, Grant } from '../../workers/contracts/grants.ts';
import type { AuthorizationServerObject } from '../../workers/contracts/objects.ts';
import { mayUse } from '../../workers/contracts/records.ts';
import type { Actor } from '../../workers/contracts/trail.ts';
import { logError } from '../../workers/lib/errors.ts';
import { valueAt } from '../../workers/lib/json-path.ts';
import { faultPage } from '../../workers/oauth/consent-page.ts';
import { createAuthorizationServer, type OAuthEnv } from '../../workers/oauth/create-authorization-server.ts';
import { oauthError } from '../../workers/oauth/error.ts';
import { FloodGate } from '../../workers/oauth/flood-gate.ts';
import { refuseRedirects } from '../../workers/oauth/no-redirects.ts';
import { NO_USABLE_REDIRECT, supportedRegistration } from '../../workers/oauth/registration.ts';
import { namesForeignDocument, readTokenRequest } from '../../workers/oauth/token-request.ts';
import { RecentUse } from '../recent-use.ts';
import { connectedApp } from './connected-app.ts';
import { askConsent, decideConsent, findSubject } from './consent.ts';
import { listKeys, OAuthRecords } from './oauth-records.ts';
import { hashOf, RefreshRotation } from './refresh-rotation.ts';

/** Clients in a browser read these as the library's own answers. */
const ANY_ORIGIN = { 'access-control-allow-origin': '*' };
const RETRY_AFTER = { 'retry-after': '60', 'cache-control': 'no-store' };

export class AuthorizationServer extends DurableObject<Env> implements AuthorizationServerObject {
	readonly #records = new OAuthRecords(() => this.ctx.storage);
	#server: { issuer: string; server: OAuthAuthorizationServer<OAuthEnv> } | null = null;
	readonly #uses = new RecentUse(Date.now());
	readonly #turns = new Map<string, Promise<unknown>>();
	readonly #rotation = new RefreshRotation();
	readonly #registrations = new FloodGate({ perAddress: 10, perMinute: 30, freshPerMinute: 120 });
	/** Pages for clients that are known; what is kept of them is bounded by itself. */
	readonly #pages = new FloodGate({ perAddress: 20, perMinute: 600, freshPerMinute: 600 });
	/** Descriptions that are fetched because somebody names them. */
	readonly #documents = new FloodGate({ perAddress: 10, perMinute: 60, freshPerMinute: 240 });

	/**
	 * `/connect/<account>/<server>/` authorize, register and token.
	 *
	 * @param request  whose body the Worker has bounded, for a server that the Worker has found
	 */
	override async fetch(request: Request): Promise<Response> {
		const nowMs = Date.now();
		refuseRedirects();
		// Read whether it is needed or not: what is left of a body when its request is answered fails loudly.
		const body = new TextDecoder().decode(await request.arrayBuffer());
		const url = new URL(request.url);
		const [, , account, server, endpoint] = url.pathname.split('/');
		const address = readAddress({ account, server });
		if (!address) return unknownServerPage();
		const issuer = connectUrl(url, address);
		if (endpoint === 'register') return this.#register(issuer, request, body, nowMs);
		if (endpoint === 'token') return this.#token(issuer, request, body, nowMs);
		return this.#authorize(issuer, address, request, body, nowMs);
	}

	/** @returns null for a token that is none of this server's, expired or revoked */
	async validateToken(issuer: string, token: string): Promise<ValidatedAccessToken<Grant> | null> {
		if (!this.#records.isUsed) return null;
		const nowMs = Date.now();
		this.#uses.note(token.split(':')[1] ?? '', nowMs);
		return this.#serverOf(issuer).validateToken<Grant>(issuer, token, this.#oauthEnv(nowMs));
	}

	/** Apps that people have let in, newest first. */
	async listApps(): Promise<ConnectedApp[]> {
		if (!this.#records.isUsed) return [];
		const kv = this.#records.kvAt(Date.now());
		const keys = await listKeys(kv, 'grant:');
		const grants = await Promise.all(keys.map((key) => kv.get(key, { type: 'json' })));
		return grants
			.flatMap((grant) => connectedApp(grant) ?? [])
			.sort((a, b) => b.created_at.localeCompare(a.created_at));
	}

	/** @returns null when there is no such app, or its access has ended */
	async endApp(issuer: string, id: string): Promise<ConnectedApp | null> {
		const nowMs = Date.now();
		const app = (await this.listApps()).find((one) => one.id === id);
		if (!app) return null;
		await this.#endGrant(issuer, app.api_token_id, app.id, nowMs);
		await this.#rotation.forget(this.#records.kvAt(nowMs), `${app.api_token_id}:${app.id}`);
		await this.#uses.ended(app.id, nowMs);
		return app;
	}

	/** The MCP server has ended, and with it everything here. Safe to call again. */
	end(): Promise<void> {
		return this.#records.deleteAll();
	}

	// Alarms run at least once and again after a throw, so each step may run twice.
	override alarm(): Promise<void> {
		return this.#records.dropExpired(Date.now());
	}

	// --- endpoints ---------------------------------------------------------------------------------------------

	async #register(issuer: string, request: Request, body: string, nowMs: number): Promise<Response> {
		if (request.method !== 'POST') return this.#answer(issuer, request, nowMs);
		if (!this.#registrations.admits(senderOf(request), nowMs))
			return oauthError(429, 'temporarily_unavailable', 'Too many registrations: try again in a minute.', RETRY_AFTER);
		const registration = supportedRegistration(body);
		if (registration === null) return oauthError(400, 'invalid_client_metadata', NO_USABLE_REDIRECT, ANY_ORIGIN);
		return this.#answer(issuer, withBody(request, registration), nowMs);
	}

	async #token(issuer: string, request: Request, body: string, nowMs: number): Promise<Response> {
		if (request.method !== 'POST') return this.#answer(issuer, request, nowMs);
		// Two requests with one code, or one refresh token, come one after the other: the second sees what the first left.
		const asked = readTokenRequest(request, body);
		const { form, grant, isRevocation, refreshToken, client } = asked;
		const clientId = await this.#clientOf(grant, nowMs);
		// Nobody has agreed to anything of this client: no reason to fetch what a stranger names.
		if (namesForeignDocument(request, asked, clientId)) return isRevocation ? nothingToRevoke() : noSuchGrant();
		const ask = () => this.#answer(issuer, withBody(request, form.toString()), nowMs);
		const answer = await this.#inTurn(grant, () =>
			refreshToken === null ? ask() : this.#refresh(issuer, client, refreshToken, grant, ask),
		);
		// Whatever ended here is answered when what was let in on it has left.
		if (clientId !== null && (isRevocation || (await this.#clientOf(grant, nowMs)) === null))
			await this.#uses.ended(grant.split(':')[1] ?? '', nowMs);
		return answer;
	}

	/** @returns the client that a grant was given to; null where there is no such grant */
	async #clientOf(grant: string, nowMs: number): Promise<string | null> {
		const record = await this.#records.kvAt(nowMs).get(`grant:${grant}`, { type: 'json' });
		return record === null ? null : String(valueAt(record, 'clientId'));
	}

	async #refresh(
		issuer: string,
		client: string,
		token: string,
		grant: string,
		ask: () => Promise<Response>,
	): Promise<Response> {
		// In its turn, which may have come later than the request.
		const nowMs = Date.now();
		const fingerprint = hashOf(client);
		const answer = await this.#rotation.answer(
			this.#records.kvAt(nowMs),
			{ token, grant, fingerprint, nowMs },
			ask,
			async () => {
				const [userId = '', grantId = ''] = grant.split(':');
				await this.#endGrant(issuer, userId, grantId, nowMs);
			},
		);
		return answer ?? noSuchGrant();
	}

	#endGrant(issuer: string, userId: string, grantId: string, nowMs: number): Promise<void> {
		return this.#serverOf(issuer).getOAuthApi(this.#oauthEnv(nowMs)).revokeGrant(grantId, userId);
	}

	async #authorize(
		issuer: string,
		address: ServerAddress,
		request: Request,
		body: string,
		nowMs: number,
	): Promise<Response> {
		const subject = await findSubject(this.env, address);
		if (!subject) return unknownServerPage();
		const oauth = this.#serverOf(issuer).getOAuthApi(this.#oauthEnv(nowMs));
		const authorization = { env: this.env, issuer, subject, oauth };
		if (request.method === 'POST')
			return decideConsent(authorization, request, new URLSearchParams(body), async (granted) => {
				this.#records.markUsed(granted.client_id, nowMs);
				const account = this.env.INTEGRATED_ACCOUNTS.getByName(address.accountId);
				const { api_token_id, ...app } = granted;
				const by: Actor = { via: 'api_token', api_token_id, session_id: null };
				await account.noteApp(address.serverId, { action: 'app.connected', app }, by).catch(logError);
			});
		if (request.method !== 'GET' && request.method !== 'HEAD')
			return new Response(null, { status: 405, headers: { allow: 'GET, POST' } });
		return askConsent(authorization, request, {
			document: () => this.#documents.admits(senderOf(request), nowMs),
			page: () => this.#pages.admits(senderOf(request), nowMs),
		});
	}

	#answer(issuer: string, request: Request, nowMs: number): Promise<Response> {
		const ctx = { waitUntil: () => {}, passThroughOnException: () => {}, props: {} } as unknown as ExecutionContext;
		return this.#serverOf(issuer).fetch(request, this.#oauthEnv(nowMs), ctx);
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
		const { api_token_id, account_id: id, account_identity: identity, server_id } = props as Grant;
		const apiToken = await this.env.DIRECTORY.getByName('directory').getApiTokenById(api_token_id);
		if (!apiToken || !mayUse(apiToken, { id, identity }, server_id))
			throw new OAuthError('invalid_grant', { description: 'The API token behind this grant is revoked or expired.' });
	};

	#serverOf(issuer: string): OAuthAuthorizationServer<OAuthEnv> {
		if (this.#server?.issuer !== issuer)
			this.#server = { issuer, server: createAuthorizationServer(issuer, this.#mayExchange) };
		return this.#server.server;
	}

	#oauthEnv(nowMs: number): OAuthEnv {
		return { OAUTH_KV: this.#records.kvAt(nowMs) };
	}
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

function unknownServerPage(): Response {
	return faultPage('There is no such MCP server. It may be revoked or expired.', 404);
}
