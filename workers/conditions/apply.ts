// A list's filters and conditions, checked and joined: what is sent, what is compared on our side, what is wrong.

import type { Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { conditionParameters, fieldPath } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import { FIELD_PATH, secretInPath, secretNamed } from '../integration/secret-fields.ts';
import type { Fault } from '../lib/errors.ts';
import { withoutHidden } from '../lib/hidden-characters.ts';
import type { Clock } from '../lib/time-zones.ts';
import { checkConditions } from './check-conditions.ts';
import { compileFilters, type ExactMatch, joinConditions } from './compile.ts';
import { type Bound, emptyIntervals } from './intervals.ts';
import { resolveTimes } from './resolve-times.ts';

export interface AppliedFilters {
	/** The arguments with every filter turned into the vendor's conditions. */
	args: Arguments;
	/** The conditions as sent, by parameter; null when they are the caller's own to the letter. */
	sent: Record<string, string> | null;
	exact: readonly ExactMatch[];
	/** A time was asked for that another zone would have read otherwise. */
	isLocal: boolean;
	faults: readonly Fault[];
}

/** A longer one is no question any more. */
const MAX_CONDITIONS = 8_000;

/**
 * @param args   of a list call, of the right types
 * @param clock  what relative times are counted from
 */
export function applyFilters(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	clock: Clock,
): AppliedFilters {
	const parameters = Object.entries(conditionParameters(file));
	const usual = parameters[0]?.[0];
	if (usual === undefined) return { args, sent: null, exact: [], isLocal: false, faults: [] };
	const filters = operation.documentation.filters ?? {};
	const { dayFields, booleanFields, numberFields } = operation;
	const times = { clock, dayFields };
	const { conditions, exact, bounds, faults } = compileFilters(filters, args, times, usual, operation.namedFilters);
	const ahead = Object.values(filters).flatMap(({ field, looks_ahead }) => (field && looks_ahead ? [field] : []));
	const aheadFields = new Set(ahead);
	const childParameter = parameters.find(([, kind]) => kind === 'child')?.[0];
	const known = {
		arrayFields: operation.arrayFields,
		booleanFields,
		numberFields,
		...(childParameter ? { childParameter } : {}),
		...(file.secrets ? { secrets: file.secrets } : {}),
	};
	const joined: Arguments = { ...args };
	const sent: Record<string, string> = {};
	let isChanged = conditions.size > 0;
	for (const [parameter, kind] of parameters) {
		let own = args[parameter];
		if (typeof own === 'string' && own.trim() !== '') {
			const fault = own.length > MAX_CONDITIONS ? tooLong(own) : checkConditions(own, kind, known).fault;
			if (fault) faults.push({ path: parameter, message: describeFault(fault) });
			else {
				const resolved = resolveTimes(own, parameter, times, aheadFields);
				own = resolved.text;
				isChanged ||= resolved.isChanged;
				faults.push(...resolved.faults);
				if (kind === 'top') bounds.push(...resolved.bounds);
			}
		}
		const text = joinConditions(own, conditions.get(parameter) ?? []);
		if (text === undefined) {
			delete joined[parameter];
			continue;
		}
		joined[parameter] = text;
		sent[parameter] = text;
	}
	const compared = exact.filter(({ isShownOnly }) => !isShownOnly).flatMap(({ any }) => any.map(({ path }) => path));
	return {
		args: withFields(file, joined, { compared, times: timesAsked(file, operation, args, bounds) }, operation),
		sent: isChanged ? sent : null,
		exact,
		isLocal: bounds.some(({ isLocal }) => isLocal),
		faults: [...faults, ...emptyIntervals(bounds, clock)],
	};
}

function tooLong({ length }: string) {
	return {
		position: MAX_CONDITIONS,
		message: `has ${length} characters, more than ${MAX_CONDITIONS}`,
		corrected: null,
	};
}

function describeFault({
	position,
	message,
	corrected,
}: {
	position: number;
	message: string;
	corrected: string | null;
}): string {
	return `at ${position}: ${message}${corrected === null ? '' : `. Try: ${corrected}`}`;
}

/** Paths of the times that a list is filtered or ordered by: a record can only be judged beside the day that was asked for. */
function timesAsked(
	file: IntegrationFile,
	{ recordFields, documentation: { filters = {} } }: Operation,
	args: Arguments,
	bounds: readonly Bound[],
): string[] {
	const pathOf = (field: string) => fieldPath(file, recordFields, field);
	const isTime = (path: string) =>
		Object.values(filters).some(({ kind, field }) => kind === 'time' && field !== undefined && pathOf(field) === path);
	const order = file.list.order_parameter;
	const ordered = order === undefined ? undefined : args[order];
	const items = typeof ordered === 'string' ? itemsOf(ordered).map(pathOf) : [];
	const bounded = bounds.map(({ field }) => pathOf(field));
	return [
		...bounded.filter((path) => recordFields.has(path.split('/', 1)[0] ?? '') || isTime(path)),
		...items.filter(isTime),
	];
}

/**
 * Adds fields to the returned ones: those that are compared on our side, and those of times to a list's own choice, which
 * the caller's takes the place of.
 */
function withFields(
	file: IntegrationFile,
	args: Arguments,
	{ compared, times }: { compared: readonly string[]; times: readonly string[] },
	operation: Operation,
): Arguments {
	const name = file.list.fields_parameter;
	if (name === undefined || compared.length + times.length === 0) return args;
	const asked = args[name];
	const named = typeof asked === 'string' ? asked.split(',').map((field) => field.trim()) : [];
	const chosen = named.filter(Boolean);
	const own = chosen.length > 0 ? [] : times;
	const fields = chosen.length > 0 ? chosen : operation.documentation.fields;
	if (!fields || fields.includes('*') || compared.length + own.length === 0) return args;
	// An array is returned whole.
	const paths = compared.map((path) => {
		const first = path.split('/')[0] ?? '';
		return operation.arrayFields.has(first) ? first : path;
	});
	return { ...args, [name]: [...new Set([...fields, ...paths, ...own])].join(',') };
}

/** The direction behind a field to order by. */
const DIRECTION = /\s(?:asc|desc)$/i;

/** The fields of a text that chooses fields or orders by them. */
function itemsOf(text: string): string[] {
	return text.split(',').map((item) => item.trim().replace(DIRECTION, '').trim());
}

/**
 * Faults of the texts that choose fields or order by them: what is no field, and what is a secret in any spelling.
 * Of other texts in the query only words that name a secret.
 */
export function secretFaults(file: IntegrationFile, { places }: Operation, args: Arguments): Fault[] {
	const { secrets, list } = file;
	if (!secrets) return [];
	return Object.entries(args).flatMap(([path, value]) => {
		const place = places.get(path)?.in;
		if (place === 'body') return setSecrets(secrets, value, path);
		if (typeof value !== 'string' || place !== 'query' || conditionParameters(file)[path]) return [];
		if (value.length > MAX_CONDITIONS)
			return [{ path, message: `has ${value.length} characters, more than ${MAX_CONDITIONS}` }];
		const isList = path === list.fields_parameter || path === list.order_parameter;
		const items = isList ? itemsOf(value) : value.split(/\s+/);
		for (const item of items) {
			const secret = secretInPath(secrets, item);
			if (secret !== undefined)
				return [{ path, message: `names ${secret}, which is a secret: it cannot be asked for` }];
			if (isList && item !== '' && item !== '*' && !FIELD_PATH.test(item.replaceAll('.', '/')))
				return [
					{
						path,
						message: `has "${clippedName(item)}", which is no field: names have letters, digits and _, separated by commas`,
					},
				];
		}
		return [];
	});
}

function clippedName(name: string): string {
	return withoutHidden(name).text.slice(0, 60);
}

/** Members of a body at any depth that would set a secret: entries of lists take members that no schema names. */
function setSecrets(secrets: readonly string[], value: unknown, path: string): Fault[] {
	if (Array.isArray(value)) return value.flatMap((item, index) => setSecrets(secrets, item, `${path}.${index}`));
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([key, member]) => {
		const at = `${path}.${key.slice(0, 60)}`;
		return secretNamed(secrets, key) === undefined
			? setSecrets(secrets, member, at)
			: [{ path: at, message: 'is a secret: it cannot be set' }];
	});
}
