// A vendor whose lists take a query parameter for each filter, and one for the words of a name.
import type { Arguments } from '../integration/arguments.ts';
import type { Filters, IntegrationFile, Lookup } from '../integration/format.ts';
import { sizeParameter } from '../integration/method-wire.ts';
import type { Fault } from '../lib/errors.ts';
import type { Language } from './adapter.ts';
import { plainValue } from './filter-value.ts';
import { pageSize, type Question } from './lookup-question.ts';

type Parameters = Extract<Filters, { language: 'query_parameters' }>;

export const queryParameters = ({ times: format }: Parameters): Language => ({
	applyFilters: (operation, args, clock) => {
		const times = { clock, dayFields: operation.dayFields };
		const faults: Fault[] = [];
		const sent: Record<string, string> = {};
		const applied: Arguments = { ...args };
		let isLocal = false;
		for (const [name, filter] of Object.entries(operation.documentation.filters ?? {})) {
			const given = args[name];
			if (given === undefined) continue;
			const plain = plainValue(filter, given, times, format);
			if ('fault' in plain) {
				faults.push({ path: name, message: plain.fault });
				continue;
			}
			isLocal ||= plain.isLocal;
			const parameter = filter.in ?? name;
			const text = Array.isArray(plain.value) ? plain.value.join(',') : String(plain.value);
			applied[parameter] = text;
			sent[parameter] = text;
		}
		return { args: applied, sent: Object.keys(sent).length > 0 ? sent : null, exact: [], isLocal, faults };
	},
});

/** By the parameter that takes a name. */
export function askedByName(
	file: IntegrationFile,
	lookup: Lookup,
	{ parameter, template }: NonNullable<Lookup['ask']>,
	text: string,
): Question {
	const asked = template === undefined ? text : template.replace('{{name}}', () => text);
	return { query: [[parameter, asked], ...sized(file, lookup)] };
}

/** The whole table. */
export function askedWhole(file: IntegrationFile, lookup: Lookup): Question {
	return { query: sized(file, lookup) };
}

/** The size of the page, where it goes in the query. */
export function sized({ paging }: IntegrationFile, lookup: Lookup): [string, string][] {
	const size = sizeParameter(paging);
	if (size === undefined || paging.style === 'none' || (paging.in ?? 'query') !== 'query') return [];
	return [[size, String(Math.min(paging.max_size, pageSize(lookup)))]];
}
