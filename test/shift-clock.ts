// Set-up of every file in a run on another date, `TEST_CLOCK=… npx vitest run`: moves `Date` of the code under test and of
// the tests. It changes nothing on a run without that, and nothing that is deployed imports it.
import { inject } from 'vitest';

const SHIFTED = Symbol.for('patchbay.shiftedClock');

const shiftMs = inject('clockShiftMs');
// Files that share a runtime meet the clock of the file before.
if (shiftMs !== 0 && !(SHIFTED in Date)) globalThis.Date = shiftedBy(shiftMs, Date);

function shiftedBy(ms: number, real: DateConstructor): DateConstructor {
	const realNow = real.now;
	const now = () => realNow() + ms;
	/** A test may put a clock of its own in place of this one. */
	const current = () => (real.now === realNow ? now() : real.now());
	return new Proxy(real, {
		construct: (target, args, newTarget) => Reflect.construct(target, args.length > 0 ? args : [current()], newTarget),
		apply: () => new real(current()).toString(),
		get: (target, name) => (name === 'now' && target.now === realNow ? now : Reflect.get(target, name)),
		has: (target, name) => name === SHIFTED || name in target,
	});
}
