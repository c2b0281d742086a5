// What an MCP client sees: names, filters, descriptions, schemas and annotations of the compiled tools.
import { describe, it } from 'vitest';
import { findOperation, selectOperations, type ToolFilter } from '../../../workers/integration/filter.ts';
import type { ArgumentSchema, RecordFact, ResourcesFile } from '../../../workers/integration/format.ts';
import { loadIntegration } from '../../../workers/integration/load.ts';
import { placeholdersIn } from '../../../workers/integration/method-wire.ts';
import { joinIntegration, type Operation } from '../../../workers/integration/operations.ts';
import { type CompiledTool, compileTool, compileTools } from '../../../workers/tools/tools.ts';
import { validateArguments } from '../../../workers/tools/validate.ts';
import { deepFreeze, deskFiles, operationOf, requireConnectWise, requireDesk } from '../integration/integrations.ts';

const connectWise = await requireConnectWise();
const desk = requireDesk();
const integrations = [
	{ name: 'connect_wise_psa', integration: connectWise },
	{ name: 'a second vendor', integration: desk },
];
const namesOf = (tools: CompiledTool[]) => tools.map(({ name }) => name);
const keyOf = ({ resource, method }: Operation) => `${resource}.${method}`;

describe('names', () => {
	const named = [
		['tickets.list', 'list_all_connect_wise_psa_tickets', 'list_tickets'],
		['tickets.get', 'get_single_connect_wise_psa_ticket_by_id', 'get_ticket'],
		['tickets.create', 'create_a_connect_wise_psa_ticket', 'create_ticket'],
		['tickets.update', 'update_a_connect_wise_psa_ticket_by_id', 'update_ticket'],
		['tickets.delete', 'delete_a_connect_wise_psa_ticket_by_id', 'delete_ticket'],
		['tickets.merge', 'merge_connect_wise_psa_ticket', 'merge_ticket'],
		['ticket_notes.create', 'create_a_connect_wise_psa_ticket_note', 'create_ticket_note'],
		['ticket_notes.list', 'list_all_connect_wise_psa_ticket_notes', 'list_ticket_notes'],
		['contacts.list', 'list_all_connect_wise_psa_contacts', 'list_contacts'],
		['time_entries.create', 'create_a_connect_wise_psa_time_entry', 'create_time_entry'],
		['system_info.get', 'get_single_connect_wise_psa_system_info', 'get_system_info'],
	] as const;
	for (const [key, full, short] of named) {
		it(`${key} is ${full}, or ${short}`, ({ expect }) => {
			expect(operationOf(connectWise, key).names).toEqual({ full, short });
			const tools = (filter: ToolFilter) => namesOf(compileTools(connectWise, filter));
			expect(tools({})).toContain(full);
			expect(tools({ tool_names: 'full' })).toContain(full);
			expect(tools({ tool_names: 'short' })).toContain(short);
		});
	}

	for (const { name, integration } of integrations) {
		it(`of ${name} fit every client and are unique`, ({ expect }) => {
			for (const [kind, max] of [
				['full', 64],
				['short', 36],
			] as const) {
				const names = integration.operations.map((operation) => operation.names[kind]);
				expect(new Set(names).size).toBe(names.length);
				for (const found of names) {
					expect(found).toMatch(/^[a-z][a-z0-9_]*$/);
					expect(found.length).toBeLessThanOrEqual(max);
				}
			}
		});
	}

	it('make no tool of what is not documented', ({ expect }) => {
		const names = namesOf(compileTools(desk, { tool_names: 'short' }));
		expect(names).toEqual([
			'list_cases',
			'get_case',
			'create_case',
			'update_case',
			'delete_case',
			'escalate_case',
			'count_cases',
			'list_case_replies',
		]);
	});

	it('find their operation only in their own naming and inside the filter', ({ expect }) => {
		const cases: [ToolFilter, string, boolean][] = [
			[{}, 'list_all_connect_wise_psa_tickets', true],
			[{}, 'list_tickets', false],
			[{ tool_names: 'short' }, 'list_tickets', true],
			[{ tool_names: 'short' }, 'list_all_connect_wise_psa_tickets', false],
			[{ methods: ['read'] }, 'create_a_connect_wise_psa_ticket', false],
			[{ tags: ['time'] }, 'list_all_connect_wise_psa_tickets', false],
			[{}, 'constructor', false],
			[{}, '__proto__', false],
			[{}, '', false],
		];
		for (const [filter, name, isFound] of cases)
			expect(findOperation(connectWise, filter, name) !== null, `${JSON.stringify(filter)} ${name}`).toBe(isFound);
	});
});

