// Admission: the question of a request to its account's Durable Object, and the answer.
import type { StoredAccount, StoredServer } from './records.ts';

/** A limit per minute that is used up. */
export interface Limited {
	/** Per minute. */
	limit: number;
	/** Until the next minute begins, at least 1. */
	reset_seconds: number;
}

/** A request's view of its server, from KV or from the isolate's cache. */
export interface Claim {
	server_id: string;
	/** null for a caller that came in without the token of the URL. */
	token_hash: string | null;
	/** Id of the key that the token is hashed with, and the same token's hash under the key in the other slot. */
	key_id?: string;
	other_hash?: string | null;
	/** Digest of the server and the account as the request knows them. */
	digest: string;
	/** A tool call that is to reach the vendor: counted, and guarded where it writes. */
	call?: { write?: WriteClaim };
}

/**
 * The object's decision on a call. `current`: the claim holds, with the decision on its write. `changed`: the token is
 * good, but the server or its account is now as given. `limited`: the server has had its calls of this minute. `gone`:
 * unknown, revoked, rotated away or expired.
 */
export type Verdict =
	| { state: 'current'; write?: WriteVerdict }
	| ({ state: 'limited' } & Limited)
	| { state: 'changed'; server: StoredServer; account: StoredAccount }
	| { state: 'gone' };

/** The account that a change was worked out from: it is made to no other, nor to a later revision. */
export type SeenAccount = Pick<StoredAccount, 'identity' | 'revision'>;

/** Members that an update may change; `config` arrives merged. */
export type ServerChange = Partial<Pick<StoredServer, 'name' | 'config' | 'expires_at' | 'paused'>> & {
	/** Undefined, where it is there, takes the member away. */
	acts_for?: StoredServer['acts_for'] | undefined;
};

/** A write that asks for admission. */
export interface WriteClaim {
	/** Idempotency key: keyed hash of server, tool and arguments; null for a write that may be repeated or is unguarded. */
	key: string | null;
	/** The same under the key that TOKEN_KEY had before. */
	earlier_key?: string;
	/** The caller knows that it repeats itself. */
	insists: boolean;
}

export type WriteVerdict =
	/**
	 * `ticket` names this attempt when its end is reported; null where nobody waits for that. The write must be sent
	 * within `lease_ms` of the moment when its admission was asked for: changes of the server wait that long.
	 */
	| { may: 'go'; ticket: string | null; lease_ms: number }
	/** The same was written before; `record_id` is JSON. */
	| { may: 'not'; because: 'repeat'; at_ms: number; record_id: string }
	/** The same is being written, or was, and nobody knows how it ended. */
	| { may: 'not'; because: 'in_flight' | 'unknown'; at_ms: number }
	| { may: 'not'; because: 'budget'; limit: number; reset_seconds: number };

/** State in which a write ended. `unmade`: it certainly changed nothing. */
export type WriteEnd = { state: 'made'; record_id: string | null } | { state: 'unknown' } | { state: 'unmade' };

/** The part of a server's config that the write guard reads. */
export interface WritePolicy {
	windowSeconds: number;
	/** Per day (UTC); null for no bound. */
	dailyLimit: number | null;
}

/** A call's report on the vendor's side of the account at that revision. */
export interface CredentialReport {
	account_identity: string;
	account_revision: number;
	/** Did the vendor accept the credentials? Null: it was not reached. */
	accepted: boolean | null;
}
