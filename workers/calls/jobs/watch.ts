// Jobs that look over a list for what needs somebody: each record with its reasons, counted exactly or reported as cut.
import { serverTimeZone } from '../../contracts/server-time-zone.ts';
import type { JobFact } from '../../integration/format.ts';
import { fieldsArgument } from '../../integration/method-wire.ts';
import type { Fault } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { parseTime } from '../../lib/times.ts';
import { noticeOf } from '../answer/texts.ts';
import type { Told } from '../outcome.ts';
import { withDefaults } from './defaults.ts';
import { pick } from './gather.ts';
import { REQUESTS_MAX, type Rows, readRows } from './rows.ts';
import {
	answered,
	isFault,
	type JobRun,
	messageOf,
	operationFor,
	refuse,
	resolvedArguments,
	resolvedOf,
	unknownArguments,
} from './run.ts';
import { fill, fillAll, type Known } from './templates.ts';

type Fact = Extract<JobFact, { kind: 'watch' }>;
type List = Fact['lists'][number];
type Rule = List['rules'][number];
type Row = Record<string, unknown>;
type Test = (value: unknown) => boolean;

/** Records that are shown of each reason; the others are counted. */
const SHOWN = 5;
const TEXT_MAX = 60;
const TOO_MANY = 'Too many records to look at.';
const NO_TOOL = 'This server has no tool for it.';

interface Found {
	count: number;
	records: Row[];
}

/** The state of one job. */
interface Look {
	run: JobRun;
	known: Known;
	/** Requests that are left. */
	left: number;
	missing: { part: string; because: string }[];
}

interface ReadList {
	list: List;
	rows: Row[];
	isWhole: boolean;
	empty: Rows['empty'];
	/** Names of the job's arguments that were read as another's. */
	resolved: Row;
}

export async function watch(run: JobRun, fact: Fact, given: Row): Promise<Told> {
	const values = withDefaults(run, fact.arguments, given);
	if (isFault(values)) return refuse(run, [values]);
	const faults = timeFaults(run, fact, values);
	if (faults.length > 0) return refuse(run, faults);
	const look: Look = { run, known: { values, record: null, nowMs: run.nowMs }, left: REQUESTS_MAX, missing: [] };
	const lists: ReadList[] = [];
	for (const list of fact.lists) {
		const read = await readList(look, list);
		const unknown = unknownArguments(values, read && 'empty' in read ? (read.empty?.unknown ?? []) : []);
		if (unknown.length > 0) return refuse(run, unknown);
		if (read && 'rows' in read) lists.push(read);
		else if (read && lists.length === 0) return read.failed;
	}
	const found = new Map<string, Found>();
	// The requests that the lists left over are for the records that they are compared with.
	for (const { list, rows } of lists)
		for (const rule of list.rules) {
			const meant = rows.filter((row) => isMeant(rule, row));
			const test = await testOf(look, rule, meant);
			if ('because' in test) look.missing.push({ part: rule.reason, ...test });
			else
				for (const row of meant)
					if (test(valueAt(row, rule.field))) note(found, rule.reason, pick(row, list.fields, TEXT_MAX));
		}
	const checked = lists.reduce((sum, { rows }) => sum + rows.length, 0);
	const isExact = lists.every(({ isWhole }) => isWhole);
	return answered(run, {
		...resolvedOf(Object.assign({}, ...lists.map(({ resolved }) => resolved))),
		reasons: Object.fromEntries([...found].map(([reason, { count, records }]) => [reason, { count, oldest: records }])),
		checked,
		is_exact: isExact,
		requests: REQUESTS_MAX - look.left,
		missing: look.missing,
		...noticeOf([isExact ? null : `Not all: only the first ${checked} records were looked at. Narrow it.`]),
	});
}

/** @returns null where nothing was asked; `missing` says why */
async function readList(look: Look, list: List): Promise<ReadList | { failed: Told } | null> {
	const { run, known, missing } = look;
	const operation = operationFor(run, list.operation);
	const part = list.rules.map(({ reason }) => reason).join(', ');
	if (!operation || look.left < 1) {
		missing.push({ part, because: operation ? TOO_MANY : NO_TOOL });
		return null;
	}
	const filled = fillAll(list.arguments, known);
	const args = { ...filled, ...fieldsOf(run, list) };
	const read = await readRows(run, operation, args, { maxRequests: Math.min(list.max_requests, look.left) });
	look.left -= read.requests;
	const { rows, isWhole, empty } = read;
	const resolved = resolvedArguments(known.values, filled, read.resolved);
	if (!read.failed || rows.length > 0) return { list, rows, isWhole, empty, resolved };
	missing.push({ part, because: messageOf(read.failed) });
	return { failed: read.failed };
}

function note(found: Map<string, Found>, reason: string, record: Row): void {
	const one = found.get(reason) ?? { count: 0, records: [] };
	one.count += 1;
	if (one.records.length < SHOWN) one.records.push(record);
	found.set(reason, one);
}

