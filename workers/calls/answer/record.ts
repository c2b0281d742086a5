// One record, or the value that an action answers with.
import { fieldsArgument } from '../../integration/method-wire.ts';
import { isObject } from '../../lib/is-object.ts';
import { utf8Length } from '../../lib/text.ts';
import { chosenFields } from '../../vendor/answer-shape.ts';
import { cleanRecord, fitWithinBudget, shortenWithinBudget, tableColumns, tableRow } from '../../vendor/records.ts';
import { requestedFields } from '../../vendor/request.ts';
import { type AnswerContext, ENVELOPE_BYTES } from './context.ts';
import { emptyFieldsNotice } from './empty-fields.ts';
import { noticeOf } from './texts.ts';

/**
 * A record's JSON in UTF-8 is at most this many times as long as the vendor's text: cleaning writes a few words in place
 * of the deepest brackets, and a number may be spelled out.
 */
const GROWTH_MAX = 12;

/** @param sourceLength  characters of the vendor's JSON */
export function recordResult(
	context: AnswerContext,
	answered: unknown,
	{ sourceLength, clean }: { sourceLength: number; clean: (value: unknown) => unknown },
): Record<string, unknown> {
	const { integration, operation, args, budgetBytes } = context;
	const received = cleanRecord(integration, answered);
	if (Array.isArray(received)) {
		const isTable = operation.readOnly && context.listFormat === 'table' && received.every(isObject);
		const columns = isTable ? tableColumns(received, requestedFields(integration, operation, args)) : null;
		const name = columns ? 'rows' : 'result';
		const shown = columns ? (item: unknown) => tableRow(clean(item), columns) : clean;
		const whole: Record<string, unknown> = { ...(columns ? { columns } : {}), [name]: received };
		const { notice: isCut, ...list } = cutList(whole, name, budgetBytes, shown);
		const notice = noticeOf([emptyFieldsNotice(context, received), typeof isCut === 'string' ? isCut : null]);
		return { ...list, result_count: (list[name] as unknown[]).length, ...notice };
	}
	const record = clean(received);
	if (typeof record !== 'object' || record === null) return { value: record };
	const { omit } = operation.resourceDocumentation;
	// A caller who names fields, or asks for all of them, gets exactly these.
	const asked = args[fieldsArgument(integration)];
	const isChosen = typeof asked === 'string' && /[^\s,]/.test(asked);
	const fields = isChosen ? requestedFields(integration, operation, args) : null;
	const kept =
		isChosen && fields && integration.list.fields_parameter === undefined
			? (chosenFields(record, fields) as Record<string, unknown>)
			: !omit || isChosen
				? record
				: withoutMembers(record as Record<string, unknown>, omit);
	// Redaction may write more than it takes out.
	if (!context.redact && sourceLength * GROWTH_MAX <= budgetBytes) return kept as Record<string, unknown>;
	const { record: fitted, fits } = shortenWithinBudget(kept, budgetBytes);
	const shortened = fitted as Record<string, unknown>;
	if (fits) return shortened;
	const lists = Object.entries(shortened).filter(([, value]) => Array.isArray(value));
	const [longest] = lists
		.map(([name, list]) => ({ name, bytes: utf8Length(JSON.stringify(list)) }))
		.sort((a, b) => b.bytes - a.bytes);
	return longest ? cutList(shortened, longest.name, budgetBytes) : shortened;
}

function withoutMembers(record: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
	const kept: Record<string, unknown> = {};
	for (const name in record) if (!names.includes(name)) kept[name] = record[name];
	return kept;
}

/** Cuts a list without a next page, such as the rows of a report, at whole items, and says so. Cleans what remains. */
function cutList<T extends Record<string, unknown>>(
	record: T,
	name: keyof T & string,
	budgetBytes: number,
	clean: (item: unknown) => unknown = (item) => item,
): T {
	const list = record[name] as unknown[];
	const aroundBytes = ENVELOPE_BYTES + utf8Length(JSON.stringify({ ...record, [name]: [] }));
	const { fitting } = fitWithinBudget(each(list, clean), Math.max(budgetBytes - aroundBytes, 1));
	if (fitting.length === list.length) return { ...record, [name]: fitting };
	const notice = `Cut at ${budgetBytes / 1000} KB after ${fitting.length} of ${list.length} in ${name}. Narrow the question, or ask for less of each.`;
	return { ...record, [name]: fitting, notice };
}

function* each(list: readonly unknown[], clean: (item: unknown) => unknown): Generator<unknown> {
	for (const item of list) yield clean(item);
}
