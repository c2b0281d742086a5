// The vendor's error → what a model reads: the vendor's own words, bounded and scrubbed, and what to do next.
import type { IntegrationFile } from '../../integration/format.ts';
import type { Operation } from '../../integration/operations.ts';
import { reasonPhrase } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { didYouMean } from '../../lib/nearest.ts';
import type { RateLimitHeaders } from '../../vendor/rate-limit.ts';
import { cleanRecord } from '../../vendor/records.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { spellingsOf, withoutCredentialsIn } from '../untrusted-text/credentials.ts';
import type { AnswerContext } from './context.ts';
import { errorMembers, errorWords, exceptionWords, xmlWords } from './error-words.ts';
import { bounded, sentence } from './texts.ts';

/** Characters of a vendor's message that reach a model. */
const MAX_MESSAGE = 500;
const MAX_ITEM_MESSAGE = 300;
const MAX_ITEMS = 20;

export const READ_BEFORE_REPEATING =
	'Whether the change was made is unknown: read the record before you repeat the call.';

/** An error as the vendor tells it, with a status of its own or inside a success. */
export interface VendorError {
	status: number;
	/** Parsed; null for what is no JSON. */
	body: unknown;
	/** The answer, where it may be a plain text. */
	answer?: UpstreamAnswer | undefined;
}

/** @param isWrite  a write was sent: a gateway's error leaves open whether it was carried out */
export function describeError(
	{ status, body, answer }: VendorError,
	{ integration, operation, args, secrets }: Pick<AnswerContext, 'integration' | 'operation' | 'args' | 'secrets'>,
	rateLimit: RateLimitHeaders,
	isWrite: boolean,
): Record<string, unknown> {
	const spellings = spellingsOf(secrets);
	// Before the cut, which could leave half of one.
	const say = (text: string, length: number) => bounded(withoutCredentialsIn(text, spellings), length);
	const code = firstText(body, integration.errors.code, say);
	const message = messageOf({ body, answer }, integration, say);
	const errors = errorItems(integration, body, say);
	const retryAfter = rateLimit['retry-after'];
	const said = message
		? sentence(`${integration.label}: ${message}`)
		: `${integration.label} answered ${status} ${reasonPhrase(status)}.`;
	const itemCodes = errors.flatMap((item) => (item.code ? [item.code] : []));
	const known = [
		...saidCodes(integration, message),
		...itemCodes,
		code ?? '',
		...(retryAfter !== undefined && status >= 500 ? ['retry-after'] : []),
		// A firewall's, proxy's or web server's page says nothing about the arguments.
		...(answer && looksLikeHtml(answer) && xmlWords(answer.text) === undefined
			? [`page:${status}`, `page:${Math.floor(status / 100)}xx`]
			: []),
		...(status === 404 && saysId(message, args) ? ['404:id'] : []),
		String(status),
		`${Math.floor(status / 100)}xx`,
	];
	const key = known.find((name) => Object.hasOwn(integration.errors.advice, name));
	const advice = key === undefined ? [] : [integration.errors.advice[key]];
	const meant = meantField(integration, operation, code, message);
	// A gateway that gave up says nothing about what the vendor did behind it.
	const isRefusal = integration.errors.refuses?.includes(status);
	const unknown = status >= 500 && isWrite && !isRefusal ? [READ_BEFORE_REPEATING] : [];
	return {
		statusCode: status,
		error: reasonPhrase(status),
		message: [said, ...meant, ...advice, ...unknown].join(' '),
		is_remote_error: true,
		...(code ? { code } : {}),
		...(errors.length > 0 ? { errors } : {}),
		...(retryAfter !== undefined && (status === 429 || status >= 500)
			? { retry_after_seconds: Number(retryAfter) }
			: {}),
	};
}

/** The vendor looked for the record and says which: the account is in order. */
function saysId(message: string | undefined, args: AnswerContext['args']): boolean {
	const ids = Object.entries(args).flatMap(([name, value]) => (/(^|_)id$/.test(name) ? [String(value)] : []));
	const words = message?.split(/[^\w-]+/) ?? [];
	return ids.some((id) => words.includes(id));
}

