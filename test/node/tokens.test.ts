// The estimate of what a tool list costs a model, against the real count.
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, it } from 'vitest';
import type { ToolFilter } from '../../workers/integration/filter.ts';
import { loadIntegration } from '../../workers/integration/load.ts';
import { estimateTokens } from '../../workers/lib/estimate-tokens.ts';
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
