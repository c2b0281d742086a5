// Format of a vendor's pages: how a list goes on.
import * as z from 'zod';
import { memberPath, text } from './shared.ts';

/** Sign that there are more pages. */
const moreSchema = z.union([
	z.strictObject({ flag: memberPath }).describe('Path to a member that is true while there are more.'),
	z.strictObject({ last: memberPath }).describe('Path to a member that is true on the last page.'),
	z.strictObject({ total: memberPath }).describe('Path to the number of all records.'),
	z.strictObject({ pages: memberPath }).describe('Path to the number of all pages.'),
	z.strictObject({ next: memberPath }).describe('Path to a member that is there, and not null, while there are more.'),
	z.strictObject({ total_header: text }).describe('Header with the number of all records.'),
]);

const common = {
	size_parameter: text
		.optional()
		.describe("Parameter of the page's size; absent: the vendor's pages have `max_size` records."),
	max_size: z.int().min(1),
	in: z
		.union([z.literal(['query', 'body']), z.strictObject({ json: text })])
		.optional()
		.describe(
			"Where the paging's parameters go; absent: `query`. In the body, or in JSON that is the value of one query parameter, a parameter is a path: `list_info/row_count`.",
		),
};

const forwardSchema = z
	.strictObject({
		cursor_parameter: text,
		last_field: text.describe("Field of a record whose value in the page's last record names the next page."),
		headers: z.record(text, z.string()).optional(),
	})
	.describe(
		'A second way to page, without an order, in which no record is lost or comes twice while others are written. Whole jobs read lists with it where the records have `last_field`.',
	);

export const pagingSchema = z.discriminatedUnion('style', [
	z
		.strictObject({
			style: z.literal('page'),
			page_parameter: text,
			first: z.literal([0, 1]).optional().describe('Number of the first page; absent: 1.'),
			more: moreSchema.optional(),
			forward: forwardSchema.optional(),
			...common,
		})
		.describe(
			'page and size; more pages are told by `more`, by the `Link` header (RFC 8288), or by a page that is full.',
		),
	z
		.strictObject({
			style: z.literal('offset'),
			offset_parameter: text,
			first: z.literal([0, 1]).optional().describe('Number of the first record; absent: 0.'),
			more: moreSchema.optional(),
			...common,
		})
		.describe('Records to pass over, and size.'),
	z
		.strictObject({
			style: z.literal('cursor'),
			cursor_parameter: text,
			next_path: memberPath.optional().describe('Path to the next cursor in the answer, e.g. `meta/next`.'),
			next_header: text.optional().describe('Header with the next cursor.'),
			last_field: text
				.optional()
				.describe("Field of a record whose value in the page's last record is the next cursor, e.g. `id`."),
			more: moreSchema.optional(),
			...common,
		})
		.describe("The vendor's own cursor: in the answer's body, in a header, or a field of the page's last record."),
	z
		.strictObject({
			style: z.literal('link'),
			next_path: memberPath
				.optional()
				.describe('Path to that address; absent: it stands in the `Link` header (RFC 8288).'),
			more: moreSchema.optional(),
			...common,
		})
		.describe("The answer names the address of the next page, at the account's own base_url."),
	z.strictObject({ style: z.literal('none') }).describe('One answer with the whole list.'),
]);
