// The lean answer of a create or an update: what was set, as it now is, and what was not taken over.
import { isObject } from '../../lib/is-object.ts';
import { valueAt } from '../../lib/json-path.ts';
import { ellipsis } from '../../lib/text.ts';
import { WHOLE_RECORDS } from '../../vendor/request.ts';
import type { AnswerContext } from './context.ts';
import { fieldsSet, notTakenOver } from './taken-over.ts';

/** A text that was sent comes back shortened: the caller has it. */
const MAX_ECHO = 100;
const IDENTIFYING = /^(identifier|name|summary|title|subject|fileName|\w*[a-z]Number)$/;
const REFERENCE_KEYS = ['id', 'identifier', 'name'];

/**
 * @param record  the vendor's; its texts are compared as they came, since cleaning changes them
 * @param clean   cleans the texts of an answer
 * @returns the members that the caller asked for, by `fields`, or those that the call set
 */
export function writtenRecord(
	context: AnswerContext,
	record: Record<string, unknown>,
	clean: (content: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> {
	const { operation, args } = context;
	const lost = notTakenOver(context, record);
	const told = lost.length > 0 ? { not_taken_over: lost } : {};
	const wanted = wantedFields(context);
	if (wanted === WHOLE_RECORDS) return { ...clean(record), ...told };
	const answer: Record<string, unknown> = {};
	const id = record.id ?? (operation.kind === 'update' ? args.id : undefined);
	if (id !== undefined) answer.id = id;
	if (operation.kind === 'create')
		for (const [name, value] of Object.entries(record))
			if (typeof value === 'string' && IDENTIFYING.test(name)) answer[name] = value;
	for (const [name, asked] of fieldsSet(context))
		if (record[name] === undefined && asked === null) answer[name] = null;
		else if (record[name] !== undefined) answer[name] = lean(record[name]);
	for (const path of wanted) setAt(answer, path, valueAt(record, path));
	// A vendor that answers without the record says something else: that is all there is to tell.
	if (record.id === undefined) return { ...clean({ ...answer, ...record }), ...told };
	return { ...withEchoes(clean(answer), [...wanted, ...lost]), ...told };
}

/** Shortens texts that the caller has, once they are clean: of a secret that was cut before, a part would stay. */
function withEchoes(answer: Record<string, unknown>, whole: readonly string[]): Record<string, unknown> {
	const shorten = (name: string, value: unknown) => (whole.includes(name) || name === 'id' ? value : echo(value));
	return Object.fromEntries(Object.entries(answer).map(([name, value]) => [name, shorten(name, value)]));
}

function wantedFields({ operation, args }: AnswerContext): string[] | typeof WHOLE_RECORDS {
	const name = [...operation.places].find(([, place]) => place.in === 'answer')?.[0];
	const asked = name === undefined ? undefined : args[name];
	const fields = typeof asked === 'string' ? asked.split(',').map((field) => field.trim()) : [];
	return fields.includes(WHOLE_RECORDS) ? WHOLE_RECORDS : fields.filter(Boolean);
}

function echo(value: unknown): unknown {
	return typeof value === 'string' ? ellipsis(value, MAX_ECHO) : value;
}

/** A reference by what names it, without what the vendor adds. */
export function lean(value: unknown): unknown {
	if (!isObject(value)) return value;
	if (valueAt(value, 'id') === undefined) return value;
	return Object.fromEntries(Object.entries(value).filter(([key]) => REFERENCE_KEYS.includes(key)));
}

function setAt(target: Record<string, unknown>, path: string, value: unknown): void {
	if (value !== undefined) target[path] = value;
}

/**
 * The fields of a record as an update could set them again; null for one that was empty.
 *
 * @param fields  names of the fields, which cleaning may have taken out
 */
export function leanRecord(record: unknown, fields: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.keys(fields).map((name) => [name, lean(valueAt(record, name) ?? null)]));
}
