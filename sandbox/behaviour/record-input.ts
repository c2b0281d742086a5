// Turns a caller's JSON into a record fit to store: types, lengths, enums, references, custom fields, required fields.
// All faults of a body are collected and answered at once.

import type { Collection } from '../schema/collections.ts';
import { referenceTarget, resourceOf } from '../schema/collections.ts';
import { CUSTOM_FIELDS } from '../schema/custom-fields.ts';
import { formatDate, parseDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import type { Field, FieldType, Schema, SchemaName } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import { notBoolean } from '../schema/vendor-errors.ts';
import { identifierOf, nameOf, parentIdOf } from './record-views.ts';
import type { Store, Stored } from './store.ts';

/** The records that references in a body may name. */
type Records = { store: Store };

type Outcome = { value: Json } | { fault: Omit<ValidationFault, 'resource'> };

const refuse = (field: string, code: string, message: string): Outcome => ({ fault: { code, message, field } });

/** Real answers to values of a wrong type are not known; this wording is ours. */
const wrongType = (field: string, wanted: string): Outcome =>
	refuse(field, 'InvalidObject', `The field ${field} must be ${wanted}.`);

const WRITABLE_DATE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:Z|[+-]\d{2}:?\d{2})$/;

function readScalar(name: string, type: FieldType, value: Json): Outcome {
	switch (type.kind) {
		case 'text':
		case 'guid': {
			if (typeof value === 'object') return wrongType(name, 'a string');
			const text = String(value);
			const maxLength = type.kind === 'text' ? type.maxLength : undefined;
			if (maxLength !== undefined && text.length > maxLength) {
				const message = `The field ${name} must be a string with a maximum length of ${maxLength}.`;
				return refuse(name, 'MaxLengthField', message);
			}
			return { value: text };
		}
		case 'int':
		case 'num': {
			const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
			const fits = typeof number === 'number' && Number.isFinite(number);
			if (!fits || (type.kind === 'int' && !Number.isInteger(number))) return wrongType(name, 'a number');
			return { value: number };
		}
		case 'bool': {
			if (typeof value === 'boolean') return { value };
			const text = String(value).toLowerCase();
			if (text !== 'true' && text !== 'false') throw notBoolean();
			return { value: text === 'true' };
		}
		case 'date': {
			const ms = typeof value === 'string' && WRITABLE_DATE.test(value) ? parseDate(value) : Number.NaN;
			if (Number.isNaN(ms)) return refuse(name, 'InvalidObject', `Unsupported format applied to ${name}`);
			return { value: formatDate(ms) };
		}
		case 'enum': {
			const text = String(value).toLowerCase();
			const known = type.values.find((candidate) => candidate.toLowerCase() === text);
			return known === undefined ? wrongType(name, `one of ${type.values.join(', ')}`) : { value: known };
		}
		default:
			return { value };
	}
}

const OWNERS = { board: 'boards', company: 'companies', project: '/project/projects' } as const;

/**
 * The board, company or project that a reference must belong to, or null when the record names none. `shipToSite` is a
 * site of `shipToCompany`, not of `company`.
 */
function scopeOf(name: string, kind: string, collection: Collection | null, record: JsonObject): number | null {
	const within = referenceTarget(kind)?.within;
	if (!within) return null;
	const prefix = within === 'company' ? (/^(.+)Site$/.exec(name)?.[1] ?? '') : '';
	const ofOwn = prefix === '' || prefix === 'billing';
	const owner = ofOwn ? record[within] : record[`${prefix}Company`];
	const id = ofOwn && collection === OWNERS[within] ? record.id : at(owner, 'id');
	return typeof id === 'number' ? id : null;
}

/** Key by which a reference names its target: id before identifier before name. */
const referenceKey = (value: JsonObject): 'id' | 'identifier' | 'name' | undefined =>
	(['id', 'identifier', 'name'] as const).find((candidate) => (value[candidate] ?? null) !== null);

