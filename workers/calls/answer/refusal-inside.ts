// A success whose body is a refusal, in the spellings that web frameworks have; those of one vendor are in its data.
// Sources: RFC 9457 (problem details), ASP.NET's HttpError, OData's and JSON:API's error objects.
import { isObject } from '../../lib/is-object.ts';

/** Members that say whether it was done. */
const DONE = /^(?:is_?)?(?:success|successful|succeeded|ok)$/i;
const ERROR =
	/^(?:errors?|error_?(?:message|description|code)|faults?|fault_?string|exceptions?|exception_?(?:message|type)|odata\.error|model_?state)$/i;
const STATUS = /^(?:http_?)?status(?:_?code)?$|^code$/i;
const STATE = /^(?:status|state|result|outcome)$/i;
const FAILED = /^(?:err|error|fail|failed|failure|denied|rejected|refused|forbidden|unauthori[sz]ed|unsuccessful)$/i;
const WORDS = /^(?:title|detail|message|error)$/i;
const AGREES = /^(?:ok|okay|true|success|successful|succeeded|done|deleted|updated|accepted)\W?$/i;

/** ASP.NET's HttpError has these alone. */
const HTTP_ERROR =
	/^(?:message|Message(?:Detail|Language)?|ModelState|Exception(?:Message|Type)|StackTrace|InnerException)$/;
const GOOD_NEWS = /\b(?:success|successfully|succeeded|deleted|removed|updated|done|ok)\b/i;
const BAD_NEWS = /\b(?:not|no|cannot|can't|unable|denied|failed|failure|error|invalid|forbidden|unauthori[sz]ed)\b/i;

type Body = Readonly<Record<string, unknown>>;

/**
 * True for a body that says that it was not done.
 *
 * @param fields  names that a record has, which say nothing about the call
 */
export function saysRefusal(body: unknown, fields: readonly string[]): boolean {
	if (!isObject(body)) return false;
	const members = Object.entries(body);
	if (saysNotDone(body, fields)) return true;
	if (members.length > 0 && members.every(([name]) => HTTP_ERROR.test(name) && !fields.includes(name)))
		return !isGoodNews(body);
	const hasWords = members.some(([name, value]) => WORDS.test(name) && typeof value === 'string');
	return members.some(([name, value]) => {
		// A problem's `status` is a number, which a record's field of that name hardly is.
		if (STATUS.test(name) && isErrorStatus(value) && (hasWords || !fields.includes(name))) return true;
		const isState = STATE.test(name) && typeof value === 'string' && FAILED.test(value.trim());
		if (isState && (hasWords || !fields.includes(name))) return true;
		return ERROR.test(name) && !fields.includes(name) && isSaid(value);
	});
}

/** True for `"success": false` and its spellings, which hold for a record as well. */
export function saysNotDone(body: unknown, fields: readonly string[]): boolean {
	return (
		isObject(body) &&
		Object.entries(body).some(([name, value]) => isFalse(value) && DONE.test(name) && !fields.includes(name))
	);
}

/** True for a body that says nothing, or no more than that it was done. */
export function saysDone(body: unknown): boolean {
	if (body === null || body === true) return true;
	if (typeof body === 'string') return body.trim() === '' || AGREES.test(body.trim());
	if (typeof body === 'number') return body > 0;
	if (Array.isArray(body)) return body.length === 0;
	if (!isObject(body)) return false;
	const members = Object.entries(body);
	const isAgreeing = ([name, value]: [string, unknown]) =>
		(DONE.test(name) || STATE.test(name) || /^(?:deleted|updated)$/i.test(name)) &&
		(value === true || value === 1 || (typeof value === 'string' && AGREES.test(value.trim())));
	return members.length === 0 || members.some(isAgreeing) || isGoodNews(body);
}

/** `{"message": "The record was deleted."}` */
function isGoodNews(body: Body): boolean {
	const [said, ...more] = Object.values(body);
	return more.length === 0 && typeof said === 'string' && GOOD_NEWS.test(said) && !BAD_NEWS.test(said);
}

/** False in any spelling. */
export function isFalse(value: unknown): boolean {
	return value === false || value === 0 || (typeof value === 'string' && /^(?:false|no|0)$/i.test(value.trim()));
}

function isErrorStatus(value: unknown): boolean {
	const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
	return typeof status === 'number' && status >= 400 && status < 600;
}

function isSaid(value: unknown): boolean {
	if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
	return value !== null && value !== undefined && value !== false && value !== '' && value !== 0;
}