/** The nearest real names to a field that the vendor does not know. */
function meantField(
	integration: IntegrationFile,
	{ fieldNames }: Operation,
	code?: string,
	message?: string,
): string[] {
	const { unknown_field } = integration.errors;
	if (!unknown_field || code !== unknown_field.code || message === undefined) return [];
	const name = new RegExp(unknown_field.pattern).exec(message)?.[1];
	// A field that the record has, this one or a path below it, was not misspelt: it cannot be asked for.
	const isKnown = name !== undefined && fieldNames.includes(name.split('/')[0] ?? '');
	const hint = name === undefined || isKnown ? '' : didYouMean(name, fieldNames).trim();
	return hint ? [hint] : [];
}

/** Advice for what the vendor says in words alone: its key is `text:` and a part of the message. */
function saidCodes(integration: IntegrationFile, message: string | undefined): string[] {
	const said = message?.toLowerCase() ?? '';
	return Object.keys(integration.errors.advice).filter(
		(key) => key.startsWith('text:') && said.includes(key.slice(5).toLowerCase()),
	);
}

/** The vendor's words: where its data says that they stand, else where frameworks have them. */
function messageOf({ body, answer }: Omit<VendorError, 'status'>, { errors }: IntegrationFile, say: Say) {
	const own = firstText(body, errors.message, say);
	const exception = exceptionWords(body, own);
	const words = exception ?? own ?? errorWords(body) ?? (answer && xmlWords(answer.text));
	return words === undefined ? answer && plainText(answer, say) : say(words, MAX_MESSAGE);
}

/** A vendor's text, scrubbed and then cut to a length. */
type Say = (text: string, length: number) => string;

function firstText(body: unknown, paths: readonly string[], say: Say): string | undefined {
	for (const path of paths) {
		const value = valueAt(body, path);
		const text = Array.isArray(value) ? value.filter((one) => typeof one === 'string').join('; ') : value;
		if (typeof text === 'string' && text.trim() !== '') return say(text.trim(), MAX_MESSAGE);
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
export function looksLikeHtml({ headers, text }: UpstreamAnswer): boolean {
	return (
		/^\s*<[a-z!?]/i.test(text) || (/html/i.test(headers.get('content-type') ?? '') && /<[a-z!/][^<>]*>/i.test(text))
	);
}

interface ErrorItem {
	field?: string;
	message: string;
	code?: string;
}

/** Field errors of every shape: texts, objects, and either of them by the name of the field. */
function errorItems(integration: IntegrationFile, body: unknown, say: Say): ErrorItem[] {
	const { items, item } = integration.errors;
	const own = items === undefined ? undefined : valueUnder(body, items);
	const found = own ?? errorMembers(body);
	if (typeof found === 'string') return found.trim() === '' ? [] : [{ message: say(found, MAX_ITEM_MESSAGE) }];
	if (typeof found !== 'object' || found === null) return [];
	const entries: [string | undefined, unknown][] = Array.isArray(found)
		? found.map((entry) => [undefined, entry])
		: Object.entries(found).flatMap(([field, value]) =>
				(Array.isArray(value) ? value : [value]).map((entry): [string, unknown] => [field, entry]),
			);
	return entries.slice(0, MAX_ITEMS).map(([named, entry]) => {
		const field = named ?? valueAt(entry, item?.field ?? '');
		const message = item === undefined ? entry : valueAt(entry, item.message);
		const code = valueAt(entry, item?.code ?? '');
		return {
			...(typeof field === 'string' && field !== '' && field !== entry ? { field: say(field, MAX_ITEM_MESSAGE) } : {}),
			message: say(
				errorText(message) ?? errorText(entry) ?? JSON.stringify(cleanRecord(integration, entry)),
				MAX_ITEM_MESSAGE,
			),
			...(typeof code === 'string' && code !== '' && code !== entry ? { code: say(code, MAX_ITEM_MESSAGE) } : {}),
		};
	});
}

/** Reads a path; with `*` on the way, everything that lies there under each element, in one array. */
function valueUnder(body: unknown, path: string): unknown {
	const [first = '', ...rest] = path.split(/\/?\*\//);
	const found = valueAt(body, first);
	if (rest.length === 0) return found;
	if (!Array.isArray(found)) return undefined;
	return found.flatMap((one) => valueUnder(one, rest.join('/*/')) ?? []);
}

function errorText(value: unknown): string | undefined {
	return typeof value === 'string' ? value : undefined;
}
