// Finds references to other records in an argument of a body: as its value, in a list, or inside a nested record.
import type { FieldFact, RecordFact } from './format.ts';

export interface ReferencePlace {
	/** Path from the argument's value to the reference; `[]` is every element of an array. Empty: the value is one. */
	steps: readonly string[];
	/** The keys that may name its record: some of id, identifier and name. */
	keys: readonly string[];
	/** The vendor's name of the kind of reference. */
	target?: string;
	/** The value is the id itself, of this type, not an object with one. */
	bare?: 'integer' | 'string';
}

const EACH = '[]';

/** @param depth  of nested records: what lies in the second is an open object, in which nothing is known */
export function referencePlaces(
	field: FieldFact,
	records: Record<string, RecordFact>,
	depth = 0,
): readonly ReferencePlace[] {
	const { type, items, keys = ['id'], target } = field;
	const inList = type === 'array' ? [EACH] : [];
	if (type === 'reference' || items === 'reference')
		return [{ steps: inList, keys, ...(target === undefined ? {} : { target }) }];
	const isId = type === 'integer' || type === 'string';
	if (target !== undefined && isId && !field.enum && depth === 0)
		return [{ steps: [], keys: ['name'], target, bare: type }];
	const record = field.record === undefined || depth > 0 ? undefined : records[field.record];
	return Object.entries(record?.fields ?? {}).flatMap(([name, member]) =>
		referencePlaces(member, records, depth + 1).map((place) => ({
			...place,
			steps: [...inList, name, ...place.steps],
		})),
	);
}

/** Steps to the days in a field's value, as deep as `referencePlaces` looks. */
export function dayPlaces(
	{ type, is_day, record }: FieldFact,
	records: Record<string, RecordFact>,
	depth = 0,
): readonly (readonly string[])[] {
	if (is_day) return [[]];
	const inList = type === 'array' ? [EACH] : [];
	const members = record === undefined || depth > 0 ? undefined : records[record]?.fields;
	return Object.entries(members ?? {}).flatMap(([name, member]) =>
		dayPlaces(member, records, depth + 1).map((steps) => [...inList, name, ...steps]),
	);
}

/**
 * The value with every reference at a place changed; what is no reference there stays.
 *
 * @param path    of the value, as faults name it
 * @param change  gets the reference and its path, e.g. `types[1]` or `communicationItems[0].type`
 */
export function mapReferences(
	value: unknown,
	steps: readonly string[],
	path: string,
	change: (reference: unknown, path: string) => unknown,
): unknown {
	const [step, ...rest] = steps;
	if (step === undefined) return change(value, path);
	if (step === EACH) {
		if (!Array.isArray(value)) return value;
		return value.map((item, index) => mapReferences(item, rest, `${path}[${index}]`, change));
	}
	if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value;
	const member = (value as Record<string, unknown>)[step];
	return { ...value, [step]: mapReferences(member, rest, `${path}.${step}`, change) };
}

/** The key of a field's override in the documentation: `types`, `communicationItems/type`. */
export function referenceKey(argument: string, { steps }: ReferencePlace): string {
	return [argument, ...steps.filter((step) => step !== EACH)].join('/');
}

/**
 * Texts that are ids on their face: GUIDs, long hexadecimal numbers, digits, and what a lookup says besides. Every other
 * text is a name.
 */
export function isTextId(text: string, { id_pattern }: { id_pattern?: string | undefined } = {}): boolean {
	if (id_pattern !== undefined && new RegExp(`^(?:${id_pattern})$`).test(text.trim())) return true;
	return /^(\d{1,20}|[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.test(text.trim());
}
