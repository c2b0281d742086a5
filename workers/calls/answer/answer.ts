// The vendor's answer → the result of a tool.

import type { Operation } from '../../integration/operations.ts';
import { parseExactJson } from '../../lib/exact-json.ts';
import { isPlainJson } from '../../lib/hidden-characters.ts';
import { withValueAt } from '../../lib/json-path.ts';
import { fillTemplate } from '../../lib/template.ts';
import { UpstreamFailure } from '../../vendor/failure.ts';
import { downloadedFile } from '../../vendor/files.ts';
import { type RateLimitHeaders, rateLimitHeaders } from '../../vendor/rate-limit.ts';
import { cleanRecord } from '../../vendor/records.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { noPersonNotice } from '../names/resolve-me.ts';
import type { Resolution } from '../names/resolve-references.ts';
import type { Sent, ToolResult } from '../outcome.ts';
import {
	cleanContent,
	cleanText,
	cleanTexts,
	describeFindings,
	noFindings,
	textPolicy,
} from '../untrusted-text/result-texts.ts';
import { answeredRecord, belowZeroNotice, otherRecordNotice } from './answered-record.ts';
import { untrustedOf } from './clean.ts';
import type { AnswerContext } from './context.ts';
import { mails, visibility } from './effects.ts';
import { emptyFieldsNotice } from './empty-fields.ts';
import { describeError, looksLikeHtml } from './error.ts';
import { errorResult, failureResult } from './failure.ts';
import { listResult } from './list.ts';
import { chosenMembers, listedContent, withinBudget } from './record.ts';
import { notTakenOver, showsFields, unseenNotice } from './taken-over.ts';
import { noticeOf } from './texts.ts';
import { undoneResult } from './undone.ts';
import { endOf, vendorFacts } from './vendor-facts.ts';
import { leanRecord, writtenRecord } from './written.ts';

/**
 * @param resolved  names that were looked up, to be said back
 * @param was       the fields that an update set, as they were
 */
export function answerCall(
	answer: UpstreamAnswer,
	context: AnswerContext,
	resolved: Resolution['resolved'],
	was: Record<string, unknown> | null,
): Sent {
	const result = answerToResult(answer, context);
	const sent: Sent = {
		...result,
		state: 'sent',
		...vendorFacts(answer),
		end: endOf(answer, result, context.integration, context.secrets),
	};
	const more = {
		...(Object.keys(resolved).length > 0 ? { resolved } : {}),
		...(was && !result.isError ? { was: leanRecord(cleanRecord(context.integration, was), was) } : {}),
	};
	if (Object.keys(more).length === 0) return sent;
	const { text: _stale, ...rest } = sent;
	const said = cleanTexts(more, textPolicy(context.integration, context.redact), noFindings());
	return { ...rest, structuredContent: { ...sent.structuredContent, ...said } };
}

export function answerToResult(answer: UpstreamAnswer, context: AnswerContext): ToolResult {
	const { operation, integration } = context;
	const rateLimit = rateLimitHeaders(answer.headers, context.nowMs + answer.durationMs, answer.status === 429);
	if (operation.kind === 'list' && integration.list.empty?.includes(answer.status)) {
		const none = { headers: answer.headers, text: '' };
		return listed(listResult(noRecords(integration, operation), none, context), context, rateLimit);
	}
	if (answer.status >= 400) {
		return errorResult(answer, context, { isWrite: !operation.readOnly });
	}
	if (answer.status < 200 || answer.status >= 300) {
		return failureResult(
			new UpstreamFailure('bad_answer', `answered with the unexpected status ${answer.status}`, answer),
			context,
			{ rateLimit },
		);
	}
	if (answer.bytes) return fileResult(answer, answer.bytes, context, rateLimit);
	const parsed = parseAnswer(answer, operation);
	if (parsed instanceof UpstreamFailure) return failureResult(parsed, context, { rateLimit });
	const { body } = parsed;
	const undone = undoneResult(body, context, rateLimit);
	if (undone) return undone;
	if (operation.kind === 'list') return listed(listResult(body, answer, context), context, rateLimit);
	const record = answeredRecord(body, answer, context);
	if (record === null) return missingResult(context, rateLimit);
	if (record instanceof UpstreamFailure) return failureResult(record, context, { rateLimit });
	return { ...oneResult(record, answer, context), isError: false, rateLimit };
}

function listed(
	result: ReturnType<typeof listResult>,
	context: AnswerContext,
	rateLimit: RateLimitHeaders,
): ToolResult {
	if (result instanceof UpstreamFailure) return failureResult(result, context, { rateLimit });
	return { ...result, isError: false, rateLimit };
}

/** The answer of a list without records. */
function noRecords({ list }: AnswerContext['integration'], { fact }: Operation): unknown {
	const path = fact.records_path ?? list.records_path;
	return withValueAt(undefined, path === '' ? [] : path.split('/'), []);
}

