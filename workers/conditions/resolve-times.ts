// Dates inside conditions → the vendor's form. Relative words are resolved, and what has no offset is read in the
// server's time zone, as it is in arguments.
import type { Fault } from '../lib/errors.ts';
import { endOfPeriod, isRelativeTime, parseIso } from '../lib/times.ts';
import type { Bound } from './intervals.ts';
import { datetimeLiteral } from './literals.ts';
import { readFieldTime, type TimeReading } from './read-time.ts';
import { COMPARISONS } from './token-reader.ts';
import { type Token, tokenize } from './tokenize.ts';

/** The form that the vendor takes as it is. */
const EXACT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;

export interface ResolvedTimes {
	text: string;
	/** The times that must all hold; none where the conditions have alternatives. */
	bounds: Bound[];
	/** Some of it was written otherwise: the answer says what was sent. */
	isChanged: boolean;
	faults: Fault[];
}

/**
 * @param text         conditions without a fault
 * @param aheadFields  fields whose times may lie ahead
 */
export function resolveTimes(
	text: string,
	path: string,
	times: TimeReading,
	aheadFields: ReadonlySet<string>,
): ResolvedTimes {
	const tokens = tokenize(text, true).tokens;
	const resolved: ResolvedTimes = { text: '', bounds: [], isChanged: false, faults: [] };
	let position = 0;
	for (const { field, op, said, start, end } of timesIn(text, tokens)) {
		const period = op === '=' && !times.dayFields.has(field) ? endOfPeriod(said, times.clock) : null;
		if (period !== null) {
			const way = `write ${field} >= [${said}] and ${field} < [${period}]`;
			resolved.faults.push({ path, message: `at ${start + 1}: ${field} is a moment, and ${said} is not one: ${way}` });
			continue;
		}
		const time = readFieldTime(said, field, times, { looksAhead: aheadFields.has(field), isPast: false });
		if ('fault' in time) {
			resolved.faults.push({ path, message: `at ${start + 1}: ${field} ${time.fault}` });
			continue;
		}
		const literal = EXACT.test(said) ? text.slice(start, end) : datetimeLiteral(time.iso);
		resolved.text += text.slice(position, start) + literal;
		position = end;
		resolved.isChanged ||= literal !== text.slice(start, end);
		resolved.bounds.push({ ...time, path, field, op, said });
	}
	resolved.text += text.slice(position);
	if (tokens.some(isAlternative)) resolved.bounds = [];
	return resolved;
}

interface WrittenTime {
	field: string;
	op: string;
	said: string;
	/** Position of the whole value. */
	start: number;
	end: number;
}

function* timesIn(text: string, tokens: readonly Token[]): Generator<WrittenTime> {
	for (const [index, operator] of tokens.entries()) {
		const before = tokens[index - 1];
		const value = tokens[index + 1];
		if (operator.type !== 'operator' || !COMPARISONS.has(operator.text) || before?.type !== 'word' || !value) continue;
		const at = { field: before.text.replace(/^_info\//, ''), op: operator.text };
		const isOrder = /^[<>]/.test(operator.text);
		if (value.type === 'bracket') {
			const said = value.text.trim();
			const isExactDay = EXACT.test(said);
			if (isExactDay || isTime(said)) yield { ...at, said, start: value.start, end: value.end };
		} else if (isOrder && value.type === 'string' && isRelativeTime(value.text)) {
			yield { ...at, said: value.text, start: value.start, end: value.end };
		} else if (isOrder && value.type === 'word') {
			const end = endOfWords(text, tokens, index + 1);
			if (end !== null) yield { ...at, said: text.slice(value.start, end), start: value.start, end };
		}
	}
}

/** "30 days from now" */
const MAX_WORDS = 4;

/** The end of the longest relative time that begins at a word; null where none does. */
function endOfWords(text: string, tokens: readonly Token[], first: number): number | null {
	const start = tokens[first]?.start ?? 0;
	let end: number | null = null;
	for (let at = first; at < first + MAX_WORDS; at++) {
		const token = tokens[at];
		if (token?.type !== 'word') break;
		if (isRelativeTime(text.slice(start, token.end))) end = token.end;
	}
	return end;
}

function isTime(text: string): boolean {
	return isRelativeTime(text) || parseIso(text, true) !== null;
}

function isAlternative({ type, text }: Token): boolean {
	return (type === 'word' && /^(?:or|not)$/i.test(text)) || (type === 'operator' && text.startsWith('|'));
}
