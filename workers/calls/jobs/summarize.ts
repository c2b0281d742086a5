// `summarize_records`: counts and sums over a list, worked out here and not in a model's head.
import { describeTimeZone, serverTimeZone } from '../../contracts/server-time-zone.ts';
import { toolName } from '../../integration/filter.ts';
import { fieldsArgument } from '../../integration/method-wire.ts';
import type { Operation } from '../../integration/operations.ts';
import type { Fault } from '../../lib/errors.ts';
import { valueAt } from '../../lib/json-path.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { readGivenArguments } from '../../tools/given-arguments.ts';
import { TOP_DEFAULT } from '../../tools/jobs/job-tools.ts';
import { noticeOf } from '../answer/texts.ts';
import type { Told } from '../outcome.ts';
import { ownIdField, PAGE_ROWS, ROWS_MAX, type Rows, readRows } from './rows.ts';
import { answered, isFault, isLate, type JobRun, namedTool, refuse, sideBySide } from './run.ts';
import { type Bucket, FIGURES, type Figure, namedValue, type SummaryPlan, summarize, wrongFigure } from './summary.ts';

/** Parents whose lists are read. */
const PARENTS_MAX = 200;
/** Prefix of a field of the parent, in `group_by`. */
const PARENT = 'parent';

type Values = Record<string, unknown>;

interface Wanted {
	operation: Operation;
	args: Values;
	over: { operation: Operation; args: Values; as: string } | null;
	plan: SummaryPlan;
}

export async function summarizeRecords(run: JobRun, values: Values): Promise<Told> {
	const wanted = readWanted(run, values);
	if (Array.isArray(wanted)) return refuse(run, wanted);
	const { plan } = wanted;
	const read = wanted.over ? await readOver(run, wanted, wanted.over) : await readList(run, wanted);
	if (read.failed && read.rows.length === 0) return read.failed;
	const wrong = wrongFigure(read.rows, plan);
	if (wrong) return refuse(run, [{ path: wrong.figure, message: `"${wrong.field}" is no number in the records` }]);
	const { groups, total, otherGroups } = summarize(read.rows, plan);
	const zone = serverTimeZone(run.context.access.server, run.context.access.account);
	return answered(run, {
		...(plan.groupBy.length > 0 || plan.bucket ? { groups } : {}),
		...(otherGroups > 0 ? { other_groups: otherGroups } : {}),
		total,
		is_exact: read.isWhole,
		requests: read.requests,
		...(read.failed?.structuredContent.retry_after_seconds === undefined
			? {}
			: { retry_after_seconds: read.failed.structuredContent.retry_after_seconds }),
		...(plan.bucket ? { time_zone: describeTimeZone(zone) } : {}),
		...(read.resolved === undefined ? {} : { resolved: read.resolved }),
		...noticeOf([
			read.isWhole ? null : `Not all: figures are of the first ${read.rows.length} records read. Narrow the filters.`,
			read.rows.length === 0 ? (read.empty?.notice ?? null) : emptyFields(read.rows, plan),
			read.failed ? `Reading ended early: ${String(read.failed.structuredContent.message)}` : null,
			...(read.rows.length === 0 ? [] : unusedArguments(wanted)),
		]),
	});
}

/** Sentences on filters that were not used: without one, figures of everything would pass for those of a part. */
function unusedArguments({ operation, args, over }: Wanted): string[] {
	const lists = over ? [over, { operation, args }] : [{ operation, args }];
	return lists.flatMap((list) => readGivenArguments(list.operation, list.args).notices);
}

/** Fields of which no record has a value: a group of nulls, or a sum of nothing, should not look like an answer. */
function emptyFields(rows: readonly unknown[], { groupBy, figures, bucket }: SummaryPlan): string | null {
	const fields = new Set([...groupBy, ...figures.values(), ...(bucket ? [bucket.field] : [])]);
	const empty = [...fields].filter((path) => rows.every((row) => namedValue(row, path) === null));
	return empty.length === 0 ? null : `No record has a value in ${empty.join(', ')}.`;
}