/** A record, a count, or what a write answers with. */
function oneResult(
	received: unknown,
	{ status, text }: UpstreamAnswer,
	context: AnswerContext,
): Pick<ToolResult, 'structuredContent' | 'untrusted'> {
	const { operation, args, integration } = context;
	const findings = noFindings();
	// An id that came in a header is no text of the JSON.
	const isPlain = operation.fact.id_header === undefined && isPlainJson(text);
	const policy = textPolicy(integration, context.redact, isPlain);
	const isAccepted = status === 202 && !operation.readOnly;
	const whole = cleanRecord(integration, received);
	const isList = Array.isArray(whole) && operation.kind !== 'delete';
	const record = isList
		? listedContent(context, whole, (item) => cleanTexts(item, policy, findings))
		: recordOrValue(whole);
	const clean = (one: Record<string, unknown>) => cleanContent(one, policy, findings);
	const content = isList ? record : withinBudget(context, contentOf(record, isAccepted, context, clean), text.length);
	const structuredContent = {
		...content,
		...(isAccepted ? { accepted: true } : {}),
		...(context.sent ? { sent: context.sent } : {}),
		...noticeOf([
			typeof content.notice === 'string' ? content.notice : null,
			isAccepted ? `${integration.label} accepted it and has not carried it out yet: look later.` : null,
			visibility(operation, args, record),
			otherRecordNotice(context, received),
			belowZeroNotice(context, received),
			isAccepted ? null : unseenNotice(context, record),
			isList || !showsFields(operation, record) ? null : emptyFieldsNotice(context, [record]),
			noPersonNotice(context.integration, operation.fact.path, record),
			...mails(operation, args, record),
			...context.notices,
		]),
		...describeFindings(findings),
	};
	return { structuredContent, ...untrustedOf(findings) };
}

/** Cleaned as it is delivered, after it was held against what the call set: cleaning changes texts. */
function contentOf(
	record: Record<string, unknown>,
	isAccepted: boolean,
	context: AnswerContext,
	clean: (content: Record<string, unknown>) => Record<string, unknown>,
): Record<string, unknown> {
	const { kind, readOnly } = context.operation;
	const { id } = context.args;
	if (kind === 'delete') return { ...(id === undefined ? {} : { id }), ...(isAccepted ? {} : { deleted: true }) };
	if (kind === 'create' || kind === 'update') return writtenRecord(context, record, clean);
	const lost = readOnly ? [] : notTakenOver(context, record);
	const shown = clean(chosenMembers(context, record));
	return lost.length > 0 ? { ...shown, not_taken_over: lost } : shown;
}

function recordOrValue(received: unknown): Record<string, unknown> {
	return typeof received === 'object' && received !== null
		? (received as Record<string, unknown>)
		: { value: received };
}

/** Some vendors answer a get that finds nothing with a success. */
function missingResult(context: AnswerContext, rateLimit: RateLimitHeaders): ToolResult {
	const structuredContent = describeError({ status: 404, body: null }, context, rateLimit, false);
	return { structuredContent, isError: true, rateLimit };
}

function fileResult(
	answer: UpstreamAnswer,
	bytes: Uint8Array,
	context: AnswerContext,
	rateLimit: RateLimitHeaders,
): ToolResult {
	const { operation, args } = context;
	if (bytes.byteLength === 0)
		return failureResult(new UpstreamFailure('bad_answer', 'answered with an empty file', answer), context, {
			rateLimit,
		});
	const isNamed = answer.headers.has('content-disposition');
	if (!isNamed && /html/i.test(answer.headers.get('content-type') ?? ''))
		return failureResult(
			new UpstreamFailure('bad_answer', 'answered with an HTML page instead of a file', answer),
			context,
			{
				rateLimit,
			},
		);
	const path = fillTemplate(operation.fact.path, (name) => encodeURIComponent(String(args[name])));
	const { file, told: about } = downloadedFile(path, answer.headers, bytes);
	const policy = textPolicy(context.integration, context.redact);
	const findings = noFindings();
	// Text that a model can read is cleaned like every other text; bytes are left as they are.
	const cleaned = file.text === undefined ? file : { ...file, text: cleanText(file.text, policy, findings) };
	const structuredContent = { ...cleanTexts(about, policy, findings), ...describeFindings(findings) };
	const untrusted = ['file', ...(structuredContent.file_name === undefined ? [] : ['file_name'])];
	return { structuredContent, download: cleaned, isError: false, rateLimit, untrusted };
}

/** Parses a 2xx body. An action may answer with nothing; a record or a list may not. */
function parseAnswer(answer: UpstreamAnswer, operation: Operation): { body: unknown } | UpstreamFailure {
	const text = answer.text.trim();
	if (text === '') {
		const isEnough = operation.fact.answers === 'nothing' || operation.fact.id_header !== undefined;
		const isAccepted = answer.status === 202 && !operation.readOnly;
		if (isEnough || isAccepted || ['custom', 'update', 'delete'].includes(operation.kind))
			return { body: { ok: true } };
		return new UpstreamFailure('bad_answer', 'answered with an empty body', answer);
	}
	const bad = (what: string) =>
		new UpstreamFailure('bad_answer', `answered with ${what} (status ${answer.status})`, answer);
	if (looksLikeHtml(answer)) return bad('an HTML page instead of data');
	const type = answer.headers.get('content-type') ?? '';
	// A body without a JSON label may parse by chance: a gateway's message, a page of another service.
	if (type !== '' && !JSON_TYPE.test(type))
		return bad(`${MEDIA_TYPE.exec(type)?.[1]?.toLowerCase() ?? 'another type'} instead of JSON`);
	try {
		return { body: parseExactJson(text) };
	} catch {
		return bad('a text that is no complete JSON');
	}
}

const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]{1,80}\+)?json\s*(?:;|$)/i;
/** Types that an answer may name. Any other is a word of the vendor's own choice. */
const MEDIA_TYPE =
	/^((?:text\/(?:plain|html|xml|csv)|application\/(?:xml|pdf|octet-stream|x-www-form-urlencoded)|image\/(?:png|jpeg|gif|svg\+xml)))\s*(?:;|$)/i;
