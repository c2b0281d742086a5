// The fields of each of the vendor's records and references, derived from the integration's data.

import type { FieldFact } from './vendor-facts.ts';
import { KEYS_OF_KIND, kindOf, RECORD_FACTS } from './vendor-facts.ts';

/** The vendor's name of a record, for example `Ticket` or `Company.Configuration`. */
export type SchemaName = string;

export type FieldType =
	| { kind: 'int' | 'num' | 'bool' | 'date' | 'guid' | 'obj' }
	| { kind: 'text'; maxLength?: number }
	| { kind: 'enum'; values: readonly string[] }
	| { kind: 'ref'; to: string }
	| { kind: 'record'; readonly fields: Schema }
	| { kind: 'array'; of: FieldType };

export type Field = { name: string; type: FieldType; required: boolean };

/** Fields by lower-case name, because the vendor's conditions take names in any case. */
export type Schema = ReadonlyMap<string, Field>;

/** The vendor's document describes this field as an object, but it behaves like a reference. */
const TYPE_OVERLAY: Readonly<Record<string, FieldType>> = {
	'Member.office365': { kind: 'ref', to: 'MemberOffice365' },
};

/** Fields that the vendor takes and never shows. */
const SECRET = /^(?:Contact\.portalPassword|(?:My)?Member\.(?:password|token|corelytics\w+))$/;

/** Fields that references of a kind show besides those that a caller can name them by. */
const MORE_REFERENCE_FIELDS: Readonly<Record<string, string>> = {
	Agreement: 'type chargeFirmFlag',
	CommunicationType: 'coreEntityId',
	Currency:
		'symbol currencyCode decimalSeparator numberOfDecimals thousandsSeparator negativeParenthesesFlag displaySymbolFlag currencyIdentifier displayIdFlag rightAlign',
	Invoice: 'billingType applyToType invoiceDate chargeFirmFlag',
	LdapConfiguration: 'server',
	Member: 'dailyCapacity',
	MemberSsoSettings: 'ssoUserId userName email',
	Priority: 'sort level',
	ScheduleEntry: 'description',
	ServiceEmailTemplate: 'type',
	ServiceStatus: 'sort',
	Ticket: 'summary',
	Warehouse: 'lockedFlag',
	WorkType: 'utilizationFlag',
};

// Derived once per isolate, never changed. Records hold each other, so each is known before its fields are read.
const schemas = new Map<SchemaName, Map<string, Field>>();
const referenceSchemas = new Map<string, Schema>();

/** @throws Error when the vendor has no such record: a mistake in the sandbox itself */
export function schemaOf(record: SchemaName): Schema {
	const known = schemas.get(record);
	if (known) return known;
	const fact = RECORD_FACTS.get(record);
	if (!fact) throw new Error(`record-schemas.ts: no record ${record}`);
	const schema = new Map<string, Field>();
	schemas.set(record, schema);
	// One of the vendor's records spells what it requires unlike its fields.
	const required = new Set((fact.required ?? []).map((name) => name.toLowerCase()));
	for (const [name, field] of Object.entries(fact.fields)) {
		if (SECRET.test(`${record}.${name}`)) continue;
		const key = name.toLowerCase();
		const type = TYPE_OVERLAY[`${record}.${name}`] ?? typeOf(field);
		schema.set(key, { name, type, required: required.has(key) });
	}
	return schema;
}

function typeOf(fact: FieldFact): FieldType {
	switch (fact.type) {
		case 'integer':
			return { kind: 'int' };
		case 'number':
			return { kind: 'num' };
		case 'boolean':
			return { kind: 'bool' };
		case 'reference':
			return { kind: 'ref', to: kindOf(fact.target ?? '') };
		case 'object':
			return nested(fact);
		case 'array':
			return { kind: 'array', of: itemType(fact) };
		default:
			return textType(fact);
	}
}

function textType({ enum: values, format, maxLength }: FieldFact): FieldType {
	if (values) return { kind: 'enum', values };
	if (format === 'uuid') return { kind: 'guid' };
	if (format === 'date-time') return { kind: 'date' };
	return { kind: 'text', ...(maxLength !== undefined && { maxLength }) };
}

/** The type of an object of a known record. Its fields are read when they are needed, because a record may hold itself. */
function nested({ record }: FieldFact): FieldType {
	if (!record || !RECORD_FACTS.has(record)) return { kind: 'obj' };
	return {
		kind: 'record',
		get fields() {
			return schemaOf(record);
		},
	};
}

function itemType(fact: FieldFact): FieldType {
	if (fact.record) return nested(fact);
	if (fact.items === 'reference') return { kind: 'ref', to: kindOf(fact.target ?? '') };
	if (fact.items === 'integer') return { kind: 'int' };
	if (fact.items === 'number') return { kind: 'num' };
	return fact.items === 'string' ? { kind: 'text' } : { kind: 'obj' };
}

/** The fields inside a reference, for example `id`, `identifier` and `name` of a Company. */
export function referenceSchema(kind: string): Schema {
	const known = referenceSchemas.get(kind);
	if (known) return known;
	const more = MORE_REFERENCE_FIELDS[kind]?.split(' ') ?? [];
	const names = [...(KEYS_OF_KIND.get(kind) ?? ['id', 'name']), ...more];
	const schema = new Map(
		names.map((name): [string, Field] => [
			name.toLowerCase(),
			{ name, type: referenceFieldType(name), required: false },
		]),
	);
	referenceSchemas.set(kind, schema);
	return schema;
}

function referenceFieldType(name: string): FieldType {
	if (/^(?:id|sort|numberOfDecimals)$/.test(name)) return { kind: 'int' };
	if (name === 'dailyCapacity') return { kind: 'num' };
	return { kind: name.endsWith('Flag') || name === 'rightAlign' ? 'bool' : 'text' };
}
