// Checks a text in the vendor's conditions language before it is sent: certain mistakes are reported with their place

import { secretInPath } from '../integration/secret-fields.ts';
import { readConditions } from './parser.ts';
import type { ConditionsKind, KnownFields } from './token-reader.ts';
import type { Edit, Finding } from './tokenize.ts';
import { MAX_CORRECTED } from './value-parser.ts';

export type { ConditionsKind, KnownFields } from './token-reader.ts';

export interface ConditionsFault {
	/** Column of the first fault, from 1, in UTF-16 units. */
	position: number;
	/** Reason and way out; names up to two more faults. */
	message: string;
	/** The whole text without a fault, when there is only one way to write what was meant. */
	corrected: string | null;
}

/** A correction may bring the next fault to light: an unquoted list in brackets takes two. */
const MAX_ROUNDS = 5;
/** Behind the first fault of a message. */
const MORE_TOLD = 2;

/**
 * @param text  at most 8,000 characters (the caller's limit); an empty one is no filter and has no fault
 * @param known  array fields belong to another parameter than `conditions`
 */
export function checkConditions(
	text: string,
	kind: ConditionsKind,
	known: KnownFields,
): { fault: null } | { fault: ConditionsFault } {
	const findings = findFaults(text, kind, known);
	const [first, ...others] = findings;
	if (!first) return { fault: null };
	const more = others
		.slice(0, MORE_TOLD)
		.map(({ position, message }) => `. Also at column ${position + 1}: ${message}`)
		.join('');
	const fault = {
		position: first.position + 1,
		message: first.message + more,
		corrected: correct(text, findings, kind, known),
	};
	return { fault };
}

/** Applies the corrections until the text has no fault; null where one of them is open. */
function correct(text: string, findings: Finding[], kind: ConditionsKind, known: KnownFields): string | null {
	let current = text;
	let left = findings;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		if (left.length === 0) return current.trim() === '' ? null : current;
		const edits = left.flatMap((finding) => finding.edits ?? []);
		if (left.some((finding) => finding.edits === null)) return null;
		const next = applyEdits(current, edits);
		if (next === current || next.length > MAX_CORRECTED) return null;
		current = next;
		left = findFaults(current, kind, known);
	}
	return left.length === 0 ? current : null;
}

/** The first of overlapping edits wins, the longest of those that begin together; the next round sees the rest. */
function applyEdits(text: string, edits: readonly Edit[]): string {
	const sorted = edits.toSorted(
		(a, b) => a.start - b.start || Number(isReplacing(a)) - Number(isReplacing(b)) || b.end - a.end,
	);
	let result = '';
	let position = 0;
	for (const edit of sorted) {
		if (edit.start < position) continue;
		result += text.slice(position, edit.start) + edit.text;
		position = edit.end;
	}
	return result + text.slice(position);
}

function isReplacing(edit: Edit): boolean {
	return edit.end > edit.start;
}

/** Lists faults in the order of the text. A backslash is a fault only when both of its readings are. */
function findFaults(text: string, kind: ConditionsKind, known: KnownFields): Finding[] {
	if (text.trim() === '') return [];
	const findings = readConditions(text, kind, known, true);
	if (findings.length > 0 && (!text.includes('\\') || readConditions(text, kind, known, false).length > 0))
		return findings;
	const compared = comparedSecret(text, known.secrets);
	return compared ? [compared] : [];
}

/** A whole word with an operator behind it. It begins where no word does, so that each is looked at once. */
const COMPARED =
	/(?<![^\s"'“”‘’()[\],;=!<>&|\\])([^\s"'“”‘’()[\],;=!<>&|\\]+)(?=\\?\s{0,20}(?:[=!<>]|(?:not\s{1,20})?(?:like|contains|in)(?!\w)))/giu;

/**
 * A secret that is compared for a reader to whom nothing but a pair of double quotes makes a string, whatever stands
 * before them: the vendor documents neither escapes nor other quotes.
 */
function comparedSecret(text: string, secrets: readonly string[] | undefined): Finding | null {
	if (!secrets || !/['\\]/.test(text)) return null;
	const outside = text.replace(/"[^"]*(?:"|$)/g, (string) => '"'.padEnd(string.length, '"'));
	for (const match of outside.matchAll(COMPARED)) {
		const secret = secretInPath(secrets, match[1] ?? '');
		if (secret !== undefined)
			return { position: match.index, message: `${secret} is a secret: it cannot be asked for`, edits: null };
	}
	return null;
}
