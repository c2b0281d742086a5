// API tokens that an installation begins with. A secret of the Worker names each, so only whoever can deploy makes one:
// write access to KV makes none.
import type { Env } from '../../workers/contracts/env.ts';
import type { ApiTokenRecord } from '../../workers/contracts/records.ts';
import { claimHash, FIRST_API_TOKEN_MIN, LOCAL_API_TOKEN } from '../../workers/lib/secrets.ts';

export const FIRST_TOKEN_TABLES = `
	CREATE TABLE IF NOT EXISTS used_claim (hash TEXT PRIMARY KEY) WITHOUT ROWID;
`;

/** Name and limit of a first API token. Each has the scope `manage`, for all accounts and without an end. */
export interface FirstToken extends Pick<ApiTokenRecord, 'name' | 'requests_per_minute'> {
	/** It may become a row again when that was lost with its key. */
	isRepeatable: boolean;
}

/** Programs on one's own machine ask as fast as they can. */
const LOCAL_REQUESTS_PER_MINUTE = 1_000_000;

/**
 * The first token with this hash.
 *
 * @param hash  SHA-256 of the token
 * @returns null for a token that no secret names
 */
export function findFirstToken(env: Env, hash: string): FirstToken | null {
	if (env.LOCAL === 'true' && hash === claimHash(LOCAL_API_TOKEN))
		return { name: 'Local API token', requests_per_minute: LOCAL_REQUESTS_PER_MINUTE, isRepeatable: true };
	const chosen = env.FIRST_API_TOKEN ?? '';
	if (chosen.length >= FIRST_API_TOKEN_MIN && hash === claimHash(chosen))
		return { name: 'FIRST_API_TOKEN', isRepeatable: false };
	if (hash === env.DEPLOYED_API_TOKEN_SHA256) return { name: 'Made by npm run deploy', isRepeatable: false };
	return null;
}

/**
 * Notes that the claim was used. A token that was revoked stays so, also when the key that its row is found by is gone.
 *
 * @returns false when it was used before
 */
export function useClaim(sql: SqlStorage, hash: string): boolean {
	return sql.exec('INSERT OR IGNORE INTO used_claim (hash) VALUES (?)', hash).rowsWritten > 0;
}