describe('an integration is loaded', () => {
	for (const name of ['nothing_here', '', '../store', 'Connect_Wise_PSA', '__proto__', 'connect_wise_psa/../x']) {
		it(`not by the name ${JSON.stringify(name)}`, async ({ expect }) => {
			expect(await loadIntegration(name)).toBeNull();
		});
	}

	it('once', async ({ expect }) => {
		expect(await loadIntegration('connect_wise_psa')).toBe(await loadIntegration('connect_wise_psa'));
	});
});

describe('filters', () => {
	it('leave out what sends data elsewhere, unless they name it', ({ expect }) => {
		const guarded = ['contacts.request_password', 'callbacks.create', 'callbacks.list', 'workflows.update'];
		const found = (filter: ToolFilter) => selectOperations(connectWise, filter).map(keyOf);
		for (const filter of [{}, { tags: ['admin'] }, { tags: ['callback'] }, { methods: ['create', 'update'] }])
			for (const key of guarded) expect(found(filter), key).not.toContain(key);
		expect(found({ tags: ['outbound'] })).toEqual(expect.arrayContaining(guarded));
		expect(found({ tags: ['service', 'outbound'] })).toEqual(expect.arrayContaining(guarded));
		expect(found({ tags: ['outbound'], methods: ['read'] })).toEqual(['callbacks.list']);
		// A caller narrows a server, and names nothing for it.
		expect(found({ tags: ['outbound'], within: { methods: ['create'] } })).toEqual(['callbacks.create']);
		expect(found({ within: { tags: ['outbound'] } })).toEqual([]);
	});

	const cases: { name: string; filter: ToolFilter; expected: string[] }[] = [
		{
			name: 'nothing',
			filter: {},
			expected: [
				'cases.list',
				'cases.get',
				'cases.create',
				'cases.update',
				'cases.delete',
				'cases.escalate',
				'cases.count',
				'case_replies.list',
			],
		},
		{
			name: 'the group read',
			filter: { methods: ['read'] },
			expected: ['cases.list', 'cases.get', 'case_replies.list'],
		},
		{
			name: 'the group write',
			filter: { methods: ['write'] },
			expected: ['cases.create', 'cases.update', 'cases.delete'],
		},
		{ name: 'the group custom', filter: { methods: ['custom'] }, expected: ['cases.escalate', 'cases.count'] },
		{ name: 'one method', filter: { methods: ['get'] }, expected: ['cases.get'] },
		{
			name: 'a method and a group',
			filter: { methods: ['escalate', 'write'] },
			expected: ['cases.create', 'cases.update', 'cases.delete', 'cases.escalate'],
		},
		{
			name: "a tag: the resource's or the method's own",
			filter: { tags: ['people'] },
			expected: ['cases.get', 'case_replies.list'],
		},
		{
			name: 'tags and methods together',
			filter: { tags: ['people'], methods: ['list'] },
			expected: ['case_replies.list'],
		},
		{ name: 'tags that exclude each other', filter: { tags: ['people'], methods: ['write'] }, expected: [] },
		{ name: 'no method at all', filter: { methods: [] }, expected: [] },
		{ name: 'no tag at all', filter: { tags: [] }, expected: [] },
		{ name: 'an unknown tag', filter: { tags: ['nothing'] }, expected: [] },
	];
	for (const { name, filter, expected } of cases) {
		it(`select by ${name}`, ({ expect }) => {
			expect(selectOperations(desk, filter).map(keyOf)).toEqual(expected);
			expect(compileTools(desk, filter)).toHaveLength(expected.length);
		});
	}

	it('take any of several tags', ({ expect }) => {
		const some = (tags: string[]) => selectOperations(connectWise, { tags }).map(keyOf);
		const both = some(['time', 'schedule']);
		expect(both.toSorted()).toEqual([...some(['time']), ...some(['schedule'])].toSorted());
		expect(both).toContain('time_entries.create');
		expect(both).toContain('schedule_entries.list');
	});

	it('the vendor’s modules are tags, and every tool has one', ({ expect }) => {
		const modules = [
			'service',
			'company',
			'time',
			'schedule',
			'project',
			'sales',
			'finance',
			'procurement',
			'expense',
			'marketing',
			'system',
		];
		for (const operation of connectWise.operations) {
			const own = modules.filter((module) => operation.tags.has(module));
			expect(own, keyOf(operation)).not.toEqual([]);
			expect(operation.fact.path.toLowerCase(), keyOf(operation)).toMatch(new RegExp(`^/(${own.join('|')})/`));
		}
	});

	it('what deletes or merges carries the tag destructive, its resource’s tags too', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const { documentation, resourceDocumentation, kind } = operation;
			const isTagged = operation.tags.has('destructive');
			if (kind === 'delete' || /merge|deactivate|detach/.test(operation.method))
				expect(isTagged, keyOf(operation)).toBe(true);
			if (isTagged) expect(kind === 'delete' || documentation.destructive === true, keyOf(operation)).toBe(true);
			for (const tag of resourceDocumentation.tags) expect(operation.tags.has(tag)).toBe(true);
		}
	});

	it('the groups read, write and custom part the methods without rest', ({ expect }) => {
		for (const { integration } of integrations) {
			const tags = Object.keys(integration.file.tags);
			const parts = ['read', 'write', 'custom'].flatMap((group) =>
				selectOperations(integration, { methods: [group], tags }),
			);
			expect(parts).toHaveLength(integration.operations.length);
			expect(new Set(parts).size).toBe(integration.operations.length);
		}
	});
});

