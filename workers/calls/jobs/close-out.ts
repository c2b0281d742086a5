// `close_out_ticket`: note, time and status as one. Each step looks at the vendor first, so that the same call goes on
// after a failure and nothing is written twice.
import { serverTimeZone } from '../../contracts/server-time-zone.ts';
import type { JobFact } from '../../integration/format.ts';
import { fieldsArgument } from '../../integration/method-wire.ts';
import type { Operation } from '../../integration/operations.ts';
import type { Fault } from '../../lib/errors.ts';
import { isObject } from '../../lib/is-object.ts';
import { valueAt } from '../../lib/json-path.ts';
import { parseTime, toIsoSeconds } from '../../lib/times.ts';
import { writtenId } from '../../tools/given-arguments.ts';
import { foldText } from '../answer/taken-over.ts';
import { noticeOf } from '../answer/texts.ts';
import type { Told } from '../outcome.ts';
import { REDACTION } from '../untrusted-text/redact.ts';
import { readRows } from './rows.ts';
import {
	answered,
	asShown,
	callAgain,
	DOUBTED,
	isLate,
	isUnknownRepeat,
	type JobRun,
	messageOf,
	operationFor,
	refuse,
} from './run.ts';
import { fillAll } from './templates.ts';

type Fact = Extract<JobFact, { kind: 'close_out' }>;
type Values = Record<string, unknown>;

/** The same note or time of the last day is that of an earlier try. */
const EARLIER_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const REQUESTS = 3;

/** The result of an earlier attempt; `failed` when the look for it failed. */
type Found = { done: unknown } | { failed: Told };

interface Step {
	name: 'note' | 'time' | 'status';
	operation: Operation;
	args: Values;
	/**
	 * Looks for the result of an earlier attempt.
	 *
	 * @param isTried  the very same write was tried before: a text counts as the same where only secrets that are not shown
	 *                 could differ
	 */
	look(judged: Told, isTried: boolean): Promise<Found | null>;
}

export async function closeOut(run: JobRun, fact: Fact, values: Values): Promise<Told> {
	const faults = faultsOf(values);
	if (faults.length > 0) return refuse(run, faults, 'written');
	const id = values[fact.record];
	const get = requireOperation(run, fact.get);
	const record = await run.call(get, { id });
	if (record.isError) return record;
	const steps = stepsOf(run, fact, values, record.structuredContent);
	// Everything is judged before anything is written.
	const judged = new Map<Step, Told>();
	for (const step of steps) {
		const shown = await run.call(step.operation, step.args, { isPreview: true });
		if (shown.isError) return shown;
		judged.set(step, shown);
	}
	const done: Values = {};
	for (const [index, step] of steps.entries()) {
		const left = steps.slice(index).map(({ name }) => name);
		if (isLate(run)) return unfinished(run, done, left, 'The time of one call is up.');
		const shown = judged.get(step) as Told;
		const found = (await step.look(shown, false)) ?? (await writeStep(run, step, shown));
		if ('failed' in found) return unfinished(run, done, left, messageOf(found.failed), found.failed);
		done[step.name] = found.done;
	}
	const { isRehearsed } = run.facts;
	const isDone = Object.values(done).every((one) => !isObject(one) || !(one.not_taken_over ?? one.accepted));
	return answered(run, {
		...(run.isPreview ? { preview: true } : isRehearsed ? { rehearsed: true } : { done: isDone }),
		[fact.record]: id,
		...done,
		...noticeOf([
			run.isPreview || isRehearsed ? 'Nothing was done: this only shows what would be.' : null,
			isDone ? null : DOUBTED,
		]),
	});
}

async function writeStep(run: JobRun, step: Step, shown: Told): Promise<Found> {
	let told = run.isPreview ? shown : await run.call(step.operation, step.args);
	if (isUnknownRepeat(told)) {
		const earlier = await step.look(shown, true);
		if (earlier) return earlier;
		told = await callAgain(run, step.operation, step.args);
	}
	return told.isError ? { failed: told } : { done: told.structuredContent };
}

function faultsOf({ note, hours, status, start, member }: Values): Fault[] {
	const faults: Fault[] = [];
	if (note === undefined && hours === undefined && status === undefined)
		faults.push({ path: 'note', message: 'hours or status must be given: at least one of them' });
	if (typeof note === 'string' && note.trim() === '') faults.push({ path: 'note', message: 'must not be blank' });
	if (typeof hours === 'number' && (hours <= 0 || hours > 24))
		faults.push({ path: 'hours', message: 'must be more than 0 and at most 24' });
	for (const [name, value] of Object.entries({ start, member }))
		if (value !== undefined && hours === undefined)
			faults.push({ path: name, message: 'belongs to hours, which are not given' });
	return faults;
}

function requireOperation(run: JobRun, key: string): Operation {
	const operation = operationFor(run, key);
	if (!operation) throw new Error(`no ${key}`);
	return operation;
}

function stepsOf(run: JobRun, fact: Fact, values: Values, record: Values): Step[] {
	return [
		...(values.note === undefined ? [] : [noteStep(run, fact, values)]),
		...(values.hours === undefined ? [] : [timeStep(run, fact, values, record)]),
		...(values.status === undefined ? [] : [statusStep(run, fact, values)]),
	];
}

