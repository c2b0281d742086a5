// The official conformance suite against the running server, for both protocol eras. What it asks beyond what Patchbay
// declares stands in conformance-baseline-<revision>.yml with the reason.
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type ProcessResult, runScript, startForTests, type TestPatchbay } from './support.ts';

const RUNS = [
	{
		revision: '2025-11-25',
		mustPass: ['server-initialize', 'ping', 'tools-list', 'prompts-list', 'resources-list', 'dns-rebinding-protection'],
	},
	{
		revision: '2026-07-28',
		// The last one is not scored by the suite, so the baseline does not watch it.
		mustPass: [
			'tools-list',
			'prompts-list',
			'resources-list',
			'sep-2164-resource-not-found',
			'caching',
			'dns-rebinding-protection',
			'http-header-validation',
		],
	},
];

let patchbay: TestPatchbay;
beforeAll(async () => {
	patchbay = await startForTests();
});
afterAll(() => patchbay?.stop());

for (const { revision, mustPass } of RUNS) {
	describe(`conformance to ${revision}`, () => {
		let run: ProcessResult;
		let report: string;
		beforeAll(async () => {
			run = await runScript('@modelcontextprotocol/conformance/dist/index.js', [
				...['server', '--url', patchbay.mcpUrl, '--requirements', revision],
				...['--expected-failures', join(import.meta.dirname, `conformance-baseline-${revision}.yml`)],
			]);
			report = withoutColours(run.stdout);
		});

		// The suite ends with 1 for a failure outside the baseline, and for an entry of the baseline that passes.
		it('fails in nothing but the baseline, and passes nothing that is in it', ({ expect }) => {
			expect(run.code, report.slice(report.indexOf('=== SUMMARY ===')) + run.stderr).toBe(0);
		});

		for (const scenario of mustPass) {
			it(`passes ${scenario}`, ({ expect }) => {
				const line = report.split('\n').find((candidate) => candidate.startsWith(`✓ ${scenario}: `));
				expect(line, `${scenario} did not pass`).toMatch(/: [1-9]\d* passed, 0 failed$/);
			});
		}
	});
}

function withoutColours(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
	return text.replace(/\u001b\[\d+m/g, '');
}
