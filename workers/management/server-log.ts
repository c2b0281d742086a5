// The log of a server: its calls, filtered, as JSON or CSV, and their number by the hour.

import { accountObject, storageUnavailable } from '../access/access.ts';
import type { LogEntry, LogFilter } from '../contracts/records.ts';
import { ApiError, type Fault } from '../lib/errors.ts';
import { requireServer } from './find-server.ts';
import { invalidInput } from './input-faults.ts';
import { parseCursor, type RouteRequest, readCursor, writeCursor } from './route.ts';
import { ndjsonAnswer } from './trails.ts';
import { LOG_COLUMNS, METHOD_GROUPS, OUTCOMES } from './vocabulary.ts';

const LOG_FORMATS = ['json', 'csv', 'ndjson'] as const;
type LogFormat = (typeof LOG_FORMATS)[number];

function isLogFormat(text: string): text is LogFormat {
	return (LOG_FORMATS as readonly string[]).includes(text);
}

/** More than a log keeps. */
const EXPORT_LIMIT = 10_000;
const HOURS_MAX = 48;
const DAY_MS = 24 * 60 * 60 * 1000;

export async function readServerLog(request: RouteRequest): Promise<Response> {
	const { env, url } = request;
	const { accountId, serverId } = await loggedServer(request);
	const { filter, format, faults } = readFilter(url);
	const { limit, before } = readCursor(url, { more: faults });
	const isStream = format === 'ndjson';
	const { entries, next, last, newest } = await accountObject(env, accountId)
		.readLog(serverId, { ...filter, oldest_first: isStream }, format === 'json' ? limit : EXPORT_LIMIT, before)
		.catch(storageUnavailable);
	if (format === 'csv') return csvAnswer(`${serverId}.csv`, entries);
	// An empty result has looked at everything up to the newest entry.
	if (isStream) return ndjsonAnswer(entries, last ?? Math.max(newest, filter.after ?? 0));
	return Response.json({
		result: entries.map(({ server_id: _id, ...entry }) => entry),
		next_cursor: writeCursor(next),
		newest_cursor: writeCursor(newest),
	});
}

/** A server that stands; for an API token that is bound to no account, one that has ended as well. */
async function loggedServer(request: RouteRequest): Promise<{ accountId: string; serverId: string }> {
	const { id: accountId = '', server_id: serverId = '' } = request.params;
	try {
		const { account, server } = await requireServer(request);
		return { accountId: account.id, serverId: server.id };
	} catch (error) {
		const isGone = error instanceof ApiError && error.code === 'not_found' && request.apiToken.accounts === '*';
		if (!isGone) throw error;
		if (!(await accountObject(request.env, accountId).hasEnded(serverId).catch(storageUnavailable))) throw error;
		return { accountId, serverId };
	}
}

export async function readServerStats(request: RouteRequest): Promise<Response> {
	const { env, url, now } = request;
	const { account, server } = await requireServer(request);
	const hours = Number(url.searchParams.get('hours') ?? 24);
	const faults: Fault[] = [];
	if (!Number.isInteger(hours) || hours < 1 || hours > HOURS_MAX)
		faults.push({ path: 'hours', message: `must be 1 to ${HOURS_MAX}` });
	const midnightUtcMs = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
	const sinceMs = readTodayFrom(url, faults) ?? midnightUtcMs;
	if (faults.length > 0) throw invalidInput(faults);
	const usage = await accountObject(env, account.id).readUsage(server.id, sinceMs, hours).catch(storageUnavailable);
	return Response.json(usage);
}

/** `?today_from=`: the caller's own midnight, in milliseconds; null when absent. */
export function readTodayFrom({ searchParams }: URL, faults: Fault[]): number | null {
	const text = searchParams.get('today_from');
	if (text === null) return null;
	const time = readTime(text);
	if (time === null) faults.push({ path: 'today_from', message: TIME_FAULT });
	return time === null ? null : Date.parse(time);
}

const TIME_FAULT = 'must be an ISO 8601 datetime with an offset, like 2027-01-31T18:00:00Z';

/** @returns the moment in UTC, as the log writes it */
function readTime(text: string): string | null {
	const ms = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)
		? Date.parse(text)
		: Number.NaN;
	return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}

/** The faults are for the caller to throw, with those of the paging. */
function readFilter({ searchParams }: URL): { filter: LogFilter; format: LogFormat; faults: Fault[] } {
	const faults: Fault[] = [];
	const filter: LogFilter = {};
	for (const [name, known] of [
		['outcome', OUTCOMES],
		['method_class', METHOD_GROUPS],
	] as const) {
		const values = searchParams
			.getAll(name)
			.flatMap((text) => text.split(','))
			.filter(Boolean);
		if (values.length === 0) continue;
		if (!values.every((value) => (known as readonly string[]).includes(value)))
			faults.push({ path: name, message: `must be any of ${known.join(', ')}, separated by commas` });
		filter[name] = values.slice(0, known.length);
	}
	const tool = searchParams.get('tool');
	if (tool) filter.tool = tool;
	for (const name of ['from', 'to'] as const) {
		const text = searchParams.get(name);
		if (!text) continue;
		const time = readTime(text);
		if (time === null) faults.push({ path: name, message: TIME_FAULT });
		else filter[name] = time;
	}
	const after = searchParams.get('after');
	if (after !== null) {
		filter.after = parseCursor(after);
		if (!Number.isSafeInteger(filter.after))
			faults.push({ path: 'after', message: 'must be the newest_cursor of an earlier answer, unchanged' });
	}
	const format = searchParams.get('format') ?? 'json';
	if (isLogFormat(format)) return { filter, format, faults };
	faults.push({ path: 'format', message: `must be ${LOG_FORMATS.slice(0, -1).join(', ')} or ${LOG_FORMATS.at(-1)}` });
	return { filter, format: 'json', faults };
}

/** RFC 4180. */
function csvAnswer(fileName: string, entries: readonly LogEntry[]): Response {
	const rows = [LOG_COLUMNS, ...entries.map((entry) => LOG_COLUMNS.map((column) => entry[column] ?? ''))];
	return new Response(rows.map((row) => `${row.map(csvCell).join(',')}\r\n`).join(''), {
		headers: {
			'content-type': 'text/csv; charset=utf-8',
			'content-disposition': `attachment; filename="${fileName}"`,
		},
	});
}

function csvCell(given: string | number | string[]): string {
	const value = Array.isArray(given) ? given.join(' ') : given;
	// A client says its own name, and a spreadsheet would run what begins like a formula.
	const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
	return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
