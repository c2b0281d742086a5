// The two slots that an installation's keys lie in; `workers/access/keys.ts` reads them.
import { randomBytes } from 'node:crypto';

export type Slot = 'a' | 'b';

export const SLOT_NAMES = {
	a: ['TOKEN_KEY', 'ENCRYPTION_KEY'],
	b: ['TOKEN_KEY_B', 'ENCRYPTION_KEY_B'],
} as const;
/** Says which slot counts; not set, a does. */
export const CURRENT_NAME = 'CURRENT_KEYS';

export const otherSlot = (slot: Slot): Slot => (slot === 'a' ? 'b' : 'a');

/** Base64 of 32 random bytes: what every key is made of. */
export function mintSecret(): string {
	return randomBytes(32).toString('base64');
}

/** New keys for a slot, by the names of their secrets. */
export function mintSlot(slot: Slot): Record<string, string> {
	return Object.fromEntries(SLOT_NAMES[slot].map((name) => [name, mintSecret()]));
}

/** Secrets that an installation lacks: those of slot a, unless slot b is filled. */
export function missingSecrets(present: readonly string[]): string[] {
	const isFilled = (slot: Slot) => SLOT_NAMES[slot].every((name) => present.includes(name));
	return isFilled('b') ? [] : SLOT_NAMES.a.filter((name) => !present.includes(name));
}
