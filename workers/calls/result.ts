// The vendor's answer, or what went wrong, → a tool result that a model can act on.

import { type ExactMatch, matchesExactly } from '../conditions/compile.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import type { Operation } from '../integration/operations.ts';
import { type Fault, reasonPhrase } from '../lib/errors.ts';
import { valueAt } from '../lib/json-path.ts';
import { didYouMean } from '../lib/nearest.ts';
import { parseJson } from '../lib/parse-json.ts';
import { fillTemplate } from '../lib/template.ts';
import { clipped, utf8Length } from '../lib/text.ts';
import { type FailureKind, UpstreamFailure } from '../vendor/failure.ts';
import { downloadedFile, type EmbeddedFile } from '../vendor/files.ts';
import { type CursorScope, deliverable, encodeCursor, nextPosition, type PagePlan } from '../vendor/paging.ts';
import { type RateLimitHeaders, rateLimitHeaders } from '../vendor/rate-limit.ts';
import { cleanRecord, fitWithinBudget, shortenWithinBudget, toTable } from '../vendor/records.ts';
import { requestedFields } from '../vendor/request.ts';
import type { UpstreamAnswer } from '../vendor/send.ts';
import { ME } from './names/lookup-plan.ts';
import { spellingsOf, withoutCredentialsIn } from './untrusted-text/credentials.ts';
import {
	cleanText,
	cleanTexts,
	noFindings,
	sumOf,
	type TextFindings,
	textPolicy,
	told,
} from './untrusted-text/result-texts.ts';

export interface ToolResult {
	structuredContent: Record<string, unknown>;
	/** The content as JSON, where it was made on the way. */
	text?: string;
	isError: boolean;
	/** A download, beside the text. */
	file?: EmbeddedFile;
	/** The vendor said that it did not do what it was asked for. */
	isUndone?: true;
	/** For the HTTP response of the call. */
	rateLimit: RateLimitHeaders;
	/** Fields that hold what people wrote. */
	untrusted?: string[];
}

/** How much of a vendor's text reaches a model. */
const MAX_MESSAGE = 500;
const MAX_ITEM_MESSAGE = 300;
const MAX_ITEMS = 20;
/** Room for what stands around the records: cursor, count, notice. */
const ENVELOPE_BYTES = 500;

export interface AnswerContext {
	file: IntegrationFile;
	operation: Operation;
	/** As sent: with filters turned into conditions. The cursor's scope keeps what the caller gave. */
	args: Arguments;
	/** The conditions that filters made, to be said back; null when there were none. */
	sent: Record<string, string> | null;
	exact: readonly ExactMatch[];
	page: PagePlan | null;
	scope: CursorScope;
	listFormat: 'records' | 'table';
	/** Secrets are taken out of texts. */
	redact: boolean;
	/** Of the answer's JSON in UTF-8. */
	budgetBytes: number;
	nowMs: number;
	/** Credentials, which must not come back in the vendor's words. */
	secrets: readonly string[];
}

export function answerToResult(answer: UpstreamAnswer, context: AnswerContext): ToolResult {
	const { operation } = context;
	const rateLimit = rateLimitHeaders(answer.headers, context.nowMs, answer.status === 429);
	if (answer.status >= 400) {
		const error = { structuredContent: remoteError(answer, context, rateLimit), isError: true, rateLimit };
		return withCleanTexts(error, context.file, context.redact);
	}
	if (answer.status < 200 || answer.status >= 300) {
		return failureToResult(
			new UpstreamFailure('bad_answer', `answered with the unexpected status ${answer.status}`, answer),
			context,
			{ rateLimit },
		);
	}
	if (operation.kind === 'delete') {
		const id = context.args.id;
		return { structuredContent: { ...(id === undefined ? {} : { id }), deleted: true }, isError: false, rateLimit };
	}
	if (answer.bytes) return fileResult(answer, answer.bytes, context, rateLimit);
	const parsed = parseAnswer(answer, operation);
	if (parsed instanceof UpstreamFailure) return failureToResult(parsed, context, { rateLimit });
	const undone = operation.readOnly ? null : undoneResult(parsed.body, context, rateLimit);
	if (undone) return undone;
	if (operation.kind === 'list') {
		const listed = listResult(parsed.body, answer.headers.get('link'), context);
		return listed instanceof UpstreamFailure
			? failureToResult(listed, context, { rateLimit })
			: { ...listed, isError: false, rateLimit };
	}
	const policy = textPolicy(context.file, context.redact);
	const findings = noFindings();
	const record = recordResult(context, parsed.body, (value) => cleanTexts(value, policy, findings));
	const structuredContent = {
		...record,
		...(operation.kind === 'count' && record.count === 0 ? nothingNamed(context) : {}),
		...(context.sent ? { sent: context.sent } : {}),
		...visibility(operation, context.args, record),
		...told(findings),
	};
	return { structuredContent, isError: false, rateLimit, ...untrustedOf(findings) };
}

