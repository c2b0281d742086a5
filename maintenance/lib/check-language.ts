// Checks that what an integration asks by filters and names can be said in its vendor's query language.
import type { IntegrationFile } from '../../workers/integration/format.ts';
import { conditionParameters } from '../../workers/integration/method-wire.ts';
import type { Integration, Operation } from '../../workers/integration/operations.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import type { FolderFault } from './tolerant-parse.ts';

type Say = (message: string) => void;
type Filter = NonNullable<Operation['documentation']['filters']>[string];

/** Refuses what only ConnectWise's conditions can express when the vendor has another language. */
export function checkLanguage({ file }: Integration, faults: FolderFault[]): void {
	const say = (member: string, message: string) =>
		faults.push({ path: `integration.json ${member}`, message, at: member.split('.') });
	const language = file.filters?.language;
	if (language === 'connectwise_conditions') return;
	const other = `needs filters.language connectwise_conditions, and this is ${language ?? 'none'}`;
	if (file.search) say('search', other);
	if (file.custom_fields) say('custom_fields', other);
	for (const [name, lookup] of Object.entries(file.lookups ?? {})) {
		for (const member of ['person', 'me', 'no_person', 'time_zone'] as const)
			if (lookup[member] !== undefined) say(`lookups.${name}.${member}`, other);
		if (lookup.within && language !== 'json_triples') say(`lookups.${name}.within`, other);
		if (language !== 'json_triples' && !lookup.is_small && !lookup.ask)
			say(
				`lookups.${name}`,
				'cannot be asked by a name: say ask.parameter, or is_small for a table that is read whole',
			);
		if (language === 'json_triples' && lookup.ask) say(`lookups.${name}.ask`, 'is for a vendor of query_parameters');
	}
}

/** Every filter asks for a field of the record, where the vendor takes the question. */
export function checkFilters({ file, lookupOfKind }: Integration, operation: Operation, say: Say): void {
	for (const [name, filter] of Object.entries(operation.documentation.filters ?? {})) {
		if (operation.kind !== 'list' && operation.kind !== 'count')
			say(`filter "${name}" stands on a method that is no list`);
		checkFilter(file, operation, name, filter, say);
		checkField(file, operation, name, filter, say);
		const isKnown = filter.target === undefined || lookupOfKind.has(filter.target);
		if (!isKnown)
			say(
				`filter "${name}" means a ${filter.target}, which no lookup finds.${didYouMean(filter.target ?? '', lookupOfKind.keys())}`,
			);
		if ((filter.kind === 'record') !== (filter.target !== undefined))
			say(`filter "${name}" needs both "kind": "record" and a target, or neither`);
	}
}

function checkFilter(file: IntegrationFile, { fact }: Operation, name: string, filter: Filter, say: Say): void {
	const takes = (parameter: string) => fact.query?.includes(parameter) === true;
	const cannot = (what: string) => say(`filter "${name}" ${what}, which ${file.filters?.language} cannot say`);
	switch (file.filters?.language) {
		case undefined:
			say(`filter "${name}" has no language: say filters in integration.json`);
			return;
		case 'connectwise_conditions': {
			const known = conditionParameters(file);
			const parameter = filter.in ?? Object.keys(known)[0];
			if (parameter === undefined || !known[parameter])
				say(`filter "${name}" goes to "${parameter}", which takes no conditions`);
			else if (!takes(parameter)) say(`filter "${name}" goes to "${parameter}", which is not the vendor's here`);
			if (filter.kind === 'record') cannot('is a record');
			return;
		}
		case 'query_parameters': {
			const parameter = filter.in ?? name;
			if (!takes(parameter))
				say(
					`filter "${name}" goes to "${parameter}", which is not the vendor's here.${didYouMean(parameter, fact.query ?? [])}`,
				);
			if (filter.any) cannot('asks for several fields');
			if (filter.op !== undefined) cannot(`compares by "${filter.op}"`);
			if (filter.kind === 'custom_field' || filter.kind === 'digits') cannot(`is of the kind ${filter.kind}`);
			return;
		}
		case 'json_triples': {
			const { parameter, operators } = file.filters;
			if (!takes(parameter)) say(`filter "${name}" goes to "${parameter}", which is not the vendor's here`);
			const operator = filter.kind === 'integers' ? 'in' : (filter.op ?? '=');
			if (operator === 'like' || operator === 'listed' || operators[operator] === undefined)
				cannot(`compares by "${operator}"`);
			if (filter.any) cannot('asks for several fields');
			if (filter.in !== undefined) cannot('names a parameter');
			if (filter.kind === 'custom_field' || filter.kind === 'digits') cannot(`is of the kind ${filter.kind}`);
		}
	}
}

function checkField({ drop }: IntegrationFile, operation: Operation, name: string, filter: Filter, say: Say): void {
	const known = [...operation.fieldNames, ...Object.values(drop.keep).flat()];
	for (const field of filter.any?.map((one) => one.field) ?? (filter.field === undefined ? [] : [filter.field])) {
		const first = field.split('/')[0] ?? '';
		if (filter.kind !== 'custom_field' && operation.fieldNames.length > 0 && !known.includes(first))
			say(`filter "${name}" asks for "${field}", which is no field of the record.${didYouMean(first, known)}`);
	}
}

/** A field that says whose id it holds says so of a kind that somebody looks up. */
export function checkBareTargets(
	{ file, lookupOfKind }: Integration,
	operation: Operation,
	targets: readonly string[],
	say: Say,
): void {
	if (!file.lookups || operation.readOnly) return;
	for (const target of new Set(targets))
		if (!lookupOfKind.has(target) && !Object.hasOwn(file.no_lookup ?? {}, target))
			say(
				`has the id of a ${target}, which has neither a lookup nor a reason under no_lookup.${didYouMean(target, lookupOfKind.keys())}`,
			);
}
