// What is loaded for which server and call.
import { describe, it } from 'vitest';
import { loadForTool, loadHead, loadIntegration, loadServed } from '../../../workers/integration/load.ts';
import type { Integration } from '../../../workers/integration/operations.ts';
import { compileTools } from '../../../workers/tools/tools.ts';

const head = await loadHead('connect_wise_psa');
const whole = await loadIntegration('connect_wise_psa');
if (!head || !whole) throw new Error('connect_wise_psa is missing');

function modulesOf({ operations }: Integration): string[] {
	return [...new Set(operations.map(({ module }) => module))];
}

describe('what is loaded', () => {
	it('for a server narrowed to one module is that module', async ({ expect }) => {
		expect(modulesOf(await loadServed(head, { tags: ['time'] }))).toEqual(['time']);
		expect(modulesOf(await loadServed(head, { tags: ['schedule', 'time'] }))).toEqual(['time', 'schedule']);
		expect(modulesOf(await loadServed(head, { methods: ['merge'] }))).toEqual(['service', 'company']);
	});

	it('for a call is the module of its tool, on the widest server', async ({ expect }) => {
		const load = async (name: string, filter = {}) => modulesOf(await loadForTool(head, filter, name));
		expect(await load('create_a_connect_wise_psa_time_entry')).toEqual(['time']);
		expect(await load('create_time_entry', { tool_names: 'short' })).toEqual(['time']);
		expect(await load('create_a_connect_wise_psa_time_entry', { methods: ['read'] })).toEqual([]);
		expect(await load('no_such_tool')).toEqual([]);
	});

	it('compiles to the same list as the whole of it', async ({ expect }) => {
		for (const filter of [{}, { tags: ['time'] }, { methods: ['read'], tags: ['service', 'company'] }])
			expect(compileTools(await loadServed(head, filter), filter)).toEqual(compileTools(whole, filter));
	});

	it('knows every method and tag beforehand', ({ expect }) => {
		expect(head.methods).toEqual(new Set(whole.operations.map(({ method }) => method)));
		expect(head.tags).toEqual(new Set(whole.operations.flatMap(({ tags }) => [...tags])));
		expect(head.headers.map(({ names }) => names.full)).toEqual(whole.operations.map(({ names }) => names.full));
	});

	it('is nothing for a folder that is not there', async ({ expect }) => {
		expect(await loadHead('no_such_vendor')).toBeNull();
		expect(await loadHead('../connect_wise_psa')).toBeNull();
	});
});