/** A result without lists, its texts cleaned in place. */
export function withCleanTexts(result: ToolResult, file: IntegrationFile, isRedacting: boolean): ToolResult {
	const findings = noFindings();
	const content = cleanTexts(result.structuredContent, textPolicy(file, isRedacting), findings);
	return { ...result, structuredContent: { ...content, ...told(findings) } };
}

function untrustedOf({ untrusted }: TextFindings): { untrusted?: string[] } {
	return untrusted.size > 0 ? { untrusted: [...untrusted] } : {};
}

/** Whether customers see what was written: of the record as the vendor shows it, or as the call asked for it. */
function visibility(
	{ documentation: { visible_when } }: Operation,
	args: Arguments,
	record: Record<string, unknown>,
): { notice?: string } {
	const isSet = (name: string) => [record[name], args[name]].some((value) => value !== undefined && !!value);
	return visible_when?.any_of.some(isSet) ? { notice: visible_when.says } : {};
}

function fileResult(
	answer: UpstreamAnswer,
	bytes: Uint8Array,
	context: AnswerContext,
	rateLimit: RateLimitHeaders,
): ToolResult {
	const { operation, args } = context;
	if (bytes.byteLength === 0)
		return failureToResult(new UpstreamFailure('bad_answer', 'answered with an empty file', answer), context, {
			rateLimit,
		});
	const path = fillTemplate(operation.fact.path, (name) => encodeURIComponent(String(args[name])));
	const { file, told: about } = downloadedFile(path, answer.headers, bytes);
	const policy = textPolicy(context.file, context.redact);
	const findings = noFindings();
	// What a model can read is cleaned like every other text; bytes are left as they are.
	const cleaned = file.text === undefined ? file : { ...file, text: cleanText(file.text, policy, findings) };
	const structuredContent = { ...cleanTexts(about, policy, noFindings()), ...told(findings) };
	const untrusted = ['file', ...(structuredContent.file_name === undefined ? [] : ['file_name'])];
	return { structuredContent, file: cleaned, isError: false, rateLimit, untrusted };
}

/** Parses a 2xx body. An action may answer with nothing; a record or a list may not. */
function parseAnswer(answer: UpstreamAnswer, operation: Operation): { body: unknown } | UpstreamFailure {
	const text = answer.text.trim();
	if (text === '') {
		if (operation.kind === 'custom' || operation.kind === 'update') return { body: { ok: true } };
		return new UpstreamFailure('bad_answer', 'answered with an empty body', answer);
	}
	const bad = (what: string) =>
		new UpstreamFailure('bad_answer', `answered with ${what} (status ${answer.status})`, answer);
	if (looksLikeHtml(answer)) return bad('an HTML page instead of data');
	const type = answer.headers.get('content-type') ?? '';
	// What only happens to parse may be anything: a gateway's word, a page of another service.
	if (type !== '' && !JSON_TYPE.test(type))
		return bad(`${MEDIA_TYPE.exec(type)?.[1]?.toLowerCase() ?? 'another type'} instead of JSON`);
	try {
		return { body: JSON.parse(text) };
	} catch {
		return bad('a text that is no complete JSON');
	}
}

const JSON_TYPE = /^(?:application|text)\/(?:[\w.-]{1,80}\+)?json\s*(?:;|$)/i;
/** Types that are told. Any other is a word of the vendor's own choice. */
const MEDIA_TYPE =
	/^((?:text\/(?:plain|html|xml|csv)|application\/(?:xml|pdf|octet-stream|x-www-form-urlencoded)|image\/(?:png|jpeg|gif|svg\+xml)))\s*(?:;|$)/i;

