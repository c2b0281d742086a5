// Finds the server behind a door: in an isolate's memory, else in KV. The Durable Object decides.
import { authorizationServerName, type ServerAddress } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import type { Credentials, TokenHashes } from '../contracts/keys.ts';
import { isExpired, type StoredAccount, type StoredServer } from '../contracts/records.ts';
import { ApiError } from '../lib/errors.ts';
import { isObject } from '../lib/is-object.ts';
import { digestAccessSoon } from './access-digest.ts';
import { openCredentials } from './credentials.ts';
import { areOfTheseKeys, hashTokenOf } from './keys.ts';
import { getAccountEntry, getTokenEntry } from './kv.ts';

/** The server that a door opens, as last known. `askAdmission` must confirm it before anything depends on it. */
export interface Access {
	/** Hash of the token in the URL; null for callers without one, whom a rotation does not concern. */
	token: TokenHashes | null;
	server: StoredServer;
	account: StoredAccount;
	credentials: Credentials;
	/** Digest of server and account, as the Durable Object compares it. */
	digest: string;
	/** KV alone says so: nothing is sent to the vendor before the Durable Object has confirmed it. */
	isFromKv: boolean;
}

interface Remembered {
	access: Access;
	untilMs: number;
	/** When the Durable Object last said that it holds. */
	confirmedAtMs: number;
}

/**
 * Accesses by the key of their door, per isolate. Staleness is harmless: every call is admitted by the Durable Object,
 * which compares digests. Kept in memory only, bounded in number and in time since the last confirmation.
 */
const known = new Map<string, Remembered>();
const KNOWN_LIMIT = 1_000;
const KNOWN_FOR_MS = 60_000;
/**
 * Messages that reach no vendor (the handshake, the list of tools) rely on a confirmation of this age. So another
 * isolate may list a revoked server's tools this much longer; none calls one.
 */
const CONFIRMED_FOR_MS = 2_000;

/** Looks in this isolate's cache. @returns undefined when nothing is cached under the key; null when it has expired */
export function recall(key: string, nowMs: number): Access | null | undefined {
	const remembered = known.get(key);
	if (!remembered || remembered.untilMs <= nowMs) return undefined;
	return isExpired(remembered.access.server, nowMs) ? null : remembered.access;
}

/** Looks under the current key, then under the other one: a token moves to the current key when it is next used. */
async function findEntry(env: Env, { hash, other }: TokenHashes) {
	const [current, before] = await Promise.all([
		getTokenEntry(env.KV, hash),
		other === null ? null : getTokenEntry(env.KV, other),
	]);
	return current ?? before;
}

/** @returns null for a token that opens nothing */
export async function getAccess(env: Env, key: string, token: string, nowMs: number): Promise<Access | null> {
	const recalled = recall(key, nowMs);
	if (recalled === null || (recalled?.token && areOfTheseKeys(env, recalled.token))) return recalled;
	const hashes = await hashTokenOf(env, token);
	const entry = await findEntry(env, hashes).catch(storageUnavailable);
	if (!isServer(entry?.server) || isExpired(entry.server, nowMs)) return null;
	const found = { token: hashes, server: entry.server, isFromKv: true };
	const { integrated_account_id, account_identity } = entry.server;
	const inKv = await getAccountEntry(env.KV, integrated_account_id).catch(storageUnavailable);
	// KV may not show a new account yet, or still an earlier one of the same id; a forged one's credentials do not open.
	const opened =
		inKv?.id === integrated_account_id && inKv.identity === account_identity
			? await remember(env, key, { ...found, account: inKv }, nowMs).catch(() => null)
			: null;
	if (opened) return opened;
	const account = await accountObject(env, integrated_account_id).getAccount().catch(storageUnavailable);
	return account?.identity === account_identity ? remember(env, key, { ...found, account }, nowMs) : null;
}

/** KV holds what it was given: an entry of another shape is none. */
function isServer(value: unknown): value is StoredServer {
	return isObject(value) && typeof value.id === 'string' && typeof value.integrated_account_id === 'string';
}

