import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

// Two places to run: inside the Workers runtime, and in node for what starts whole processes or simulated vendors.
/** Every run tries other cases; `FUZZ_SEED=… npx vitest run test/workers/fuzz` tries the same again. */
const fuzzSeed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

export default defineConfig({
	test: {
		projects: [
			{
				plugins: [
					cloudflareTest({
						wrangler: { configPath: './wrangler.toml' },
						miniflare: {
							bindings: {
								TOKEN_KEY: 'dGVzdC10b2tlbi1rZXktdGVzdC10b2tlbi1rZXktMDE=',
								ENCRYPTION_KEY: 'dGVzdC1lbmNyeXB0aW9uLWtleS10ZXN0LWVuYy1rZXk=',
								LOCAL: 'true',
							},
						},
					}),
				],
				test: { name: 'workers', include: ['test/workers/**/*.test.ts'], provide: { fuzzSeed }, testTimeout: 30_000 },
			},
			{
				test: {
					name: 'node',
					include: ['test/{node,sandbox,start,deploy}/**/*.test.ts'],
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
			{
				// One browser and one Patchbay, walked through from sign-in to sign-out.
				test: {
					name: 'browser',
					include: ['test/browser/**/*.test.ts'],
					testTimeout: 60_000,
					hookTimeout: 60_000,
				},
			},
		],
	},
});
