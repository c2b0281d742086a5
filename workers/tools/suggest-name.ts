// The way out for an argument that does not exist: the nearest name, its opposite, or where the field belongs.
import type { Operation } from '../integration/operations.ts';
import { didYouMean } from '../lib/nearest.ts';

/** Opposite words, whose nearest spelling would mean the contrary. */
const OPPOSITES: readonly (readonly [string, string])[] = [
	['active', 'inactive'],
	['enabled', 'disabled'],
	['open', 'closed'],
	['paid', 'unpaid'],
	['posted', 'unposted'],
];

/** Names that models know from elsewhere. */
const ALIASES: Record<string, string> = {
	page: 'next_cursor',
	cursor: 'next_cursor',
	offset: 'next_cursor',
	pageSize: 'limit',
	page_size: 'limit',
	per_page: 'limit',
	filter: 'conditions',
	query: 'conditions',
	sort: 'orderBy',
	order_by: 'orderBy',
};

/** Says what to write instead of an unknown argument: the nearest one, or all there are. */
export function suggestName(
	name: string,
	{ readOnly, places, resourceDocumentation }: Operation,
	isFirst: boolean,
): string {
	const way = readOnly ? undefined : resourceDocumentation.not_settable?.[name];
	if (way !== undefined) return ` It cannot be set here. ${way}`;
	const instead = resourceDocumentation.also_called;
	if (instead && Object.hasOwn(instead, name)) return ` ${instead[name]}`;
	const alias = Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined;
	if (alias !== undefined && places.has(alias)) return ` Did you mean "${alias}"?`;
	const opposite = OPPOSITES.find((pair) => pair.includes(name))?.find((one) => one !== name);
	if (opposite !== undefined && places.has(opposite))
		return ` There is its opposite, "${opposite}": ${name} true is ${opposite} false`;
	for (const [container, { additional }] of places)
		if (additional?.().has(name)) return ` It is one of the record's other fields: give it inside ${container}`;
	const near = didYouMean(name, places.keys());
	// Once is enough for a call that gets many wrong.
	return near || (isFirst ? ` Known: ${Array.from(places.keys()).slice(0, 40).join(', ')}` : '');
}
