// Property-based tests: how many cases, from which seed, and what counts as a leak.
import * as fc from 'fast-check';
import { afterAll, inject } from 'vitest';
import { CREDENTIALS } from '../support.ts';

/** `npm run test:long` tries this many times the cases of `npm test`. */
const LONG_FACTOR = 20;

let cases = 0;

/** Prints at the end of a file what was tried and how to try it again. */
export function reportCases(what: string): void {
	afterAll(() => console.log(`fuzz ${what}: ${cases} cases, FUZZ_SEED=${inject('fuzzSeed')}`));
}

/**
 * Runs a property; a failure is shrunk to its smallest case and told with the seed.
 *
 * @param runs  cases in `npm test`
 */
export async function holds<T>(
	arbitrary: fc.Arbitrary<T>,
	runs: number,
	property: (value: T) => void | Promise<void>,
): Promise<void> {
	await fc.assert(
		fc.asyncProperty(arbitrary, async (value) => {
			cases++;
			await property(value);
		}),
		{ numRuns: inject('runs') === 'long' ? runs * LONG_FACTOR : runs, seed: inject('fuzzSeed') },
	);
}

/** What no answer and no log may hold. */
export function leaks(text: string): string[] {
	return [CREDENTIALS.private_key, CREDENTIALS.public_key, 'sealed_credentials', 'at Object.', '.ts:'].filter(
		(secret) => text.includes(secret),
	);
}

const awkwardName = fc.oneof(
	fc.constantFrom('id', 'name', 'config', 'credentials', 'method', 'params', 'arguments', 'jsonrpc', '_meta', 'cursor'),
	fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'length', ''),
	fc.string({ maxLength: 12 }),
);

/** JSON with the names that code might look for, the prototype's included. */
export const awkwardJson: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
	value: fc.oneof(
		{ depthSize: 'small' },
		fc.constantFrom(
			null,
			true,
			false,
			0,
			-0,
			-1,
			1.5,
			2 ** 31,
			2 ** 53,
			Number.MAX_VALUE,
			'',
			' ',
			'\0',
			'..',
			'%2e%2e',
		),
		fc.string({ unit: 'binary', maxLength: 40 }),
		fc.string({ maxLength: 40 }),
		fc.array(tie('value'), { maxLength: 4 }),
		fc.dictionary(awkwardName, tie('value'), { maxKeys: 5 }),
	),
})).value;

/** A good value with one of its parts replaced by something awkward. */
export function spoiled(good: unknown): fc.Arbitrary<unknown> {
	const paths = pathsOf(good);
	return fc
		.tuple(fc.constantFrom(...paths), awkwardJson, fc.boolean())
		.map(([path, value, isRemoved]) => replaceAt(good, path, isRemoved ? undefined : value));
}

type Path = readonly string[];

function pathsOf(value: unknown, path: Path = []): Path[] {
	if (typeof value !== 'object' || value === null) return [path];
	return [path, ...Object.entries(value).flatMap(([key, member]) => pathsOf(member, [...path, key]))];
}

function replaceAt(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
	if (step === undefined) return by;
	const entries = Object.entries(value as object).flatMap(([key, member]) => {
		if (key !== step) return [[key, member] as const];
		return rest.length === 0 && by === undefined ? [] : [[key, replaceAt(member, rest, by)] as const];
	});
	return Array.isArray(value) ? entries.map(([, member]) => member) : Object.fromEntries(entries);
}