/** The record that a reference means, within the board or company it must belong to. */
export function findReferred(store: Store, kind: string, value: JsonObject, scope: number | null): Stored | undefined {
	const target = referenceTarget(kind);
	const key = referenceKey(value);
	if (!target || !key) return undefined;
	const wanted = String(value[key]).toLowerCase();
	const fits = (record: Stored): boolean => {
		const actual = key === 'name' ? nameOf(record) : key === 'identifier' ? identifierOf(record) : record[key];
		const inScope = scope === null || parentIdOf(target.collection, record) === scope;
		return inScope && String(actual ?? '').toLowerCase() === wanted;
	};
	return store.find(target.collection, fits) ?? (target.also && store.find(target.also, fits));
}

/** Finds what a reference names by id, identifier or name, and keeps its id alone. */
function readReference(store: Store, name: string, kind: string, value: Json, scope: number | null): Outcome {
	if (!isObject(value)) return wrongType(name, 'a reference such as {"id": 1}');
	const target = referenceTarget(kind);
	if (!target) {
		const { _info, ...kept } = value;
		return { value: kept };
	}
	const key = referenceKey(value);
	if (key === undefined) return { value: null };
	// The vendor's own form of no reference.
	if (value.id === 0 && value.identifier === undefined && value.name === undefined) return { value: null };
	const found = findReferred(store, kind, value, scope);
	if (found) return { value: { id: found.id } };
	const { label } = resourceOf(target.collection);
	const message =
		target.within === 'board' && scope !== null
			? `${label} ${value[key]} not found for Service Board ${scope}`
			: `${label.toLowerCase()} ${value[key]} not found`;
	return refuse(`${name}/${key}`, 'NotFound', message);
}

/** The whole array replaces the values: a field that is not in it loses its value, as the guide warns. */
function readCustomFields(collection: Collection, value: Json): Outcome {
	const definitions = CUSTOM_FIELDS[collection] ?? [];
	if (!Array.isArray(value)) return wrongType('customFields', 'an array');
	for (const item of value) {
		if (!isObject(item) || !definitions.some(({ id }) => id === item.id)) {
			return refuse('customFields', 'NotFound', `customField ${isObject(item) ? item.id : item} not found`);
		}
	}
	return {
		value: definitions.map((definition) => {
			const given = value.find((item) => at(item, 'id') === definition.id);
			const content = at(given, 'value');
			return content === null ? { ...definition } : { ...definition, value: content };
		}),
	};
}

/** An object inside a record; fields that it does not have are dropped. */
function readNested(context: Records, name: string, fields: Schema, value: Json, wanted: string): Outcome {
	if (!isObject(value)) return wrongType(name, wanted);
	const nested: JsonObject = {};
	for (const [key, inner] of Object.entries(value)) {
		const field = fields.get(key.toLowerCase());
		if (!field) continue;
		const outcome = readField(context, null, field, inner, nested);
		if ('fault' in outcome) return { fault: { ...outcome.fault, field: `${name}/${outcome.fault.field}` } };
		nested[field.name] = outcome.value;
	}
	return { value: nested };
}

type ArrayField = { name: string; type: FieldType & { kind: 'array' } };

function readElement(context: Records, { name, type }: ArrayField, value: Json): Outcome {
	if (type.of.kind === 'record') return readNested(context, name, type.of.fields, value, 'an array of objects');
	if (type.of.kind === 'ref') return readReference(context.store, name, type.of.to, value, null);
	return readScalar(name, type.of, value);
}

/** @param collection  null inside an array and in the body of an action */
function readField(
	context: Records,
	collection: Collection | null,
	field: Field,
	value: Json,
	record: JsonObject,
): Outcome {
	const { name, type } = field;
	if (value === null) return { value: null };
	if (collection && name === 'customFields') return readCustomFields(collection, value);
	if (type.kind === 'ref') {
		return readReference(context.store, name, type.to, value, scopeOf(name, type.to, collection, record));
	}
	if (type.kind === 'record') return readNested(context, name, type.fields, value, 'an object');
	if (type.kind !== 'array') return readScalar(name, type, value);
	if (!Array.isArray(value)) return wrongType(name, 'an array');
	const outcomes = value.map((item) => readElement(context, { name, type }, item));
	const fault = outcomes.find((outcome) => 'fault' in outcome);
	return fault ?? { value: outcomes.flatMap((outcome) => ('value' in outcome ? (outcome.value ?? []) : [])) };
}