describe('descriptions', () => {
	it('name other tools as this server calls them', ({ expect }) => {
		const description = (filter: ToolFilter) =>
			compileTool(connectWise, operationOf(connectWise, 'ticket_notes.create'), filter).description;
		expect(description({})).toContain('create_a_connect_wise_psa_time_entry');
		expect(description({ tool_names: 'short' })).toContain('create_time_entry');
		expect(description({ tool_names: 'short' })).not.toContain('connect_wise_psa');
		expect(description({ tags: ['service'] })).not.toContain('time_entry');
	});

	it('drop just the sentence that points outside the filter', ({ expect }) => {
		const list = operationOf(desk, 'cases.list');
		const cases: [ToolFilter, string][] = [
			[{}, 'Find cases by text. Replies: list_all_acme_desk_case_replies. Raise one with escalate_acme_desk_case.'],
			[{ tool_names: 'short' }, 'Find cases by text. Replies: list_case_replies. Raise one with escalate_case.'],
			[{ methods: ['read'] }, 'Find cases by text. Replies: list_all_acme_desk_case_replies.'],
			[{ methods: ['list'], tags: ['desk'] }, 'Find cases by text. Replies: list_all_acme_desk_case_replies.'],
		];
		for (const [filter, expected] of cases) expect(compileTool(desk, list, filter).description).toBe(expected);
	});

	const filters: ToolFilter[] = [
		{},
		...['read', 'write', 'custom', ...connectWise.methods].map((method) => ({ methods: [method] })),
		...[...connectWise.tags].flatMap((tag) => [{ tags: [tag] }, { tags: [tag], methods: ['read'] }]),
	].flatMap((filter) => [filter, { ...filter, tool_names: 'short' as const }]);
	it(`under each of ${filters.length} filters name only tools of the server, and leave no placeholder`, ({
		expect,
	}) => {
		for (const filter of filters) {
			const tools = compileTools(connectWise, filter);
			const names = new Set(namesOf(tools));
			const kind = filter.tool_names ?? 'full';
			const hidden = new Set(
				connectWise.operations.map(({ names: own }) => own[kind]).filter((name) => !names.has(name)),
			);
			for (const { name, description } of tools) {
				expect(description, name).not.toMatch(/\{\{|undefined|\[object/);
				const words = description.match(/[a-z0-9]+(_[a-z0-9]+)+/g) ?? [];
				expect(
					words.filter((word) => hidden.has(word)),
					`${JSON.stringify(filter)} ${name}`,
				).toEqual([]);
				expect(description).toMatch(/^\S.{18,}/);
				expect(description.length, name).toBeLessThanOrEqual(1_024);
			}
		}
	});

	it('show the documented example but of a get, a delete and a list by named filters alone', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const { example } = operation.documentation;
			if (!example) continue;
			const { description } = compileTool(connectWise, operation, {});
			const isPlain = Object.keys(example).every((name) => operation.places.get(name)?.in === 'filter');
			const isShown = operation.kind === 'list' ? !isPlain : operation.kind !== 'get' && operation.kind !== 'delete';
			expect(description.endsWith(` Example: ${JSON.stringify(example)}`), keyOf(operation)).toBe(isShown);
		}
	});
});

describe('annotations', () => {
	const cases: [key: string, readOnly: boolean, destructive: boolean, idempotent: boolean][] = [
		['tickets.list', true, false, true],
		['tickets.get', true, false, true],
		['tickets.create', false, false, false],
		['tickets.update', false, true, true],
		['tickets.delete', false, true, true],
		['tickets.merge', false, true, false],
		['tickets.copy', false, false, false],
		['tickets.attach_children', false, false, true],
		['ticket_notes.create', false, false, false],
		['ticket_notes.update', false, true, true],
		['time_entries.create', false, false, false],
		['time_entries.update', false, true, false],
		['time_entries.delete', false, true, true],
		['members.deactivate', false, true, false],
		// It leaves where it was, as with a service ticket.
		['tickets.convert', false, true, false],
		['project_tickets.convert', false, true, false],
		// Twice the same ends where once does; taking back goes one step further each time.
		['expense_reports.submit', false, false, true],
		['expense_reports.approve', false, true, true],
		['expense_reports.reverse', false, false, false],
		['time_sheets.approve', false, true, true],
		// What has gone out, or was made of something else, cannot be taken back.
		['agreements.invoice', false, true, false],
		['accounting_batches.export', false, true, false],
		['accounting_batches.create', false, true, false],
		['opportunities.convert_to_project', false, true, false],
		['contacts.request_password', false, true, false],
		['time_sheets.reverse', false, false, false],
	];
	for (const [key, readOnlyHint, destructiveHint, idempotentHint] of cases) {
		it(`${key}: read-only ${readOnlyHint}, destructive ${destructiveHint}, idempotent ${idempotentHint}`, ({
			expect,
		}) => {
			const { annotations } = compileTool(connectWise, operationOf(connectWise, key), {});
			expect(annotations).toMatchObject({ readOnlyHint, destructiveHint, idempotentHint });
		});
	}

	for (const { name, integration } of integrations) {
		it(`are explicit on every tool of ${name} and true to its verb`, ({ expect }) => {
			for (const operation of integration.operations) {
				const { annotations, title } = compileTool(integration, operation, {});
				const key = keyOf(operation);
				expect(Object.keys(annotations).toSorted(), key).toEqual([
					'destructiveHint',
					'idempotentHint',
					'openWorldHint',
					'readOnlyHint',
				]);
				expect(title, key).toMatch(/^[A-Z][^_]+$/);
				expect(title, key).not.toMatch(/\b(?:a|an|the) /i);
				// A price or a default is computed by a POST that saves nothing.
				const isRead =
					operation.fact.verb === 'GET' || ['catalog_items.calculate_price', 'time_entries.defaults'].includes(key);
				expect(annotations.readOnlyHint, key).toBe(isRead);
				if (annotations.readOnlyHint)
					expect(annotations, key).toMatchObject({ destructiveHint: false, idempotentHint: true });
				if (operation.fact.verb === 'DELETE' || operation.kind === 'update')
					expect(annotations, key).toMatchObject({
						destructiveHint: true,
						idempotentHint: key !== 'time_entries.update',
					});
				if (operation.kind === 'create' && key !== 'accounting_batches.create')
					expect(annotations.destructiveHint, key).toBe(false);
			}
		});
	}

	it('tell of an open world where a write may reach people or systems outside, and only there', ({ expect }) => {
		const open = (integration: typeof connectWise) =>
			integration.operations
				.filter((operation) => compileTool(integration, operation, {}).annotations.openWorldHint)
				.map(keyOf);
		expect(open(connectWise)).toEqual([
			'tickets.create',
			'tickets.update',
			'ticket_notes.create',
			'ticket_notes.update',
			'service_templates.generate',
			'company_tracks.create',
			'contacts.request_password',
			'contact_tracks.create',
			'time_entries.create',
			'time_entries.update',
			'project_tickets.create',
			'project_tickets.update',
			'project_ticket_notes.create',
			'project_ticket_notes.update',
			'opportunities.convert_to_ticket',
			'activities.create',
			'activities.update',
			'orders.create',
			'orders.update',
			'orders.convert_to_ticket',
			'invoices.update',
			'purchase_orders.update',
			'callbacks.create',
			'callbacks.update',
			'workflows.update',
		]);
		expect(open(desk)).toEqual([]);
	});
});

/** Every schema below one, with its path. */
function* walk(schema: ArgumentSchema, path: string): Generator<[string, ArgumentSchema]> {
	yield [path, schema];
	for (const [name, property] of Object.entries(schema.properties ?? {})) yield* walk(property, `${path}.${name}`);
	if (schema.items) yield* walk(schema.items, `${path}[]`);
}

/** What `validate.ts` enforces, and what only explains. */
const ENFORCED = new Set([
	'type',
	'enum',
	'format',
	'minimum',
	'maximum',
	'minLength',
	'maxLength',
	'properties',
	'required',
	'additionalProperties',
	'items',
]);
const EXPLAINING = new Set(['description', 'default', 'examples']);

describe('schemas', () => {
	for (const { name, integration } of integrations) {
		for (const filter of [{}, { list_format: 'table' }] satisfies ToolFilter[]) {
			it(`of ${name} are plain objects that every client takes (${JSON.stringify(filter)})`, ({ expect }) => {
				for (const tool of compileTools(integration, filter)) {
					expect(tool.inputSchema.type).toBe('object');
					const isEmpty = Object.keys(tool.inputSchema.properties).length === 0;
					expect(tool.inputSchema.additionalProperties, tool.name).toBe(isEmpty ? false : undefined);
					// A bare object would tell nothing.
					expect(Object.keys(tool.outputSchema?.properties ?? { one: 1 })).not.toEqual([]);
					for (const root of [tool.inputSchema, ...(tool.outputSchema ? [tool.outputSchema] : [])]) {
						for (const [path, schema] of walk(root, tool.name)) {
							for (const key of Object.keys(schema))
								expect(ENFORCED.has(key) || EXPLAINING.has(key), `${path} ${key}`).toBe(true);
							expect(Array.isArray(schema.type), path).toBe(false);
							if (schema.type === 'array') expect(schema.items, path).toBeDefined();
							for (const required of schema.required ?? [])
								expect(Object.hasOwn(schema.properties ?? {}, required), `${path} requires ${required}`).toBe(true);
							if (schema.required) expect(new Set(schema.required).size).toBe(schema.required.length);
						}
					}
					for (const property of Object.keys(tool.inputSchema.properties))
						expect(property).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
				}
			});
		}
	}

	it('promise nothing about an answer but the envelope’s list', ({ expect }) => {
		for (const filter of [{}, { list_format: 'table' }] satisfies ToolFilter[]) {
			for (const { outputSchema } of compileTools(connectWise, filter))
				expect(outputSchema ?? {}).not.toHaveProperty('required');
		}
	});

	it('a list takes limit and next_cursor; ids and parents are required', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const { inputSchema } = compileTool(connectWise, operation, {});
			const { limit, next_cursor } = inputSchema.properties;
			if (operation.kind === 'list') {
				expect(limit).toMatchObject({ type: 'integer', minimum: 1, maximum: 1000, default: 25 });
				expect(next_cursor?.type).toBe('string');
			} else {
				const isNamed = operation.documentation.arguments?.limit !== undefined;
				expect(limit?.maximum, keyOf(operation)).toBe(isNamed ? 1000 : undefined);
				expect(next_cursor, keyOf(operation)).toBeUndefined();
			}
			for (const placeholder of placeholdersIn(operation.fact.path)) {
				const { type = 'integer' } = operation.documentation.arguments?.[placeholder] ?? {};
				expect(inputSchema.properties[placeholder]?.type, keyOf(operation)).toBe(type);
				expect(inputSchema.required, keyOf(operation)).toContain(placeholder);
			}
		}
		expect(compileTool(connectWise, operationOf(connectWise, 'ticket_notes.list'), {}).inputSchema.required).toEqual([
			'ticket_id',
		]);
		expect(compileTool(desk, operationOf(desk, 'cases.list'), {}).inputSchema.properties.limit?.maximum).toBe(100);
	});

	it('an argument with nothing to choose is not shown, and is taken', ({ expect }) => {
		const cases: [key: string, hidden: string[], shown: string[]][] = [
			['severities.list', ['fields'], ['limit', 'next_cursor']],
			['boards.list', ['conditions', 'fields'], ['name_contains', 'limit']],
			['tickets.list', ['customFieldConditions'], ['custom_field', 'conditions', 'fields']],
			['contacts.list', ['customFieldConditions'], ['custom_field', 'childConditions', 'conditions', 'fields']],
			['board_teams.list', [], ['conditions', 'fields']],
		];
		for (const [key, hidden, shown] of cases) {
			const operation = operationOf(connectWise, key);
			const names = Object.keys(compileTool(connectWise, operation, {}).inputSchema.properties);
			expect(names, key).toEqual(expect.arrayContaining(shown));
			for (const name of hidden) {
				expect(names, key).not.toContain(name);
				expect(operation.places.has(name), key).toBe(true);
			}
		}
	});

	it('what the vendor demands is required to create, never to update', ({ expect }) => {
		const required = (key: string) => compileTool(connectWise, operationOf(connectWise, key), {}).inputSchema.required;
		expect(required('tickets.create')?.toSorted()).toEqual(['company', 'summary']);
		expect(required('tickets.update')).toEqual(['id']);
		expect(required('tickets.merge')?.toSorted()).toEqual(['id', 'mergeTicketIds', 'status']);
		expect(required('time_entries.create')).toContain('timeStart');
	});

	it('the vendor’s header and paging parameters are never arguments', ({ expect }) => {
		for (const operation of connectWise.operations) {
			for (const name of ['clientId', 'clientid', 'page', 'pageSize', 'pageId', 'columns', '_info'])
				expect(operation.places.has(name), `${keyOf(operation)} ${name}`).toBe(false);
		}
	});

	it('show one level of a nested record, deeper ones as open objects', ({ expect }) => {
		const { properties } = compileTool(desk, operationOf(desk, 'cases.create'), {}).inputSchema;
		expect(properties.address).toEqual({
			type: 'object',
			properties: { city: { type: 'string' }, country: { type: 'object' } },
			required: ['city'],
		});
		expect(properties.watchers).toEqual({
			type: 'array',
			items: { type: 'object', properties: { id: { type: 'string' }, email: { type: 'string' } } },
		});
	});
});

