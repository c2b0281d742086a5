// A lint over every list of tools that a filter can make: what one client or another refuses, often without a word and
// together with every other tool. Limits: those that every known client takes (docs/clients.md).
import { describe, it } from 'vitest';
import { matchesFilter, type ToolFilter } from '../../../workers/integration/filter.ts';
import type { Integration } from '../../../workers/integration/operations.ts';
import { searchTools } from '../../../workers/tools/search-and-fetch/search-tools.ts';
import { discoveryTools } from '../../../workers/tools/tool-search/discovery-tools.ts';
import { type CompiledTool, compileTools } from '../../../workers/tools/tools.ts';
import { requireConnectWise, requireDesk } from '../integration/integrations.ts';

const connectWise = await requireConnectWise();
const INTEGRATIONS = [
	{ label: 'connect_wise_psa', integration: connectWise },
	{ label: 'a second vendor', integration: requireDesk() },
];

/** Claude and ChatGPT refuse a conversation for one name outside this. */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
/** Cursor shows server and tool in 60 characters; leaves 23 for the server's name. */
const SHORT_NAME = /^[a-z][a-z0-9_]{0,35}$/;
const TITLE_MAX = 80;
/** The model APIs' limit for a function's description. */
const DESCRIPTION_MAX = 1_024;
const COMPOSITION = ['anyOf', 'oneOf', 'allOf', 'not', 'if', '$ref', '$defs', 'enum', 'const'];
/** JSON Schema keywords that reach a client; another one is a decision that this test wants to see. */
const KEYWORDS = new Set([
	'type',
	'description',
	'enum',
	'format',
	'minimum',
	'maximum',
	'minLength',
	'maxLength',
	'default',
	'examples',
	'properties',
	'required',
	'additionalProperties',
	'items',
]);
/** A list is one page, and read whole by a model or a client at every start: 4 bytes are about one token. */
const BYTES_PER_TOOL_MAX = { reads: 1_200, writes: 2_500 };
const ONE_TOOL_MAX = 16_000;

function filtersOf({ headers }: Integration): ToolFilter[] {
	const classes = ['read', 'write', 'custom'];
	const methods = [...new Set(headers.map(({ method }) => method))];
	const tags = [...new Set(headers.flatMap((header) => [...header.tags]))];
	const filters: ToolFilter[] = [
		{},
		...classes.map((one) => ({ methods: [one] })),
		{ methods: ['read', 'write'] },
		...methods.map((one) => ({ methods: [one] })),
		...tags.map((tag) => ({ tags: [tag] })),
		...tags.flatMap((tag) => classes.map((one) => ({ tags: [tag], methods: [one] }))),
		...tags.map((tag) => ({ tags: [tag], methods: ['read', 'write'] })),
	];
	return filters.flatMap((filter) =>
		(['full', 'short'] as const).flatMap((tool_names) =>
			(['records', 'table'] as const).map((list_format) => ({ ...filter, tool_names, list_format })),
		),
	);
}

/** @returns what is wrong with a schema below its root, each with its path */
function schemaFaults(schema: Record<string, unknown>, path: string): string[] {
	const faults: string[] = [];
	for (const keyword of Object.keys(schema)) if (!KEYWORDS.has(keyword)) faults.push(`${path} uses ${keyword}`);
	if (schema.type !== undefined && typeof schema.type !== 'string') faults.push(`${path} has a list of types`);
	if (schema.type === 'array' && typeof schema.items !== 'object') faults.push(`${path} is an array without items`);
	if (schema.enum !== undefined && (schema.enum as unknown[]).length === 0) faults.push(`${path} has an empty enum`);
	const properties = (schema.properties ?? {}) as Record<string, Record<string, unknown>>;
	for (const name of (schema.required ?? []) as string[])
		if (!Object.hasOwn(properties, name)) faults.push(`${path} requires ${name}, which it does not have`);
	for (const [name, property] of Object.entries(properties)) {
		if (!/^[a-zA-Z0-9_.-]{1,64}$/.test(name)) faults.push(`${path}.${name} has no name for a property`);
		faults.push(...schemaFaults(property, `${path}.${name}`));
	}
	if (typeof schema.items === 'object' && schema.items !== null)
		faults.push(...schemaFaults(schema.items as Record<string, unknown>, `${path}[]`));
	return faults;
}

