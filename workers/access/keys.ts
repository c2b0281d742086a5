// The keys of an installation, in two slots, so that they can be changed while it runs: what is written is written
// under the current slot's keys, what the other slot's keys have made is still good.
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { KeyEnv, TokenHashes } from '../contracts/keys.ts';
import { ApiError } from '../lib/errors.ts';
import { decodeBase64, hashToken } from '../lib/secrets.ts';

export type Slot = 'a' | 'b';

export interface Key {
	/** Tells keys apart, and nothing about them. */
	id: string;
	bytes: Uint8Array;
}

/** First what is written with, then what is still accepted. */
type Keys = readonly [current: Key, before?: Key];

export interface KeyRing {
	current: Slot;
	token: Keys;
	encryption: Keys;
}

const NAMES = {
	a: { token: 'TOKEN_KEY', encryption: 'ENCRYPTION_KEY' },
	b: { token: 'TOKEN_KEY_B', encryption: 'ENCRYPTION_KEY_B' },
} as const;
const MIN_BYTES = 32;

/** Parsed once per isolate. */
const rings = new Map<string, KeyRing>();

/** @throws ApiError internal_error that names the secret that is missing or too short, and the command that makes it good */
export function keyRing(env: KeyEnv): KeyRing {
	const { TOKEN_KEY, ENCRYPTION_KEY, TOKEN_KEY_B, ENCRYPTION_KEY_B, CURRENT_KEYS } = env;
	const text = [TOKEN_KEY, ENCRYPTION_KEY, TOKEN_KEY_B, ENCRYPTION_KEY_B, CURRENT_KEYS].join('\n');
	let ring = rings.get(text);
	if (!ring) {
		ring = readRing(env);
		rings.set(text, ring);
	}
	return ring;
}

function readRing(env: KeyEnv): KeyRing {
	const current = env.CURRENT_KEYS || 'a';
	if (current !== 'a' && current !== 'b')
		throw new ApiError('internal_error', 'The secret CURRENT_KEYS must be "a" or "b", or not be set at all.');
	const other = NAMES[current === 'a' ? 'b' : 'a'];
	// Half a slot is one that is being filled or emptied: its keys count for nothing.
	const isFilled = Boolean(env[other.token] && env[other.encryption]);
	const keys = (kind: 'token' | 'encryption'): Keys => {
		const own = requireKey(env, NAMES[current][kind]);
		return isFilled ? [own, requireKey(env, other[kind])] : [own];
	};
	return { current, token: keys('token'), encryption: keys('encryption') };
}

function requireKey(env: KeyEnv, name: keyof KeyEnv): Key {
	const bytes = decodeBase64(env[name] ?? '');
	if (!bytes || bytes.length < MIN_BYTES) {
		throw new ApiError(
			'internal_error',
			`The secret ${name} is missing or shorter than ${MIN_BYTES} bytes. Make a good one: openssl rand -base64 32 | npx wrangler secret put ${name}`,
		);
	}
	const id = bytesToHex(hmac(sha256, bytes, utf8ToBytes(`patchbay key id ${name.replace(/_B$/, '')}`))).slice(0, 12);
	return { id, bytes };
}

/** Were these made with the keys that there are now? */
export function areOfTheseKeys(env: KeyEnv, { key_id, other }: TokenHashes): boolean {
	const [current, before] = keyRing(env).token;
	return key_id === current.id && (other === null) === (before === undefined);
}

export function hashesOf(env: KeyEnv, token: string): TokenHashes {
	const [current, before] = keyRing(env).token;
	return {
		hash: hashToken(token, current.bytes),
		key_id: current.id,
		other: before ? hashToken(token, before.bytes) : null,
	};
}
