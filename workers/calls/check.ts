// Step 1 of a call: the arguments are checked, and all faults reported at once. Pure: nothing is sent here.
import { secretFaults } from '../conditions/apply.ts';
import type { ExactMatch } from '../conditions/compile.ts';
import type { ActingMember } from '../contracts/records.ts';
import { describeTimeZone, type ServerTimeZone, serverTimeZone, UTC } from '../contracts/server-time-zone.ts';
import type { Arguments } from '../integration/arguments.ts';
import { toolName } from '../integration/filter.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { pagingOf } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import { mapReferences } from '../integration/reference-places.ts';
import { applyListFilters } from '../languages/language.ts';
import type { Fault } from '../lib/errors.ts';
import type { Clock } from '../lib/time-zones.ts';
import { validateArguments } from '../tools/validate.ts';
import type { Datetimes } from '../tools/written-times.ts';
import { uploadFaults } from '../vendor/files.ts';
import {
	type CursorScope,
	decodeCursor,
	forwardPaging,
	type PagePlan,
	type Position,
	planForwardPage,
	planPage,
	START,
} from '../vendor/paging.ts';
import { argumentRefusal } from './answer/refusal.ts';
import { budgetBytes, type CallContext } from './context.ts';
import type { CallHow } from './how.ts';
import { CONFIRM_REPEAT, CONFIRM_REPLACE, CONFIRM_UNUSUAL, takeInsistence, unusualFaults } from './insistence.ts';
import { type Refused, refused } from './outcome.ts';
import { needsReauthToResult } from './refusals.ts';
import { REDACTION } from './untrusted-text/redact.ts';
import { readWrittenFields } from './written-fields.ts';

/** A call whose arguments are good, as far as we can know without asking the vendor. */
export interface CheckedCall {
	state: 'checked';
	operation: Operation;
	/** Arguments with filters turned into conditions. The cursor's scope keeps the caller's own. */
	args: Arguments;
	/** The arguments before that, with names as they are meant. */
	named: Arguments;
	/** The conditions that filters made, to be said back; null when there were none. */
	sent: Record<string, string> | null;
	/** Comparisons that are made on our side. */
	exact: readonly ExactMatch[];
	/** The page that a list asks for. */
	page: PagePlan | null;
	scope: CursorScope;
	listFormat: 'records' | 'table';
	/** Secrets are taken out of texts. */
	redact: boolean;
	/** Size of the answer's JSON in UTF-8. */
	budgetBytes: number;
	/** Start of relative times, and the zone in which days begin. */
	clock: Clock;
	/** The moment of the call. */
	nowMs: number;
	/** Sentences for the answer about arguments that were not used. */
	notices: readonly string[];
	how: CallHow;
	/** The caller knows that it repeats a write. */
	insists: boolean;
	/** The caller knows that an update leaves entries of a list out. */
	replaces: boolean;
}

/** The part of a server's configuration that a call needs. */
export interface CallSettings {
	listFormat: 'records' | 'table';
	redact?: boolean | undefined;
	/** See `ANSWER_BUDGET_KB`. */
	budgetBytes: number;
	serverId: string;
	cursorKey: Uint8Array;
	/** Cursors under it are still accepted. */
	earlierCursorKey?: Uint8Array | undefined;
	nowMs: number;
	/** Zone in which days begin; absent: UTC. */
	timeZone?: ServerTimeZone | undefined;
	/** See `CallHow`. */
	isWholeList?: boolean | undefined;
	saidAtMs?: number | undefined;
	/** Member whose work is written, unless the call names another. */
	actsFor?: ActingMember | undefined;
}

/**
 * @param given  arguments, as the caller wrote them
 */