function readWanted(run: JobRun, values: Values): Wanted | Fault[] {
	const faults: Fault[] = [];
	const list = listOf(run, 'tool_name', values.tool_name);
	const over = values.over === undefined ? null : readParent(run, values.over as Values, list, faults);
	if (isFault(list)) return [list, ...faults];
	const given = (values.group_by as string[] | undefined) ?? [];
	const figures = new Map(
		FIGURES.flatMap((name): [Figure, string][] =>
			typeof values[name] === 'string' ? [[name, values[name] as string]] : [],
		),
	);
	const { bucket, bucket_field } = values;
	if ((bucket === undefined) !== (bucket_field === undefined))
		faults.push({ path: 'bucket', message: 'and bucket_field go together' });
	const pathOf = (path: string, said: string, isNumber = false): string => {
		const given = said.replaceAll('.', '/');
		const isOfParent = over !== null && given.startsWith(`${PARENT}/`);
		const found = fieldPath(
			run,
			isOfParent ? over.operation : list,
			isOfParent ? given.slice(PARENT.length + 1) : given,
			isNumber,
		);
		if (typeof found === 'object') faults.push({ path, ...found });
		return typeof found === 'object' ? given : `${isOfParent ? `${PARENT}/` : ''}${found}`;
	};
	const groupBy = given.map((path, index) => pathOf(`group_by[${index}]`, path));
	for (const [figure, path] of figures)
		figures.set(figure, pathOf(figure, path, figure === 'sum' || figure === 'average'));
	const field = typeof bucket_field === 'string' ? pathOf('bucket_field', bucket_field) : undefined;
	const args = { ...((values.arguments as Values | undefined) ?? {}) };
	for (const name of ['limit', 'next_cursor', fieldsArgument(run.context.integration.file)]) delete args[name];
	if (faults.length > 0) return faults;
	const zone = serverTimeZone(run.context.access.server, run.context.access.account).name;
	const isDay = typeof field === 'string' && list.dayFields.has(field);
	const plan: SummaryPlan = {
		groupBy,
		figures,
		bucket: typeof field === 'string' ? { by: bucket as Bucket, field, isDay } : null,
		top: (values.top as number | undefined) ?? TOP_DEFAULT,
		zone,
	};
	return { operation: list, args, over, plan };
}

function listOf(run: JobRun, path: string, name: unknown): Operation | Fault {
	return namedTool(run, path, name, ({ kind }) => kind === 'list', 'lists records');
}

function readParent(run: JobRun, given: Values, list: Operation | Fault, faults: Fault[]): Wanted['over'] {
	const parent = listOf(run, 'over.tool_name', given.tool_name);
	if (isFault(parent)) {
		faults.push(parent);
		return null;
	}
	if (isFault(list)) return null;
	const open = list.required.filter((name) => list.places.get(name)?.in === 'path');
	const isBelow = (name: string) =>
		name === `${parent.singular}_id` || list.fact.path.startsWith(`${parent.fact.path}/{{${name}}}`);
	const as = open.find(isBelow);
	if (as === undefined) {
		const tool = toolName(list, run.context.filter);
		const wanted = open.map((name) => `${name} is the id of`).join(' and ');
		const message =
			open.length === 0
				? `has nothing to do: ${tool} belongs to no parent record`
				: `must list the records that ${wanted}, which ${toolName(parent, run.context.filter)} does not`;
		faults.push({ path: 'over', message });
		return null;
	}
	return { operation: parent, args: { ...((given.arguments as Values | undefined) ?? {}) }, as };
}

