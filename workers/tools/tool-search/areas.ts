// The vendor's words by areas of work, which teach a model how to ask.
import { matchesFilter, type ToolFilter } from '../../integration/filter.ts';
import type { IntegrationHead } from '../../integration/operations.ts';
import { pinnedOf } from '../pinned.ts';

/** @returns one line per area: `Stock: catalog item (product, part), purchase order`; only of what the filter leaves */
export function describeAreas(head: IntegrationHead, filter: ToolFilter): string[] {
	return Object.entries(head.file.areas ?? {}).flatMap(([area, things]) => {
		const named = describeThings(head, filter, things);
		return named.length > 0 ? [`${area}: ${named.join(', ')}`] : [];
	});
}

/** @returns what daily work is about: `ticket (issue, job)`; only of what the filter leaves */
export function describeDailyThings(head: IntegrationHead, filter: ToolFilter): string[] {
	const daily = new Set(pinnedOf(head, filter).map(({ resource }) => resource));
	const things = Object.assign({}, ...Object.values(head.file.areas ?? {})) as Record<string, string>;
	return describeThings(head, filter, Object.fromEntries(Object.entries(things).filter(([name]) => daily.has(name))));
}

function describeThings(head: IntegrationHead, filter: ToolFilter, things: Readonly<Record<string, string>>): string[] {
	const singulars = new Map(
		head.headers.flatMap((header) => (matchesFilter(header, filter) ? [[header.resource, header.singular]] : [])),
	);
	return Object.entries(things).flatMap(([resource, also]) => {
		const singular = singulars.get(resource)?.replaceAll('_', ' ');
		return singular === undefined ? [] : [also === '' ? singular : `${singular} (${also})`];
	});
}
