// The words of an error in the shapes that web frameworks have, for what a vendor's data does not name.
// Sources: RFC 9457 (title, detail, errors), RFC 6749 (error_description), ASP.NET's HttpError, JSON:API, OData, SOAP.
import { valueAt } from '../../lib/json-path.ts';

const TEXTS = [
	'detail',
	'message',
	'Message',
	'error_description',
	'errorMessage',
	'description',
	'reason',
	'error',
	'title',
	'faultstring',
];
/** Members that hold the error itself. */
const INNER = ['error', 'Error', 'fault', 'odata.error', 'errors', 'Errors', 'messages'];
/** Says nothing: the exception beside it does. */
const EMPTY_WORDS = /^an (?:unhandled )?error (?:has )?occurred\.?$/i;
const MAX_DEPTH = 3;

/** @returns undefined where the body says nothing in words */
export function errorWords(body: unknown, depth = 0): string | undefined {
	if (typeof body === 'string') return body.trim() === '' ? undefined : body.trim();
	if (typeof body !== 'object' || body === null || depth > MAX_DEPTH) return undefined;
	if (Array.isArray(body)) return body.length > 0 ? errorWords(body[0], depth + 1) : undefined;
	const texts = TEXTS.map((name) => valueAt(body, name)).filter((one) => typeof one === 'string' && one.trim() !== '');
	const [text] = texts as string[];
	if (text !== undefined) return text.trim();
	for (const name of INNER) {
		const inner = valueAt(body, name);
		const words = typeof inner === 'string' ? undefined : errorWords(inner, depth + 1);
		if (words !== undefined) return words;
	}
	return undefined;
}

/** The exception's words where the message is the framework's own, which says nothing. */
export function exceptionWords(body: unknown, message: string | undefined): string | undefined {
	const inner = ['ExceptionMessage', 'exceptionMessage', 'MessageDetail'].map((name) => valueAt(body, name));
	const said = inner.find((one) => typeof one === 'string' && one.trim() !== '');
	return typeof said === 'string' && (message === undefined || EMPTY_WORDS.test(message.trim())) ? said : undefined;
}

/** Field errors where a framework puts them: an object or a list, as `errorItems` reads them. */
export function errorMembers(body: unknown): unknown {
	if (Array.isArray(body)) return body;
	return ['errors', 'Errors', 'ModelState', 'modelState', 'error/errors', 'error/details']
		.map((path) => valueAt(body, path))
		.find((one) => typeof one === 'object' && one !== null);
}

/** The message in XML, which some frameworks answer errors in. */
export function xmlWords(text: string): string | undefined {
	if (!/^\s*<(?:\?xml|[\w:]*(?:Error|Fault|Exception|Envelope|ApiError)\b)/.test(text)) return undefined;
	const found = /<(?:\w{1,20}:)?(?:message|faultstring|detail|description)\b[^>]{0,200}>([^<]{1,2000})</i.exec(
		text,
	)?.[1];
	return found?.trim() || undefined;
}
