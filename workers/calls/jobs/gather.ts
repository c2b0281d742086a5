// Jobs that gather what belongs together: a record with all around it, a day, a board. What cannot be read is named.
import type { JobFact } from '../../integration/format.ts';
import { fieldsArgument } from '../../integration/method-wire.ts';
import type { Fault } from '../../lib/errors.ts';
import { estimateTokens } from '../../lib/estimate-tokens.ts';
import { valueAt } from '../../lib/json-path.ts';
import { ellipsis } from '../../lib/text.ts';
import { noticeOf } from '../answer/texts.ts';
import type { Told } from '../outcome.ts';
import { withDefaults } from './defaults.ts';
import { type Rows, readRows } from './rows.ts';
import {
	answered,
	isFault,
	type JobRun,
	messageOf,
	operationFor,
	recordsOf,
	refuse,
	resolvedArguments,
	resolvedOf,
	sideBySide,
	unknownArguments,
} from './run.ts';
import { namedValue, rounded } from './summary.ts';
import { fillAll, type Known, lookUp } from './templates.ts';

type Fact = Extract<JobFact, { kind: 'gather' }>;
type Part = Fact['parts'][string];
type Values = Record<string, unknown>;
type Content = Record<string, unknown>;

const TEXT_MAX = 200;
const LIMIT = 10;

export async function gather(run: JobRun, fact: Fact, given: Values): Promise<Told> {
	const values = withDefaults(run, fact.arguments, given);
	if (isFault(values)) return refuse(run, [values]);
	const known: Known = { values, record: null, nowMs: run.nowMs };
	let main: Content | null = null;
	if (fact.main) {
		const operation = operationFor(run, fact.main.operation);
		if (!operation) throw new Error(`no ${fact.main.operation}`);
		const told = await run.call(operation, fillAll(fact.main.arguments, known));
		if (told.isError) return told;
		known.record = told.structuredContent;
		main = pick(told.structuredContent, fact.main.fields, fact.main.text_max);
	}
	const missing: { part: string; because: string }[] = [];
	const unknown: Fault[] = [];
	const resolved: Content = {};
	const parts = await sideBySide(Object.entries(fact.parts), async ([name, part]) => {
		const read = await readPart(run, part, known);
		if (read && 'unknown' in read) unknown.push(...unknownArguments(values, read.unknown ?? []));
		if (read && 'resolved' in read)
			Object.assign(resolved, resolvedArguments(values, fillAll(part.arguments, known), read.resolved));
		if (read && 'because' in read) missing.push({ part: name, ...read });
		return read && !('because' in read) ? ([name, read.content] as const) : null;
	});
	const [fault] = unknown;
	if (fault) return refuse(run, [fault]);
	const content: Content = {
		...(main ?? {}),
		...Object.fromEntries(parts.filter((part) => part !== null)),
	};
	const isCut = fitTokens(content, fact.max_tokens - 100);
	return answered(run, {
		...content,
		...resolvedOf(resolved),
		missing,
		...noticeOf([
			missing.length > 0 ? 'What is in missing could not be read: that is not the same as nothing there.' : null,
			isCut ? 'Shortened: ask the single tools for the rest.' : null,
		]),
	});
}

interface ReadPart {
	content: unknown;
	unknown?: Told['unknownNames'];
	/** Names in the filters that were read as another's. */
	resolved?: unknown;
}