function fieldsOf({ context }: JobRun, { fields, rules }: List): Row {
	const only = rules.flatMap((rule) => Object.keys(rule.only ?? {}));
	const paths = [...Object.values(fields), ...rules.map(({ field }) => field), ...only];
	return { [fieldsArgument(context.integration.file)]: [...new Set(paths)].join(',') };
}

function isMeant({ only = {} }: Rule, row: Row): boolean {
	return Object.entries(only).every(([path, value]) => (valueAt(row, path) ?? false) === value);
}

/** @param meant  the records that the rule is about */
async function testOf(look: Look, rule: Rule, meant: readonly Row[]): Promise<Test | { because: string }> {
	const { run, known } = look;
	const isEmpty: Test = (value) => value === undefined || value === null || value === '';
	const msOf = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : Number.NaN);
	switch (rule.is) {
		case 'empty':
			return isEmpty;
		case 'zero':
			return (value) => isEmpty(value) || value === 0;
		case 'true':
			return (value) => value === true;
		case 'false':
			return (value) => value === false;
		case 'before': {
			const at = momentOf(run, rule, known);
			return (value) => msOf(value) < at;
		}
		case 'between_now_and': {
			const at = momentOf(run, rule, known);
			return (value) => msOf(value) >= run.nowMs && msOf(value) <= at;
		}
		case 'not_listed':
			return notListed(look, rule, [...new Set(meant.map((row) => String(valueAt(row, rule.field))))]);
	}
}

/** Reads the other list for these values alone where that takes few requests, else whole. */
async function notListed(look: Look, { list }: Rule, values: readonly string[]): Promise<Test | { because: string }> {
	const { run, known } = look;
	const operation = list && operationFor(run, list.operation);
	if (!list || !operation) return { because: NO_TOOL };
	const args = { ...fillAll(list.arguments, known), [fieldsArgument(run.context.integration.file)]: list.field };
	const parts = narrowed(list, values, look.left).map((one) => ({ ...args, ...one }));
	const listed = new Set<string>();
	for (const part of parts) {
		if (look.left < 1) return { because: TOO_MANY };
		const read = await readRows(run, operation, part, { maxRequests: look.left, takesEmpty: true });
		look.left -= read.requests;
		if (read.failed) return { because: messageOf(read.failed) };
		if (!read.isWhole) return { because: TOO_MANY };
		for (const row of read.rows) listed.add(String(valueAt(row, list.field)));
	}
	return (value) => !listed.has(String(value));
}

/** Values that are no words of a query language. */
const PLAIN = /^[A-Za-z0-9_-]+$/;

function narrowed({ narrow }: NonNullable<Rule['list']>, values: readonly string[], maxParts: number): Row[] {
	if (values.length === 0) return [];
	if (!narrow || values.length > narrow.at_most * maxParts || !values.every((value) => PLAIN.test(value))) return [{}];
	const parts: Row[] = [];
	for (let at = 0; at < values.length; at += narrow.at_most) {
		const some = values.slice(at, at + narrow.at_most).join(',');
		parts.push({ [narrow.argument]: narrow.template.replace('{{values}}', some) });
	}
	return parts;
}

/** Arguments that stand for a moment, and are none; and those that lie ahead, where what has happened is looked for. */
function timeFaults(run: JobRun, { lists }: Fact, values: Row): Fault[] {
	const clock = clockOf(run);
	const faults = new Map<string, string>();
	const look = (template: unknown, isPast: boolean) => {
		const path = /^\{\{(\w+)\}\}$/.exec(String(template))?.[1];
		if (path === undefined || values[path] === undefined) return;
		const said = String(values[path]);
		const read = parseTime(said, clock);
		if ('fault' in read) faults.set(path, read.fault);
		else if (isPast && Date.parse(read.iso) > run.nowMs)
			faults.set(path, `must lie in the past, such as 7d: ${said} lies ahead`);
	};
	for (const { operation, arguments: given, rules } of lists) {
		for (const { time, is } of rules) look(time, is === 'before');
		const filters = operationFor(run, operation)?.documentation.filters ?? {};
		for (const [name, template] of Object.entries(given))
			if (filters[name]?.kind === 'time') look(template, !filters[name].looks_ahead);
	}
	return [...faults].map(([path, message]) => ({ path, message }));
}

function clockOf({ context, nowMs }: JobRun): { nowMs: number; zone: string } {
	return { nowMs, zone: serverTimeZone(context.access.server, context.access.account).name };
}

/** @throws Error for a time that the integration's check would have found */
function momentOf(run: JobRun, { time = 'now', reason }: Rule, known: Known): number {
	const read = parseTime(String(fill(time, known)), clockOf(run));
	if ('fault' in read) throw new Error(`${reason}: ${read.fault}`);
	return Date.parse(read.iso);
}