function recordResult(
	{ file, operation, args, budgetBytes }: AnswerContext,
	body: unknown,
	clean: (value: unknown) => unknown,
): Record<string, unknown> {
	const record = clean(cleanRecord(file, valueAt(body, file.record_path ?? '') ?? body));
	if (Array.isArray(record)) {
		const cut = cutList({ result: record }, 'result', budgetBytes);
		return { ...cut, result_count: cut.result.length };
	}
	if (typeof record !== 'object' || record === null) return { value: record };
	const { omit } = operation.resourceDocumentation;
	// Who names fields, or asks for all of them, gets what was asked for.
	const asked = args[file.list.fields_parameter ?? ''];
	const isChosen = typeof asked === 'string' && /[^\s,]/.test(asked);
	const kept =
		!omit || isChosen ? record : Object.fromEntries(Object.entries(record).filter(([name]) => !omit.includes(name)));
	const shortened = shortenWithinBudget(kept, budgetBytes) as Record<string, unknown>;
	if (utf8Length(JSON.stringify(shortened)) <= budgetBytes) return shortened;
	const lists = Object.entries(shortened).filter(([, value]) => Array.isArray(value));
	const [longest] = lists
		.map(([name, list]) => ({ name, bytes: utf8Length(JSON.stringify(list)) }))
		.sort((a, b) => b.bytes - a.bytes);
	return longest ? cutList(shortened, longest.name, budgetBytes) : shortened;
}

/** What has no next page, such as the rows of a report, is cut at whole items, visibly. */
function cutList<T extends Record<string, unknown>>(record: T, name: keyof T & string, budgetBytes: number): T {
	const list = record[name] as unknown[];
	const aroundBytes = ENVELOPE_BYTES + utf8Length(JSON.stringify({ ...record, [name]: [] }));
	const { fitting } = fitWithinBudget(list, Math.max(budgetBytes - aroundBytes, 1));
	if (fitting.length === list.length) return { ...record, [name]: fitting };
	const notice = `Cut at ${budgetBytes / 1000} KB after ${fitting.length} of ${list.length} in ${name}. Narrow the question, or ask for less of each.`;
	return { ...record, [name]: fitting, notice };
}

function listResult(
	body: unknown,
	link: string | null,
	context: AnswerContext,
): Pick<ToolResult, 'structuredContent' | 'text' | 'untrusted'> | UpstreamFailure {
	const { file, operation, args, sent, exact, page, scope, listFormat, budgetBytes } = context;
	const received = valueAt(body, file.list.records_path);
	if (!Array.isArray(received) || !page) {
		return new UpstreamFailure('bad_answer', 'answered with something other than a list', { status: 200 });
	}
	const candidates = deliverable(file, page, received).map((record) => cleanRecord(file, record));
	const isExact = (record: unknown) => exact.every((match) => matchesExactly(record, match));
	const places = Array.from(candidates.keys()).filter((place) => isExact(candidates[place]));
	const policy = textPolicy(file, context.redact);
	const findings = places.map(noFindings);
	// After the comparison, which is of what the vendor has.
	const records = places.map((place, index) => cleanTexts(candidates[place], policy, findings[index] as TextFindings));
	const table = listFormat === 'table' ? toTable(records, requestedFields(file, operation, args)) : null;
	const head = table ? { columns: table.columns } : {};
	const items = table ? table.rows : records;
	const aroundBytes = ENVELOPE_BYTES + utf8Length(JSON.stringify([head, sent]));
	const { fitting, parts } = fitWithinBudget(items, budgetBytes - aroundBytes);
	const delivered = parts.length;
	// Records that did not match on our side were dealt with too.
	const passed = places[delivered] ?? candidates.length;
	const next = nextPosition(file, page, { received: received.length, delivered: passed, link, body });
	const { atMs } = page.position;
	const found = sumOf(findings.slice(0, delivered));
	const tail = {
		next_cursor: next ? encodeCursor(atMs === undefined ? next : { ...next, atMs }, scope) : null,
		result_count: delivered,
		...(delivered < items.length ? { notice: cutNotice(delivered, items.length, budgetBytes) } : {}),
		...(items.length === 0 && next === null && page.position.offset === 0 ? nothingNamed(context) : {}),
		...(sent ? { sent } : {}),
		...told(found),
	};
	const itemsName = table ? 'rows' : 'result';
	const members = [
		JSON.stringify(head).slice(1, -1),
		`"${itemsName}":[${parts.join(',')}]`,
		JSON.stringify(tail).slice(1, -1),
	];
	return {
		structuredContent: { ...head, [itemsName]: fitting, ...tail },
		text: `{${members.filter(Boolean).join(',')}}`,
		...untrustedOf(found),
	};
}

