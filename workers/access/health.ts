// Liveness for monitors: does storage answer? Public, so it tells nothing else.
import type { Env } from '../contracts/env.ts';
import { directoryObject, storageUnavailable } from './access.ts';
import { accountKey, inTime } from './kv.ts';

/** Anyone may ask, so storage is asked once a second at most. */
const REMEMBERED_MS = 1_000;

const last = new WeakMap<object, { at: number; answered: Promise<unknown> }>();

/** @throws ApiError storage_unavailable */
export async function checkHealth(env: Env, nowMs: number): Promise<Response> {
	await askStorage(env, nowMs).catch(storageUnavailable);
	return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
}

function askStorage(env: Env, nowMs: number): Promise<unknown> {
	const known = last.get(env.DIRECTORY);
	if (known && nowMs - known.at < REMEMBERED_MS) return known.answered;
	const answered = Promise.all([inTime(directoryObject(env).isWorking()), inTime(env.KV.get(accountKey('-')))]);
	last.set(env.DIRECTORY, { at: nowMs, answered });
	return answered;
}
