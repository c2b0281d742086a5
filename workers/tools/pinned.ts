// The tools of daily work: what a server lists that has more tools than clients take.
import { matchesFilter, type ToolFilter } from '../integration/filter.ts';
import type { IntegrationHead, OperationHeader } from '../integration/operations.ts';

/** Beside them stand the tools of discovery, and room is left for what a client has from other servers. */
export const PINNED_MAX = 30;

/** The first of the integration's that the filter leaves. */
export function pinnedOf({ file, headerOf }: IntegrationHead, filter: ToolFilter): OperationHeader[] {
	return (file.pinned ?? [])
		.flatMap((key) => {
			const header = headerOf.get(key);
			return header && matchesFilter(header, filter) ? [header] : [];
		})
		.slice(0, PINNED_MAX);
}
