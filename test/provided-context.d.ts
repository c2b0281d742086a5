// Values that `vitest.config.ts` hands to the tests, read with `inject('…')`.
import 'vitest';

declare module 'vitest' {
	interface ProvidedContext {
		/** Start of the random numbers of fuzz tests, so that a failure can be tried again. */
		fuzzSeed: number;
		/** `long` in `npm run test:long`, where random tests try more cases and no network client is simulated. */
		runs: 'short' | 'long';
		/** Added to the time of day by `test/shift-clock.ts`. */
		clockShiftMs: number;
		/** `KINDS_TABLE=1`: what happens to each kind of call is printed as a table. */
		kindsTable: boolean;
	}
}
