// The one error class of the project and its two ways out: an HTTP response here, a tool result in `calls/answer/`.

import { requestIdOf } from './request-ids.ts';

export type ErrorCode =
	| 'invalid_json'
	| 'invalid_input'
	| 'no_matching_tools'
	| 'unauthorized'
	| 'insufficient_scope'
	| 'cross_origin'
	| 'sign_in_refused'
	| 'https_required'
	| 'not_found'
	| 'method_not_allowed'
	| 'invitation_used'
	| 'invitation_expired'
	| 'already_exists'
	| 'precondition_failed'
	| 'connection_failed'
	| 'body_too_large'
	| 'unsupported_media_type'
	| 'rate_limited'
	| 'storage_unavailable'
	| 'upstream_unavailable'
	| 'internal_error';

const STATUS: Record<ErrorCode, number> = {
	invalid_json: 400,
	invalid_input: 400,
	no_matching_tools: 400,
	unauthorized: 401,
	insufficient_scope: 403,
	cross_origin: 403,
	sign_in_refused: 403,
	https_required: 403,
	not_found: 404,
	method_not_allowed: 405,
	invitation_used: 410,
	invitation_expired: 410,
	already_exists: 409,
	precondition_failed: 412,
	connection_failed: 422,
	body_too_large: 413,
	unsupported_media_type: 415,
	rate_limited: 429,
	storage_unavailable: 503,
	upstream_unavailable: 502,
	internal_error: 500,
};

const REASON: Record<number, string> = {
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	409: 'Conflict',
	410: 'Gone',
	412: 'Precondition Failed',
	413: 'Content Too Large',
	415: 'Unsupported Media Type',
	422: 'Unprocessable Content',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
};

/** One fault of an input. `path` is dotted (`config.methods.0`), empty for the input as a whole. */
export interface Fault {
	path: string;
	message: string;
}

/** Nobody reads more at once, and an answer must not be larger than what was sent. */
export const MAX_FAULTS = 50;

/** The first faults, and how many more there are. */
export function firstFaults(faults: readonly Fault[]): readonly Fault[] {
	if (faults.length <= MAX_FAULTS) return faults;
	return [...faults.slice(0, MAX_FAULTS), { path: '', message: `and ${faults.length - MAX_FAULTS} more` }];
}

interface Limit {
	limit: number;
	reset_seconds: number;
}

/** The headers of a 429, as those that a vendor's is passed on with. */
export function limitHeaders({ limit, reset_seconds }: Limit): Record<string, string> {
	return {
		'ratelimit-limit': String(limit),
		'ratelimit-remaining': '0',
		'ratelimit-reset': String(reset_seconds),
		'retry-after': String(reset_seconds),
	};
}

/** `message`, `details` and `allow` are public; `cause` is for the log alone. */
export class ApiError extends Error {
	readonly code: ErrorCode;
	readonly details: Fault[] | undefined;
	/** The methods that an address takes: a 405 names them (RFC 9110 section 15.5.6). */
	readonly allow: readonly string[] | undefined;
	/** Limit and start of the next minute; present on a 429. */
	readonly limited: Limit | undefined;
	/** Id of the record that the first of two equal creates has made. */
	readonly id: string | undefined;

	constructor(
		code: ErrorCode,
		message: string,
		options: { details?: Fault[]; allow?: readonly string[]; limited?: Limit; id?: string; cause?: unknown } = {},
	) {
		super(message, { cause: options.cause });
		this.name = 'ApiError';
		this.code = code;
		this.details = options.details;
		this.allow = options.allow;
		this.limited = options.limited;
		this.id = options.id;
	}

	get status(): number {
		return STATUS[this.code];
	}
}

/** RFC 9110 reason phrase; falls back to the class of the status. */
export function reasonPhrase(status: number): string {
	return REASON[status] ?? (status >= 500 ? 'Server Error' : status >= 400 ? 'Request Error' : 'Unexpected Status');
}

const NO_STORE = { 'cache-control': 'no-store' };

/** Error → `{ statusCode, error, code, message, details?, … }`. What is no ApiError becomes a 500 without its text. */
export function toResponse(error: unknown, request: object = {}): Response {
	const requestId = requestIdOf(request);
	const known =
		error instanceof ApiError
			? error
			: new ApiError('internal_error', 'Something failed on our side.', { cause: error });
	if (known.status >= 500) logError(known, requestId);
	const body = {
		statusCode: known.status,
		error: reasonPhrase(known.status),
		code: known.code,
		message: known.message,
		...(known.details ? { details: known.details } : {}),
		...(known.id === undefined ? {} : { id: known.id }),
	};
	const headers: Record<string, string> = { ...NO_STORE };
	if (known.code === 'unauthorized') headers['www-authenticate'] = 'Bearer';
	if (known.limited) Object.assign(headers, limitHeaders(known.limited));
	if (known.allow) headers.allow = known.allow.join(', ');
	if (known.code === 'storage_unavailable') headers['retry-after'] = '2';
	return Response.json(body, { status: known.status, headers });
}

/** Writes what went wrong, with everything that looks like a secret of a URL replaced. */
export function logError(error: unknown, requestId?: string): void {
	console.error(scrub(`${requestId === undefined ? '' : `request ${requestId}: `}${describe(error)}`));
}

function describe(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const cause = error.cause === undefined ? '' : `\n  caused by ${describe(error.cause)}`;
	return `${error.stack ?? `${error.name}: ${error.message}`}${cause}`;
}

/** Tokens are 43 base64url characters, in paths and after "Bearer"; those of OAuth have three parts. */
export function scrub(text: string): string {
	return text
		.replace(/(?<![A-Za-z0-9_-])[A-Za-z0-9_-]+:[A-Za-z0-9_-]{16}:[A-Za-z0-9_-]{32}/g, '[token]')
		.replace(/[A-Za-z0-9_-]{43,}/g, '[token]')
		.replace(/(Basic|Bearer) +[^\s"]+/gi, '$1 [secret]');
}
