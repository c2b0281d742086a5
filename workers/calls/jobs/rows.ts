// All records of a list, page by page, as far as a job may read.
import { pagingOf } from '../../integration/method-wire.ts';
import type { Operation } from '../../integration/operations.ts';
import { forwardPaging } from '../../vendor/paging.ts';
import type { Told } from '../outcome.ts';
import { isLate, type JobRun, recordsOf } from './run.ts';

export const ROWS_MAX = 10_000;
export const REQUESTS_MAX = 10;
export const PAGE_ROWS = 1_000;
/** Pages are processed here and not returned, so a page of a thousand records fits. */
const PAGE_BYTES = 12_000_000;

export interface Rows {
	rows: Record<string, unknown>[];
	requests: number;
	/** Nothing is missing. */
	isWhole: boolean;
	/** The answer that ended the reading, where it was an error. */
	failed: Told | null;
	/** The reason of an empty list; null where there are records, or none was read. */
	empty: { notice: string | null; unknown: NonNullable<Told['unknownNames']> } | null;
	/** Names in the filters that were read as another's, as the list said them back. */
	resolved?: unknown;
}

interface Bounds {
	maxRequests?: number;
	maxRows?: number;
	/** See `CallHow`. */
	takesEmpty?: boolean;
}

/**
 * Reads a list in the vendor's way for whole lists where it has one, else in pages.
 *
 * @param args  with the fields that are needed, and without a page
 */
export async function readRows(
	run: JobRun,
	operation: Operation,
	args: Record<string, unknown>,
	{ maxRequests = REQUESTS_MAX, maxRows = ROWS_MAX, takesEmpty = false }: Bounds = {},
): Promise<Rows> {
	const { file } = run.context.integration;
	const { order_parameter: order } = file.list;
	const hasOrder = order !== undefined && args[order] !== undefined;
	const forward = hasOrder ? null : forwardPaging(pagingOf(file, operation.fact), operation.fieldNames);
	const read =
		forward && (await readPages(run, operation, args, { maxRequests, maxRows, takesEmpty, isWholeList: true }));
	// Some lists of a vendor may not know its second way to page.
	const isUnknown = read && (read.isStuck || (read.requests === 1 && read.failed?.upstreamStatus === 400));
	if (read && (!isUnknown || read.requests >= maxRequests)) return read;
	// Pages that are sorted by what never changes repeat no record while others are written.
	const id = ownIdField(operation);
	const isOrdered = order !== undefined && !hasOrder && id !== null && operation.places.has(order);
	const sorted = isOrdered ? { ...args, [order]: id } : args;
	const before = read?.requests ?? 0;
	const paged = await readPages(run, operation, sorted, { maxRequests: maxRequests - before, maxRows, takesEmpty });
	return { ...paged, requests: paged.requests + before };
}

/** @returns null where the records have no id: entries of an audit trail, for example */
export function ownIdField({ idField, fieldNames }: Operation): string | null {
	return fieldNames.length === 0 || fieldNames.includes(idField) ? idField : null;
}

async function readPages(
	run: JobRun,
	operation: Operation,
	args: Record<string, unknown>,
	{ maxRequests, maxRows, takesEmpty, isWholeList = false }: Required<Bounds> & { isWholeList?: boolean },
): Promise<Rows & { isStuck: boolean }> {
	const asked = { ...args, limit: Math.min(PAGE_ROWS, maxRows) };
	const rows: Rows['rows'] = [];
	let cursor: unknown = null;
	let resolved: unknown;
	for (let requests = 1; ; requests++) {
		const page = cursor === null ? asked : { ...asked, next_cursor: cursor };
		const answer = await run.call(operation, page, { budgetBytes: PAGE_BYTES, isWholeList, takesEmpty });
		const isStuck = answer.isStuck === true;
		if (answer.isError) return { rows, requests, isWhole: false, failed: answer, empty: null, isStuck };
		for (const record of recordsOf(answer)) rows.push(record);
		resolved ??= answer.structuredContent.resolved;
		cursor = answer.structuredContent.next_cursor ?? null;
		const empty = rows.length === 0 ? whyEmpty(answer) : null;
		if (cursor === null) return { rows, requests, isWhole: !isStuck, failed: null, empty, resolved, isStuck };
		if (requests >= maxRequests || rows.length >= maxRows || isLate(run))
			return { rows, requests, isWhole: false, failed: null, empty, resolved, isStuck };
	}
}

function whyEmpty({ structuredContent, unknownNames = [] }: Told): Rows['empty'] {
	const { notice } = structuredContent;
	return { notice: typeof notice === 'string' ? notice : null, unknown: unknownNames };
}
