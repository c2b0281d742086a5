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
	const { done, results } = integration.errors;
	if (done === undefined) return null;
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
