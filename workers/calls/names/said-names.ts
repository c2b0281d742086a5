// The filters of a list that say something by a text: what is asked about them when nothing was found.

import { partsLiteral, patternLiteral } from '../../conditions/literals.ts';
import type { Arguments } from '../../integration/arguments.ts';
import type { FilterFact, IntegrationFile } from '../../integration/format.ts';
import { conditionParameters, sizeParameter } from '../../integration/method-wire.ts';
import type { Integration, NamedFilter, Operation } from '../../integration/operations.ts';
import { plainBeginnings, unaccentedLetters } from '../../languages/name-parts.ts';
import { withQuery } from '../../lib/query-string.ts';
import { isMeWord, isNobodyWord } from '../../lib/said-words.ts';
import { fillTemplate } from '../../lib/template.ts';
import { type NamedReference, requiredScopes } from './lookup-plan.ts';

export interface SaidName {
	argument: string;
	text: string;
	filter: FilterFact;
	/** The reference that the filter is on; null for a field of the record itself. */
	reference: NamedFilter | null;
}

/** @param args  of the call, as checked */
export function saidNames({ file }: Integration, operation: Operation, args: Arguments): SaidName[] {
	const filters = Object.entries(operation.documentation.filters ?? {});
	return filters.flatMap(([argument, filter]) => {
		const { kind = 'text' } = filter;
		if (kind !== 'text' && kind !== 'integer') return [];
		const reference = operation.namedFilters.get(argument) ?? null;
		const text = textOf(args[argument]);
		if (text === null || isWord(reference, text) || (!reference && isSearch(file, filter))) return [];
		return [{ argument, text, filter, reference }];
	});
}

function textOf(value: unknown): string | null {
	const said = typeof value === 'object' && value !== null ? Object.values(value)[0] : value;
	return typeof said === 'string' && said.trim() !== '' ? said.trim() : null;
}

/** `me` and `none` are no names. */
function isWord(reference: NamedFilter | null, text: string): boolean {
	return (reference?.me != null && isMeWord(text)) || (reference?.isPerson === true && isNobodyWord(text));
}

/** A search for words in what people wrote finds nothing where nobody wrote them. */
function isSearch({ texts }: IntegrationFile, { field, any, op }: FilterFact): boolean {
	if (any) return true;
	const last = field?.split('/').at(-1) ?? '';
	return op === 'contains' && texts?.untrusted.includes(last) === true;
}

/** The lookup of a said name, where its table can be asked as a whole. */
export function tableOf({ file }: Integration, { argument, text, reference }: SaidName): NamedReference | null {
	const lookup = reference?.lookup ? file.lookups?.[reference.lookup] : undefined;
	if (!reference?.lookup || !lookup || requiredScopes(lookup).length > 0) return null;
	return {
		argument,
		steps: [],
		field: argument,
		text,
		key: null,
		isBare: false,
		name: reference.lookup,
		lookup,
		scopes: {},
	};
}

export const PAGE_SIZE = 200;

/** The first page, where the vendor lets one say how long it is. */
function sizeOf({ paging }: IntegrationFile, records: number): [string, string][] {
	const name = sizeParameter(paging);
	return name === undefined ? [] : [[name, String(records)]];
}

export interface ValueQuestion {
	field: string;
	/** Below the base URL. */
	path: string;
	/** Parts that the values were asked by: one of them stands in each that is meant. */
	parts?: string[];
}

/**
 * Asks the list itself which values of a filter's field come near the text, for fields that have no table.
 *
 * @returns null where it cannot be asked
 */
export function nearValuesPath(
	{ file, byResource }: Integration,
	operation: Operation,
	args: Arguments,
	{ filter, text }: SaidName,
): ValueQuestion | null {
	const field = fieldOf(filter);
	const parameter = filter.in ?? parameterOf(file, 'top');
	if (!field || !parameter) return null;
	const parts = plainBeginnings(text);
	const conditions = parts.flatMap((part) => {
		const literal = patternLiteral(part);
		return literal === null ? [] : [`${field} contains ${literal}`];
	});
	if (conditions.length === 0) return null;
	const question = valuesPath({ file, byResource }, operation, args, field, [[parameter, conditions.join(' or ')]]);
	return question && { ...question, parts };
}

/** Asks the list for values that have accents where the text has none; null where it cannot be asked. */
export function unaccentedValuesPath(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	{ filter, text }: SaidName,
): ValueQuestion | null {
	const field = fieldOf(filter);
	const parameter = filter.in ?? parameterOf(integration.file, 'top');
	const letters = partsLiteral(unaccentedLetters(text));
	if (!field || !parameter || letters === null) return null;
	return valuesPath(integration, operation, args, field, [[parameter, `${field} like ${letters}`]]);
}

/** Values that records of the list have, for a field of few: what nothing comes near is told them. */
export function someValuesPath(
	{ file, byResource }: Integration,
	operation: Operation,
	args: Arguments,
	{ filter, reference }: SaidName,
): ValueQuestion | null {
	const isSmall = reference?.lookup != null && file.lookups?.[reference.lookup]?.is_small === true;
	const field = fieldOf(filter);
	const { order_parameter } = file.list;
	if (!isSmall || !field || filter.in) return null;
	return valuesPath(
		{ file, byResource },
		operation,
		args,
		field,
		order_parameter ? [[order_parameter, 'id desc']] : [],
	);
}

function fieldOf({ field, any }: FilterFact): string | undefined {
	return field ?? any?.[0]?.field;
}

function parameterOf(file: IntegrationFile, kind: 'top' | 'child' | 'custom'): string | undefined {
	return Object.entries(conditionParameters(file)).find(([, one]) => one === kind)?.[0];
}