export function checkCall(
	context: CallContext,
	operation: Operation,
	given: unknown,
	{ nowMs, how = {} }: { nowMs: number; how?: CallHow },
): CheckedCall | Refused {
	const { access, filter, integration } = context;
	const { server, account } = access;
	const name = toolName(operation, filter);
	if (account.state === 'needs_reauth') return refused(needsReauthToResult(integration.file.label, account));
	const insistence = takeInsistence(operation, given);
	const [key, earlierKey] = context.tokenKeys;
	const checked = checkArguments(integration.file, operation, insistence.args, {
		listFormat: how.listFormat ?? server.config.list_format ?? 'records',
		redact: server.config.redact,
		budgetBytes: how.budgetBytes ?? budgetBytes(context),
		serverId: server.id,
		nowMs,
		cursorKey: key.bytes,
		earlierCursorKey: earlierKey?.bytes,
		timeZone: serverTimeZone(server, account),
		isWholeList: how.isWholeList,
		saidAtMs: how.saidAtMs,
		actsFor: server.acts_for,
	});
	const { confirmed } = insistence;
	const unusual =
		Array.isArray(checked) || confirmed.has(CONFIRM_UNUSUAL)
			? []
			: unusualFaults(operation, checked.args, insistence.args);
	const faults = [...insistence.faults, ...(Array.isArray(checked) ? checked : []), ...unusual];
	if (faults.length > 0 || Array.isArray(checked)) return refused(argumentRefusal(name, faults));
	if (server.config.redact && !operation.readOnly && REDACTION.test(JSON.stringify(checked.args)))
		return refused(argumentRefusal(name, [REDACTED_ARGUMENT]));
	return { ...checked, how, insists: confirmed.has(CONFIRM_REPEAT), replaces: confirmed.has(CONFIRM_REPLACE) };
}

/** @returns the faults of the arguments, all of them, or the call */
export function checkArguments(
	integration: IntegrationFile,
	operation: Operation,
	given: unknown,
	settings: CallSettings,
): Fault[] | CheckedCall {
	const { listFormat, budgetBytes, redact = false, nowMs, timeZone = UTC } = settings;
	const local: Datetimes['local'] = {};
	const reading = { zone: timeZone.name, local, nowMs: settings.saidAtMs ?? nowMs };
	const validated = validateArguments(operation, given ?? {}, integration.datetime, reading);
	const { faults, values, notices } = withActingMember(operation, validated, settings.actsFor);
	const written = readWrittenFields(integration, operation, withMidnights(integration, operation, values));
	const { args } = written;
	const scope = {
		serverId: settings.serverId,
		operation: operation.names.full,
		args,
		timeZone: timeZone.name,
		key: settings.cursorKey,
		earlierKey: settings.earlierCursorKey,
	};
	const isList = operation.kind === 'list';
	const position = isList && typeof args.next_cursor === 'string' ? decodeCursor(args.next_cursor, scope) : START;
	// A cursor can only be judged against arguments that are right themselves.
	if (!position && faults.length === 0) faults.push(FOREIGN_CURSOR);
	// Relative times of a later page count from the same moment as on the first.
	const clock = { nowMs: position?.atMs ?? nowMs, zone: timeZone.name };
	const named = position?.meant ? { ...args, ...position.meant } : args;
	const isFiltered = isList || operation.kind === 'count';
	const filtered = isFiltered && faults.length === 0 ? applyListFilters(integration, operation, named, clock) : null;
	faults.push(...(filtered?.faults ?? []), ...secretFaults(integration, operation, args));
	if (operation.fact.form_file !== undefined && faults.length === 0) faults.push(...uploadFaults(args));
	// Only records can be compared on our side.
	for (const { text, isShownOnly } of isList ? [] : (filtered?.exact ?? []))
		if (!isShownOnly)
			faults.push({ path: '', message: `cannot count by ${JSON.stringify(text)}: list the records instead` });
	if (faults.length > 0 || !position) return faults;
	const start = filtered?.sent ? { ...position, atMs: clock.nowMs } : position;
	const isLocal = filtered?.isLocal || Object.keys(local).length > 0;
	const sent = filtered?.sent ?? (isLocal ? local : null);
	const limit = typeof args.limit === 'number' ? args.limit : undefined;
	return {
		state: 'checked',
		operation,
		args: filtered?.args ?? args,
		named,
		sent: sent && isLocal ? { ...sent, time_zone: describeTimeZone(timeZone) } : sent,
		exact: filtered?.exact ?? [],
		page: isList ? pageOf(integration, operation, start, { limit, isWholeList: settings.isWholeList }) : null,
		scope,
		listFormat,
		budgetBytes,
		redact,
		clock,
		nowMs,
		insists: false,
		replaces: false,
		notices: [...notices, ...written.notices, ...byIdAlone(operation, named)],
		how: {},
	};
}

