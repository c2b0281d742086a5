// Names and lifetimes of the KV entries. KV is where a request finds its server; the Durable Object is the truth.
import { KV_MIN_TTL_SECONDS, type StoredAccount, type TokenEntry } from '../contracts/records.ts';
import { parseJson } from '../lib/parse-json.ts';

export const tokenKey = (hash: string): string => `token:${hash}`;
export const accountKey = (accountId: string): string => `account:${accountId}`;

/** KV counts a lifetime in 32 bits: 68 years. Measured: one more is a TypeError. */
const KV_MAX_TTL_SECONDS = 2 ** 31 - 1;

/**
 * Lifetime of a server's entry: until it expires, within KV's bounds, and never shorter, since KV counts from the second
 * that has begun. The exact end is the Durable Object's.
 *
 * @returns seconds, or undefined for an entry without an end
 */
export function entryTtlSeconds(expiresAt: string | null, nowMs: number): number | undefined {
	if (expiresAt === null) return undefined;
	const seconds = Math.ceil(Date.parse(expiresAt) / 1000) - Math.floor(nowMs / 1000);
	return Math.min(KV_MAX_TTL_SECONDS, Math.max(KV_MIN_TTL_SECONDS, seconds));
}

/** Anybody who can write KV decides what an entry holds: one that is no JSON is none. */
async function getEntry<Entry>(kv: KVNamespace, key: string): Promise<Entry | null> {
	const text = await inTime(kv.get(key));
	return text === null ? null : (parseJson(text) as Entry | null);
}

/** Entries that were written before accounts had an identity stand for accounts that have their id for one. */
export async function getTokenEntry(kv: KVNamespace, hash: string): Promise<TokenEntry | null> {
	const entry = await getEntry<TokenEntry>(kv, tokenKey(hash));
	if (!entry?.server || entry.server.account_identity !== undefined) return entry;
	return { server: { ...entry.server, account_identity: entry.server.integrated_account_id } };
}

export async function getAccountEntry(kv: KVNamespace, accountId: string): Promise<StoredAccount | null> {
	const account = await getEntry<StoredAccount>(kv, accountKey(accountId));
	return account && { ...account, identity: account.identity ?? account.id };
}

/** Storage that takes longer counts as failed: nobody is left waiting for it. It usually answers within milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * The same, or a rejection after `PATIENCE_MS`.
 *
 * @param late  called when it has been done after all, once nobody waited for it any more
 */
export function inTime<T>(work: Promise<T>, late: () => void = () => {}): Promise<T> {
	return new Promise((resolve, reject) => {
		let hasGivenUp = false;
		const timer = setTimeout(() => {
			hasGivenUp = true;
			reject(new Error(`storage did not answer within ${PATIENCE_MS / 1000} seconds`));
		}, PATIENCE_MS);
		work
			.then((value) => (hasGivenUp ? late() : resolve(value)), reject)
			.finally(() => clearTimeout(timer))
			.catch(reject);
	});
}
