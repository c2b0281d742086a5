// A success that says inside that nothing was done, or not all of it.
import { isObject } from '../../lib/is-object.ts';
import { valueAt } from '../../lib/json-path.ts';
import type { RateLimitHeaders } from '../../vendor/rate-limit.ts';
import { cleanRecord } from '../../vendor/records.ts';
import type { ToolResult } from '../outcome.ts';
import { withCleanTexts } from './clean.ts';
import type { AnswerContext } from './context.ts';
import { describeError } from './error.ts';
import { isFalse, saysNotDone, saysRefusal } from './refusal-inside.ts';

/** A 2xx answer that says inside that nothing was done, or not all of it: no success to a model that reads the status. */
export function undoneResult(body: unknown, context: AnswerContext, rateLimit: RateLimitHeaders): ToolResult | null {
	const { integration } = context;
	const refusal = failedInside(body, context) ?? errorInside(body, context);
	if (refusal) return withCleanTexts({ ...refusal, rateLimit }, integration, context.redact);
	const { done, results } = integration.errors;
	if (done === undefined || context.operation.readOnly) return null;
	const isUndone = (value: unknown) => isFalse(valueAt(value, done));
	const listed = results ? valueAt(body, results.path) : undefined;
	const items: unknown[] = Array.isArray(listed) ? listed : [];
	const failed = items.filter(isUndone);
	if (!isUndone(body) && failed.length === 0) return null;
	const describe = (value: unknown, status: unknown) => {
		const code = typeof status === 'number' && status >= 400 && status < 600 ? status : 400;
		return describeError({ status: code, body: value }, context, {}, true);
	};
	const [first] = failed;
	const inside = (item: unknown) => valueAt(item, results?.error ?? '') ?? item;
	const error =
		failed.length > 0 ? describe(inside(first), valueAt(first, results?.status ?? '')) : describe(body, 400);
	const doneCount = items.length - failed.length;
	const counted = `${failed.length} of ${items.length} failed${doneCount > 0 ? '; the others were done, so do not repeat them' : ''}. The first that failed: `;
	const structuredContent = {
		...error,
		...(failed.length > 0 ? { message: `${counted}${error.message}` } : {}),
		...(items.length > 0 ? { results: cleanRecord(integration, items) } : {}),
	};
	const result: ToolResult = { structuredContent, isError: true, rateLimit };
	return withCleanTexts(doneCount > 0 ? result : { ...result, isUndone: true }, integration, context.redact);
}

/** A success that says inside that it is an error, by a value that integration.json names. */
function failedInside(body: unknown, context: AnswerContext): ReturnType<typeof errorInside> {
	const { in_success: fact } = context.integration.errors;
	if (!fact || !saysError(valueAt(body, fact.path), fact.values)) return null;
	const told = Number(valueAt(body, fact.status ?? '') ?? 0);
	const status = Number.isInteger(told) && told >= 400 && told < 600 ? told : 400;
	const structuredContent = describeError({ status, body }, context, {}, !context.operation.readOnly);
	return { structuredContent, isError: true, isUndone: true };
}

/** True for one of the values; where none are named, for whatever is there. */
function saysError(found: unknown, values: readonly unknown[] | undefined): boolean {
	if (values) return values.includes(found);
	if (typeof found === 'object' && found !== null) return Object.keys(found).length > 0;
	return found !== undefined && found !== null && found !== false && found !== '';
}

type Refusal = Pick<ToolResult, 'structuredContent' | 'isError' | 'isUndone'>;

/** An error where a record was to come, in the vendor's own shape or in one that frameworks have. */
function errorInside(body: unknown, context: AnswerContext): Refusal | null {
	const { operation } = context;
	const isErrorList = operation.kind === 'list' && Array.isArray(body) && body.length > 0;
	if (isErrorList && body.every((one) => isForeign(one, operation.fieldNames) && isRefusal(one, context)))
		return refusalOf(body[0], context);
	const all: readonly unknown[] = operation.readOnly && operation.kind !== 'get' ? [] : answersIn(body, context);
	const refused = all.filter((one) => isRefusal(one, context));
	if (refused.length === 0) return isRefusal(body, context) ? refusalOf(body, context) : null;
	const { structuredContent, isUndone } = refusalOf(refused[0], context);
	const doneCount = all.length - refused.length;
	const others = doneCount > 0 ? '; the others were done, so do not repeat them' : '';
	const message = `${refused.length} of ${all.length} failed${others}. The first that failed: ${structuredContent.message}`;
	const content = { ...structuredContent, message };
	return { structuredContent: content, isError: true, ...(isUndone && doneCount === 0 ? { isUndone } : {}) };
}

/** Answers about several records: an array, or one in a member of an object without an id, as a 207 has them. */
function answersIn(body: unknown, { integration: { errors } }: AnswerContext): readonly unknown[] {
	if (Array.isArray(body)) return body;
	// The vendor's own list of results is read as its data says.
	if (errors.results && Array.isArray(valueAt(body, errors.results.path))) return [];
	if (typeof body !== 'object' || body === null || valueAt(body, 'id') !== undefined) return [];
	const members: unknown[] = Object.values(body);
	return members.length === 1 && Array.isArray(members[0]) ? members[0] : [];
}

/** Has no field of the records that were to come. */
function isForeign(item: unknown, fieldNames: readonly string[]): boolean {
	return typeof item === 'object' && item !== null && !Object.keys(item).some((name) => fieldNames.includes(name));
}

function isRefusal(body: unknown, { integration, operation }: AnswerContext): boolean {
	if (!isObject(body)) return false;
	const { kind, readOnly, fieldNames } = operation;
	if (valueAt(body, 'id') !== undefined && valueAt(body, 'id') !== null)
		return !readOnly && saysNotDone(body, fieldNames);
	const { code, message, done = '' } = integration.errors;
	// Some answers of success have a code and a message, too: they also say that it was done.
	const isKnown = (path: string) => fieldNames.includes(path) && valueAt(body, done) !== undefined;
	const said = (paths: readonly string[]) =>
		paths.find((path) => typeof valueAt(body, path) === 'string' && !isKnown(path));
	if (said(code) !== undefined && said(message) !== undefined) return true;
	// A report or an envelope of records may have an `error` or a `status` of its own.
	const isOpen = readOnly && (kind === 'custom' || (kind === 'list' && Object.values(body).some(Array.isArray)));
	return !isOpen && saysRefusal(body, readOnly ? fieldNames : fieldNames.filter((name) => name !== 'message'));
}

function refusalOf(body: unknown, context: AnswerContext): Refusal & { isUndone?: true } {
	const told = ['status', 'statusCode', 'StatusCode', 'code'].map((name) => Number(valueAt(body, name)));
	const status = told.find((one) => one >= 400 && one < 600) ?? 400;
	const structuredContent = describeError({ status, body }, context, {}, !context.operation.readOnly);
	return { structuredContent, isError: true, ...(status < 500 ? { isUndone: true as const } : {}) };
}
