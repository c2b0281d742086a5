// Parses a file of an integration and goes on where it is wrong: every fault is reported at once, each with the nearest name,
// and what is left of the file is checked against the others all the same.
import * as z from 'zod';
import type { Fault } from '../../workers/lib/errors.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import { parseUntrusted } from '../../workers/lib/parse-untrusted.ts';

/** A fault, with where it stands in a file. */
export interface FolderFault extends Fault {
	/** Steps from the file's root. */
	at?: readonly PropertyKey[];
}

const ROUNDS = 40;

/**
 * @param defaults  of root members that are missing or wrong
 * @returns what can be used of the value: without the members that are wrong; null where nothing can
 */
export function parseTolerantly<S extends z.ZodType>(
	schema: S,
	value: unknown,
	path: string,
	faults: FolderFault[],
	defaults: Readonly<Record<string, unknown>> = {},
): z.infer<S> | null {
	if (value === undefined) {
		faults.push({ path, message: 'is missing' });
		return null;
	}
	let rest: unknown = structuredClone(value);
	for (let round = 0; round < ROUNDS; round++) {
		const parsed = parseUntrusted(schema, rest);
		if ('data' in parsed) return parsed.data;
		if (round === 0) for (const issue of parsed.issues) faults.push(...tell(schema, issue, value, path));
		const before = JSON.stringify(rest);
		for (const issue of parsed.issues) rest = withoutFaulty(rest, issue, defaults);
		if (JSON.stringify(rest) === before || rest === undefined) return null;
	}
	return null;
}

function tell(schema: z.ZodType, issue: z.core.$ZodIssue, value: unknown, path: string): FolderFault[] {
	const at = issue.path;
	const where = `${path} ${at.join('.')}`.trimEnd();
	if (issue.code === 'unrecognized_keys') {
		const known = keysAt(schema, at, value);
		return issue.keys.map((key) => ({
			path: where,
			message: `has no member "${key}".${didYouMean(key, known) || knownText(known)}`,
			at: [...at, key],
		}));
	}
	return [{ path: where, message: messageOf(schema, issue, valueIn(value, at), value), at }];
}

function messageOf(schema: z.ZodType, issue: z.core.$ZodIssue, given: unknown, value: unknown): string {
	const said = typeof given === 'string' ? given : '';
	const isChoice = issue.code === 'invalid_value' || (issue.code === 'invalid_union' && 'options' in issue);
	if (isChoice) {
		const options = (issue.code === 'invalid_value' ? issue.values : (issue.options as unknown[])).map(String);
		const got = given === undefined ? 'is required' : `cannot be ${JSON.stringify(given)}`;
		return `${got}: one of ${options.join(', ')}.${didYouMean(said, options)}`.trim();
	}
	if (given === undefined && issue.code === 'invalid_type') {
		const parent = valueIn(value, issue.path.slice(0, -1));
		const last = String(issue.path.at(-1) ?? '');
		const unknown = Object.keys(typeof parent === 'object' && parent !== null ? parent : {});
		const known = keysAt(schema, issue.path.slice(0, -1), value);
		const misspelt = unknown.find((key) => !known.includes(key) && didYouMean(key, [last]) !== '');
		return `is required (${issue.expected})${misspelt === undefined ? '' : `: "${misspelt}" may be meant for it`}`;
	}
	if (issue.code === 'invalid_union') {
		const [first] = [...issue.errors].sort((a, b) => a.length - b.length);
		const inner = (first ?? []).map((one) => `${one.path.join('.')} ${one.message}`.trim()).join('; ');
		return inner === '' ? issue.message : `has none of the forms that it may have: ${inner}`;
	}
	return issue.message;
}

function knownText(known: readonly string[]): string {
	return known.length > 0 && known.length <= 12 ? ` There are: ${known.join(', ')}` : '';
}

/** The members that an object of the schema may have at a path. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], value: unknown): string[] {
	let at: z.core.$ZodType | undefined = schema;
	let given = value;
	for (const step of path) {
		at = memberOf(at, step, given);
		given = valueIn(given, [step]);
	}
	const inner = at && unwrapSchema(at, given);
	return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
}

function memberOf(schema: z.core.$ZodType | undefined, step: PropertyKey, given: unknown): z.core.$ZodType | undefined {
	const inner = schema && unwrapSchema(schema, given);
	if (inner instanceof z.ZodObject) return inner.shape[String(step)];
	if (inner instanceof z.ZodRecord) return inner.valueType;
	if (inner instanceof z.ZodArray) return inner.element;
	return undefined;
}

/** Removes wrappers from a schema; of a union, takes the option that is nearest to the value. */
function unwrapSchema(schema: z.core.$ZodType, given: unknown): z.core.$ZodType {
	if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) return unwrapSchema(schema.unwrap(), given);
	if (schema instanceof z.ZodLazy) return unwrapSchema(schema.unwrap(), given);
	if (!(schema instanceof z.ZodUnion)) return schema;
	const members = Object.keys(typeof given === 'object' && given !== null ? given : {});
	const fit = (option: z.core.$ZodType) => {
		const inner = unwrapSchema(option, given);
		if (!(inner instanceof z.ZodObject)) return -1;
		const wrong = Object.entries(inner.shape).some(
			([name, member]) =>
				member instanceof z.ZodLiteral && !member.values.has((given as Record<string, string>)?.[name] ?? ''),
		);
		return wrong ? -1 : members.filter((name) => Object.hasOwn(inner.shape, name)).length;
	};
	const [best] = schema.options.toSorted((a, b) => fit(b) - fit(a));
	return best ? unwrapSchema(best, given) : schema;
}

function valueIn(value: unknown, path: readonly PropertyKey[]): unknown {
	let found = value;
	for (const step of path)
		found = typeof found === 'object' && found !== null ? (found as Record<PropertyKey, unknown>)[step] : undefined;
	return found;
}

/** The value without the member that is wrong, or without the one that lacks something. */
function withoutFaulty(value: unknown, issue: z.core.$ZodIssue, defaults: Readonly<Record<string, unknown>>): unknown {
	const [root = '', ...deeper] = issue.path;
	const isMissing = issue.path.length > 0 && deeper.length === 0 && valueIn(value, issue.path) === undefined;
	if (isMissing && Object.hasOwn(defaults, root)) return { ...(value as object), [root]: defaults[String(root)] };
	if (issue.code === 'unrecognized_keys')
		return issue.keys.reduce<unknown>((rest, key) => without(rest, [...issue.path, key]), value);
	const isThere = valueIn(value, issue.path) !== undefined;
	return without(value, isThere ? issue.path : issue.path.slice(0, -1));
}

function without(value: unknown, path: readonly PropertyKey[]): unknown {
	const [step, ...rest] = path;
	if (step === undefined) return undefined;
	if (typeof value !== 'object' || value === null) return value;
	if (Array.isArray(value))
		return rest.length === 0
			? value.filter((_, index) => index !== step)
			: value.map((item, index) => (index === step ? without(item, rest) : item));
	const members = value as Record<PropertyKey, unknown>;
	if (rest.length === 0) return Object.fromEntries(Object.entries(members).filter(([name]) => name !== String(step)));
	return { ...members, [step]: without(members[step], rest) };
}