/** @returns null where the part does not apply */
async function readPart(run: JobRun, part: Part, known: Known): Promise<ReadPart | { because: string } | null> {
	const lacks = (name: string) => (lookUp(name, known) ?? null) === null;
	if ((part.requires ?? []).some(lacks)) return null;
	const operation = operationFor(run, part.operation);
	if (!operation) return { because: 'This server has no tool for it.' };
	const args = fillAll(part.arguments, known);
	if (operation.kind !== 'list') {
		const told = await run.call(operation, args);
		return told.isError
			? { because: messageOf(told) }
			: { content: pick(told.structuredContent, part.fields, part.text_max) };
	}
	const fields = [...Object.values(part.fields), ...(part.by ? [part.by] : []), ...(part.sum ? [part.sum.field] : [])];
	const asked = { ...args, [fieldsArgument(run.context.integration.file)]: [...new Set(fields)].join(',') };
	if (part.by || part.sum) {
		const rows = await readRows(run, operation, asked);
		if (rows.failed) return { because: messageOf(rows.failed) };
		return { content: totals(part, rows, known), unknown: rows.empty?.unknown, resolved: rows.resolved };
	}
	const limit = part.limit ?? LIMIT;
	const told = await run.call(operation, { ...asked, limit: limit + (part.without_main ? 1 : 0) });
	if (told.isError) return { because: messageOf(told) };
	const own = valueAt(known.record, 'id');
	const records = recordsOf(told).filter((record) => !part.without_main || valueAt(record, 'id') !== own);
	const rows = records.slice(0, limit).map((record) => pick(record, part.fields, part.text_max));
	const hasMore = told.structuredContent.next_cursor !== null || records.length > limit;
	const { resolved } = told.structuredContent;
	return { content: hasMore ? [...rows, { more: true }] : rows, unknown: told.unknownNames, resolved };
}

function totals({ by, sum, fields }: Part, { rows, isWhole }: Rows, known: Known): unknown {
	const expected = sum?.expected === undefined ? null : Number(fillAll({ at: sum.expected }, known).at);
	const of = (some: readonly unknown[]): Content => {
		const total = rounded(some.reduce<number>((all, row) => all + (Number(valueAt(row, sum?.field ?? '')) || 0), 0));
		const isShort = expected !== null && total < expected;
		return {
			...(sum ? { [sum.as]: total } : {}),
			count: some.length,
			...(isShort ? { missing: rounded(expected - total) } : {}),
		};
	};
	const note = isWhole ? {} : { is_exact: false };
	if (by === undefined) return { ...of(rows), ...note };
	const groups = new Map<unknown, unknown[]>();
	for (const row of rows) {
		const key = namedValue(row, by);
		groups.set(key, [...(groups.get(key) ?? []), row]);
	}
	const [name = 'of'] = Object.entries(fields).find(([, path]) => path === by) ?? [];
	const sorted = [...groups].sort(([, a], [, b]) => b.length - a.length);
	return sorted.map(([key, some]) => ({ [name]: key, ...of(some), ...note }));
}

/** The fields under the names that the answer gives them, without those that are empty. */
export function pick(record: unknown, fields: Readonly<Record<string, string>>, textMax = TEXT_MAX): Content {
	const picked = Object.entries(fields).flatMap(([name, path]) => {
		const value = valueAt(record, path);
		if (value === null || value === undefined || value === '' || value === false) return [];
		return [[name, typeof value === 'string' ? ellipsis(value.trim(), textMax) : value] as const];
	});
	return Object.fromEntries(picked);
}

const LEAST_TEXT = 60;

/** Shortens texts first, then the longest list, from its end, until the answer is small enough. @returns whether it did */
function fitTokens(content: Content, maxTokens: number): boolean {
	const isFitting = () => estimateTokens(JSON.stringify(content)) <= maxTokens;
	if (isFitting()) return false;
	const lists = () => Object.values(content).filter((value): value is Content[] => Array.isArray(value));
	for (let longest = TEXT_MAX; longest >= LEAST_TEXT && !isFitting(); longest -= 40)
		for (const row of [content, ...lists().flat()])
			for (const [name, value] of Object.entries(row))
				if (typeof value === 'string') row[name] = ellipsis(value, row === content ? longest * 3 : longest);
	while (!isFitting()) {
		const [list] = lists().sort((a, b) => b.length - a.length);
		if (!list || list.length <= 1) break;
		const isMarked = list.at(-1)?.more === true;
		list.splice(isMarked ? -2 : -1, 2, { more: true });
	}
	return true;
}