/** Nothing under a name may only mean that it is spelt otherwise: a model would tell a person that there is nothing. */
function nothingNamed({ file, operation, scope: { args } }: AnswerContext): { notice?: string } {
	const names = [...operation.namedFilters].filter(([name, { me }]) => {
		const said = valueAt(args[name], 'name') ?? args[name];
		const isWhole = (operation.documentation.filters?.[name]?.op ?? '=') === '=';
		return isWhole && typeof said === 'string' && !(me !== null && said.toLowerCase() === ME);
	});
	const [first] = names;
	if (!first) return {};
	const [, { path, keys }] = first;
	const said = names.map(([name]) => name).join(' and ');
	const parameter = Object.entries(file.filters?.parameters ?? {}).find(([, kind]) => kind === 'top')?.[0];
	const byPart =
		parameter !== undefined && operation.places.has(parameter)
			? `: ${parameter}=${path}/${keys.includes('name') ? 'name' : keys[0]} contains "…"`
			: '';
	return { notice: `Nothing matches. ${said} must be the whole name; if in doubt ask by a part of it${byPart}.` };
}

function cutNotice(delivered: number, received: number, budgetBytes: number): string {
	return `Cut at ${budgetBytes / 1000} KB after ${delivered} of ${received} records. Go on with next_cursor, or ask for fewer fields.`;
}

function remoteError(
	answer: UpstreamAnswer,
	{ file, operation, secrets }: AnswerContext,
	rateLimit: RateLimitHeaders,
): Record<string, unknown> {
	const { status } = answer;
	const spellings = spellingsOf(secrets);
	// Before the cut, which could leave half of one.
	const say = (text: string, length: number) => bounded(withoutCredentialsIn(text, spellings), length);
	const body = parseJson(answer.text);
	const code = firstText(body, file.errors.code, say);
	const message = firstText(body, file.errors.message, say) ?? plainText(answer, say);
	const errors = errorItems(file, body, say);
	const retryAfter = rateLimit['retry-after'];
	const said = message
		? sentence(`${file.label}: ${message}`)
		: `${file.label} answered ${status} ${reasonPhrase(status)}.`;
	const itemCodes = errors.flatMap((item) => (item.code ? [item.code] : []));
	const known = [
		...saidCodes(file, message),
		...itemCodes,
		code ?? '',
		String(status),
		`${Math.floor(status / 100)}xx`,
	];
	const key = known.find((name) => Object.hasOwn(file.errors.advice, name));
	const advice = key === undefined ? [] : [file.errors.advice[key]];
	const meant = meantField(file, operation, code, message);
	// A gateway that gave up says nothing about what the vendor did behind it.
	const unknown = status >= 500 && !operation.readOnly ? [OUTCOME_UNKNOWN] : [];
	return {
		statusCode: status,
		error: reasonPhrase(status),
		message: [said, ...meant, ...advice, ...unknown].join(' '),
		is_remote_error: true,
		...(code ? { code } : {}),
		...(errors.length > 0 ? { errors } : {}),
		...(status === 429 && retryAfter !== undefined ? { retry_after_seconds: Number(retryAfter) } : {}),
	};
}

