// The filter languages of vendors.
import * as z from 'zod';

const triple = z.strictObject({ field: z.string(), op: z.string(), value: z.unknown().optional() });

export const filtersSchema = z.discriminatedUnion('language', [
	z
		.strictObject({
			language: z.literal('connectwise_conditions'),
			parameters: z
				.record(z.string(), z.enum(['top', 'child', 'custom']))
				.describe("Parameter → what it may speak of: a record's own fields, fields inside arrays, custom fields."),
		})
		.describe("ConnectWise's conditions."),
	z
		.strictObject({ language: z.literal('query_parameters') })
		.describe('Each filter is a query parameter of its own, which `in` of the filter names.'),
	z
		.strictObject({
			language: z.literal('json_triples'),
			parameter: z.string().describe('Query parameter that takes the JSON.'),
			path: z.string().describe('Path to the array of triples in that JSON.'),
			members: z
				.strictObject({ field: z.string(), op: z.string(), value: z.string() })
				.describe('What the members of a triple are called.'),
			operators: z
				.partialRecord(z.enum(['=', '!=', '<', '<=', '>', '>=', 'contains', 'in']), z.string())
				.describe('Operator of a filter → the vendor’s.'),
			everything: triple.optional().describe('Triple that every record meets, sent where a list has no filter.'),
		})
		.describe('An array of field, operator and value, in JSON.'),
]);
