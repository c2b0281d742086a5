// The tools of daily work: what a server lists that has more tools than clients take.
import { matchesFilter, type ToolFilter } from '../integration/filter.ts';
import type { IntegrationHead, OperationHeader } from '../integration/operations.ts';
import { jobsOf } from './jobs/offered.ts';

/** Beside them stand the tools of discovery, and room is left for what a client has from other servers. */
export const PINNED_MAX = 30;

/** The first of the integration's that the filter leaves. Whole jobs are listed too, and count. */
export function pinnedOf(head: IntegrationHead, filter: ToolFilter): OperationHeader[] {
	const { file, headerOf } = head;
	return (file.pinned ?? [])
		.flatMap((key) => {
			const header = headerOf.get(key);
			return header && matchesFilter(header, filter) ? [header] : [];
		})
		.slice(0, PINNED_MAX - jobsOf(head, filter).length);
}