function noteStep(run: JobRun, { record, note }: Fact, values: Values): Step {
	const parent = { [note.parent]: values[record] };
	const list = requireOperation(run, note.list);
	const args = { ...parent, [note.text]: values.note, ...(values.visible === true ? note.visible : {}) };
	return {
		name: 'note',
		operation: requireOperation(run, note.create),
		args,
		look: (_judged, isTried) => {
			const isIt = (one: Values) => isSameText(run, valueAt(one, note.text), values.note, isTried);
			return lookFor(run, list, parent, [note.text], note.entered, isIt);
		},
	};
}

function timeStep(run: JobRun, { record, time }: Fact, values: Values, shown: Values): Step {
	const list = requireOperation(run, time.list);
	const summary = valueAt(shown, 'summary');
	// A summary that is shown with marks in place of secrets is no text to write.
	const notes = values.note ?? (REDACTION.test(String(summary)) ? undefined : summary);
	const args = {
		...time.constants,
		[time.record]: values[record],
		[time.hours]: values.hours,
		[time.start]: startOf(run, values),
		...(notes === undefined ? {} : { [time.notes]: notes }),
		...(values.member === undefined ? {} : { [time.member]: values.member }),
	};
	const known = { values, record: shown, nowMs: run.nowMs };
	return {
		name: 'time',
		operation: requireOperation(run, time.create),
		args,
		look: ({ structuredContent }, isTried) => {
			// The member is compared too: a colleague's entry of the same length and words is another one.
			const who = valueAt(structuredContent.sets, `${time.member}/id`);
			const isWhose = (one: Values) => who === undefined || valueAt(one, `${time.member}/id`) === who;
			const begins = values.start === undefined ? null : Date.parse(String(args[time.start]));
			const isWhen = (one: Values) => begins === null || Date.parse(String(valueAt(one, time.start))) === begins;
			return lookFor(
				run,
				list,
				fillAll(time.list_arguments, known),
				[time.hours, time.notes, time.start, `${time.member}/id`],
				time.entered,
				(one) =>
					valueAt(one, time.hours) === values.hours &&
					isSameText(run, valueAt(one, time.notes), notes, isTried) &&
					isWhose(one) &&
					isWhen(one),
			);
		},
	};
}

/** Returns the start of the work. Without one given, the work ends now. */
function startOf({ context, nowMs }: JobRun, { start, hours }: Values): unknown {
	if (start === undefined) return toIsoSeconds(nowMs - Number(hours) * HOUR_MS);
	const zone = serverTimeZone(context.access.server, context.access.account).name;
	const read = parseTime(String(start), { nowMs, zone });
	return 'fault' in read ? start : read.iso;
}

function statusStep(run: JobRun, fact: Fact, values: Values): Step {
	const get = requireOperation(run, fact.get);
	const id = writtenId(String(values.status));
	return {
		name: 'status',
		operation: requireOperation(run, fact.update),
		args: { id: values[fact.record], [fact.status]: id === null ? { name: values.status } : { id } },
		look: async () => {
			const told = await run.call(get, { id: values[fact.record] });
			if (told.isError) return { failed: told };
			const now = valueAt(told.structuredContent, fact.status);
			const isSet = id === null ? isSame(valueAt(now, 'name'), values.status) : valueAt(now, 'id') === id;
			return isSet ? { done: { already: true, [fact.status]: now } } : null;
		},
	};
}

async function lookFor(
	run: JobRun,
	list: Operation,
	args: Values,
	fields: string[],
	entered: string,
	isIt: (record: Values) => boolean,
): Promise<Found | null> {
	const wanted = [list.idField, ...fields, entered].join(',');
	const asked = { ...args, [fieldsArgument(run.context.integration.file)]: wanted };
	const { rows, failed } = await readRows(run, list, asked, { maxRequests: REQUESTS, takesEmpty: true });
	if (failed) return { failed };
	const isRecent = (record: Values) => {
		const at = Date.parse(String(valueAt(record, entered) ?? ''));
		return Number.isNaN(at) || at >= run.nowMs - EARLIER_MS;
	};
	const found = rows.findLast((record) => isIt(record) && isRecent(record));
	return found ? { done: { id: valueAt(found, list.idField), already: true } } : null;
}

/** Compares a text that was sent with one that this server shows. */
function isSameText(run: JobRun, shown: unknown, sent: unknown, isTried: boolean): boolean {
	const isRedacting = isTried && run.context.access.server.config.redact === true;
	return typeof sent === 'string' && isSame(shown, asShown(run, sent, isRedacting));
}

function isSame(a: unknown, b: unknown): boolean {
	return typeof a === 'string' && typeof b === 'string' && foldText(a) === foldText(b);
}

function unfinished(run: JobRun, done: Values, left: string[], because: string, told?: Told): Told {
	const { statusCode, code, retry_after_seconds } = told?.structuredContent ?? {};
	return answered(
		run,
		{
			...(statusCode === undefined ? {} : { statusCode, ...(code === undefined ? {} : { code }) }),
			message: `${because} ${Object.keys(done).length > 0 ? 'Done so far stands below; c' : 'C'}all again with the same arguments to go on: what is done is not done twice.`,
			...(retry_after_seconds === undefined ? {} : { retry_after_seconds }),
			done_so_far: done,
			left,
			is_remote_error: told?.structuredContent.is_remote_error === true,
		},
		true,
	);
}
