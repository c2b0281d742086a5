// A short `npm run load`, longer in `npm run test:long`: under many clients and changing servers no write is lost, doubled or late.
import { describe, inject, it } from 'vitest';
import { runLoad } from '../../maintenance/lib/load.ts';
import { findPlaces } from '../../scripts/lib/places.ts';
import { loadSeeds } from '../../scripts/lib/seed.ts';
import { startForTests } from './support.ts';

const LOAD = inject('runs') === 'long' ? { seconds: 60, clients: 48 } : { seconds: 2, clients: 24 };

describe('seconds of load', () => {
	// security: S-43
	it('lose and double no write, and let nothing through after a change', async ({ expect }) => {
		const patchbay = await startForTests();
		try {
			const { url, apiToken, sandboxUrl } = patchbay;
			const [seeded] = loadSeeds(findPlaces().seeds, Number(new URL(sandboxUrl).port)).accounts;
			const account = { ...seeded, name: 'Load' };
			const report = await runLoad({ url, apiToken, sandboxUrl, account }, { ...LOAD, accounts: 2 });
			const { lost, doubled, wrong, late, unexpected } = report;
			expect({ lost, doubled, wrong, late, unexpected }).toEqual({
				lost: [],
				doubled: [],
				wrong: [],
				late: [],
				unexpected: [],
			});
			// All of it happened: reads, writes, answers that were dropped, changes, and calls that came too late.
			expect(
				Math.min(report.reads, report.acknowledged, report.unknown, report.afterChange, report.slowWrites),
			).toBeGreaterThan(0);
			expect(Object.values(report.changes).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
		} finally {
			await patchbay.stop();
		}
	});

	it('go to this machine only', async ({ expect }) => {
		const target = { url: 'https://patchbay.example', apiToken: 'x', sandboxUrl: 'http://localhost:1', account: {} };
		await expect(runLoad(target, { seconds: 1, clients: 1, accounts: 1 })).rejects.toThrow('this machine only');
	});
});
