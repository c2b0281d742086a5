// Compares a write's values with the record that the vendor answers with.
import type { IntegrationFile } from '../../integration/format.ts';
import type { Operation } from '../../integration/operations.ts';
import { valueAt } from '../../lib/json-path.ts';
import type { AnswerContext } from './context.ts';

/** The fields that a write sets, by the vendor's names; null for one that it empties. */
export function fieldsSet({ operation, args }: Pick<AnswerContext, 'operation' | 'args'>): Map<string, unknown> {
	const fields = new Map<string, unknown>();
	for (const [name, place] of operation.places) {
		const value = args[name];
		if (place.in !== 'body' || value === undefined) continue;
		if (place.additional) for (const [field, member] of Object.entries(value as object)) fields.set(field, member);
		else fields.set(name, value);
	}
	return fields;
}

/**
 * Names of fields that came back as something else. A record that shows none of them was not answered in full: nothing
 * is claimed of it.
 */
export function notTakenOver(context: AnswerContext, record: Record<string, unknown>): string[] {
	const { operation, integration } = context;
	const hidden = operation.resourceDocumentation.never_answered ?? [];
	// A value that is sent in a form of its own may come back in yet another.
	const isHidden = (name: string) => hidden.includes(name) || operation.places.get(name)?.sends !== undefined;
	const set = [...fieldsSet(context)].filter(([name]) => !isHidden(name) && operation.fieldNames.includes(name));
	if (!showsFields(operation, record)) return [];
	const entryId = entryIdOf(integration);
	return set.flatMap(([name, asked]) => (isTakenOver(asked, record[name], entryId) ? [] : [name]));
}

/** The member that tells one entry of a list from another. */
export function entryIdOf({ custom_fields }: Pick<IntegrationFile, 'custom_fields'>): string {
	return custom_fields?.id ?? 'id';
}

/** Said where the answer shows none of what was set, so that nothing could be compared. */
export function unseenNotice(context: AnswerContext, record: Record<string, unknown>): string | null {
	const { operation, integration } = context;
	if (operation.kind !== 'update' || operation.fact.returns === undefined || fieldsSet(context).size === 0) return null;
	return showsFields(operation, record) || record.id === undefined
		? null
		: `${integration.label} answered without the record: read it where the change matters.`;
}

/** Does an answer show more of the record than its id and what else the vendor gives it, such as a number or a key? */
export function showsFields(
	{ idField, fieldNames, vendorFields }: Operation,
	record: Record<string, unknown>,
): boolean {
	return Object.keys(record).some(
		(name) => name !== 'id' && name !== idField && fieldNames.includes(name) && !vendorFields.has(name),
	);
}

/** Vendors leave out what is null, and fold texts, times and numbers in their own ways. */
export function isTakenOver(asked: unknown, got: unknown, entryId: string): boolean {
	if (isNothing(asked)) return isNothing(got);
	if (isNothing(got)) return asked === false || asked === 0;
	if (typeof asked === 'string') return typeof got === 'object' ? isNamed(asked, got) : isSameText(asked, String(got));
	if (typeof asked === 'number') return Math.abs(asked - Number(got)) <= ROUNDING;
	if (typeof asked === 'boolean') return asked === got;
	if (Array.isArray(asked)) return Array.isArray(got) && asked.every((item) => isAmong(item, got, entryId));
	return typeof got === 'object' && isSameRecord(asked as object, got as object, entryId);
}

/** Hours and money are kept with two decimals. */
const ROUNDING = 0.0051;

function isNothing(value: unknown): boolean {
	return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
}

/** Compares records by id where the call gives one, since one record's name has many spellings. */
function isSameRecord(asked: object, got: object, entryId: string): boolean {
	const id = valueAt(asked, 'id');
	if (id !== undefined && valueAt(got, 'id') !== undefined && Object.keys(asked).length === 1)
		return String(id) === String(valueAt(got, 'id'));
	return Object.entries(asked).every(([key, value]) => isTakenOver(value, valueAt(got, key), entryId));
}

function isAmong(item: unknown, got: readonly unknown[], entryId: string): boolean {
	const id = valueAt(item, entryId);
	const candidates = id === undefined ? got : got.filter((one) => String(valueAt(one, entryId) ?? one) === String(id));
	return candidates.some((one) => isTakenOver(item, one, entryId));
}

/** A reference sent by name, where names go to the vendor as they are. */
function isNamed(text: string, got: unknown): boolean {
	return ['identifier', 'name', 'id'].some((key) => isSameText(text, String(valueAt(got, key) ?? '')));
}

function isSameText(asked: string, got: string): boolean {
	return foldText(asked) === foldText(got) || isSameMoment(asked, got);
}

/** Line breaks, blanks, normal forms and case as vendors change them. */
export function foldText(text: string): string {
	return text.normalize('NFC').replace(/\s+/g, ' ').trim().toLowerCase();
}

const MOMENT = /^\d{4}-\d{2}-\d{2}(T|$)/;

function isSameMoment(asked: string, got: string): boolean {
	if (!MOMENT.test(asked) || !MOMENT.test(got)) return false;
	const isDay = asked.length === 10 || got.length === 10 || /T00:00:00/.test(asked);
	return Date.parse(asked) === Date.parse(got) || (isDay && asked.slice(0, 10) === got.slice(0, 10));
}
