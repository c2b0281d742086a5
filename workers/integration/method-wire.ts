// The form of one method's requests and answers: the method's own members over those of integration.json.
import type { Filters, IntegrationFile, MethodDocumentation, MethodFact, Paging } from './format.ts';

export type UpdateBody = IntegrationFile['update_body'];
export type Constants = Required<NonNullable<IntegrationFile['constants']>>;

export function pagingOf(file: IntegrationFile, fact: MethodFact): Paging {
	return fact.paging ?? file.paging;
}

/** Parameter of a page's size; undefined where the vendor takes none. */
export function sizeParameter(paging: Paging): string | undefined {
	return paging.style === 'none' ? undefined : paging.size_parameter;
}

export function updateBodyOf(file: IntegrationFile, fact: MethodFact): UpdateBody {
	return fact.update_body ?? file.update_body;
}

export function constantsOf(file: IntegrationFile, fact: MethodFact): Constants {
	return {
		query: { ...file.constants?.query, ...fact.constants?.query },
		headers: { ...file.constants?.headers, ...fact.constants?.headers },
		body: { ...(sendsBody(fact) ? file.constants?.body : {}), ...fact.constants?.body },
	};
}

/** Does a method send a body of its own, if only an empty object? An action by PUT or POST may have none. */
export function sendsBody({ body, constants }: MethodFact): boolean {
	return body !== undefined || constants?.body !== undefined;
}

/** Argument that chooses fields: the vendor's parameter, or Patchbay's own where the vendor has none. */
export function fieldsArgument({ list }: IntegrationFile): string {
	return list.fields_parameter ?? 'fields';
}

/** Query parameters that take conditions, each with what it may speak of. */
export function conditionParameters({ filters }: IntegrationFile): Record<string, 'top' | 'child' | 'custom'> {
	return filters?.language === 'connectwise_conditions' ? filters.parameters : {};
}

/** Prefix of `in` of a filter that goes in a header. */
export const IN_HEADER = 'header:';

/** Parameters that a list's filters fill in, whether or not they are arguments of their own; headers too. */
export function filterParameters({ filters }: IntegrationFile, documentation: MethodDocumentation): string[] {
	const own = Object.entries(documentation.filters ?? {});
	switch (filters?.language) {
		case 'connectwise_conditions':
			return Object.keys(filters.parameters);
		case 'json_triples':
		case 'expression':
			return [filterKey(filters), ...own.flatMap(([, filter]) => filter.in ?? [])];
		case 'query_parameters':
			return own.map(([name, filter]) => filter.in ?? name);
		default:
			return [];
	}
}

type Joined = Extract<Filters, { language: 'json_triples' | 'expression' }>;

/** Returns the name under which all filters of a call stand among its arguments. */
export function filterKey({ parameter, path }: Joined): string {
	return parameter ?? path ?? '';
}

/** Does a method take the filters in its body? */
export function filtersInBody({ parameter }: Joined, { verb, query }: MethodFact): boolean {
	return verb !== 'GET' && (parameter === undefined || !query?.includes(parameter));
}

/** Does a method take the filters at all? Lists of one vendor differ in that. */
export function takesFilters(filters: Joined, fact: MethodFact): boolean {
	if (filters.parameter !== undefined && fact.query?.includes(filters.parameter)) return true;
	return filters.path !== undefined && filtersInBody(filters, fact);
}

/** Returns the path of the filters in a method's body, with their name among the arguments; null where it takes none. */
export function bodyFilters({ filters }: IntegrationFile, fact: MethodFact): { key: string; path: string } | null {
	if (filters?.language !== 'json_triples' && filters?.language !== 'expression') return null;
	if (filters.path === undefined || !filtersInBody(filters, fact)) return null;
	return { key: filterKey(filters), path: filters.path };
}

/** Names of `{{argument}}` in a text; `{{setting:name}}` is none. */
export function placeholdersIn(text: string): string[] {
	return [...text.matchAll(/\{\{([a-z0-9_]+)\}\}/g)].map((match) => match[1] as string);
}

/** Arguments that an address, or what is sent besides, cannot do without: in the path's order, then the constants'. */
export function fixedArguments(file: IntegrationFile, fact: MethodFact): string[] {
	const { query, headers, body } = constantsOf(file, fact);
	return [...new Set([...placeholdersIn(fact.path), ...placeholdersIn(JSON.stringify([query, headers, body]))])];
}

/** Names of the settings in a template. */
export function settingsIn(text: string): string[] {
	return [...text.matchAll(/\{\{setting:([a-z0-9_]+)\}\}/g)].map((match) => match[1] as string);
}

/** Bookkeeping is known by its bare name, as conditions have it: `dateEntered` is shown at `_info/dateEntered`. */
export function fieldPath({ drop }: IntegrationFile, recordFields: ReadonlySet<string>, field: string): string {
	if (recordFields.size === 0 || recordFields.has(field)) return field;
	const [place] = Object.entries(drop.keep).find(([, names]) => names.includes(field)) ?? [];
	return place === undefined ? field : `${place}/${field}`;
}
