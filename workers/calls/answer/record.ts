// One record, or the value that an action answers with.
import { fieldsArgument } from '../../integration/method-wire.ts';
import { isObject } from '../../lib/is-object.ts';
import { utf8Length } from '../../lib/text.ts';
import { chosenFields } from '../../vendor/answer-shape.ts';
import { fitWithinBudget, shortenWithinBudget, tableColumns, tableRow } from '../../vendor/records.ts';
import { requestedFields } from '../../vendor/request.ts';
import { type AnswerContext, ENVELOPE_BYTES } from './context.ts';
import { emptyFieldsNotice } from './empty-fields.ts';
import { noticeOf } from './texts.ts';

/**
 * A record's JSON in UTF-8 is at most this many times as long as the vendor's text: cleaning writes a few words in place
 * of the deepest brackets, and a number may be spelled out.
 */
const GROWTH_MAX = 12;

/** A list that is no page of one, such as the rows of a report: cleaned, and cut where it is too long. */
export function listedContent(
	context: AnswerContext,
	received: readonly unknown[],
	clean: (value: unknown) => unknown,
): Record<string, unknown> {
	const { integration, operation, args, budgetBytes } = context;
	const isTable = operation.readOnly && context.listFormat === 'table' && received.every(isObject);
	const columns = isTable ? tableColumns(received, requestedFields(integration, operation, args)) : null;
	const name = columns ? 'rows' : 'result';
	const shown = columns ? (item: unknown) => tableRow(clean(item), columns) : clean;
	const whole: Record<string, unknown> = { ...(columns ? { columns } : {}), [name]: received };
	const { notice: isCut, ...list } = cutList(whole, name, budgetBytes, shown);
	const notice = noticeOf([emptyFieldsNotice(context, received), typeof isCut === 'string' ? isCut : null]);
	return { ...list, result_count: (list[name] as unknown[]).length, ...notice };
}

/** The members of a record that the caller is to see. */
export function chosenMembers(context: AnswerContext, record: Record<string, unknown>): Record<string, unknown> {
	const { integration, operation, args } = context;
	const { omit } = operation.resourceDocumentation;
	// A caller who names fields, or asks for all of them, gets exactly these.
	const asked = args[fieldsArgument(integration)];
	const isChosen = typeof asked === 'string' && /[^\s,]/.test(asked);
	const fields = isChosen ? requestedFields(integration, operation, args) : null;
	if (isChosen && fields && integration.list.fields_parameter === undefined)
		return chosenFields(record, fields) as Record<string, unknown>;
	return !omit || isChosen ? record : withoutMembers(record, omit);
}

/**
 * @param content       cleaned
 * @param sourceLength  characters of the vendor's JSON
 */
export function withinBudget(
	{ redact, budgetBytes }: AnswerContext,
	content: Record<string, unknown>,
	sourceLength: number,
): Record<string, unknown> {
	// Redaction may write more than it takes out.
	if (!redact && sourceLength * GROWTH_MAX <= budgetBytes) return content;
	const { record: fitted, fits } = shortenWithinBudget(content, budgetBytes);
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