function toolFaults(tool: CompiledTool, { tool_names }: ToolFilter): string[] {
	const faults: string[] = [];
	const say = (isGood: boolean, what: string) => {
		if (!isGood) faults.push(`${tool.name}: ${what}`);
	};
	say(NAME.test(tool.name), 'has a name that clients refuse');
	say(tool_names !== 'short' || SHORT_NAME.test(tool.name), 'has a short name that is not short');
	say(tool.title.length > 0 && tool.title.length <= TITLE_MAX, `has a title of ${tool.title.length}`);
	say(tool.description.length >= 20, 'has next to no description');
	say(tool.description.length <= DESCRIPTION_MAX, `has a description of ${tool.description.length}`);
	say(!/\{\{|undefined|\[object/.test(tool.description), 'has a description that was not filled');
	for (const which of ['inputSchema', 'outputSchema'] as const) {
		const schema = tool[which] as Record<string, unknown> | undefined;
		if (!schema) continue;
		say(schema.type === 'object', `${which} is no object`);
		for (const keyword of COMPOSITION) say(!Object.hasOwn(schema, keyword), `${which} has ${keyword} at its root`);
		faults.push(...schemaFaults(schema, `${tool.name}.${which}`));
	}
	const properties = Object.keys(tool.inputSchema.properties ?? {});
	say(properties.length > 0 || tool.inputSchema.additionalProperties === false, 'takes nothing and does not say so');
	say(!('required' in (tool.outputSchema ?? {})), 'promises fields of the vendor');
	const { annotations } = tool;
	for (const hint of ['readOnlyHint', 'destructiveHint', 'idempotentHint', 'openWorldHint'] as const)
		say(typeof annotations[hint] === 'boolean', `does not say ${hint}`);
	say(!('title' in annotations), 'says its title twice');
	say(!(annotations.readOnlyHint && annotations.destructiveHint), 'reads only and destroys');
	const bytes = JSON.stringify(tool).length;
	say(bytes <= ONE_TOOL_MAX, `takes ${bytes} bytes of the list`);
	return faults;
}

for (const { label, integration } of INTEGRATIONS) {
	const filters = filtersOf(integration);

	describe(`every list of ${label} (${filters.length} filters)`, () => {
		it('holds nothing that a client refuses', ({ expect }) => {
			const faults = new Set<string>();
			for (const filter of filters)
				for (const tool of compileTools(integration, filter))
					for (const fault of toolFaults(tool, filter)) faults.add(fault);
			expect([...faults]).toEqual([]);
		});

		it('has no two tools of one name, in either style', ({ expect }) => {
			for (const filter of filters) {
				const names = compileTools(integration, filter).map(({ name }) => name);
				expect([filter, new Set(names).size]).toEqual([filter, names.length]);
			}
		});

		it('is in the order of the whole, whatever the filter, and the same twice', ({ expect }) => {
			for (const tool_names of ['full', 'short'] as const) {
				const whole = compileTools(integration, { tool_names, tags: Object.keys(integration.file.tags) }).map(
					({ name }) => name,
				);
				const placeOf = new Map(whole.map((name, place) => [name, place]));
				for (const filter of filters.filter((one) => one.tool_names === tool_names)) {
					const places = compileTools(integration, filter).map(({ name }) => placeOf.get(name) ?? -1);
					expect([filter, places.toSorted((a, b) => a - b)]).toEqual([filter, places]);
					expect(places).not.toContain(-1);
				}
			}
			const [first, again] = [0, 1].map(() => JSON.stringify(compileTools(integration, {})));
			expect(first).toBe(again);
		});

		it('costs a bounded number of bytes for each of its tools', ({ expect }) => {
			for (const filter of filters) {
				const tools = compileTools(integration, filter);
				if (tools.length < 10) continue;
				const each = JSON.stringify(tools).length / tools.length;
				const isReading = tools.every(({ annotations }) => annotations.readOnlyHint);
				const most = BYTES_PER_TOOL_MAX[isReading ? 'reads' : 'writes'];
				expect([filter, each <= most || Math.round(each)]).toEqual([filter, true]);
			}
		});

		it('has what the filter lets through, and nothing else', ({ expect }) => {
			for (const filter of filters) {
				const expected = integration.headers.filter((header) => matchesFilter(header, filter)).length;
				expect([filter, compileTools(integration, filter).length]).toEqual([filter, expected]);
			}
		});

		it('is as sound with search and fetch before it', ({ expect }) => {
			for (const filter of filters) {
				const added = searchTools(integration, filter);
				expect(added.flatMap((tool) => toolFaults(tool, filter))).toEqual([]);
				const names = [...added, ...compileTools(integration, filter)].map(({ name }) => name);
				expect(new Set(names).size).toBe(names.length);
			}
		});

		it('is as sound with discovery exposure, at a size that no filter changes much', ({ expect }) => {
			for (const filter of filters) {
				const tools = discoveryTools(integration, filter);
				expect(tools.flatMap((tool) => toolFaults(tool, filter))).toEqual([]);
				expect(tools.length === 3 || tools.length === 4).toBe(true);
				expect(JSON.stringify(tools).length).toBeLessThan(4_000);
			}
		});
	});
}
