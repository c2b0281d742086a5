// Creates that may be sent twice: an `Idempotency-Key` decides the id, so that the second one meets the first's record.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { ApiError } from '../lib/errors.ts';
import { mintIdSuffix } from '../lib/secrets.ts';
import { invalidInput } from './input-faults.ts';
import type { RouteRequest } from './route.ts';

/**
 * The last 12 hex digits of a new record's id: random, or made from the key and the API token that sends it.
 *
 * @param within  further scope of the key, e.g. the account's identity
 * @throws ApiError invalid_input
 */
export function newIdSuffix({ raw, apiToken }: RouteRequest, within: string): string {
	const key = raw.headers.get('idempotency-key');
	if (key === null) return mintIdSuffix();
	if (!/^[\x20-\x7e]{1,255}$/.test(key))
		throw invalidInput([{ path: 'Idempotency-Key', message: 'must have 1 to 255 printable ASCII characters' }]);
	return bytesToHex(sha256(utf8ToBytes(JSON.stringify([within, apiToken.id, key])))).slice(0, 12);
}

/** @param next  what the caller can do instead */
export function repeated(what: string, id: string, next: string): ApiError {
	return new ApiError(
		'already_exists',
		`This Idempotency-Key has made the ${what} "${id}" already; nothing was created now. ${next}`,
		{ id },
	);
}
