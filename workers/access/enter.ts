// Lets a caller in without a message, for what is opened now and used later: a stream of events.
import type { Env } from '../contracts/env.ts';
import { admit, forget, remember } from './access.ts';
import type { Door } from './door.ts';

/**
 * Asks the door and the account's Durable Object.
 *
 * @throws ApiError where the door is closed, to all or to this caller
 */
export async function enter(door: Door, env: Env, nowMs: number): Promise<void> {
	const access = await door.find(nowMs);
	if (!access) throw door.closed();
	await door.check(access);
	const verdict = await admit(env, access);
	if (verdict.state === 'gone') {
		forget(door.key);
		throw door.closed();
	}
	if (verdict.state === 'changed') {
		const { server, account } = verdict;
		await door.check(await remember(env, door.key, { ...access, server, account }, nowMs));
	}
}
