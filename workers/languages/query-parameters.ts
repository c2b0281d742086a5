// A vendor whose lists take a query parameter for each filter, and one for the words of a name.
import type { AppliedFilters } from '../conditions/apply.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { sizeParameter } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import type { Clock } from '../lib/time-zones.ts';
import { plainValue } from './filter-value.ts';
import { type LookupQuestion, pageSize } from './lookup-question.ts';

export function applyQueryParameters(operation: Operation, args: Arguments, clock: Clock): AppliedFilters {
	const times = { clock, dayFields: operation.dayFields };
	const faults: Fault[] = [];
	const sent: Record<string, string> = {};
	const applied: Arguments = { ...args };
	let isLocal = false;
	for (const [name, filter] of Object.entries(operation.documentation.filters ?? {})) {
		const given = args[name];
		if (given === undefined) continue;
		const plain = plainValue(filter, given, times);
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
}

/** Small tables are asked for whole; others by the parameter that takes a name. */
export function parameterQuery(
	file: IntegrationFile,
	{ lookup, text, isExact }: LookupQuestion,
): [string, string][] | null {
	const size = sizeParameter(file.paging);
	const most = file.paging.style === 'none' ? undefined : Math.min(file.paging.max_size, pageSize(lookup));
	const sized: [string, string][] = size === undefined ? [] : [[size, String(most)]];
	// Nothing narrower can be asked for.
	if (isExact) return null;
	if (lookup.is_small) return sized;
	return lookup.ask ? [[lookup.ask.parameter, text], ...sized] : null;
}
