// Every fault of an input at once, each with its path.
import type * as z from 'zod';
import { ApiError, type Fault, firstFaults } from '../lib/errors.ts';
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
	return [{ path, message: issue.message.replace(/^Invalid input: /, '') }];
}
