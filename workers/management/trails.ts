// Answers the trail of management, and what is kept of servers and accounts that have ended. Only for API tokens that
// are bound to no account, since an id may have had several.
import { accountObject, directoryObject, storageUnavailable } from '../access/access.ts';
import type { ApiTokenRecord } from '../contracts/records.ts';
import type { TrailEntry, TrailPage } from '../contracts/trail.ts';
import { ApiError } from '../lib/errors.ts';
import { invalidInput, together } from './input-faults.ts';
import { parseCursor, type RouteRequest, readCursor, writeCursor } from './route.ts';

/** Entries of a page, at most: as many as are kept. */
const TRAIL_LIMIT = 1_000;

/** Oldest first, so that a reader that goes on from `newest_cursor` misses none. */
export async function readTrail({ env, apiToken, params, url }: RouteRequest): Promise<Response> {
	requireAuditor(apiToken);
	return trailAnswer(url, (after) => accountObject(env, params.id ?? '').readTrail(after, TRAIL_LIMIT));
}

/** Returns who made, claimed and revoked API tokens. */
export async function readInstallationTrail({ env, apiToken, url }: RouteRequest): Promise<Response> {
	requireAuditor(apiToken);
	return trailAnswer(url, (after) => directoryObject(env).readTrail(after, TRAIL_LIMIT));
}

async function trailAnswer(url: URL, read: (after: number) => Promise<TrailPage>): Promise<Response> {
	const [after, format] = await together([readAfter(url), readFormat(url)]);
	const { entries: lines, last } = await read(after ?? 0).catch(storageUnavailable);
	const entries = lines.map((line) => JSON.parse(line) as TrailEntry);
	if (format === 'ndjson') return ndjsonAnswer(entries, last);
	return Response.json({ result: entries, newest_cursor: writeCursor(last) });
}

/** Servers of an account, or of earlier accounts of its id, whose logs are still kept. */
export async function listEndedServers({ env, apiToken, params, url }: RouteRequest): Promise<Response> {
	requireAuditor(apiToken);
	const { limit, before } = readCursor(url);
	const { servers, next } = await accountObject(env, params.id ?? '')
		.listEnded(limit, before)
		.catch(storageUnavailable);
	return Response.json({ result: servers, next_cursor: writeCursor(next) });
}

/** Accounts whose trail is still kept. */
export async function listEndedAccounts({ env, apiToken }: RouteRequest): Promise<Response> {
	requireAuditor(apiToken);
	const result = await directoryObject(env).listEndedAccounts().catch(storageUnavailable);
	return Response.json({ result, next_cursor: null });
}

/** @throws ApiError insufficient_scope */
function requireAuditor(apiToken: ApiTokenRecord): void {
	if (apiToken.accounts !== '*')
		throw new ApiError(
			'insufficient_scope',
			'This API token is bound to accounts. What is kept beyond them is read with a "manage" token for all accounts.',
		);
}

/** `?after=`. @returns null when absent. @throws ApiError invalid_input */
async function readAfter({ searchParams }: URL): Promise<number | null> {
	const text = searchParams.get('after');
	if (text === null || text === '') return null;
	const after = parseCursor(text);
	if (!Number.isSafeInteger(after))
		throw invalidInput([{ path: 'after', message: 'must be the newest_cursor of an earlier answer, unchanged' }]);
	return after;
}

/** @throws ApiError invalid_input */
async function readFormat({ searchParams }: URL): Promise<'json' | 'ndjson'> {
	const format = searchParams.get('format') ?? 'json';
	if (format !== 'json' && format !== 'ndjson')
		throw invalidInput([{ path: 'format', message: 'must be json or ndjson' }]);
	return format;
}

/** One JSON object a line. @param last  position to go on from, in the header `next-cursor` */
export function ndjsonAnswer(entries: readonly object[], last: number): Response {
	return new Response(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''), {
		headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'next-cursor': String(writeCursor(last)) },
	});
}
