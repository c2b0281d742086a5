// `log_time_entries`: many entries in one go. All faults at once, and nothing is written until all are good.
import { serverTimeZone } from '../../contracts/server-time-zone.ts';
import type { JobFact } from '../../integration/format.ts';
import { fieldsArgument } from '../../integration/method-wire.ts';
import type { Operation } from '../../integration/operations.ts';
import type { Fault } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { addDays, dayAt, startOfDay } from '../../lib/time-zones.ts';
import { parseTime, toIsoSeconds } from '../../lib/times.ts';
import { readGivenArguments, readJsonText } from '../../tools/given-arguments.ts';
import { ENTRIES_MAX } from '../../tools/jobs/job-tools.ts';
import { foldText } from '../answer/taken-over.ts';
import { noticeOf } from '../answer/texts.ts';
import type { Told } from '../outcome.ts';
import { checkEntries, type Entry, isSameEntry } from './entries.ts';
import { readRows } from './rows.ts';
import {
	answered,
	asShown,
	callUnseen,
	DOUBTED,
	doubtsOf,
	isLate,
	type JobRun,
	messageOf,
	operationFor,
	refuse,
	sideBySide,
} from './run.ts';
import { fillAll } from './templates.ts';

type Fact = Extract<JobFact, { kind: 'log_entries' }>;
type Values = Record<string, unknown>;

const FAILURES_MAX = 3;
const ENDING = new Set(['write_budget_spent', 'rate_limited', 'needs_reauth', 'server_changed']);
const HOUR_MS = 3_600_000;

export async function logEntries(run: JobRun, fact: Fact, { entries }: Values): Promise<Told> {
	const given = entries as Values[];
	if (given.length === 0 || given.length > ENTRIES_MAX)
		return refuse(run, [{ path: 'entries', message: `must be 1 to ${ENTRIES_MAX}, got ${given.length}` }], 'written');
	const create = operationFor(run, fact.create);
	const list = operationFor(run, fact.list);
	if (!create || !list) throw new Error(`no ${fact.create}`);
	// Each entry as the tool itself would judge it: what would be sent is compared, however it was spelt.
	const judged = await sideBySide(given, (one) => run.call(create, one, { isPreview: true }));
	const read = given.map((one, index) => {
		const said = judged[index]?.args ?? readGivenArguments(create, one).args;
		return withMember(readEntry(run, fact, said, index), judged[index], fact);
	});
	const existing = await readExisting(run, fact, list, read);
	if ('told' in existing) return existing.told;
	const { faults } = checkEntries(read, existing.entries, zoneOf(run));
	faults.push(...judged.flatMap(faultsOf));
	if (faults.length > 0) return refuse(run, faults, 'written');
	return writeAll(run, create, given, read, existing.entries);
}

function zoneOf({ context }: JobRun): string {
	return serverTimeZone(context.access.server, context.access.account).name;
}

/** Reads the times of an entry. The tool itself reports what is missing or malformed. */
function readEntry(run: JobRun, fact: Fact, one: Values, index: number): Entry {
	const clock = { nowMs: run.nowMs, zone: zoneOf(run) };
	const momentOf = (value: unknown) => {
		const read = typeof value === 'string' ? parseTime(value, clock) : { fault: '' };
		return 'fault' in read ? null : Date.parse(read.iso);
	};
	const startMs = momentOf(one[fact.start]);
	const saidEnd = momentOf(one[fact.end]);
	const hours = hoursIn(one[fact.hours]);
	const byHours = startMs !== null && hours !== null ? startMs + hours * HOUR_MS : null;
	const member = nameOf(one[fact.member]);
	return {
		index,
		startMs,
		endMs: saidEnd ?? byHours,
		hours,
		member: foldText(member),
		memberName: member,
		notes: foldText(asShown(run, String(one[fact.notes] ?? ''), run.context.access.server.config.redact === true)),
		chargedTo: String(one[fact.charged_to] ?? ''),
		id: null,
	};
}

/** Hours of an entry with another fault may still be a text. */
function hoursIn(value: unknown): number | null {
	const read = typeof value === 'string' ? readJsonText('number', value) : value;
	return typeof read === 'number' ? read : null;
}

function nameOf(member: unknown): string {
	const said = valueAt(member, 'identifier') ?? valueAt(member, 'name') ?? valueAt(member, 'id') ?? member;
	return String(said ?? '');
}

function withMember(entry: Entry, judged: Told | undefined, { member }: Fact): Entry {
	const found = valueAt(judged?.structuredContent.sets, member);
	const id = valueAt(found, 'id');
	return id === undefined ? entry : { ...entry, member: String(id), memberName: nameOf(found) };
}

