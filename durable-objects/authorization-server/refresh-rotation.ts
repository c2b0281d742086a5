// Refresh tokens that have a successor. One that is used again when its grace is over was stolen, or its successor was:
// nobody can tell which, so the grant ends (RFC 9700 section 4.14.2).
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { OAuthKv } from '../../workers/oauth/create-authorization-server.ts';
import { listKeys } from './oauth-records.ts';

/** Clients refresh in parallel, and repeat a request whose answer they have lost. */
const GRACE_MS = 60_000;
/** A grant that is not used ends in so long, and its tokens with it. */
const KEPT_SECONDS = 30 * 24 * 60 * 60;
const ANSWERS_MAX = 200;

interface Answer {
	/** Hash of what the client says of itself, so that no other gets the successor. */
	fingerprint: string;
	text: string;
	untilMs: number;
}

export class RefreshRotation {
	/** Kept in memory only, because an answer holds tokens. */
	readonly #answers = new Map<string, Answer>();

	/**
	 * Answers a request with a refresh token.
	 *
	 * @param grant    `<user>:<grant>` of the token
	 * @param ask      has the library answer it
	 * @param endGrant  ends the grant with all its tokens
	 * @returns null where the grant was ended
	 */
	async answer(
		kv: OAuthKv,
		{ token, grant, fingerprint, nowMs }: { token: string; grant: string; fingerprint: string; nowMs: number },
		ask: () => Promise<Response>,
		endGrant: () => Promise<void>,
	): Promise<Response | null> {
		const hash = hashOf(token);
		const key = `${prefixOf(grant)}${hash}`;
		const superseded = (await kv.get(key, { type: 'json' })) as { at_ms: number } | null;
		if (superseded && nowMs - superseded.at_ms > GRACE_MS) {
			await endGrant();
			await this.forget(kv, grant);
			return null;
		}
		const known = this.#answers.get(hash);
		// Parallel refreshes share one successor, however they are worded: with one each, only the last would stay valid, and
		// a thief's would put its owner's out of force without a word.
		if (superseded && known && known.fingerprint === fingerprint && known.untilMs > nowMs)
			return tokenAnswer(known.text);
		const response = await ask();
		if (!response.ok) return response;
		const text = await response.text();
		if (!superseded) {
			await kv.put(key, JSON.stringify({ at_ms: nowMs }), { expirationTtl: KEPT_SECONDS });
			this.#keep(hash, { fingerprint, text, untilMs: nowMs + GRACE_MS });
		}
		return new Response(text, response);
	}

	/** The grant is gone: so is what was known of its tokens. */
	async forget(kv: OAuthKv, grant: string): Promise<void> {
		for (const key of await listKeys(kv, prefixOf(grant))) await kv.delete(key);
	}

	#keep(hash: string, answer: Answer): void {
		if (this.#answers.size >= ANSWERS_MAX) this.#answers.delete(this.#answers.keys().next().value as string);
		this.#answers.set(hash, answer);
	}
}

export function hashOf(text: string): string {
	return bytesToHex(sha256(utf8ToBytes(text)));
}

function prefixOf(grant: string): string {
	return `superseded:${grant}:`;
}

function tokenAnswer(text: string): Response {
	return new Response(text, {
		headers: {
			'content-type': 'application/json',
			'cache-control': 'no-store',
			pragma: 'no-cache',
			'access-control-allow-origin': '*',
		},
	});
}
