// Liveness for monitors: does storage answer? Public, so it tells nothing else.

import type { Env } from '../contracts/env.ts';
import { directoryObject, storageUnavailable } from './access.ts';
import { accountKey, inTime } from './kv.ts';

/** Anyone may ask, so storage is asked once a second at most. */
const REMEMBERED_MS = 1_000;

/** The last result only: a promise that other requests wait for would never settle when its own request is cancelled. */
const last = new WeakMap<object, { atMs: number; failure: unknown }>();

/** @throws ApiError storage_unavailable */
export async function checkHealth(env: Env, nowMs: number): Promise<Response> {
	const known = last.get(env.DIRECTORY);
	const isRecent = known !== undefined && nowMs - known.atMs < REMEMBERED_MS;
	const failure = isRecent ? known.failure : await storageFailure(env);
	if (!isRecent) last.set(env.DIRECTORY, { atMs: nowMs, failure });
	if (failure !== null) storageUnavailable(failure);
	return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
}

/** @returns null when storage works */
async function storageFailure(env: Env): Promise<unknown> {
	try {
		await Promise.all([inTime(directoryObject(env).isWorking()), inTime(env.KV.get(accountKey('-')))]);
		return null;
	} catch (error) {
		return error;
	}
}
