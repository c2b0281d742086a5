// Words that people and models say in place of a name.

/** The speaker, in a person's place. */
const ME: ReadonlySet<string> = new Set([
	'me',
	'@me',
	'myself',
	'self',
	'i',
	'mine',
	'my',
	'current user',
	'current_user',
	'currentuser',
	'logged in user',
]);

/** Words that stand for "no person", without blanks and dashes. */
const NOBODY: ReadonlySet<string> = new Set(['none', 'nobody', 'unassigned', 'noone', 'noowner', 'notassigned']);

/** Words of "no filter" or "no value", which are no part of a name. */
const NO_NAME: ReadonlySet<string> = new Set(['all', 'any', 'every', 'none', 'null', 'undefined', 'nil', 'n/a']);

export function isMeWord(text: string): boolean {
	return ME.has(text.trim().replace(/\s+/g, ' ').toLowerCase());
}

/** `nobody`, `No owner`, `not-assigned`: words that mean no person. */
export function isNobodyWord(text: string): boolean {
	return NOBODY.has(text.toLowerCase().replace(/[^a-z]+/g, ''));
}

export function isNoName(text: string): boolean {
	return NO_NAME.has(text.trim().toLowerCase());
}
