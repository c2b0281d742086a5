// What a definition says is so, over all tools of the integration: times, names, people, fields that texts speak of.
import { describe, it } from 'vitest';
import { unusualFaults } from '../../../workers/calls/insistence.ts';
import type { PromptsFile } from '../../../workers/integration/format.ts';
import type { Operation } from '../../../workers/integration/operations.ts';
import { isIrrevocable } from '../../../workers/tools/tools.ts';
import { createVendor } from '../../sandbox/vendor.ts';
import { connectWise, prepare } from '../calls/calls.ts';
import { openDesk } from '../jobs/desk.ts';
import { type Json, setUp } from '../support.ts';
import { printAtEnd, summarize, tell } from './kinds.ts';

const prompts = import.meta.glob<PromptsFile>('../../../integrations/connect_wise_psa/prompts.json', {
	eager: true,
	import: 'default',
});

setUp();
printAtEnd();

const keyOf = ({ resource, method }: Operation) => `${resource}.${method}`;
const filtersOf = ({ documentation }: Operation) => Object.entries(documentation.filters ?? {});
const reading = connectWise.operations.filter(({ kind }) => kind === 'list' || kind === 'count');
/** Values for what a call must have. */
const requiredOf = (operation: Operation): Json =>
	Object.fromEntries(
		operation.required.map((name) => [name, operation.places.get(name)?.schema.type === 'string' ? 'x' : 1]),
	);

describe('every time of a list', () => {
	const times = reading.flatMap((operation) =>
		filtersOf(operation).flatMap(([name, filter]) => (filter.kind === 'time' ? [{ operation, name, filter }] : [])),
	);

	it('has its other end', ({ expect }) => {
		const lacking = times.filter(({ operation, name, filter }) => {
			const isUpper = filter.op?.startsWith('<');
			return (
				!filtersOf(operation).some(
					([, one]) => one.field === filter.field && one.op?.startsWith(isUpper ? '>' : '<'),
				) && name !== ''
			);
		});
		expect(lacking.map(({ operation, name }) => `${keyOf(operation)} ${name}`)).toEqual([]);
	});

	it('that may lie ahead refuses an age without a sign, and every other one takes it', ({ expect }) => {
		const wrong = times.flatMap(({ operation, name, filter }) => {
			const said = prepare(keyOf(operation), { ...requiredOf(operation), [name]: '60d' });
			const isRefused = Array.isArray(said) && said.some((fault) => fault.includes('+60d'));
			return isRefused === (filter.looks_ahead === true) ? [] : [`${keyOf(operation)} ${name}`];
		});
		expect(wrong).toEqual([]);
	});

	it('whose name speaks of what is due, ends or is expected looks ahead', ({ expect }) => {
		const AHEAD = /^(due|ends?|expires?|expected|required|warranty|renews?|starts?|scheduled|effective)_/;
		const unmarked = times.filter(({ name, filter }) => AHEAD.test(name) && !filter.looks_ahead);
		expect(unmarked.map(({ operation, name }) => `${keyOf(operation)} ${name}`)).toEqual([]);
	});
});

describe('every name in a filter', () => {
	it('that means nothing is told with the empty answer', async ({ expect }) => {
		const desk = await openDesk(
			{ tool_exposure: 'all', tags: Object.keys(connectWise.file.tags) },
			createVendor(Date.now()),
		);
		const silent: string[] = [];
		for (const operation of reading)
			for (const [name, { kind = 'text' }] of filtersOf(operation)) {
				if (kind !== 'text' || operation.places.get(name)?.schema.enum) continue;
				desk.sent.length = 0;
				const told = await desk.call(operation.names.short, { ...requiredOf(operation), [name]: 'zzqx' });
				const { content, isError } = told;
				if (isError && content.statusCode === 404) continue;
				const isFound = ((content.count ?? content.result_count) as number) > 0;
				const isTold = isError || String(content.notice).startsWith('Nothing matches. Asked was');
				if (isFound || !isTold || desk.sent.length > 4)
					silent.push(
						`${keyOf(operation)} ${name}: ${desk.sent.length} requests, ${summarize({ ...told, requests: [] })}`,
					);
			}
		tell(
			'any text filter that means nothing',
			'all lists and counts',
			silent.length === 0 ? 'told' : silent.join('; '),
		);
		expect(silent).toEqual([]);
	});

	it('that may be a person takes `me`, who is nobody where the keys belong to a program', async ({ expect }) => {
		const desk = await openDesk(
			{ tool_exposure: 'all', tags: Object.keys(connectWise.file.tags) },
			createVendor(Date.now()),
		);
		const silent: string[] = [];
		for (const operation of reading)
			for (const [name, { me }] of operation.namedFilters) {
				if (me === null || operation.places.get(name)?.schema.type === 'integer') continue;
				const { content, isError } = await desk.call(operation.names.short, { ...requiredOf(operation), [name]: 'me' });
				if (!isError || !/acts_for/.test(String(content.message))) silent.push(`${keyOf(operation)} ${name}`);
			}
		expect(silent).toEqual([]);
	});
});