/** The path of a field in the record, also of one that the vendor keeps apart: `dateEntered` stands under `_info`. */
function fieldPath(
	{ context }: JobRun,
	{ fieldNames, numberFields, arrayFields }: Operation,
	given: string,
	isNumber: boolean,
): string | { message: string } {
	const { keep } = context.integration.file.drop;
	const kept = Object.values(keep).flat();
	const first = given.split('/')[0] ?? '';
	const own = fieldNames.slice(0, fieldNames.length - kept.length);
	if (arrayFields.has(first))
		return {
			message: `"${first}" holds a list in each record, which cannot be grouped or summed by: filter by it instead`,
		};
	if (own.length === 0 || own.includes(first) || Object.hasOwn(keep, first)) return given;
	const [apart] = Object.entries(keep).find(([, names]) => names.includes(given)) ?? [];
	if (apart !== undefined) return `${apart}/${given}`;
	const near = didYouMean(first, fieldNames);
	const known = isNumber ? `Numbers are: ${someOf([...numberFields]) || 'none'}` : `There are: ${someOf(own)}`;
	return { message: `"${given.slice(0, 60)}" is no field of the records.${near || ` ${known}.`}` };
}

const MAX_NAMED = 30;

function someOf(names: readonly string[]): string {
	return names.length > MAX_NAMED ? `${names.slice(0, MAX_NAMED).join(', ')}, …` : names.join(', ');
}

/** Only the fields that are counted by cross the wire. */
function fieldsFor(run: JobRun, operation: Operation, { groupBy, figures, bucket }: SummaryPlan): Values {
	const paths = [...groupBy, ...figures.values(), ...(bucket ? [bucket.field] : [])];
	const own = paths.filter((path) => !path.startsWith(`${PARENT}/`));
	const least = ownIdField(operation) ?? operation.fieldNames[0];
	const name = fieldsArgument(run.context.integration.file);
	return { [name]: [...new Set([...(least === undefined ? [] : [least]), ...own])].join(',') };
}

function readList(run: JobRun, { operation, args, plan }: Wanted): Promise<Rows> {
	return readRows(run, operation, { ...args, ...fieldsFor(run, operation, plan) });
}

/** The list of each parent, side by side. Each row carries its parent's record. */
async function readOver(run: JobRun, wanted: Wanted, over: NonNullable<Wanted['over']>): Promise<Rows> {
	const { operation, args, plan } = wanted;
	const ofParent = [...plan.groupBy, ...plan.figures.values()]
		.filter((path) => path.startsWith(`${PARENT}/`))
		.map((path) => path.slice(PARENT.length + 1));
	const { idField } = over.operation;
	const name = fieldsArgument(run.context.integration.file);
	const parentArgs = { ...over.args, [name]: [...new Set([idField, ...ofParent])].join(',') };
	const parents = await readRows(run, over.operation, parentArgs, { maxRequests: 1, maxRows: PARENTS_MAX });
	const fields = fieldsFor(run, operation, plan);
	const read = await sideBySide(parents.rows, async (parent): Promise<Rows> => {
		if (isLate(run)) return { rows: [], requests: 0, isWhole: false, failed: null, empty: null };
		const ofOne = { ...args, [over.as]: valueAt(parent, idField), ...fields };
		const one = await readRows(run, operation, ofOne, { maxRequests: 1, maxRows: PAGE_ROWS });
		return { ...one, rows: one.rows.map((row) => ({ ...row, [PARENT]: parent })) };
	});
	const rows = read.flatMap((one) => one.rows);
	return {
		rows: rows.slice(0, ROWS_MAX),
		requests: parents.requests + read.reduce((sum, one) => sum + one.requests, 0),
		isWhole: parents.isWhole && rows.length <= ROWS_MAX && read.every((one) => one.isWhole),
		failed: parents.failed ?? read.find((one) => one.failed)?.failed ?? null,
		empty: parents.empty ?? read.find((one) => one.empty)?.empty ?? null,
		resolved: parents.resolved ?? read.find((one) => one.resolved)?.resolved,
	};
}
