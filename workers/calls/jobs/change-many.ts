// `change_many`: the same update of many records. A preview first, then one by one, each admitted by itself.
import { toolName } from '../../integration/filter.ts';
import type { JobFact } from '../../integration/format.ts';
import { fieldsArgument, placeholdersIn } from '../../integration/method-wire.ts';
import type { Operation } from '../../integration/operations.ts';
import type { Fault } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { readGivenArguments } from '../../tools/given-arguments.ts';
import { CHANGES_MAX } from '../../tools/jobs/job-tools.ts';
import { noticeOf } from '../answer/texts.ts';
import type { Told } from '../outcome.ts';
import { openSeal, type Sealed, sealChanges } from './confirm.ts';
import {
	answered,
	callUnseen,
	DOUBTED,
	doubtsOf,
	isFault,
	isLate,
	type JobRun,
	messageOf,
	namedTool,
	operationFor,
	recordsOf,
	refuse,
	sideBySide,
} from './run.ts';

type Values = Record<string, unknown>;
type Id = number | string;
type Fact = Extract<JobFact, { kind: 'change_many' }>;

/** So many failures one after the other are no accident: the rest would fail too. */
const FAILURES_MAX = 3;
/** Refusals after which nothing else would be let through either. */
const ENDING = new Set(['write_budget_spent', 'rate_limited', 'needs_reauth', 'server_changed', 'too_many_in_flight']);

export async function changeMany(run: JobRun, fact: Fact, values: Values): Promise<Told> {
	if (values.confirm !== undefined) return writeConfirmed(run, fact, values, String(values.confirm));
	const operation = namedTool(run, 'tool_name', values.tool_name, isUpdate, 'updates one record');
	const faults: Fault[] = isFault(operation) ? [operation] : [];
	if (values.changes === undefined) faults.push({ path: 'changes', message: 'is required' });
	if ((values.ids === undefined) === (values.list === undefined))
		faults.push({ path: 'ids', message: 'or list must be given, one of them' });
	const changes = { ...((values.changes as Values | undefined) ?? {}) };
	if (values.changes !== undefined && Object.keys(changes).length === 0)
		faults.push({ path: 'changes', message: 'names no field to change' });
	if ('id' in changes) faults.push({ path: 'changes.id', message: 'is not changed: give ids' });
	if (faults.length > 0 || isFault(operation)) return refuse(run, faults, 'written');
	const { ids, list } = values;
	const chosen = list === undefined ? givenIds(ids as Id[]) : await listedIds(run, operation, list as Values);
	if ('state' in chosen) return chosen;
	return isFault(chosen) ? refuse(run, [chosen], 'written') : preview(run, fact, operation, { chosen, changes });
}

function isUpdate({ kind, places }: Operation): boolean {
	return kind === 'update' && places.has('id');
}

/** The records to change, and what their list said about its filters. */
interface Chosen {
	ids: Id[];
	resolved?: unknown;
	notices: readonly string[];
}

function givenIds(given: readonly Id[]): Chosen | Fault {
	const ids = [...new Set(given)];
	if (ids.length === 0) return { path: 'ids', message: 'must name at least one record' };
	if (ids.length > CHANGES_MAX) return { path: 'ids', message: `must be at most ${CHANGES_MAX}, got ${ids.length}` };
	return { ids, notices: [] };
}

async function listedIds(
	run: JobRun,
	update: Operation,
	{ tool_name, arguments: given = {} }: Values,
): Promise<Chosen | Fault | Told> {
	const list = namedTool(run, 'list.tool_name', tool_name, ({ kind }) => kind === 'list', 'lists records');
	if (isFault(list)) return list;
	if (!listsRecordsOf(update, list)) return otherRecords(run, update, tool_name);
	const fields = fieldsArgument(run.context.integration.file);
	const { limit } = given as Values;
	const args = { limit: CHANGES_MAX, ...(given as Values), [fields]: list.idField };
	const answer = await run.call(list, args, { budgetBytes: 1_000_000 });
	if (answer.isError) return answer;
	const ids = recordsOf(answer).flatMap((record) => (valueAt(record, list.idField) as Id | undefined) ?? []);
	if (ids.length > CHANGES_MAX || (answer.structuredContent.next_cursor && limit === undefined))
		return { path: 'list', message: `finds more than ${CHANGES_MAX} records: narrow it` };
	if (ids.length === 0) return { path: 'list', message: 'finds no record' };
	const { resolved, next_cursor: more } = answer.structuredContent;
	const { notices } = readGivenArguments(list, args);
	return { ids, resolved, notices: more ? [...notices, moreListed(ids.length)] : notices };
}

