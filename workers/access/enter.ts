// Lets a caller in without a message, for what is opened now and used later: a stream of events.
import type { Env } from '../contracts/env.ts';
import { accessNow, askAdmission } from './admission.ts';
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
	const admission = await askAdmission(env, door, access, nowMs);
	if (admission.state !== 'current') await door.check(accessNow(admission, door));
}