function valuesPath(
	{ file, byResource }: Pick<Integration, 'file' | 'byResource'>,
	operation: Operation,
	args: Arguments,
	field: string,
	query: [string, string][],
): ValueQuestion | null {
	const list = byResource.get(`${operation.resource}.list`) ?? (operation.kind === 'list' ? operation : undefined);
	const { fields_parameter } = file.list;
	if (!list || !fields_parameter) return null;
	const path = fillTemplate(list.fact.path, (name) => encodeURIComponent(String(args[name])));
	// An array is returned whole.
	const first = field.split('/', 1)[0] ?? field;
	const shown = list.arrayFields.has(first) ? first : field;
	return { field, path: withQuery(path, [...query, [fields_parameter, shown], ...sizeOf(file, PAGE_SIZE)]) };
}

const COMPARED = /(?<![\w/])([A-Za-z]\w*(?:\/\w+)*)\s*(=|contains|like)\s*(?:"([^"]+)"|'([^']+)')/g;

/** Comparisons with a text in the caller's own conditions. */
function comparisonsIn({ file }: Integration, args: Arguments) {
	return Object.entries(conditionParameters(file)).flatMap(([parameter, kind]) => {
		const own = args[parameter];
		return Array.from(
			typeof own === 'string' ? own.matchAll(COMPARED) : [],
			([, field = '', op = '', double, single]) => ({ parameter, kind, field, op, text: double ?? single ?? '' }),
		);
	});
}

/** A wildcard at an end. */
const WILD = /^[*%]|[*%]$/;

/** Sentences on wildcards in the caller's own conditions: each operator takes them, or takes them for letters. */
export function wildcardNotices(integration: Integration, args: Arguments): string[] {
	return comparisonsIn(integration, args).flatMap(({ field, op, text }) => {
		if (op === 'like') return /[*%]/.test(text) ? [] : [`like without * is the whole text: ${field} like "*${text}*".`];
		const plain = withoutWildcards(text);
		if (!WILD.test(text) || plain === '') return [];
		return [
			`${op} takes * and % for letters: ${op === '=' ? `${field} like "${text}"` : `${field} contains "${plain}"`}.`,
		];
	});
}

/** Two words for either of which something is searched in other programs. */
const EITHER = /^(.{1,100}?)\s+(?:OR|\|{1,2})\s+(.{1,100})$/;

/** Sentences on signs in a filter's text that other programs have for a search, and that stand for themselves here. */
export function searchSignNotices({ documentation }: Operation, args: Arguments): string[] {
	return Object.entries(documentation.filters ?? {}).flatMap(([argument, { kind = 'text' }]) => {
		const text = kind === 'text' ? textOf(args[argument]) : null;
		if (text === null) return [];
		const plain = withoutWildcards(text);
		if (plain !== text && plain !== '')
			return [`${argument} takes * and % for letters: leave them out, as in "${plain}".`];
		const [, one, other] = EITHER.exec(text) ?? [];
		return one && other ? [`${argument} takes one text: make a call for each, "${one}" and "${other}".`] : [];
	});
}

function withoutWildcards(text: string): string {
	return text.replace(/^[*%]{1,9}|[*%]{1,9}$/g, '');
}

/** Texts that the caller's own conditions compare fields with. */
export function saidInConditions(integration: Integration, operation: Operation, args: Arguments): SaidName[] {
	return comparisonsIn(integration, args).flatMap(({ parameter, kind, field, op, text }) => {
		if (kind === 'custom' || op === 'like' || WILD.test(text)) return [];
		const filter = { field, op: op as '=' | 'contains', ...(kind === 'child' ? { in: parameter } : {}) };
		const [path, key] = field.split('/');
		const isNaming = key === 'name' || key === 'identifier';
		const reference = isNaming
			? [...operation.namedFilters.values()].find((one) => one.path === path && one.lookup !== null)
			: undefined;
		if (!reference && isSearch(integration.file, filter)) return [];
		return [{ argument: field, text, filter, reference: reference ?? null }];
	});
}

export interface SaidCaption {
	argument: string;
	caption: string;
}

export function saidCaptions({ file }: Integration, { documentation }: Operation, args: Arguments): SaidCaption[] {
	const asFilter = Object.entries(documentation.filters ?? {}).flatMap(([argument, { kind }]) => {
		const said = kind === 'custom_field' ? args[argument] : undefined;
		const [caption] = typeof said === 'object' && said !== null ? Object.keys(said) : [];
		return caption === undefined ? [] : [{ argument, caption }];
	});
	const parameter = parameterOf(file, 'custom') ?? '';
	const own = args[parameter];
	const written = typeof own === 'string' ? [...own.matchAll(CAPTION)] : [];
	return [
		...asFilter,
		...written.map(([, double, single]) => ({ argument: parameter, caption: double ?? single ?? '' })),
	];
}

const CAPTION = /\bcaption\s*=\s*(?:"([^"]+)"|'([^']+)')/gi;

/** The custom fields of one record of the list; null where it cannot be asked. */
export function captionsPath(
	{ file, byResource }: Integration,
	operation: Operation,
	args: Arguments,
): { field: string; caption: string; path: string } | null {
	const list = byResource.get(`${operation.resource}.list`) ?? (operation.kind === 'list' ? operation : undefined);
	const { custom_fields } = file;
	if (!list || !custom_fields || !file.list.fields_parameter) return null;
	const path = fillTemplate(list.fact.path, (name) => encodeURIComponent(String(args[name])));
	const query: [string, string][] = [[file.list.fields_parameter, custom_fields.field], ...sizeOf(file, 1)];
	return { field: custom_fields.field, caption: custom_fields.caption, path: withQuery(path, query) };
}
