// Lets a caller in: through a door, and after the Durable Object said that the server has changed.
import type { Env } from '../contracts/env.ts';
import { ApiError } from '../lib/errors.ts';
import type { Access } from './access.ts';
import { type Admission, askAdmission } from './admission.ts';
import type { Door } from './door.ts';

/**
 * Lets a caller in without a message, for what is opened now and used later: a stream of events.
 *
 * @throws ApiError where the door is closed, to all or to this caller
 */
export async function enter(door: Door, env: Env, nowMs: number): Promise<void> {
	const access = await door.find(nowMs);
	if (!access) throw door.closed();
	await door.check(access);
	const admission = await askAdmission(env, door.key, access, nowMs);
	if (admission.state !== 'current') await door.check(accessNow(admission, door));
}

/** The server as it is now. @throws ApiError where there is nothing to start again with */
export function accessNow(admission: Admission, door: Door): Access {
	switch (admission.state) {
		case 'changed':
			return admission.access;
		case 'gone':
			throw door.closed();
		default:
			throw admission.state === 'unavailable' ? admission.error : beingChanged();
	}
}

export function beingChanged(): ApiError {
	return new ApiError('storage_unavailable', 'This MCP server is being changed right now. Try again in a moment.');
}
