// The schema of a record from the vendor's facts, in the form of schemas.ts.

import type { FieldFact } from './facts.ts';
import { KEYS_OF_KIND, kindOf, RECORD_FACTS } from './facts.ts';
import type { Field, FieldType, Schema } from './schemas.ts';

// Derived once per isolate, never changed. Records hold each other, so each is known before its fields are read.
const derived = new Map<string, Map<string, Field>>();

/** @throws Error when the vendor has no such record */
export function deriveSchema(record: string): Schema {
	const known = derived.get(record);
	if (known) return known;
	const fact = RECORD_FACTS.get(record);
	if (!fact) throw new Error(`derived-schemas.ts: no record ${record}`);
	const schema = new Map<string, Field>();
	derived.set(record, schema);
	// One of the vendor's records spells what it requires unlike its fields.
	const required = new Set((fact.required ?? []).map((name) => name.toLowerCase()));
	for (const [name, field] of Object.entries(fact.fields)) {
		const key = name.toLowerCase();
		schema.set(key, { name, type: typeOf(field), required: required.has(key) });
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

/** An object of a known record is read when it is needed: a record may hold itself. */
function nested({ record }: FieldFact): FieldType {
	if (!record || !RECORD_FACTS.has(record)) return { kind: 'obj' };
	return {
		kind: 'record',
		get fields() {
			return deriveSchema(record);
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

/** The fields that references of a kind show, where the facts know it. */
export function deriveReferenceSchema(kind: string): Schema | null {
	const keys = KEYS_OF_KIND.get(kind);
	if (!keys) return null;
	return new Map(
		keys.map((name): [string, Field] => {
			const type: FieldType = {
				kind: name === 'id' || name === 'sort' ? 'int' : name.endsWith('Flag') ? 'bool' : 'text',
			};
			return [name.toLowerCase(), { name, type, required: false }];
		}),
	);
}
