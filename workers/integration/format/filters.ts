// The filter languages of vendors.
import * as z from 'zod';
import { text } from './shared.ts';

const triple = z.strictObject({ field: text, op: text, value: z.unknown().optional() });

const operator = z.enum(['=', '!=', '<', '<=', '>', '>=', 'contains', 'in']);

export const timeFormat = z.enum(['iso', 'day', 'space', 'space_minutes', 'epoch_seconds', 'epoch_milliseconds']);

const times = timeFormat
	.optional()
	.describe(
		'How a filter writes a moment, in UTC: `iso` (when absent) 2026-11-27T09:30:00Z, `day` 2026-11-27, `space` 2026-11-27 09:30:00, `space_minutes` 2026-11-27 09:30, or the time since 1970.',
	);

const place = {
	parameter: text
		.optional()
		.describe('Query parameter that takes it; absent, or not among the `query` of a method by POST: the body.'),
};

export const filtersSchema = z.discriminatedUnion('language', [
	z
		.strictObject({
			language: z.literal('connectwise_conditions'),
			parameters: z
				.record(text, z.enum(['top', 'child', 'custom']))
				.describe("Parameter → what it may speak of: a record's own fields, fields inside arrays, custom fields."),
		})
		.describe('Conditions such as `board/name = "Help Desk" and closedFlag = false`.'),
	z
		.strictObject({ language: z.literal('query_parameters'), times })
		.describe('Each filter is a query parameter of its own, which `in` of the filter names.'),
	z
		.strictObject({
			language: z.literal('json_triples'),
			...place,
			path: z.string().describe('Path to the array of triples in that JSON; `[]` is the only element of an array.'),
			members: z
				.strictObject({
					field: text,
					op: text,
					value: text,
					values: text.optional().describe('Member of a list of values, where it is another.'),
				})
				.describe('What the members of a triple are called.'),
			operators: z.partialRecord(operator, text).describe('Operator of a filter → the vendor’s.'),
			any: z
				.strictObject({ op: text, items: text })
				.optional()
				.describe('Triple of which one of several must hold: its operator, and the member that has them.'),
			everything: triple.optional().describe('Triple that every record meets, sent where a list has no filter.'),
			times,
		})
		.describe('An array of field, operator and value, in JSON.'),
	z
		.strictObject({
			language: z.literal('expression'),
			...place,
			path: text.optional().describe('Path in the body, where it goes there.'),
			operators: z
				.partialRecord(operator, z.string().includes('{{field}}').includes('{{value}}'))
				.describe('Operator of a filter → comparison, e.g. `{{field}} ~ {{value}}`.'),
			and: z.string().min(1).describe('Text between comparisons that must all hold, with its blanks: AND, `^`.'),
			or: z.string().min(1).optional().describe('Text between comparisons of which one must hold.'),
			group: z
				.string()
				.includes('{{terms}}')
				.optional()
				.describe(
					'How comparisons are held together, e.g. `({{terms}})`; absent: not at all, since `or` binds closer than `and`.',
				),
			text: z
				.strictObject({
					quote: z.enum(['"', "'", '']),
					escapes: z
						.record(z.string().length(1), text)
						.optional()
						.describe('Character inside a text → what stands for it. The quotation mark and the backslash need one.'),
					refuses: text.optional().describe('Characters that no text may have.'),
				})
				.describe('How a text is written.'),
			quotes_times: z.literal(true).optional().describe('A moment is written as a text is.'),
			separator: z.string().optional().describe('Between the values of a list; absent: a comma.'),
			path_separator: z.string().optional().describe('Between the steps of a path of a field; absent: `/`.'),
			whole: z.string().includes('{{terms}}').optional().describe('What the whole stands in, e.g. `"{{terms}}"`.'),
			everything: text
				.optional()
				.describe('Expression that every record meets, sent to lists that take filters and have none.'),
			times,
		})
		.describe("The vendor's own language, as a text of comparisons: JQL, OData, encoded queries and their like."),
]);
