// Jobs that look over a list for what needs somebody: each record with its reasons, counted exactly or reported as cut.
import { serverTimeZone } from '../../contracts/server-time-zone.ts';
import type { JobFact } from '../../integration/format.ts';
import { fieldsArgument } from '../../integration/method-wire.ts';
import { valueAt } from '../../lib/json-path.ts';
import { parseTime } from '../../lib/times.ts';
import { noticeOf } from '../answer/texts.ts';
import type { Told } from '../outcome.ts';
import { withDefaults } from './defaults.ts';
import { pick } from './gather.ts';
import { REQUESTS_MAX, readRows } from './rows.ts';
import { answered, isFault, type JobRun, messageOf, operationFor, refuse } from './run.ts';
import { fill, fillAll, type Known } from './templates.ts';

type Fact = Extract<JobFact, { kind: 'watch' }>;
type List = Fact['lists'][number];
type Rule = List['rules'][number];
type Row = Record<string, unknown>;

/** Records that are shown of each reason; the others are counted. */
const SHOWN = 5;
const TEXT_MAX = 60;

interface Found {
	count: number;
	records: Row[];
}

export async function watch(run: JobRun, fact: Fact, given: Row): Promise<Told> {
	const values = withDefaults(run, fact.arguments, given);
	if (isFault(values)) return refuse(run, [values]);
	const known: Known = { values, record: null, nowMs: run.nowMs };
	const found = new Map<string, Found>();
	const missing: { part: string; because: string }[] = [];
	let checked = 0;
	let requests = 0;
	let isExact = true;
	for (const list of fact.lists) {
		const operation = operationFor(run, list.operation);
		const reasons = list.rules.map(({ reason }) => reason).join(', ');
		if (!operation) {
			missing.push({ part: reasons, because: 'This server has no tool for it.' });
			continue;
		}
		const tests: { rule: Rule; test: (row: Row) => boolean }[] = [];
		for (const rule of list.rules) {
			const spare = REQUESTS_MAX - requests - list.max_requests;
			const test = await testOf(run, rule, known, spare, (made) => {
				requests += made;
			});
			if ('because' in test) missing.push({ part: rule.reason, ...test });
			else tests.push({ rule, ...test });
		}
		const maxRequests = Math.min(list.max_requests, REQUESTS_MAX - requests);
		const rows = await readRows(
			run,
			operation,
			{ ...fillAll(list.arguments, known), ...fieldsOf(run, list) },
			{ maxRequests },
		);
		requests += rows.requests;
		if (rows.failed && rows.rows.length === 0) {
			if (list === fact.lists[0]) return rows.failed;
			missing.push({ part: reasons, because: messageOf(rows.failed) });
			continue;
		}
		checked += rows.rows.length;
		isExact &&= rows.isWhole;
		for (const row of rows.rows)
			for (const { rule, test } of tests) if (test(row)) note(found, rule.reason, pick(row, list.fields, TEXT_MAX));
	}
	const reasons = Object.fromEntries(
		[...found].map(([reason, { count, records }]) => [reason, { count, oldest: records }]),
	);
	return answered(run, {
		reasons,
		checked,
		is_exact: isExact,
		requests,
		missing,
		...noticeOf([isExact ? null : `Not all: only the first ${checked} records were looked at. Narrow it.`]),
	});
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

async function testOf(
	run: JobRun,
	rule: Rule,
	known: Known,
	spareRequests: number,
	count: (requests: number) => void,
): Promise<{ test: (row: Row) => boolean } | { because: string }> {
	const { field, is, only = {} } = rule;
	const isMeant = (row: Row) => Object.entries(only).every(([path, value]) => (valueAt(row, path) ?? false) === value);
	const by = (test: (value: unknown) => boolean) => ({ test: (row: Row) => isMeant(row) && test(valueAt(row, field)) });
	const isEmpty = (value: unknown) => value === undefined || value === null || value === '';
	const msOf = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : Number.NaN);
	switch (is) {
		case 'empty':
			return by(isEmpty);
		case 'zero':
			return by((value) => isEmpty(value) || value === 0);
		case 'true':
			return by((value) => value === true);
		case 'false':
			return by((value) => value === false);
		case 'before': {
			const at = momentOf(run, rule, known);
			return by((value) => msOf(value) < at);
		}
		case 'between_now_and': {
			const at = momentOf(run, rule, known);
			return by((value) => msOf(value) >= run.nowMs && msOf(value) <= at);
		}
		case 'not_listed':
			return notListed(run, rule, known, spareRequests, count, by);
	}
}

async function notListed(
	run: JobRun,
	{ list }: Rule,
	known: Known,
	maxRequests: number,
	count: (requests: number) => void,
	by: (test: (value: unknown) => boolean) => { test: (row: Row) => boolean },
): Promise<{ test: (row: Row) => boolean } | { because: string }> {
	const operation = list && operationFor(run, list.operation);
	if (!list || !operation) return { because: 'This server has no tool for it.' };
	if (maxRequests < 1) return { because: 'Too many records to look at.' };
	const args = { ...fillAll(list.arguments, known), [fieldsArgument(run.context.integration.file)]: list.field };
	const read = await readRows(run, operation, args, { maxRequests });
	count(read.requests);
	if (read.failed) return { because: messageOf(read.failed) };
	if (!read.isWhole) return { because: 'Too many records to look at.' };
	const listed = new Set(read.rows.map((row) => String(valueAt(row, list.field))));
	return by((value) => !listed.has(String(value)));
}

/** @throws Error for a time that the integration's check would have found */
function momentOf({ context, nowMs }: JobRun, { time = 'now', reason }: Rule, known: Known): number {
	const zone = serverTimeZone(context.access.server, context.access.account).name;
	const read = parseTime(String(fill(time, known)), { nowMs, zone });
	if ('fault' in read) throw new Error(`${reason}: ${read.fault}`);
	return Date.parse(read.iso);
}
