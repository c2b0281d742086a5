// Ids of records that storage may keep: in the log, and with what is remembered of a write.
import { isSecretNumber, spellingsOf, withoutCredentialsIn } from './untrusted-text/credentials.ts';

/** Characters of an id that is a text. Longer ones are not in use, and an id has no blanks. */
const TEXT_ID = /^[\x21-\x7e]{1,255}$/;

/**
 * Is this an id and nothing else? A vendor may answer anything in the place of an id, its credentials too, and a model
 * may write anything there.
 *
 * @param secrets  of the account; see `secretTexts`
 */
export function isKeptId(id: unknown, secrets: readonly string[]): id is string | number {
	// A list has no id: the spellings are made where one is there.
	if (typeof id === 'number') return Number.isSafeInteger(id) && !isSecretNumber(id, spellingsOf(secrets));
	return typeof id === 'string' && TEXT_ID.test(id) && withoutCredentialsIn(id, spellingsOf(secrets)) === id;
}
