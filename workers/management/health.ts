// Liveness for monitors: does storage answer? Public, so it tells nothing else.
import * as z from 'zod';
import { directoryObject, storageUnavailable } from '../access/access.ts';
import { accountKey, inTime } from '../access/kv.ts';
import type { Env } from '../contracts/env.ts';
import type { OpenRoute } from './route.ts';

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

export const HEALTH: OpenRoute = {
	method: 'GET',
	path: '/health',
	summary: 'Does storage answer?',
	status: 200,
	answer: z.object({ status: z.literal('ok') }),
	handleOpen: ({ env, now }) => checkHealth(env, now.getTime()),
};