/** A list of people holds no ids: by an id the reference alone is asked for. */
function byIdAlone({ documentation: { filters = {} }, namedFilters }: Operation, args: Arguments): string[] {
	return Object.entries(filters).flatMap(([name, { any = [] }]) => {
		const listed = any.find(({ op }) => op === 'listed');
		const value = args[name];
		const isId = typeof value === 'number' || (typeof value === 'object' && value !== null && 'id' in value);
		if (!listed || !isId) return [];
		const reference = namedFilters.get(name)?.path ?? 'the reference';
		return [
			`${name} by an id looks at ${reference} alone, not at ${listed.field}: give a name or identifier for both.`,
		];
	});
}

function pageOf(
	integration: IntegrationFile,
	{ fact, fieldNames }: Operation,
	position: Position,
	{ limit, isWholeList }: { limit: number | undefined; isWholeList: boolean | undefined },
): PagePlan {
	const paging = pagingOf(integration, fact);
	const forward = isWholeList ? forwardPaging(paging, fieldNames) : null;
	return forward ? planForwardPage(forward, position, limit) : planPage(paging, position, limit);
}

/** Sets the member whose work it is when the call does not: the server's `acts_for`, never the owner of the keys. */
function withActingMember(
	{ documentation: { acting }, places }: Operation,
	{ faults, values, notices }: ReturnType<typeof validateArguments>,
	member: ActingMember | undefined,
): ReturnType<typeof validateArguments> {
	if (!acting || values[acting.field] !== undefined) return { faults, values, notices };
	const { field } = acting;
	const isBare = places.get(field)?.references?.[0]?.bare !== undefined;
	if (member) {
		const name = member.identifier ?? `member ${member.id}`;
		return {
			faults: faults.filter(({ path }) => path !== field),
			values: { ...values, [field]: isBare ? member.id : { id: member.id } },
			notices: [...notices, `${field}: ${name}, for whom this server works.`],
		};
	}
	const isTold = !acting.is_required || faults.some(({ path }) => path === field);
	const message =
		'is required: whose work is it? Name the member, by identifier or name; without one it would be booked on the owner of the API keys';
	return { faults: isTold ? faults : [...faults, { path: field, message }], values, notices };
}

/** Days as the vendor keeps them. They were checked: what is no day there stays as it is. */
function withMidnights({ datetime }: IntegrationFile, { places }: Operation, values: Arguments): Arguments {
	if (datetime !== 'utc_seconds') return values;
	const midnight = (day: unknown) => (typeof day === 'string' && /^[\d-]{10}$/.test(day) ? `${day}T00:00:00Z` : day);
	const changed = { ...values };
	for (const [name, { days = [], additional }] of places) {
		for (const steps of days)
			if (changed[name] !== undefined) changed[name] = mapReferences(changed[name], steps, name, midnight);
		const more = changed[name];
		if (!additional || typeof more !== 'object' || more === null) continue;
		const fields = additional();
		changed[name] = Object.fromEntries(
			Object.entries(more).map(([field, value]) => {
				const inField = fields.get(field)?.days ?? [];
				return [field, inField.reduce((said: unknown, steps) => mapReferences(said, steps, field, midnight), value)];
			}),
		);
	}
	return changed;
}

const FOREIGN_CURSOR: Fault = {
	path: 'next_cursor',
	message:
		'belongs to another query or was changed: send it unchanged with the same arguments, or leave it out to start again',
};

const REDACTED_ARGUMENT: Fault = {
	path: '',
	message:
		'a text holds a mark like [redacted:password]: written back, it would destroy what it stands for. Leave that text as it is, or add a new note',
};
