// Names and lifetimes of the KV entries. KV is where a request finds its server; the Durable Object is the truth.
import type { StoredAccount, TokenEntry } from './records.ts';

/** KV refuses an expiration less than 60 seconds away. Source: Workers KV docs, "Expiring keys". */
export const KV_MIN_TTL_SECONDS = 60;

export const tokenKey = (hash: string): string => `token:${hash}`;
export const accountKey = (accountId: string): string => `account:${accountId}`;
export const apiTokenClaimKey = (hash: string): string => `api-token-claim:${hash}`;

/**
 * Lifetime of a server's entry: until it expires, never under KV's floor. The exact end is the Durable Object's.
 *
 * @returns seconds, or undefined for an entry without an end
 */
export function entryTtlSeconds(expiresAt: string | null, nowMs: number): number | undefined {
	if (expiresAt === null) return undefined;
	return Math.max(KV_MIN_TTL_SECONDS, Math.ceil((Date.parse(expiresAt) - nowMs) / 1000));
}

export function getTokenEntry(kv: KVNamespace, hash: string): Promise<TokenEntry | null> {
	return kv.get<TokenEntry>(tokenKey(hash), 'json');
}

export function getAccountEntry(kv: KVNamespace, accountId: string): Promise<StoredAccount | null> {
	return kv.get<StoredAccount>(accountKey(accountId), 'json');
}
