// Fields that a caller asked for and no record has: vendors leave out what is null, and what they do not know.
import { fieldPath, fieldsArgument } from '../../integration/method-wire.ts';
import { isObject } from '../../lib/is-object.ts';
import { valueAt } from '../../lib/json-path.ts';
import type { AnswerContext } from './context.ts';

const MAX_TOLD = 10;

/** @returns one sentence; null where the caller chose no fields, or each is in some record, which need not be cleaned */
export function emptyFieldsNotice(
	{ integration, operation, named }: Pick<AnswerContext, 'integration' | 'operation' | 'named'>,
	records: readonly unknown[],
): string | null {
	const asked = named[fieldsArgument(integration)];
	if (typeof asked !== 'string' || records.length === 0) return null;
	const fields = asked
		.split(',')
		.map((field) => field.trim())
		.filter((field) => field !== '' && field !== '*');
	const empty = fields.filter(
		(field) => !records.some((record) => isShown(record, fieldPath(integration, operation.recordFields, field))),
	);
	if (empty.length === 0) return null;
	return `Empty${operation.kind === 'list' || records.length > 1 ? ' in all of these' : ''}: ${empty.slice(0, MAX_TOLD).join(', ')}.`;
}

/** An array is shown whole. Names count without regard to case, as the vendor reads them. */
function isShown(record: unknown, path: string): boolean {
	let value = record;
	for (const step of path.toLowerCase().split('/')) {
		if (Array.isArray(value)) return true;
		const name = Object.keys(isObject(value) ? value : {}).find((one) => one.toLowerCase() === step);
		value = name === undefined ? undefined : valueAt(value, name);
	}
	return value !== undefined;
}