describe('every argument', () => {
	const modules = import.meta.glob<ResourcesFile>('../../../integrations/connect_wise_psa/resources/*.json', {
		eager: true,
		import: 'default',
	});
	const records: Record<string, RecordFact> = Object.assign({}, ...Object.values(modules).map((file) => file.records));

	it('goes where the vendor has a place for it', ({ expect }) => {
		for (const operation of connectWise.operations) {
			const { fact, places } = operation;
			for (const [name, place] of places) {
				const path = `${keyOf(operation)} ${name}`;
				if (place.in === 'path') expect(fact.path, path).toContain(`{{${name}}}`);
				if (place.in === 'query') expect(fact.query, path).toContain(name);
				const fields = Object.keys(records[fact.body ?? '']?.fields ?? {});
				if (place.additional) expect(fields, path).toEqual(expect.arrayContaining([...place.additional().keys()]));
				else if (place.in === 'body') expect(fields, path).toContain(name);
				if (place.in === 'page') expect(['limit', 'next_cursor'], path).toContain(name);
			}
		}
	});

	it('a list’s default fields are fields of its record', ({ expect }) => {
		for (const operation of connectWise.operations) {
			// Its records are keyed by the columns themselves.
			if (operation.kind !== 'list' || keyOf(operation) === 'report_columns.list') continue;
			const fields = Object.keys(records[operation.fact.returns ?? '']?.fields ?? {});
			expect(operation.documentation.fields, keyOf(operation)).toBeDefined();
			for (const field of operation.documentation.fields ?? [])
				expect([...fields, '_info'], `${keyOf(operation)} ${field}`).toContain(field.split('/')[0]);
			expect(operation.documentation.fields, keyOf(operation)).not.toContain('*');
		}
	});

	it('of a documented example is accepted as it stands', ({ expect }) => {
		let examples = 0;
		for (const operation of connectWise.operations) {
			const { example } = operation.documentation;
			if (!example) continue;
			examples++;
			const { faults, values } = validateArguments(operation, example, 'utc_seconds');
			expect(faults, keyOf(operation)).toEqual([]);
			// Local times are read in the server's zone, which is UTC here.
			const told = JSON.parse(JSON.stringify(example).replace(/T\d\d:\d\d:\d\d(?=")/g, '$&Z'));
			const asSent = (name: string, value: unknown) => {
				const { format } = operation.places.get(name)?.schema ?? {};
				// A day in a field that holds a time is that day's beginning.
				return format === 'date-time' && /^\d{4}-\d\d-\d\d$/.test(String(value)) ? `${value}T00:00:00Z` : value;
			};
			const sent = Object.fromEntries(Object.entries(told).map(([name, value]) => [name, asSent(name, value)]));
			expect(values, keyOf(operation)).toEqual(sent);
		}
		expect(examples).toBeGreaterThan(50);
	});

	it('that cannot be told apart is refused when compiling', ({ expect }) => {
		const twice = deskFiles();
		const methods = twice.modules[0]?.documentation.cases?.methods;
		if (methods?.create) methods.create.body = ['subject', 'subject'];
		expect(() => [...operationOf(joinIntegration(twice.file, twice.modules), 'cases.create').places]).toThrow(
			'argument "subject" of POST /cases means two things',
		);
		const unknown = deskFiles();
		const other = unknown.modules[0]?.documentation.cases?.methods;
		if (other?.create) other.create.body = ['colour'];
		expect(() => [...operationOf(joinIntegration(unknown.file, unknown.modules), 'cases.create').places]).toThrow(
			'"colour" is no field of Case',
		);
	});
});

describe('compiling', () => {
	it('is pure: the same input gives the same output and is left as it was', ({ expect }) => {
		const { file, modules } = deepFreeze(deskFiles());
		const filter = deepFreeze<ToolFilter>({ methods: ['read', 'escalate'], tags: ['desk'], tool_names: 'short' });
		const before = JSON.stringify([file, modules]);
		const integration = joinIntegration(file, modules);
		const first = JSON.stringify(compileTools(integration, filter));
		expect(JSON.stringify(compileTools(integration, filter))).toBe(first);
		expect(JSON.stringify(compileTools(joinIntegration(file, modules), filter))).toBe(first);
		expect(JSON.stringify([file, modules])).toBe(before);
	});

	it('takes frozen ConnectWise data', ({ expect }) => {
		const first = JSON.stringify(compileTools(connectWise, {}));
		for (const operation of connectWise.operations) {
			deepFreeze(operation.documentation);
			deepFreeze(operation.fact);
			for (const [, place] of operation.places) deepFreeze(place);
		}
		deepFreeze(connectWise.file);
		expect(JSON.stringify(compileTools(connectWise, {}))).toBe(first);
	});

	it('lists tools in the order of the files, whatever the filter', ({ expect }) => {
		const all = connectWise.operations.map(keyOf);
		expect(all.slice(0, 5)).toEqual([
			'tickets.list',
			'tickets.get',
			'tickets.create',
			'tickets.update',
			'tickets.delete',
		]);
		const filters: ToolFilter[] = [
			{ tags: ['time', 'service'] },
			{ tags: ['service', 'time'] },
			{ methods: ['delete', 'list'] },
			{ methods: ['custom', 'read'], tags: ['system', 'ticket'] },
		];
		for (const filter of filters) {
			const positions = selectOperations(connectWise, filter).map((operation) => all.indexOf(keyOf(operation)));
			expect(positions).toEqual(positions.toSorted((a, b) => a - b));
			expect(positions.length).toBeGreaterThan(0);
		}
	});
});

describe('what a client sees', () => {
	// What must be named is there, too.
	const everyTag = { tags: Object.keys(connectWise.file.tags) };
	const filters = {
		full: everyTag,
		short: { ...everyTag, tool_names: 'short' },
	} satisfies Record<string, ToolFilter>;
	for (const [name, filter] of Object.entries(filters)) {
		it(`is committed (${name} names)`, async ({ expect }) => {
			const tools = compileTools(connectWise, filter);
			const text = name === 'full' ? tools.map(describeTool).join('\n') : `${namesOf(tools).join('\n')}\n`;
			await expect(text).toMatchFileSnapshot(`./__snapshots__/connect_wise_psa.${name}.txt`);
		});
	}
});

/** A tool in lines: a change to it is a few lines of a diff. */
function describeTool({ name, title, description, inputSchema, outputSchema, annotations }: CompiledTool): string {
	const hints = Object.entries(annotations).map(([key, value]) => `${key}=${value}`);
	const lines = Object.entries(inputSchema.properties).map(
		([key, schema]) => `  ${key}${inputSchema.required?.includes(key) ? '!' : ''}: ${describeSchema(schema)}`,
	);
	return [
		`# ${name}`,
		`"${title}" ${hints.join(' ')}`,
		description,
		...lines,
		...(outputSchema ? [`  => ${JSON.stringify(outputSchema)}`] : []),
		'',
	].join('\n');
}

function describeSchema(schema: ArgumentSchema): string {
	const { type, description, properties, items, required, ...rest } = schema;
	const shape = properties
		? `{ ${Object.entries(properties)
				.map(([key, property]) => `${key}${required?.includes(key) ? '!' : ''}: ${describeSchema(property)}`)
				.join(', ')} }`
		: items
			? `[${describeSchema(items)}]`
			: (type ?? 'anything');
	const more = Object.keys(rest).length > 0 ? ` ${JSON.stringify(rest)}` : '';
	return `${shape}${more}${description ? ` -- ${description}` : ''}`;
}
