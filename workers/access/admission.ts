// Admission of a request by the account's Durable Object, which has the last word on whether a server still stands.
import type { Claim, Limited, Verdict, WriteVerdict } from '../contracts/admission.ts';
import type { Env } from '../contracts/env.ts';
import type { StoredServer } from '../contracts/records.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { ApiError, logError } from '../lib/errors.ts';
import { type Access, accountObject, confirm, forget, remember, storageUnavailable } from './access.ts';
import { takeEnded } from './call-log.ts';
import type { Door } from './door.ts';

/** A write may go, if it is sent before `send_by_ms` (milliseconds since 1970, by this Worker's clock). */
type WriteAdmission = Extract<WriteVerdict, { may: 'not' }> | { may: 'go'; ticket: string | null; send_by_ms: number };

export type Admission =
	/** The server is as the request took it to be. `write`: whether a write may go. */
	| { state: 'current'; write?: WriteAdmission }
	/** The server has made its calls of this minute. */
	| ({ state: 'limited' } & Limited)
	/** `access` is the server as it is now; `isSameToCalls`: a call would be answered alike. */
	| { state: 'changed'; access: Access; isSameToCalls: boolean }
	/** Unknown, revoked, rotated away or expired. */
	| { state: 'gone' }
	/** The object did not answer. */
	| { state: 'unavailable'; error: ApiError };

/**
 * Asks the account's Durable Object, and keeps what it says for this isolate's next requests. Never throws.
 *
 * @param door  cache key of the server (`Door.key`); the request, which what goes along with a write outlives
 * @param call  for a tool call that reaches the vendor: it is counted, and guarded where it writes
 */
export async function askAdmission(
	env: Env,
	{ key: doorKey, ctx }: { key: string; ctx?: Pick<ExecutionContext, 'waitUntil'> },
	access: Access,
	nowMs: number,
	call?: Claim['call'],
): Promise<Admission> {
	const claim: Claim = {
		server_id: access.server.id,
		token_hash: access.token?.hash ?? null,
		...(access.token ? { key_id: access.token.key_id, other_hash: access.token.other } : {}),
		digest: access.digest,
		...(call ? { call } : {}),
	};
	try {
		const asked =
			ctx && call?.write ? admitWrite(env, ctx, access, claim) : accountObject(env, access.account.id).admit(claim);
		const verdict = await asked.catch(storageUnavailable);
		if (verdict.state === 'gone') {
			forget(doorKey);
			return { state: 'gone' };
		}
		if (verdict.state === 'changed') {
			const { server, account } = verdict;
			const now = await remember(env, doorKey, { ...access, server, account, isFromKv: false }, nowMs);
			return { state: 'changed', access: now, isSameToCalls: isSameToCalls(access, now) };
		}
		confirm(doorKey, access, nowMs);
		if (verdict.state !== 'current') return verdict;
		return { state: 'current', ...(verdict.write ? { write: withDeadline(verdict.write, nowMs, access.server) } : {}) };
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		return { state: 'unavailable', error };
	}
}

/** Asks for a write, and tells how those before it ended: one request for both, and the object decides by what is so now. */
function admitWrite(
	env: Env,
	ctx: Pick<ExecutionContext, 'waitUntil'>,
	{ account }: Access,
	claim: Claim,
): Promise<Verdict> {
	const object = accountObject(env, account.id);
	const ended = takeEnded(account.id);
	const asked = Promise.resolve(object.admit(claim, ended));
	// Told to the end, also where the client has gone, and once more where the object did not answer.
	if (ended.length > 0)
		ctx.waitUntil(
			asked.then(
				() => {},
				() => object.settleWrites(ended).catch(logError),
			),
		);
	return asked;
}

/** Room for what lies between the last look at the clock and the vendor's wire. */
const SEND_MARGIN_MS = 150;

/**
 * A lease counts from the question, which came before it was granted: so the clocks of both sides need not agree. It
 * ends with its server.
 */
function withDeadline(write: WriteVerdict, askedAtMs: number, { expires_at }: StoredServer): WriteAdmission {
	if (write.may === 'not') return write;
	const endMs = expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at);
	return { may: 'go', ticket: write.ticket, send_by_ms: Math.min(askedAtMs + write.lease_ms - SEND_MARGIN_MS, endMs) };
}

/**
 * The server as it is now, to start again with.
 *
 * @throws ApiError where there is none
 */
export function accessNow(admission: Admission, door: Door): Access {
	switch (admission.state) {
		case 'changed':
			return admission.access;
		case 'gone':
			throw door.closed();
		default:
			throw admission.state === 'unavailable' ? admission.error : beingChanged();
	}
}

export function beingChanged(): ApiError {
	return new ApiError('storage_unavailable', 'This MCP server is being changed right now. Try again in a moment.');
}

/** Does an answer that was made under this admission hold? */
export function holds(admission: Admission): boolean {
	return (
		admission.state === 'current' ||
		admission.state === 'limited' ||
		(admission.state === 'changed' && admission.isSameToCalls)
	);
}

/** A change of names or of the end leaves calls as they are. */
function isSameToCalls(before: Access, after: Access): boolean {
	return decisive(before) === decisive(after);
}

/** The members of a server and its account that decide how a call is answered. */
function decisive({ server, account }: Access): string {
	const { id, config, paused = false } = server;
	const { identity, integration, base_url, sealed_credentials, state = 'active' } = account;
	return canonicalJson([id, config, paused, identity, integration, base_url, sealed_credentials, state]);
}
