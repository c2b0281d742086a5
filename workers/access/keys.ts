// The keys of an installation, in two slots, so that they can be changed while it runs: what is written is written
// under the current slot's keys, what the other slot's keys have made is still good.
import type { KeyEnv, TokenHashes } from '../contracts/keys.ts';
import { ApiError } from '../lib/errors.ts';
import { decodeBase64, hashToken, keyedHash } from '../lib/secrets.ts';

type Slot = 'a' | 'b';

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
/** The runtime hands out one `env` as long as an isolate lives. */
const ringOf = new WeakMap<KeyEnv, KeyRing>();

/** @throws ApiError internal_error that names the secret that is missing or too short, and the command that makes it good */
export function keyRing(env: KeyEnv): KeyRing {
	const known = ringOf.get(env);
	if (known) return known;
	const text = textOf(env);
	const ring = rings.get(text) ?? readRing(env);
	rings.set(text, ring);
	ringOf.set(env, ring);
	return ring;
}

/** Ids of keys by the secret's name and value. */
const ids = new Map<string, string>();

/**
 * Reads the keys for `keyRing`, their ids by WebCrypto: in an isolate that has just started it takes a fraction of the time.
 *
 * @throws ApiError as `keyRing` does
 */
export async function prepareKeys(env: KeyEnv): Promise<void> {
	for (const { token, encryption } of Object.values(NAMES)) {
		for (const name of [token, encryption]) {
			const value = env[name];
			const bytes = value ? decodeBase64(value) : null;
			if (!bytes || bytes.length < MIN_BYTES || ids.has(`${name} ${value}`)) continue;
			ids.set(`${name} ${value}`, (await keyedHash(bytes, idText(name))).slice(0, ID_DIGITS));
		}
	}
	keyRing(env);
}

export function areKeysRead(env: KeyEnv): boolean {
	return ringOf.has(env);
}

function textOf({ TOKEN_KEY, ENCRYPTION_KEY, TOKEN_KEY_B, ENCRYPTION_KEY_B, CURRENT_KEYS }: KeyEnv): string {
	return [TOKEN_KEY, ENCRYPTION_KEY, TOKEN_KEY_B, ENCRYPTION_KEY_B, CURRENT_KEYS].join('\n');
}

/** The same secret in the other slot is the same key. */
function idText(name: string): string {
	return `patchbay key id ${name.replace(/_B$/, '')}`;
}

const ID_DIGITS = 12;

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
	const id = ids.get(`${name} ${env[name]}`) ?? hashToken(idText(name), bytes).slice(0, ID_DIGITS);
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

/** The same by WebCrypto, see `keyedHash`. */
export async function hashTokenOf(env: KeyEnv, token: string): Promise<TokenHashes> {
	const [current, before] = keyRing(env).token;
	return {
		hash: await keyedHash(current.bytes, token),
		key_id: current.id,
		other: before ? await keyedHash(before.bytes, token) : null,
	};
}
