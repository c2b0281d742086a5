// A vendor whose lists take an array of field, operator and value, as JSON in one query parameter.
import type { AppliedFilters } from '../conditions/apply.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { FilterFact, IntegrationFile } from '../integration/format.ts';
import type { Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { valueAt, withValueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import type { Clock } from '../lib/time-zones.ts';
import { plainValue } from './filter-value.ts';
import type { LookupQuestion } from './lookup-question.ts';

type Triples = Extract<NonNullable<IntegrationFile['filters']>, { language: 'json_triples' }>;
type Operator = keyof Triples['operators'];

export function applyTriples(language: Triples, operation: Operation, args: Arguments, clock: Clock): AppliedFilters {
	const { parameter, path } = language;
	const times = { clock, dayFields: operation.dayFields };
	const faults: Fault[] = [];
	const own = readOwn(args[parameter]);
	if (own === null) faults.push({ path: parameter, message: 'must be a JSON object' });
	const triples: unknown[] = [];
	let isLocal = false;
	for (const [name, filter] of Object.entries(operation.documentation.filters ?? {})) {
		const given = args[name];
		if (given === undefined) continue;
		const plain = plainValue(filter, given, times);
		if ('fault' in plain) faults.push({ path: name, message: plain.fault });
		else {
			isLocal ||= plain.isLocal;
			triples.push(tripleOf(language, filter.field ?? '', operatorOf(filter), plain.value));
		}
	}
	const written = valueAt(own, path);
	const all = [...(Array.isArray(written) ? (written as unknown[]) : []), ...triples];
	const isTaken = operation.fact.query?.includes(parameter) ?? false;
	if (!isTaken) return { args, sent: null, exact: [], isLocal, faults };
	const asked = all.length > 0 || !language.everything ? all : [everything(language)];
	const text = JSON.stringify(withValueAt(own ?? {}, path.split('/'), asked));
	return {
		args: { ...args, [parameter]: text },
		sent: triples.length > 0 ? { [parameter]: text } : null,
		exact: [],
		isLocal,
		faults,
	};
}

/** Parses the caller's own filter. @returns null for what is no JSON object */
function readOwn(given: unknown): Record<string, unknown> | null {
	if (typeof given !== 'string' || given.trim() === '') return {};
	const own = parseJson(given);
	return typeof own === 'object' && own !== null && !Array.isArray(own) ? (own as Record<string, unknown>) : null;
}

function operatorOf({ kind, op = '=' }: FilterFact): Operator {
	if (kind === 'integers') return 'in';
	return op === 'like' || op === 'listed' ? 'contains' : op;
}

function tripleOf({ members, operators }: Triples, field: string, operator: Operator, value: unknown): unknown {
	return { [members.op]: operators[operator] ?? operator, [members.field]: field, [members.value]: value };
}

function everything({ members, everything: all }: Triples): unknown {
	if (!all) return {};
	const value = all.value === undefined ? {} : { [members.value]: all.value };
	return { [members.op]: all.op, [members.field]: all.field, ...value };
}

/** Asks for what contains the text, or equals it; small tables are asked for whole. */
export function triplesQuery(
	file: IntegrationFile,
	language: Triples,
	{ lookup, text, ids, isExact }: LookupQuestion,
): [string, string][] | null {
	const [field] = lookup.match;
	if (lookup.is_small && lookup.items_path !== undefined) return [];
	if (field === undefined) return null;
	const named = lookup.is_small && !isExact ? [] : [tripleOf(language, field, isExact ? '=' : 'contains', text)];
	const within = Object.entries(lookup.within ?? {}).flatMap(([path, scope]) =>
		ids[scope] === undefined ? [] : [tripleOf(language, path, '=', ids[scope])],
	);
	const asked = [...within, ...named];
	const triples = asked.length > 0 || !language.everything ? asked : [everything(language)];
	let question = withValueAt({}, language.path.split('/'), triples);
	const { paging } = file;
	const isSized = paging.style !== 'none' && paging.size_parameter !== undefined && typeof paging.in === 'object';
	if (isSized && paging.size_parameter !== undefined && paging.in !== 'query')
		question = withValueAt(question, paging.size_parameter.split('/'), Math.min(paging.max_size, 200));
	return [[language.parameter, JSON.stringify(question)]];
}