/**
 * Tells whether the ids of a list are ids of the records that an update changes: the list of the same resource, or one
 * below another record that names them alone (the configurations of a ticket). A number of another kind of record would
 * change a stranger.
 */
function listsRecordsOf({ resource }: Operation, list: Operation): boolean {
	if (list.resource === resource) return true;
	const isBelow = placeholdersIn(list.fact.path).length > 0 && list.resource.endsWith(`_${resource}`);
	return isBelow && list.recordFields.size > 0 && list.recordFields.size <= POINTER_FIELDS;
}

/** A record that only points to another one has its id and its name. */
const POINTER_FIELDS = 2;

function otherRecords(run: JobRun, { resource, singular }: Operation, said: unknown): Fault {
	const own = operationFor(run, `${resource}.list`);
	const way = own ? `use ${toolName(own, run.context.filter)}, or give ids` : 'give ids';
	return {
		path: 'list.tool_name',
		message: `"${String(said)}" lists other records than each ${singular.replaceAll('_', ' ')} to change: ${way}`,
	};
}

function moreListed(count: number): string {
	return `The list may have more records: only its first ${count} are taken, as its limit says.`;
}

interface Shown {
	id: Id;
	told: Told;
}

async function preview(
	run: JobRun,
	fact: Fact,
	operation: Operation,
	{ chosen, changes }: { chosen: Chosen; changes: Values },
): Promise<Told> {
	const how = { isPreview: true, ...(fact.version_field ? { versionField: fact.version_field } : {}) };
	// Arguments that are wrong for one record are wrong for all: the first is asked alone.
	const [first, ...rest] = chosen.ids;
	const show = async (id: Id): Promise<Shown> => ({ id, told: await run.call(operation, { ...changes, id }, how) });
	const one = await show(first as Id);
	if (one.told.state === 'refused' && one.told.isError) return one.told;
	const shown = [one, ...(await sideBySide(rest, show))];
	const good = shown.filter(({ told }) => !told.isError);
	const wrong = shown.filter(({ told }) => told.isError);
	const isChanging = ({ told }: Shown) => Object.keys((told.structuredContent.changes as object) ?? {}).length > 0;
	const changing = good.filter(isChanging);
	const records: Sealed['records'] = changing.map(({ id, told }) => [id, told.version ?? null]);
	const tool = toolName(operation, run.context.filter);
	const notices = new Set(good.map(({ told }) => String(told.structuredContent.notice ?? '')));
	run.facts.isPreview = true;
	return answered(run, {
		preview: true,
		tool,
		records: changing.map(({ id, told }) => ({ id, changes: told.structuredContent.changes })),
		...(changing.length < good.length ? { already: good.flatMap((one) => (isChanging(one) ? [] : [one.id])) } : {}),
		...(wrong.length > 0 ? { left_out: wrong.map(({ id, told }) => ({ id, because: messageOf(told) })) } : {}),
		would_change: changing.length,
		...(chosen.resolved === undefined ? {} : { resolved: chosen.resolved }),
		...(changing.length > 0 ? { confirm: sealChanges(run.context, { tool, changes, records, atMs: run.nowMs }) } : {}),
		...noticeOf([
			...notices,
			...chosen.notices,
			changing.length > 0
				? `Show this to the person; to write it, call ${run.name} with confirm alone.`
				: 'No record would change.',
		]),
	});
}

interface Progress {
	changed: { id: Id; was?: unknown }[];
	/** Answered with a success that does not show the change. */
	doubtful: { id: Id }[];
	already: Id[];
	moved: Id[];
	failed: { id: Id; because: string }[];
	left: Id[];
	stopped: string | null;
	retryAfter: unknown;
}

