// What is under way in an isolate is counted, and given up when nobody says that it has ended.
import { describe, it } from 'vitest';
import { Slots } from '../../../workers/lib/slots.ts';

describe('slots', () => {
	it('count what has entered and not left', ({ expect }) => {
		const slots = new Slots();
		const [leave] = [slots.enter(1_000), slots.enter(1_000)];
		expect(slots.count(1_000)).toBe(2);
		leave();
		leave();
		expect(slots.count(1_000)).toBe(1);
	});

	it('are free again after fifteen seconds', ({ expect }) => {
		const slots = new Slots();
		slots.enter(1_000);
		slots.enter(9_000);
		expect([slots.count(15_999), slots.count(16_000), slots.count(24_000)]).toEqual([2, 1, 0]);
	});
});
