// Every fault of an input at once, each with its path.
import type * as z from 'zod';
import { ApiError, type Fault, firstFaults } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { parseUntrusted } from '../lib/parse-untrusted.ts';

/** @throws ApiError invalid_input with every fault of the shape and of `more` */
export function parseInput<S extends z.ZodType>(schema: S, value: unknown, more: readonly Fault[] = []): z.infer<S> {
	const parsed = parseUntrusted(schema, value);
	const faults = [...('data' in parsed ? [] : parsed.issues.flatMap(issueFaults)), ...more];
	if (!('data' in parsed) || faults.length > 0) throw invalidInput(faults);
	return parsed.data;
}

/** Finds the faults without throwing, for callers that add faults of their own. */
export function inputFaults(schema: z.ZodType, value: unknown): Fault[] {
	const parsed = parseUntrusted(schema, value);
	return 'data' in parsed ? [] : parsed.issues.flatMap(issueFaults);
}

export function invalidInput(faults: readonly Fault[]): ApiError {
	const told = firstFaults(faults).map(({ path, message }) => ({ path: clip(path), message }));
	const said = told.map(({ path, message }) => (path ? `${path} ${message}` : message)).join('; ');
	return new ApiError('invalid_input', said.length > 600 ? `${said.slice(0, 599)}…` : said, { details: told });
}

function clip(path: string): string {
	return path.length > 120 ? `${path.slice(0, 119)}…` : path;
}

function issueFaults(issue: z.core.$ZodIssue): Fault[] {
	const path = issue.path.join('.');
	if (issue.code === 'unrecognized_keys') {
		return issue.keys.map((key) => ({ path: path ? `${path}.${key}` : key, message: 'is not known here' }));
	}
	if (issue.code === 'invalid_type' && issue.input === undefined) return [{ path, message: 'is required' }];
	return [{ path, message: LIBRARY_WORDS.test(issue.message) ? inPlainWords(issue) : issue.message }];
}

/** Beginnings of the library's own messages, for which a schema here has none. */
const LIBRARY_WORDS = /^(Invalid|Too small|Too big)/;

function inPlainWords(issue: z.core.$ZodIssue): string {
	switch (issue.code) {
		case 'invalid_type':
			if (issue.expected === 'int' && typeof issue.input === 'number') return 'must be a whole number';
			return `must be ${NOUNS[issue.expected] ?? issue.expected}, not ${nounOf(issue.input)}`;
		case 'invalid_value': {
			const known = issue.values.map(String);
			const near = typeof issue.input === 'string' ? didYouMean(issue.input.slice(0, 60), known) : '';
			return `must be ${known.length === 1 ? '' : 'one of '}${known.join(', ')}.${near}`.replace(/\.$/, '');
		}
		case 'too_small':
			return `must be at least ${issue.minimum}`;
		case 'too_big':
			return `must be at most ${issue.maximum}`;
		default:
			return issue.message.replace(/^Invalid input: /, '');
	}
}

/** Types as the library calls them. */
const NOUNS: Record<string, string> = {
	string: 'a string',
	number: 'a number',
	int: 'a whole number',
	boolean: 'a boolean',
	array: 'an array',
	object: 'an object',
	record: 'an object',
	null: 'null',
};

/** The value itself may be secret. */
function nounOf(value: unknown): string {
	if (value === null) return 'null';
	if (Array.isArray(value)) return 'an array';
	return NOUNS[typeof value] ?? typeof value;
}

/**
 * Waits for all, so that the faults of each are told at once.
 *
 * @throws ApiError invalid_input with the faults of all; else whatever the first of them threw
 */
export async function together<T extends readonly unknown[] | []>(
	checks: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
	const settled = await Promise.allSettled(checks);
	const reasons = settled.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
	const faults = reasons.flatMap(faultsIn);
	if (faults.length > 0) throw invalidInput(faults);
	if (reasons.length > 0) throw reasons[0];
	return settled.map((outcome) => (outcome as PromiseFulfilledResult<unknown>).value) as never;
}

/** The faults that an error names; none for an error of another kind. */
export function faultsIn(error: unknown): Fault[] {
	return error instanceof ApiError && error.code === 'invalid_input' ? (error.details ?? []) : [];
}