/** The server with this id, for callers whom something other than the token of its URL lets in. */
export async function getAccessById(
	env: Env,
	{ accountId, serverId }: ServerAddress,
	nowMs: number,
): Promise<Access | null> {
	const key = idKey(accountId, serverId);
	const recalled = recall(key, nowMs);
	if (recalled !== undefined) return recalled;
	const object = accountObject(env, accountId);
	const [server, account] = await Promise.all([object.getServer(serverId), object.getAccount()]).catch(
		storageUnavailable,
	);
	return server && account ? remember(env, key, { token: null, server, account, isFromKv: false }, nowMs) : null;
}

/** Servers by `idKey` that their object has just said to be there, with the end of that knowledge. */
const there = new Map<string, number>();

/**
 * Is there such a server? Strangers ask this most: whoever has no good access token is told where to get one. So the
 * account's object, which admits the calls of others, is asked once in a while for all of them.
 */
export async function isServerThere(env: Env, { accountId, serverId }: ServerAddress, nowMs: number): Promise<boolean> {
	const key = idKey(accountId, serverId);
	if ((there.get(key) ?? 0) > nowMs) return true;
	there.delete(key);
	const server = await accountObject(env, accountId).getServer(serverId).catch(storageUnavailable);
	if (!server) return false;
	if (there.size >= KNOWN_LIMIT) there.clear();
	const endsMs = server.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(server.expires_at);
	there.set(key, Math.min(nowMs + CONFIRMED_FOR_MS, endsMs));
	return true;
}

/** Cache key shared by every door that goes by a server's id. */
export function idKey(accountId: string, serverId: string): string {
	return `id ${accountId} ${serverId}`;
}

/** Opens the credentials and keeps the access for the next request. */
export async function remember(
	env: Env,
	key: string,
	{ token, server, account, isFromKv }: Omit<Access, 'credentials' | 'digest'>,
	nowMs: number,
): Promise<Access> {
	const [credentials, digest] = await Promise.all([openCredentials(account, env), digestAccessSoon(server, account)]);
	const access = { token, server, account, credentials, digest, isFromKv };
	for (const [other, { untilMs }] of known) if (untilMs <= nowMs || known.size >= KNOWN_LIMIT) known.delete(other);
	known.set(key, { access, untilMs: nowMs + KNOWN_FOR_MS, confirmedAtMs: 0 });
	return access;
}

export function forget(key: string): void {
	known.delete(key);
}

/** After a change that this isolate has made. Others learn of it from the Durable Object. */
export function forgetAccount(accountId: string): void {
	for (const [key, { access }] of known) if (access.account.id === accountId) known.delete(key);
	for (const key of there.keys()) if (key.startsWith(idKey(accountId, ''))) there.delete(key);
}

/** The Durable Object has said that this access holds. */
export function confirm(key: string, confirmed: Access, nowMs: number): void {
	const remembered = known.get(key);
	if (remembered?.access.digest !== confirmed.digest) return;
	if (remembered.access.isFromKv) remembered.access = { ...remembered.access, isFromKv: false };
	remembered.confirmedAtMs = nowMs;
	remembered.untilMs = nowMs + KNOWN_FOR_MS;
}

export function isConfirmed(key: string, nowMs: number): boolean {
	const remembered = known.get(key);
	return remembered !== undefined && nowMs - remembered.confirmedAtMs < CONFIRMED_FOR_MS;
}

export function accountObject(env: Env, accountId: string) {
	return env.INTEGRATED_ACCOUNTS.getByName(accountId);
}

export function authorizationServerObject(env: Env, address: ServerAddress) {
	return env.AUTHORIZATION_SERVERS.getByName(authorizationServerName(address));
}

export function directoryObject(env: Env) {
	return env.DIRECTORY.getByName('directory');
}

export function apiTokenObject(env: Env, id: string) {
	return env.API_TOKENS.getByName(id);
}

/** Storage that fails is said, never taken for "no such server". */
export function storageUnavailable(cause: unknown): never {
	throw new ApiError(
		'storage_unavailable',
		'Our storage did not answer. Try again in a moment; a change may or may not have been made.',
		{
			cause,
		},
	);
}
