// All records of a list, page by page, as far as a job may read.
import type { Operation } from '../../integration/operations.ts';
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
}

/** @param args  with the fields that are needed, and without a page */
export async function readRows(
	run: JobRun,
	operation: Operation,
	args: Record<string, unknown>,
	{ maxRequests = REQUESTS_MAX, maxRows = ROWS_MAX }: { maxRequests?: number; maxRows?: number } = {},
): Promise<Rows> {
	const { order_parameter: order } = run.context.integration.file.list;
	// Pages that are sorted by what never changes neither repeat nor lose a record while others are written.
	const isOrdered = order !== undefined && operation.places.has(order) && args[order] === undefined;
	const asked = { ...args, ...(isOrdered ? { [order]: operation.idField } : {}), limit: Math.min(PAGE_ROWS, maxRows) };
	const rows: Rows['rows'] = [];
	let cursor: unknown = null;
	for (let requests = 1; ; requests++) {
		const page = cursor === null ? asked : { ...asked, next_cursor: cursor };
		const answer = await run.call(operation, page, { budgetBytes: PAGE_BYTES });
		if (answer.isError) return { rows, requests, isWhole: false, failed: answer };
		for (const record of recordsOf(answer)) rows.push(record);
		cursor = answer.structuredContent.next_cursor ?? null;
		if (cursor === null) return { rows, requests, isWhole: true, failed: null };
		if (requests >= maxRequests || rows.length >= maxRows || isLate(run))
			return { rows, requests, isWhole: false, failed: null };
	}
}