/** The entries that the same members have already on the days of those that are given. */
async function readExisting(
	run: JobRun,
	fact: Fact,
	list: Operation,
	read: readonly Entry[],
): Promise<{ entries: Entry[] } | { told: Told }> {
	const members = [...new Set(read.map(({ member }) => member))].filter((member) => /^\d+$/.test(member));
	const starts = read.flatMap(({ startMs }) => startMs ?? []);
	if (members.length === 0 || starts.length === 0) return { entries: [] };
	const zone = zoneOf(run);
	const first = startOfDay(zone, addDays(dayAt(zone, Math.min(...starts)), -1));
	const last = startOfDay(zone, addDays(dayAt(zone, Math.max(...starts)), 2));
	const paths = [fact.start, fact.end, fact.hours, fact.notes, fact.charged_to, fact.member];
	const { filters } = fact;
	const answers = await sideBySide(members, (member) =>
		readRows(
			run,
			list,
			{
				...fillAll(filters.of_member, { values: { member_id: member }, record: null, nowMs: run.nowMs }),
				[filters.after]: toIsoSeconds(first),
				[filters.before]: toIsoSeconds(last),
				[fieldsArgument(run.context.integration.file)]: [list.idField, ...paths].join(','),
			},
			{ maxRequests: 2, takesEmpty: true },
		),
	);
	const failed = answers.find((one) => one.failed)?.failed;
	if (failed) return { told: failed };
	const entries = answers.flatMap(({ rows }, at) =>
		rows.map((row) => ({
			...readEntry(run, fact, row, -1),
			member: members[at] ?? '',
			id: valueAt(row, list.idField),
		})),
	);
	return { entries };
}

function faultsOf(judged: Told, index: number): Fault[] {
	if (!judged.isError) return [];
	const { errors } = judged.structuredContent;
	const all = Array.isArray(errors) ? (errors as { field?: string; message?: string }[]) : [];
	return all.length > 0
		? all.map(({ field = '', message = '' }) => ({ path: `entries[${index}] ${field}`.trim(), message }))
		: [{ path: `entries[${index}]`, message: messageOf(judged) }];
}

async function writeAll(
	run: JobRun,
	create: Operation,
	given: readonly Values[],
	read: readonly Entry[],
	existing: readonly Entry[],
): Promise<Told> {
	const logged: { entry: number; id: unknown; not_taken_over?: unknown; accepted?: unknown }[] = [];
	const already: { entry: number; id: unknown }[] = [];
	const failed: { entry: number; because: string }[] = [];
	const left: number[] = [];
	const shown: unknown[] = [];
	let stopped: string | null = null;
	let inARow = 0;
	for (const [index, one] of given.entries()) {
		const earlier = existing.find((other) => isSameEntry(read[index] as Entry, other));
		if (earlier) {
			already.push({ entry: index, id: earlier.id });
			continue;
		}
		if (stopped === null && isLate(run)) stopped = 'The time of one call is up.';
		if (stopped !== null) {
			left.push(index);
			continue;
		}
		const told = await callUnseen(run, create, one);
		if (!told.isError) {
			inARow = 0;
			if (told.isRehearsed) shown.push(told.structuredContent.sets);
			else logged.push({ entry: index, id: told.structuredContent.id, ...doubtsOf(told) });
			continue;
		}
		if (ENDING.has(String(told.structuredContent.code)) || told.upstreamStatus === 429) {
			stopped = messageOf(told);
			left.push(index);
			continue;
		}
		failed.push({ entry: index, because: messageOf(told) });
		inARow += 1;
		if (inARow >= FAILURES_MAX) stopped = `${inARow} entries failed one after the other.`;
	}
	const isShown = run.isPreview || run.facts.isRehearsed;
	return answered(
		run,
		{
			...(isShown ? { [run.isPreview ? 'preview' : 'rehearsed']: true, would_log: shown } : { logged }),
			...(already.length > 0 ? { already } : {}),
			...(failed.length > 0 ? { failed } : {}),
			...(left.length > 0 ? { left } : {}),
			...noticeOf([
				isShown ? 'Nothing was done: this only shows what would be.' : null,
				logged.some((one) => one.not_taken_over ?? one.accepted) ? DOUBTED : null,
				stopped,
				left.length > 0
					? 'Call again with the same entries to go on: those that are there are not logged twice.'
					: null,
			]),
		},
		failed.length > 0 && logged.length === 0 && already.length === 0,
	);
}