/** A 2xx answer that says inside that nothing was done, or not all of it: no success to a model that reads the status. */
function undoneResult(body: unknown, context: AnswerContext, rateLimit: RateLimitHeaders): ToolResult | null {
	const { file } = context;
	const { done, results } = file.errors;
	if (done === undefined) return null;
	const isUndone = (value: unknown) => valueAt(value, done) === false;
	const listed = results ? valueAt(body, results.path) : undefined;
	const items: unknown[] = Array.isArray(listed) ? listed : [];
	const failed = items.filter(isUndone);
	if (!isUndone(body) && failed.length === 0) return null;
	const told = (value: unknown, status: unknown) => {
		const code = typeof status === 'number' && status >= 400 && status < 600 ? status : 400;
		const answer = { status: code, headers: new Headers(), text: JSON.stringify(value), durationMs: 0 };
		return remoteError(answer, context, {});
	};
	const [first] = failed;
	const inside = (item: unknown) => valueAt(item, results?.error ?? '') ?? item;
	const error = failed.length > 0 ? told(inside(first), valueAt(first, results?.status ?? '')) : told(body, 400);
	const doneCount = items.length - failed.length;
	const counted = `${failed.length} of ${items.length} failed${doneCount > 0 ? '; the others were done, so do not repeat them' : ''}. The first that failed: `;
	const structuredContent = {
		...error,
		...(failed.length > 0 ? { message: `${counted}${error.message}` } : {}),
		...(items.length > 0 ? { results: cleanRecord(file, items) } : {}),
	};
	const result: ToolResult = { structuredContent, isError: true, rateLimit };
	return withCleanTexts(doneCount > 0 ? result : { ...result, isUndone: true }, file, context.redact);
}

/** The nearest real names to a field that the vendor does not know. */
function meantField(file: IntegrationFile, { fieldNames }: Operation, code?: string, message?: string): string[] {
	const { unknown_field } = file.errors;
	if (!unknown_field || code !== unknown_field.code || message === undefined) return [];
	const name = new RegExp(unknown_field.pattern).exec(message)?.[1];
	// Of a field that the record has, this or a path below it, there is nothing to guess: it cannot be asked for.
	const isKnown = name !== undefined && fieldNames.includes(name.split('/')[0] ?? '');
	const hint = name === undefined || isKnown ? '' : didYouMean(name, fieldNames).trim();
	return hint ? [hint] : [];
}

/** Advice for what the vendor says in words alone: its key is `text:` and a part of the message. */
function saidCodes(file: IntegrationFile, message: string | undefined): string[] {
	const said = message?.toLowerCase() ?? '';
	return Object.keys(file.errors.advice).filter(
		(key) => key.startsWith('text:') && said.includes(key.slice(5).toLowerCase()),
	);
}

/** A vendor's text, scrubbed and then cut to a length. */
type Say = (text: string, length: number) => string;

function firstText(body: unknown, paths: readonly string[], say: Say): string | undefined {
	for (const path of paths) {
		const value = valueAt(body, path);
		if (typeof value === 'string' && value.trim() !== '') return say(value.trim(), MAX_MESSAGE);
	}
	return undefined;
}

