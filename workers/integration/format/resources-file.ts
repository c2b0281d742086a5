// `resources/<module>.json`: what exists.
import * as z from 'zod';
import { pagingSchema } from './paging.ts';
import { constantsSchema, updateBody } from './requests.ts';
import { answerPath, httpVerb, memberPath, snakeCase, text } from './shared.ts';

/** One field of a vendor record, as the vendor describes it. */
export const fieldSchema = z.strictObject({
	type: z
		.enum(['string', 'integer', 'number', 'boolean', 'object', 'array', 'reference', 'file', 'any'])
		.describe('`any`: every JSON value.'),
	format: z.enum(['date-time', 'date', 'uuid']).optional(),
	is_day: z
		.literal(true)
		.optional()
		.describe(
			'A date-time that holds a day: the vendor keeps it as midnight UTC, whatever the time zone of those who set it.',
		),
	enum: z.array(z.string()).min(1).optional(),
	maxLength: z.int().optional(),
	minimum: z.number().optional(),
	maximum: z.number().optional(),
	keys: z.array(text).optional().describe('Keys by which a reference names its target, e.g. ["id", "name"].'),
	target: text
		.optional()
		.describe("Kind of a reference, by the vendor's name. The lookup of that kind finds its record."),
	record: text.optional().describe('Name of the record that an object, or each item of an array, is.'),
	items: z
		.enum(['string', 'integer', 'number', 'reference', 'any'])
		.optional()
		.describe('Type of the items of an array where they are no record.'),
	create_only: z.literal(true).optional().describe('Only accepted when creating.'),
	sends: z
		.unknown()
		.optional()
		.describe('JSON that is sent in the place of a value, with `{{value}}` for it: {"name": "{{value}}"}.'),
	read_only: z
		.literal(true)
		.optional()
		.describe('Only the vendor writes it: no argument of any write, and not sent with a `whole` record.'),
});

export const recordSchema = z.strictObject({
	required: z.array(text).optional().describe('Fields that the vendor demands when a record is created.'),
	fields: z.record(text, fieldSchema),
});

export const methodFactSchema = z.strictObject({
	verb: httpVerb,
	path: z
		.string()
		.startsWith('/')
		.regex(/^[^?#]*$/, 'must not have a query in its path: say it under constants.query')
		.describe('With `{{placeholder}}` per path argument.'),
	query: z.array(text).optional().describe('Query names that the vendor takes here.'),
	long_query: z
		.strictObject({ path: z.string().startsWith('/'), body: z.record(text, text) })
		.optional()
		.describe("Address for a list's query that is too long for a URL, with the names of its parameters in that body."),
	body: text.optional().describe("Record of the request's body."),
	is_array: z
		.literal(true)
		.optional()
		.describe('The body is an array of that record. Its documented method says `wrap`.'),
	wrap: z
		.string()
		.min(1)
		.optional()
		.describe(
			'Place of the fields in the body: `[]` is the only element of an array, `ticket` a member, `ticket/comment` a member of one. Arguments stay flat.',
		),
	constants: constantsSchema.optional(),
	paging: pagingSchema.optional().describe('Overrides the paging of integration.json for this method.'),
	update_body: updateBody.optional(),
	content_type: text.optional(),
	encoding: z.enum(['json', 'form']).optional(),
	records_path: answerPath
		.optional()
		.describe('Overrides the path of integration.json for this method; empty: the answer itself.'),
	record_path: answerPath.optional(),
	id_path: memberPath.optional(),
	id_header: text
		.optional()
		.describe("Header with the address of what was created; its last segment is the new record's id."),
	lift: z.array(text).optional(),
	form_file: text.optional().describe('The body goes as multipart/form-data, and the file as this part of it.'),
	answers: z.enum(['binary', 'nothing']).optional().describe('Kind of answer where it is no JSON: a file, or nothing.'),
	returns: text.optional().describe('Record of the answer.'),
});

/** `resources/<module>.json`: what exists. */
export const resourcesFileSchema = z.strictObject({
	source: text,
	resources: z.record(
		snakeCase,
		z.strictObject({
			singular: snakeCase,
			id_type: z
				.enum(['integer', 'string'])
				.optional()
				.describe('Type of its ids, where integration.json says another.'),
			id_field: text.optional().describe("Field that holds a record's id; absent: `id`."),
			methods: z.record(snakeCase, methodFactSchema),
		}),
	),
	records: z.record(text, recordSchema),
});
