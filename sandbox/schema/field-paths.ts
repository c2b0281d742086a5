// Names of fields in conditions, orderBy and childConditions, and where in a record they lead.

import type { FieldType, Schema } from './record-schemas.ts';
import { referenceSchema } from './record-schemas.ts';

/** A field that a name in a query leads to. `array` names the array field a child path goes through. */
export type FieldPath = { keys: string[]; type: FieldType; array?: string };

/** Fields that may be filtered and sorted by although records carry them only inside `_info`. */
const INFO_FIELDS: Record<string, { name: string; type: FieldType }> = {
	lastupdated: { name: 'lastUpdated', type: { kind: 'date' } },
	dateentered: { name: 'dateEntered', type: { kind: 'date' } },
	updatedby: { name: 'updatedBy', type: { kind: 'text' } },
	enteredby: { name: 'enteredBy', type: { kind: 'text' } },
};

/** Finds a field by its path in any case, or null when there is none that `conditions` may use. */
export function findField(schema: Schema, path: string): FieldPath | null {
	const [head = '', second, ...rest] = path.toLowerCase().split('/');
	if (rest.length > 0) return null;
	const field = schema.get(head);
	if (!field) {
		const infoName = head === '_info' ? second : second === undefined ? head : undefined;
		const info = infoName === undefined ? undefined : INFO_FIELDS[infoName];
		return info ? { keys: ['_info', info.name], type: info.type } : null;
	}
	if (field.type.kind === 'array') return null;
	if (second === undefined) return { keys: [field.name], type: field.type };
	if (field.type.kind !== 'ref') return null;
	const inner = referenceSchema(field.type.to).get(second);
	return inner ? { keys: [field.name, inner.name], type: inner.type } : null;
}

/** Finds `array/field` or `array/reference/field`, for childConditions. */
export function findChildField(schema: Schema, path: string): FieldPath | null {
	const [head = '', ...rest] = path.split('/');
	const field = schema.get(head.toLowerCase());
	if (field?.type.kind !== 'array') return null;
	const of = field.type.of;
	const inner = of.kind === 'record' ? of.fields : of.kind === 'ref' ? referenceSchema(of.to) : null;
	const found = inner && findField(inner, rest.join('/'));
	return found && { ...found, array: field.name };
}