async function writeConfirmed(run: JobRun, fact: Fact, values: Values, seal: string): Promise<Told> {
	const sealed = openSeal(run.context, seal, run.nowMs);
	if (!sealed) {
		const message = `is not that of a preview of this server, or is older than a day: call ${run.name} without it first`;
		return refuse(run, [{ path: 'confirm', message }], 'written');
	}
	const operation = namedTool(run, 'confirm', sealed.tool, isUpdate, 'updates one record');
	if (isFault(operation)) return refuse(run, [operation], 'written');
	const others = differences(values, sealed);
	if (others.length > 0) return refuse(run, others, 'written');
	return report(run, sealed, await writeAll(run, fact, operation, sealed, seal));
}

/** Arguments that are given beside a seal must say what it says. */
function differences(values: Values, { tool, changes, records }: Sealed): Fault[] {
	const sealed: Values = { tool_name: tool, changes, ids: records.map(([id]) => id) };
	return Object.entries(sealed).flatMap(([name, value]) =>
		values[name] === undefined || JSON.stringify(values[name]) === JSON.stringify(value)
			? []
			: [{ path: name, message: 'is not what was previewed: give confirm alone' }],
	);
}

async function writeAll(
	run: JobRun,
	fact: Fact,
	operation: Operation,
	{ changes, records, atMs }: Sealed,
	seal: string,
): Promise<Progress> {
	const lists = { changed: [], doubtful: [], already: [], moved: [], failed: [], left: [] };
	const done: Progress = { ...lists, stopped: null, retryAfter: null };
	let failures = 0;
	for (const [id, version] of records) {
		if (done.stopped === null && isLate(run)) done.stopped = 'The time of one call is up.';
		if (done.stopped !== null) {
			done.left.push(id);
			continue;
		}
		// The record is read just before: a try whose end is unknown did not change it.
		const told = await callUnseen(
			run,
			operation,
			{ ...changes, id },
			{
				once: seal,
				// "Tomorrow" is the day that was shown.
				saidAtMs: atMs,
				...(fact.version_field ? { versionField: fact.version_field } : {}),
				...(version === null ? {} : { expectedVersion: version }),
			},
		);
		const { code, already, is_repeat, was, retry_after_seconds } = told.structuredContent;
		if (already === true || is_repeat === true) done.already.push(id);
		else if (code === 'repeat_in_flight') done.left.push(id);
		else if (!told.isError) {
			const doubts = doubtsOf(told);
			const list = Object.keys(doubts).length > 0 ? done.doubtful : done.changed;
			list.push({ id, ...doubts, ...(was ? { was } : {}) });
		} else if (code === 'record_moved') done.moved.push(id);
		else if (ENDING.has(String(code)) || told.upstreamStatus === 429 || told.upstreamStatus === 401) {
			done.stopped = messageOf(told);
			done.retryAfter = retry_after_seconds ?? null;
			done.left.push(id);
		} else {
			done.failed.push({ id, because: messageOf(told) });
			failures += 1;
			if (failures >= FAILURES_MAX) done.stopped = `${failures} records failed one after the other.`;
			continue;
		}
		failures = 0;
	}
	return done;
}

function report(run: JobRun, { records }: Sealed, done: Progress): Told {
	const { changed, doubtful, already, moved, failed, left, stopped, retryAfter } = done;
	const { isRehearsed } = run.facts;
	return answered(run, {
		...(isRehearsed ? { rehearsed: true } : {}),
		of: records.length,
		...(isRehearsed ? { would_change: changed.map(({ id }) => id) } : { changed }),
		...(doubtful.length > 0 ? { doubtful } : {}),
		...(already.length > 0 ? { already } : {}),
		...(moved.length > 0 ? { moved } : {}),
		...(failed.length > 0 ? { failed } : {}),
		...(left.length > 0 ? { left } : {}),
		...(retryAfter === null ? {} : { retry_after_seconds: retryAfter }),
		...noticeOf([
			isRehearsed ? 'Nothing was done: this server rehearses.' : null,
			doubtful.length > 0 ? DOUBTED : null,
			moved.length > 0 ? 'Records in moved were changed by somebody else since the preview: preview them again.' : null,
			stopped,
			left.length > 0 ? 'Call again with the same confirm to go on with those in left.' : null,
		]),
	});
}