/** Gateways answer in plain text; pages of HTML help nobody. */
function plainText(answer: UpstreamAnswer, say: Say): string | undefined {
	const text = answer.text.trim();
	if (text === '' || looksLikeHtml(answer) || /^[[{]/.test(text)) return undefined;
	return say(text, MAX_MESSAGE);
}

/** Markup of any kind; a gateway's plain sentence that is labelled text/html is none. */
function looksLikeHtml({ headers, text }: UpstreamAnswer): boolean {
	return (
		/^\s*<[a-z!?]/i.test(text) || (/html/i.test(headers.get('content-type') ?? '') && /<[a-z!/][^<>]*>/i.test(text))
	);
}

function errorItems(
	file: IntegrationFile,
	body: unknown,
	say: Say,
): { field?: string; message: string; code?: string }[] {
	const { items, item } = file.errors;
	const list = items === undefined ? undefined : valueAt(body, items);
	if (!Array.isArray(list) || !item) return [];
	return list.slice(0, MAX_ITEMS).map((entry) => {
		const field = valueAt(entry, item.field);
		const message = valueAt(entry, item.message);
		const code = valueAt(entry, item.code);
		return {
			...(typeof field === 'string' && field !== '' ? { field: say(field, MAX_ITEM_MESSAGE) } : {}),
			message: say(
				errorText(message) ?? errorText(entry) ?? JSON.stringify(cleanRecord(file, entry)),
				MAX_ITEM_MESSAGE,
			),
			...(typeof code === 'string' && code !== '' ? { code: say(code, MAX_ITEM_MESSAGE) } : {}),
		};
	});
}

function errorText(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}

const FAILURES: Record<FailureKind, { status: number; code: string; advice: string }> = {
	forbidden: {
		status: 502,
		code: 'upstream_forbidden',
		advice: "Ask the operator to correct the account's base_url.",
	},
	timeout: {
		status: 504,
		code: 'upstream_timeout',
		advice: 'Ask for less: a narrower filter, fewer fields, a smaller limit.',
	},
	unreachable: {
		status: 502,
		code: 'upstream_unreachable',
		advice: "Try again later; if it stays so, ask the operator to test the account's connection.",
	},
	redirect: {
		status: 502,
		code: 'upstream_redirect',
		advice: "The account's base_url is probably not the API's: ask the operator to test the connection.",
	},
	too_large: {
		status: 502,
		code: 'upstream_too_large',
		advice: 'Ask for fewer records or name the fields that you need.',
	},
	credentials: {
		status: 502,
		code: 'upstream_credentials',
		advice: "Ask the operator to test the account's connection.",
	},
	bad_answer: {
		status: 502,
		code: 'upstream_bad_answer',
		advice: "Try again later; if it stays so, ask the operator to test the account's connection.",
	},
};

/** Failures after which a write may have happened all the same. */
const UNKNOWN_OUTCOME = new Set<FailureKind>(['timeout', 'unreachable', 'too_large', 'bad_answer']);

export function leavesUnknown(kind: FailureKind): boolean {
	return UNKNOWN_OUTCOME.has(kind);
}

const OUTCOME_UNKNOWN = 'Whether the change was made is unknown: read the record before you repeat the call.';

/** @param isSent  false when it failed before the call itself went out, for example for want of an access token */
export function failureToResult(
	failure: UpstreamFailure,
	{ file, operation }: Pick<AnswerContext, 'file' | 'operation'>,
	{ isSent = true, rateLimit = {} }: { isSent?: boolean; rateLimit?: RateLimitHeaders } = {},
): ToolResult {
	const { status, code, advice } = FAILURES[failure.kind];
	const isUnknown = isSent && !operation.readOnly && UNKNOWN_OUTCOME.has(failure.kind);
	const next = isUnknown ? OUTCOME_UNKNOWN : advice;
	return {
		structuredContent: {
			statusCode: status,
			error: reasonPhrase(status),
			message: `${sentence(`${file.label} ${failure.message}`)} ${next}`,
			is_remote_error: true,
			code,
		},
		isError: true,
		rateLimit,
	};
}

/** A name could not be looked up: the vendor's answer to that, and nothing written. */
export function lookupFailedToResult(answer: UpstreamAnswer, context: AnswerContext): ToolResult {
	const result =
		answer.status >= 400
			? answerToResult(answer, { ...context, operation: { ...context.operation, readOnly: true } })
			: failureToResult(
					new UpstreamFailure('bad_answer', 'gave no usable answer to a lookup by name', answer),
					context,
					{ isSent: false },
				);
	const { message, ...rest } = result.structuredContent;
	const nothingWas = context.operation.readOnly ? 'listed' : 'written';
	return {
		...result,
		structuredContent: { ...rest, message: `Nothing was ${nothingWas}: a name could not be looked up. ${message}` },
	};
}

/** Arguments that were refused before anything was sent: every fault at once. */
export function refusalToResult(tool: string, faults: readonly Fault[], nothingWas = 'sent'): ToolResult {
	const list = faults.map(({ path, message }) => `${path} ${message}`.trim().replace(/\.$/, '')).join('; ');
	return {
		structuredContent: {
			statusCode: 400,
			error: reasonPhrase(400),
			message: `Nothing was ${nothingWas}. ${sentence(`Arguments of ${tool}: ${list}`)} Correct them and call again.`,
			is_remote_error: false,
			code: 'invalid_arguments',
			errors: faults.map(({ path, message }) => ({ field: path, message })),
		},
		isError: true,
		rateLimit: {},
	};
}

function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

function bounded(text: string, length: number): string {
	return text.length > length ? `${clipped(text, length - 1)}…` : text;
}
