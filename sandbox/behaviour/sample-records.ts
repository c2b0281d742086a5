// Plausible values for a record's fields, chosen by their names and types: what fills the lists that no part of the seed
// describes, and the answers that are computed by the vendor alone.

import { DAY_MS } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { Field, FieldType, Schema } from '../schema/record-schemas.ts';

export type Sampling = {
	/** Value of the fields that name the record. */
	label: string;
	/** Counts the records of one list from 1. */
	number: number;
	nowMs: number;
	/** The id of a record that a reference of the kind may point at, or null. */
	refer(field: Field & { type: { kind: 'ref' } }, record: JsonObject): number | null;
};

/** References that a reader would miss if they were not there. */
const EXPECTED = new Set(
	'agreement billingTerms board campaign catalogItem company contact currency department enteredBy location member owner phase priority product project projectStatus salesRep site stage status taxCode team ticket type vendor warehouse workRole workType'.split(
		' ',
	),
);

const moment = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
const words = (name: string): string =>
	name.replace(/([a-z\d])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);

/** A record with every required field, and those optional ones that a reader expects. */
export function sampleRecord(schema: Schema, sampling: Sampling): JsonObject {
	const record: JsonObject = {};
	const fields = [...schema.values()].filter(({ name }) => name !== 'id' && name !== 'customFields');
	// Owners first: other references are chosen within them.
	const rank = ({ name }: Field): number => (/^(?:board|project)$|company$/i.test(name) ? 0 : 1);
	for (const field of fields.sort((a, b) => rank(a) - rank(b))) {
		const value = sampleValue(field, sampling, record);
		if (value !== null) record[field.name] = value;
	}
	return record;
}

function sampleValue(field: Field, sampling: Sampling, record: JsonObject): Json {
	const { name, type, required } = field;
	switch (type.kind) {
		case 'bool':
			return /^(?:default|active|enabled|display|visible)\w*flag$/i.test(name) && sampling.number === 1;
		case 'int':
			return sampleInteger(name, required, sampling);
		case 'num':
			return sampleNumber(name, sampling);
		case 'date':
			return sampleDate(name, sampling);
		case 'guid':
			return null;
		case 'enum':
			return type.values[(sampling.number - 1) % type.values.length] ?? null;
		case 'ref': {
			if (!required && !EXPECTED.has(name)) return null;
			const id = sampling.refer({ ...field, type }, record);
			return id === null ? null : { id };
		}
		case 'record':
			return required ? sampleRecord(type.fields, sampling) : null;
		case 'array':
			return required ? sampleArray(type.of, field, sampling, record) : null;
		case 'obj':
			return null;
		default:
			return sampleText(field, type, sampling);
	}
}

function sampleArray(of: FieldType, field: Field, sampling: Sampling, record: JsonObject): Json {
	const item = sampleValue({ name: field.name, type: of, required: true }, sampling, record);
	return item === null ? [] : [item];
}

function sampleInteger(name: string, required: boolean, { number, nowMs }: Sampling): Json {
	if (/(?:Id|RecID|RecId)$/.test(name)) return required ? number : null;
	if (/year$/i.test(name)) return new Date(nowMs).getUTCFullYear();
	if (/(?:sort|sequence|order|level|number)/i.test(name)) return number;
	if (/percent|probability/i.test(name)) return Math.min(100, number * 25);
	return required || /count|days|hours|minutes|points|quantity/i.test(name) ? number : null;
}

function sampleNumber(name: string, { number }: Sampling): Json {
	if (/percent|margin/i.test(name)) return 10 * number;
	if (/rate$/i.test(name)) return 100 + 25 * number;
	if (/hours|quantity|onHand/i.test(name)) return 2 * number;
	if (/amount|price|cost|total|revenue|balance/i.test(name)) return 125 * number;
	if (/sequence|sort/i.test(name)) return number;
	return null;
}

function sampleDate(name: string, { number, nowMs }: Sampling): string {
	const midnight = Math.floor(nowMs / DAY_MS) * DAY_MS;
	const ahead = /end|due|expir|close|until|completion/i.test(name) ? 30 : -30;
	return moment(midnight + ahead * number * DAY_MS);
}

function sampleText({ name, required }: Field, type: FieldType, sampling: Sampling): Json {
	const { label, number } = sampling;
	const maxLength = type.kind === 'text' ? (type.maxLength ?? 4000) : 4000;
	const clip = (text: string): string => text.slice(0, maxLength).trim();
	const lower = name.toLowerCase();
	if (/^(?:name|description|caption|captionname|title|summary|subject|label)$/.test(lower)) return clip(label);
	if (/identifier$/.test(lower)) return clip(label.replace(/[^A-Za-z\d]/g, '')) || String(number);
	if (/^(?:notes?|text|question|message|resolution|comments?)$/.test(lower)) return clip(`${label}.`);
	if (/^date|date(?:utc)?$/.test(lower)) return sampleDate(name, sampling);
	if (/email(?:address)?$/.test(lower)) return clip('office@patchbay.example');
	if (/url|website|hyperlink$/.test(lower)) return clip('https://www.patchbay.example');
	if (/phone/.test(lower)) return clip('8135550100');
	if (/^(?:enteredby|createdby|updatedby)$/.test(lower)) return 'klee';
	return required ? clip(`${words(name)} ${number}`) : null;
}