describe('a number that nobody means', () => {
	const NEVER_NEGATIVE = /^(quantity|actualHours|hoursDeduct|hours|budgetHours|estimatedHours)$/;
	/** Takes away what was given. */
	const MAY_BE_NEGATIVE = ['inventory_adjustment_details', 'member_accruals'];

	it('is refused by every write that takes hours or a quantity', ({ expect }) => {
		const taken = connectWise.operations.flatMap((operation) => {
			const { kind, documentation, resource } = operation;
			if ((kind !== 'create' && kind !== 'update') || MAY_BE_NEGATIVE.includes(resource)) return [];
			const fields = (documentation.body ?? []).filter((name) => NEVER_NEGATIVE.test(name));
			return fields
				.filter((name) => unusualFaults(operation, { [name]: -1 }).length === 0)
				.map((name) => `${keyOf(operation)} ${name}`);
		});
		expect(taken).toEqual([]);
	});
});

describe('what cannot be undone', () => {
	const MONEY_OR_APPROVAL = [
		'agreements.invoice',
		'time_sheets.approve',
		'expense_reports.approve',
		'accounting.export',
		'companies.merge',
		'tickets.merge',
		'members.deactivate',
		'invoices.delete',
	];
	for (const key of MONEY_OR_APPROVAL)
		it(`${key} says so`, ({ expect }) => {
			const operation = connectWise.byResource.get(key);
			expect(operation && isIrrevocable(operation)).toBe(true);
		});
});

describe('a field that a text speaks of', () => {
	/** `_info.lastUpdated`, `closedStatus`: names that no English sentence has. */
	const FIELD = /_info[./]\w+|\b[a-z]+(?:[A-Z][a-z0-9]*)+\b(?:[./]\w+)?/g;
	/** What orders or is asked for need not be shown. */
	const withoutAsked = (text: string) =>
		text
			.replace(/\{\{[^}]*\}\}/g, '')
			.replace(/(?:fields|orderBy|conditions) "[^"]+"|conditions [\w/]+ = |[^.;]* in fields/g, '');
	const slashed = (name: string) => name.replaceAll('.', '/');

	/** Fields that the named tools answer with, or take. */
	function isKnown(field: string, operations: readonly Operation[]): boolean {
		const path = slashed(field);
		const first = path.split('/')[0] ?? '';
		return operations.some((operation) => {
			if (operation.places.has(first)) return true;
			if (operation.kind === 'list')
				return operation.documentation.fields?.some((one) => one === path || one.split('/')[0] === path) ?? true;
			return operation.fieldNames.includes(first) && !operation.resourceDocumentation.omit?.includes(first);
		});
	}

	/** Of no tool at all: another word. */
	const isField = (field: string) =>
		field.startsWith('_info') ||
		connectWise.operations.some(({ fieldNames }) => fieldNames.includes(slashed(field).split('/')[0] ?? ''));

	it('in a prompt comes by default, or is asked for', ({ expect }) => {
		const unseen: string[] = [];
		for (const [name, { text }] of Object.values(prompts).flatMap((file) => Object.entries(file))) {
			const whole = text.join('\n');
			const operations = [...whole.matchAll(/\{\{tool:([\w.]+)\}\}/g)].flatMap(
				([, key = '']) => connectWise.byResource.get(key) ?? [],
			);
			const asked = [...whole.matchAll(/fields "([^"]+)"/g)].flatMap(([, fields = '']) => fields.split(','));
			for (const [field] of withoutAsked(whole).matchAll(FIELD))
				if (isField(field) && !asked.includes(slashed(field)) && !isKnown(field, operations))
					unseen.push(`${name}: ${field}`);
		}
		expect(unseen).toEqual([]);
	});

	it('in a description of a list comes by default, or is a filter', ({ expect }) => {
		const unseen = connectWise.operations.flatMap((operation) => {
			if (operation.kind !== 'list') return [];
			const { description } = operation.documentation;
			const others = [...description.matchAll(/\{\{tool:([\w.]+)\}\}/g)].flatMap(
				([, key = '']) => connectWise.byResource.get(key) ?? [],
			);
			const named = [...withoutAsked(description).matchAll(FIELD)].map(([field]) => field);
			return named
				.filter(
					(field) =>
						operation.fieldNames.includes(slashed(field).split('/')[0] ?? '') &&
						!isKnown(field, [operation, ...others]),
				)
				.map((field) => `${keyOf(operation)}: ${field}`);
		});
		expect(unseen).toEqual([]);
	});
});

describe('a parent that is given by name', () => {
	/** The vendor has the same records at both places. */
	const SAME: Readonly<Record<string, string>> = {
		'/project': '/project/projects',
		'/project/boards': '/service/boards',
	};

	it('is looked up in the table that its id is of', ({ expect }) => {
		const wrong = connectWise.operations.flatMap(({ namedPaths, fact: { path }, names }) =>
			[...namedPaths].flatMap(([argument, name]) => {
				const parent = path.slice(0, path.indexOf(`/{{${argument}}}`));
				const found = connectWise.file.lookups?.[name]?.path ?? '';
				return found.toLowerCase() === (SAME[parent] ?? parent).toLowerCase()
					? []
					: [`${names.full} ${argument}: ${found} for ${parent}`];
			}),
		);
		expect(wrong).toEqual([]);
	});
});
