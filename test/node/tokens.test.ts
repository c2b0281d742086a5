// The estimate of what a tool list costs a model, against the real count.
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, it } from 'vitest';
import type { ToolFilter } from '../../workers/integration/filter.ts';
import { loadIntegration } from '../../workers/integration/load.ts';
import { estimateTokens } from '../../workers/lib/estimate-tokens.ts';
import { listTools } from '../../workers/tools/exposure.ts';
import { compileTools } from '../../workers/tools/tools.ts';

const integration = await loadIntegration('connect_wise_psa');
if (!integration) throw new Error('connect_wise_psa is missing');
const { methods, tags } = integration;

describe('the estimated tokens of a tool list', () => {
	const filters: ToolFilter[] = [
		{},
		...['read', 'write', 'custom', ...methods].map((method) => ({ methods: [method] })),
		...[...tags].flatMap((tag) => [{ tags: [tag] }, { tags: [tag], methods: ['read'] }]),
	].flatMap((filter) => [
		filter,
		{ ...filter, tool_names: 'short' as const },
		{ ...filter, list_format: 'table' as const },
	]);
	for (const filter of filters) {
		const tools = compileTools(integration, filter);
		if (tools.length === 0) continue;
		it(`are within a tenth of the real ones: ${JSON.stringify(filter)}`, ({ expect }) => {
			const text = JSON.stringify(tools);
			const real = countTokens(text);
			const ratio = estimateTokens(text) / real;
			if (process.env.SHOW_RATIOS) console.log('RATIO', ratio.toFixed(3), real, JSON.stringify(filter));
			expect(ratio, `${real} tokens`).toBeGreaterThan(0.9);
			expect(ratio, `${real} tokens`).toBeLessThan(1.1);
		});
	}

	it('of nothing are none', ({ expect }) => expect(estimateTokens('')).toBe(0));
});

/** Tokens (o200k) of a role's list as it once was: tools, and what they cost in whole definitions. */
const ONCE: Record<string, [tools: number, tokens: number]> = {
	dispatch: [39, 9_977],
	technician: [41, 12_755],
	project: [86, 18_999],
	billing: [116, 27_806],
	procurement: [149, 32_712],
	sales: [145, 34_497],
	admin: [356, 69_082],
	'': [991, 214_771],
};

describe('what a client is given of a role', () => {
	const lines: string[] = [];
	for (const [role, [tools, tokens]] of Object.entries(ONCE))
		it(`costs no more a tool than it once did, and can be borne: ${role || 'everything'}`, ({ expect }) => {
			const filter: ToolFilter = role ? { tags: [role] } : {};
			const now = listTools(integration, filter, { ...filter, tool_exposure: 'auto' });
			const whole = listTools(integration, filter, { ...filter, tool_exposure: 'all' });
			const [cost = 0, ofAll = 0] = [now, whole].map((list) => countTokens(JSON.stringify(list)));
			lines.push(
				`| ${role || 'everything'} | ${tools}, ${tokens} | ${now.length}, ${cost} | ${whole.length}, ${ofAll} |`,
			);
			expect(ofAll / whole.length).toBeLessThanOrEqual(tokens / tools);
			expect(cost).toBeLessThanOrEqual(20_000);
		});

	it('is told on demand', () => {
		if (process.env.SHOW_TOKENS) console.log(['| role | once | listed now | all of it now |', ...lines].join('\n'));
	});
});
