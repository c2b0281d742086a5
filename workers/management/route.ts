// Input of every handler of the management API, and the paging of lists.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Env } from '../contracts/env.ts';
import type { ApiTokenRecord } from '../contracts/records.ts';
import type { Actor } from '../contracts/trail.ts';
import type { Fault } from '../lib/errors.ts';
import { invalidInput } from './input-faults.ts';

export interface RouteRequest {
	env: Env;
	ctx: ExecutionContext;
	/** The request itself, for a handler that reads the body on its own. */
	raw: Request;
	url: URL;
	params: Record<string, string | undefined>;
	/** Parsed JSON; undefined where the route takes none. */
	body: unknown;
	apiToken: ApiTokenRecord;
	/** The sign-in at the dashboard; null for an API token that was sent itself. */
	sessionId: string | null;
	now: Date;
}

/** Whoever asks, as the trail of management tells it. */
export function actorOf({ apiToken, sessionId }: RouteRequest): Actor {
	return { via: sessionId === null ? 'api_token' : 'session', api_token_id: apiToken.id, session_id: sessionId };
}

/** A request without a token: signing in and out. */
export type OpenRequest = Omit<RouteRequest, 'apiToken' | 'sessionId'>;

export interface Route {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	path: string;
	/** The body is parsed for the handler, which checks it. */
	takesBody?: true;
	/** The handler reads the request itself. */
	readsRaw?: true;
	/** Limit of the body, where it differs from `BODY_MAX_BYTES`. */
	bodyMaxBytes?: number;
	/** Names of the query's parameters. */
	query?: readonly string[];
	handle(request: RouteRequest): Promise<Response>;
}

/** A route that is answered without an API token. */
export interface OpenRoute extends Omit<Route, 'handle'> {
	handleOpen(request: OpenRequest): Promise<Response>;
}

/** Settings are small. */
export const BODY_MAX_BYTES = 64 * 1024;

const PAGE_LIMIT_DEFAULT = 50;
const PAGE_LIMIT_MAX = 200;

/**
 * `?limit=&cursor=`; the cursor is the `next_cursor` of the last page.
 *
 * @param options.more  faults of other parameters, told together with these
 * @throws ApiError invalid_input
 */
export function readCursor(
	url: URL,
	{ limitDefault = PAGE_LIMIT_DEFAULT, more = [] }: { limitDefault?: number; more?: readonly Fault[] } = {},
): { limit: number; before: number | null } {
	const limitText = url.searchParams.get('limit');
	const cursorText = url.searchParams.get('cursor') ?? url.searchParams.get('next_cursor');
	const limit = limitText === null ? limitDefault : Number(limitText);
	const before = cursorText === null || cursorText === '' ? null : parseCursor(cursorText);
	const faults = [...more];
	if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMIT_MAX)
		faults.push({ path: 'limit', message: `must be 1 to ${PAGE_LIMIT_MAX}` });
	if (before !== null && !Number.isSafeInteger(before))
		faults.push({ path: 'cursor', message: 'must be the next_cursor of the last page, unchanged' });
	if (faults.length > 0) throw invalidInput(faults);
	return { limit, before };
}

/** @returns NaN for what is no cursor */
export function parseCursor(text: string): number {
	if (text === START) return 0;
	const position = /^[0-9a-z]{5,16}$/.test(text) ? Number.parseInt(text.slice(0, -CHECK_LENGTH), 36) : Number.NaN;
	return Number.isSafeInteger(position) && writeCursor(position) === text ? position : Number.NaN;
}

/** A position and its check digits, so that a text that never was a cursor does not pass for a first page. */
export function writeCursor(next: number): string;
export function writeCursor(next: number | null): string | null;
export function writeCursor(next: number | null): string | null {
	if (next === null) return null;
	if (next === 0) return START;
	const position = next.toString(36);
	return position + bytesToHex(sha256(utf8ToBytes(`cursor ${position}`))).slice(0, CHECK_LENGTH);
}

const CHECK_LENGTH = 4;
/** Before everything: where a reader begins that has read nothing. */
const START = '0';
