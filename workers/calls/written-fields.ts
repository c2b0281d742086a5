// Chosen fields and an order as people write them → the vendor's form. Pure.
import type { Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { fieldsArgument } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';

/** Whole words for an order; ids grow with time. */
const ORDERS: ReadonlyMap<string, string> = new Map([
	...['newest', 'newest first', 'latest', 'latest first', 'most recent', 'recent', 'most recent first'].map(
		(word) => [word, 'id desc'] as const,
	),
	...['oldest', 'oldest first', 'earliest', 'earliest first'].map((word) => [word, 'id asc'] as const),
]);

/** @returns the same arguments, and a sentence where words were read as an order */
export function readWrittenFields(
	file: IntegrationFile,
	{ places }: Operation,
	args: Arguments,
): { args: Arguments; notices: string[] } {
	const read = { ...args };
	const notices: string[] = [];
	const fields = fieldsArgument(file);
	const { order_parameter: order } = file.list;
	const chosen = args[fields];
	if (places.has(fields) && typeof chosen === 'string') {
		read[fields] = chosen.trim().toLowerCase() === 'all' ? '*' : chosen.split(',').map(asPath).join(',');
	}
	const said = order === undefined ? undefined : args[order];
	if (order !== undefined && places.get(order)?.in === 'query' && typeof said === 'string') {
		const meant = ORDERS.get(
			said
				.trim()
				.toLowerCase()
				.replace(/[\s_]+/g, ' '),
		);
		if (meant !== undefined) notices.push(`${order} "${said.trim()}" is read as "${meant}".`);
		read[order] = meant ?? said.split(',').map(asOrder).join(',');
	}
	return { args: read, notices };
}

/** `status.name` → `status/name` */
function asPath(item: string): string {
	return /^\s*\w+(?:\.\w+)+\s*$/.test(item) ? item.trim().replaceAll('.', '/') : item;
}

/** `-id`, `id:desc`, `id descending` → `id desc` */
function asOrder(item: string): string {
	const [, sign, field = '', direction = ''] =
		/^([+-]?)([\w/.]+)(?:(?:\s*:\s*|\s+)(asc|desc)(?:ending)?)?$/i.exec(item.trim()) ?? [];
	if (field === '' || (sign && direction)) return item;
	const way = direction.toLowerCase() || (sign === '-' ? 'desc' : sign === '+' ? 'asc' : '');
	return way === '' ? asPath(field) : `${asPath(field)} ${way}`;
}