/** Boards, companies and projects are read first, because other references are looked up within them. */
const readingOrder = (name: string): number => (/^(?:board|project)$|company$/i.test(name) ? 0 : 1);

/** A caller's object with the schema's own spelling of each field. Unknown fields are dropped, as the vendor does. */
export function pickKnownFields(collection: Collection, body: JsonObject): JsonObject {
	const schema = schemaOf(resourceOf(collection).schema);
	const known: JsonObject = {};
	for (const [name, value] of Object.entries(body)) {
		const field = schema.get(name.toLowerCase());
		if (field && field.name !== 'id') known[field.name] = value;
	}
	return known;
}

/**
 * Reads every field of a record that is about to be stored, whether the caller sent it or it was there before.
 *
 * @returns the fields that passed, and the faults of those that did not
 */
export function readRecord(
	context: Records,
	collection: Collection,
	given: JsonObject,
): { record: JsonObject; faults: ValidationFault[] } {
	const { schema, noun } = resourceOf(collection);
	const record: JsonObject = { ...given };
	const faults: ValidationFault[] = [];
	const fields = [...schemaOf(schema).values()].sort((a, b) => readingOrder(a.name) - readingOrder(b.name));
	for (const field of fields) {
		const value = given[field.name];
		if (value === undefined) continue;
		const outcome = readField(context, collection, field, value, record);
		if ('fault' in outcome) {
			const { code, message, field: name } = outcome.fault;
			faults.push({ code, message, resource: noun, field: name });
		} else {
			record[field.name] = outcome.value;
		}
	}
	return { record, faults };
}

/** Faults of the bare ids that the caller sent: each must be the id of a record. */
export function findUnknownIds(
	{ store }: Records,
	collection: Collection,
	record: JsonObject,
	written: readonly string[],
): ValidationFault[] {
	const { noun, idLists = {} } = resourceOf(collection);
	return Object.entries(idLists).flatMap(([name, kind]) => {
		const ids = record[name];
		if (!written.includes(name) || !Array.isArray(ids)) return [];
		return ids.flatMap((id): ValidationFault[] => {
			const outcome = readReference(store, name, kind, { id }, scopeOf('', kind, collection, record));
			return 'fault' in outcome ? [{ ...outcome.fault, resource: noun, field: name }] : [];
		});
	});
}

/** The body of an action, read as its schema says. */
export function readActionBody(
	context: Records,
	schema: SchemaName,
	noun: string,
	body: JsonObject,
): { values: JsonObject; faults: ValidationFault[] } {
	const values: JsonObject = {};
	const faults: ValidationFault[] = [];
	for (const [key, value] of Object.entries(body)) {
		const field = schemaOf(schema).get(key.toLowerCase());
		if (!field) continue;
		const outcome = readField(context, null, field, value, values);
		if ('fault' in outcome) faults.push({ ...outcome.fault, resource: noun });
		else values[field.name] = outcome.value;
	}
	const named = new Set(faults.map(({ field }) => field));
	for (const { name, required } of schemaOf(schema).values()) {
		if (required && !named.has(name) && (values[name] ?? null) === null) faults.push(missingField(noun, name));
	}
	return { values, faults };
}

export function missingField(noun: string, field: string, wanted = field): ValidationFault {
	return { code: 'MissingRequiredField', message: `${wanted} is required.`, resource: noun, field };
}

/** Faults for required fields that are empty. */
export function findMissing(
	collection: Collection,
	record: JsonObject,
	also: readonly string[] = [],
): ValidationFault[] {
	const { schema, noun, parent } = resourceOf(collection);
	return [...schemaOf(schema).values()]
		.filter(({ name, required }) => (required || also.includes(name)) && name !== parent?.field)
		.filter(({ name }) => (record[name] ?? null) === null || record[name] === '')
		.map(({ name }) => missingField(noun, name));
}
