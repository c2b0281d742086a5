// A success that says inside that nothing was done, or not all of it.
import { valueAt } from '../../lib/json-path.ts';
import type { RateLimitHeaders } from '../../vendor/rate-limit.ts';
import { cleanRecord } from '../../vendor/records.ts';
import type { ToolResult } from '../outcome.ts';
import { withCleanTexts } from './clean.ts';
import type { AnswerContext } from './context.ts';
import { describeError } from './error.ts';

/** A 2xx answer that says inside that nothing was done, or not all of it: no success to a model that reads the status. */
export function undoneResult(body: unknown, context: AnswerContext, rateLimit: RateLimitHeaders): ToolResult | null {
	const { integration } = context;
	const refusal = failedInside(body, context) ?? errorInside(body, context);
	if (refusal) return withCleanTexts({ ...refusal, rateLimit }, integration, context.redact);
	const { done, results } = integration.errors;
	if (done === undefined || context.operation.readOnly) return null;
	const isUndone = (value: unknown) => valueAt(value, done) === false;
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

/** An error in the vendor's own shape, where a record was to come. */
function errorInside(
	body: unknown,
	context: AnswerContext,
): Pick<ToolResult, 'structuredContent' | 'isError' | 'isUndone'> | null {
	const { integration, operation } = context;
	if (typeof body !== 'object' || body === null || Array.isArray(body) || valueAt(body, 'id') !== undefined)
		return null;
	const { code, message, done = '' } = integration.errors;
	// Some answers of success have a code and a message, too: they also say that it was done.
	const isKnown = (path: string) => operation.fieldNames.includes(path) && valueAt(body, done) !== undefined;
	const said = (paths: readonly string[]) =>
		paths.find((path) => typeof valueAt(body, path) === 'string' && !isKnown(path));
	if (said(code) === undefined || said(message) === undefined) return null;
	const structuredContent = describeError({ status: 400, body }, context, {}, !operation.readOnly);
	return { structuredContent, isError: true, isUndone: true };
}
