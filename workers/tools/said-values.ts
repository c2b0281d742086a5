// Values as people and models write them → the type that a schema declares, where they mean one thing.
import type { ArgumentSchema } from '../integration/format.ts';
import { squashText } from '../lib/fold-text.ts';
import { isObject } from '../lib/is-object.ts';
import { readJsonText, writtenId } from './given-arguments.ts';

/**
 * JSON as text, `yes` and `no`, `$1,200.00`, `101, 102`, one value where a list is meant, and a listed word in another
 * spelling.
 *
 * @returns undefined for a value that is taken, or refused, as it is
 */
export function readSaidValue(schema: ArgumentSchema, value: unknown): unknown {
	const { type } = schema;
	if (type === 'array') return Array.isArray(value) ? undefined : listOf(schema, value);
	if (typeof value !== 'string') return undefined;
	if (schema.enum) return listedWord(schema.enum, value) ?? readJsonText(type, value);
	if (type === 'boolean') return YES_NO.get(value.trim().toLowerCase()) ?? readJsonText(type, value);
	return readJsonText(type, value) ?? (type === 'number' || type === 'integer' ? money(value) : undefined);
}

const YES_NO: ReadonlyMap<string, boolean> = new Map([
	['yes', true],
	['no', false],
	['y', true],
	['n', false],
]);

/** `service ticket` for ServiceTicket: letters and digits decide, where they are one value's alone. */
function listedWord(words: readonly unknown[], said: string): unknown {
	if (words.includes(said)) return undefined;
	const squashed = squashText(said);
	const meant = words.filter((word) => squashText(String(word)) === squashed);
	return meant.length === 1 ? meant[0] : undefined;
}

/** The comma is one of thousands where a currency or cents say so: 1,200 alone may be 1.2 in Europe. */
const MONEY = /^-?(?:[$€£] ?\d{1,3}(?:,?\d{3})*(?:\.\d{1,2})?|\d{1,3}(?:,\d{3})+\.\d{1,2})$/;

function money(text: string): number | undefined {
	const said = text.trim();
	return MONEY.test(said) ? Number(said.replace(/[$€£, ]/g, '')) : undefined;
}

function listOf({ items }: ArgumentSchema, value: unknown): unknown[] | undefined {
	const read = typeof value === 'string' ? readJsonText('array', value) : undefined;
	if (Array.isArray(read)) return read;
	if (typeof value === 'string' && items?.type === 'integer' && value.includes(',')) {
		const numbers = value.split(',').map(writtenId);
		return numbers.every((one) => one !== null) ? numbers : undefined;
	}
	const one = items?.type === undefined ? undefined : (readSaidValue(items, value) ?? value);
	if (items?.type === 'integer') return Number.isSafeInteger(one) ? [one] : undefined;
	if (items?.type === 'object') return isObject(one) ? [one] : undefined;
	if (items?.type !== 'string' || typeof one !== 'string' || one.trim() === '') return undefined;
	const words = one.split(',').map((word) => word.trim());
	// A comma may belong to a text; between plain words it does not.
	return words.every((word) => PLAIN_WORD.test(word)) ? words : words.length === 1 ? [one] : undefined;
}

const PLAIN_WORD = /^[\w/.]+$/;

const HOURS_AND_MINUTES =
	/^(?:(\d{1,4}(?:\.\d{1,2})?) ?h(?:ours?|rs?)?)?(?: ?(?:and )?(\d{1,4}) ?m(?:in(?:ute)?s?)?)?$/;

/** Adds to the fault of a number what a duration is in hours: `1h 30m`, `1:30`, `45 min`. */
export function asHours({ type }: ArgumentSchema, value: unknown): string {
	if (type !== 'number' || typeof value !== 'string') return '';
	const said = value.trim().toLowerCase();
	const [, hours, minutes] = /^(\d{1,3}):([0-5]\d)$/.exec(said) ?? HOURS_AND_MINUTES.exec(said) ?? [];
	if (hours === undefined && minutes === undefined) return '';
	const inHours = Number(hours ?? 0) + Number(minutes ?? 0) / 60;
	return `: in hours that is ${Math.round(inHours * 10_000) / 10_000}`;
}
