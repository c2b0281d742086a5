// `integration.json`: how to connect, page, write, and what the vendor's errors look like.
import * as z from 'zod';
import { authSchema, baseUrlSchema, credentialSchema, probeSchema } from './connect.ts';
import { errorsSchema } from './errors.ts';
import { filtersSchema } from './filters.ts';
import { pagingSchema } from './paging.ts';
import { constantsSchema, updateBody } from './requests.ts';
import { answerPath, argumentSchema, memberPath, snakeCase, template, text } from './shared.ts';

/** Finds a record by the name that people use. */
export const lookupSchema = z.strictObject({
	finds: z
		.array(text)
		.optional()
		.describe("The kinds of reference that it resolves, by the vendor's names: what a field's `target` says."),
	path: template
		.startsWith('/')
		.describe(
			"The vendor's list that is asked. A placeholder is a scope: `/service/boards/{{board}}/statuses` lies within one board. A scope's id is that of the argument of its name (`board`), of the path (`board_id`), the record's own where it is itself one, or what the record has now.",
		),
	match: z.array(text).min(1).describe('Fields that name a record; text that equals one of them names it.'),
	person: z.tuple([text, text]).optional().describe('First and last name, where people are found by "Jane Doe".'),
	ask: z
		.strictObject({
			parameter: text,
			template: z
				.string()
				.includes('{{name}}')
				.optional()
				.describe('What it takes, with `{{name}}`; absent: the name alone.'),
		})
		.optional()
		.describe('Query parameter that takes the name. Absent: the name is asked for in the filter language.'),
	body: z
		.record(text, z.unknown())
		.optional()
		.describe('What the question has in its body besides, by path: it is then sent by POST.'),
	records_path: answerPath
		.optional()
		.describe('Path to the records in the answer, where integration.json says another.'),
	where: z
		.record(text, z.union([z.string(), z.number(), z.boolean()]))
		.optional()
		.describe('Values that a record of the answer must have, e.g. {"name": "status"} for one picklist of many.'),
	items_path: memberPath.optional().describe('Path to the records inside the one that `where` finds, e.g. a picklist.'),
	id: text.optional().describe('Field that holds the id; absent: `id`.'),
	id_pattern: text
		.optional()
		.describe(
			'Regular expression of a text that is an id on its face and no name, beside numbers, GUIDs and 24 or 32 hexadecimal digits.',
		),
	is_small: z
		.literal(true)
		.optional()
		.describe('Small tables are asked for whole, as one page, so that what comes near can be told.'),
	within: z
		.record(text, snakeCase)
		.optional()
		.describe(
			'Field of the listed record → scope that it must equal where the scope is known, e.g. company/id → company.',
		),
	me: template
		.startsWith('/')
		.optional()
		.describe("Path of the account's own record, which `me` stands for where it is a person's."),
	by_id: template
		.startsWith('/')
		.includes('{{id}}')
		.optional()
		.describe('Path of one record by its id, where the filter language cannot ask for it. Only together with `me`.'),
	record_path: answerPath
		.optional()
		.describe(
			'Path to the record in the answers of `me` and `by_id`, where integration.json says another; `0` is the first of a list.',
		),
	no_person: z
		.strictObject({ field: text, values: z.array(z.string()).min(1) })
		.optional()
		.describe('Of the own record: the values of a field that tell an account for programs, no person.'),
	time_zone: text.optional().describe("Path to the name of the person's own time zone."),
});

/** Custom fields, which a caller names by caption. */
export const customFieldsSchema = z.strictObject({
	field: text.describe('Body field that holds them.'),
	caption: text.describe('Member of an entry that has what people call the field.'),
	value: text.describe('Member of an entry that has its value.'),
	id: text.optional().describe('Member of an entry that has its id; absent: the caption is the id.'),
	as: z
		.literal('members')
		.optional()
		.describe('The field is an object with a member for each, by its id; absent: an array of entries.'),
	definitions: z
		.strictObject({
			path: template.startsWith('/'),
			records_path: answerPath.optional().describe('Path to them, where integration.json says another.'),
			id: text.optional().describe('Member that has the id; absent: `id`.'),
			caption: text.describe('Member that has what people call the field.'),
		})
		.optional()
		.describe("The vendor's list of custom fields; absent: they are read off a record that has them."),
	keeps_others: z
		.literal(true)
		.optional()
		.describe('An update keeps the entries that it leaves out; absent: it replaces them all, so they are read first.'),
});

/** Differences of a single field from its kind of reference. */
export const referenceSchema = z.union([
	snakeCase.describe('Another lookup.'),
	z.strictObject({
		lookup: snakeCase.optional(),
		scope: z
			.record(snakeCase, text)
			.describe('Scope of the lookup → argument that says it here, e.g. company → shipToCompany.'),
	}),
	z.strictObject({ no_lookup: z.string().min(10) }).describe('Names go to the vendor as they are, for this reason.'),
]);

/** Sources of `search` and `fetch`. Templates hold `{{path/of/a/field}}`. */
export const searchSourceSchema = z.strictObject({
	resource: snakeCase.describe('Its list is searched, its get is fetched.'),
	list: snakeCase.optional().describe('Resource whose list is searched, where it is another.'),
	fields: z.array(text).min(1).describe('Fields in which words are looked for.'),
	ask: z
		.strictObject({
			argument: text,
			template: z
				.string()
				.includes('{{words}}')
				.optional()
				.describe('What it takes, with `{{words}}`; absent: the words alone.'),
		})
		.optional()
		.describe('Argument of the list that takes words. Absent: they are asked for in the filter language.'),
	number_field: text.optional().describe("A number in a query may be this field's value."),
	also: text.optional().describe('Conditions that every record must meet as well.'),
	order_by: text.optional(),
	title: template,
	short_title: template.optional().describe('Title of a record that lacks a field of the usual one.'),
	url: z
		.string()
		.startsWith('{{web}}/')
		.describe(
			"Link for people: `{{web}}` is the host that they sign in at, `{{setting:name}}` an account's setting that is no secret.",
		),
	text: z
		.array(template)
		.min(1)
		.describe('Paragraphs that fetch returns; one with a field that the record lacks is left out.'),
	related: z
		.array(
			z.strictObject({
				resource: snakeCase,
				argument: snakeCase.describe("Argument of the list that takes the record's id."),
				arguments: z.record(text, z.union([z.string(), z.number(), z.boolean()])).optional(),
				title: text,
				line: template,
				short_line: template.optional(),
			}),
		)
		.optional()
		.describe('Lists that belong to the record, told below it: each of their records by one paragraph.'),
});

/** A server for one job: a starting point that the operator may change. */
const presetSchema = z.strictObject({
	label: text,
	about: text.describe('One short sentence on what a person with this job does with it.'),
	config: z.strictObject({
		methods: z.array(text).min(1),
		tags: z.array(snakeCase).min(1).optional(),
		tool_exposure: z.literal('discovery').optional(),
		search_and_fetch: z.literal(true).optional(),
	}),
});

/** `integration.json`: how to connect, page, write, and what the vendor's errors look like. */
export const integrationFileSchema = z.strictObject({
	name: snakeCase,
	label: text,
	short: z
		.string()
		.regex(/^[a-z]{2,5}$/)
		.describe('Middle part of a server id: `mcp_<short>_…`.'),
	infix: snakeCase.describe('Infix of tool names, between the verb and the resource, e.g. `acme_help`.'),
	source: text,
	modules: z
		.array(snakeCase)
		.min(1)
		.describe('Files below `resources/` and `documentation/`, in the order in which tools are listed.'),
	id_type: z.enum(['integer', 'string']).describe('Type of path arguments.'),
	credentials: z.record(snakeCase, credentialSchema),
	base_url: baseUrlSchema,
	auth: authSchema,
	max_in_flight: z
		.int()
		.min(1)
		.optional()
		.describe('Calls of one account that may be under way at once (in each isolate); absent: 500.'),
	headers: z.record(text, template),
	paging: pagingSchema,
	list: z.strictObject({
		records_path: answerPath.describe("Path to the records in a list's answer; empty: the answer is the array itself."),
		fields_parameter: text
			.optional()
			.describe(
				'Query parameter that chooses the returned fields, separated by commas; absent: Patchbay cuts them out of the answer.',
			),
		order_parameter: text
			.optional()
			.describe(
				'Query parameter that orders: fields separated by commas, each with `asc` or `desc` behind it where it is said.',
			),
		empty: z.array(z.int().min(204)).min(1).optional().describe('Statuses that mean that no record matches, e.g. 204.'),
	}),
	record_path: answerPath
		.optional()
		.describe('Path to the record in the answer of every other method; absent: the answer is the record.'),
	id_path: memberPath
		.optional()
		.describe("Path to a new record's id in the answer to a create, where the answer is no record with an `id`."),
	lift: z
		.array(text)
		.min(1)
		.optional()
		.describe(
			"Members of a record whose own members stand beside the record's, e.g. `attributes` of JSON:API. A result has them all at its top.",
		),
	update_body: updateBody.describe('Body of an update.'),
	constants: constantsSchema.optional().describe('What every request sends besides.'),
	content_type: text.optional().describe('Media type of bodies; absent: `application/json`.'),
	encoding: z
		.enum(['json', 'form'])
		.optional()
		.describe('Form of bodies; absent: `json`. In a form, what is no text goes as JSON.'),
	clear: z
		.enum(['remove', 'null'])
		.optional()
		.describe('How an update empties a field: by a `remove` operation, or by the value null; absent: it cannot.'),
	drop: z
		.strictObject({ keys: z.array(text), keep: z.record(text, z.array(text)) })
		.describe(
			'Names of vendor keys that carry links and bookkeeping: dropped but for what `keep` names at the top level.',
		),
	secrets: z
		.array(text)
		.min(1)
		.optional()
		.describe(
			'Fields of any record, by their last name, that hold secrets: neither read nor written, asked for nor ordered by through any tool.',
		),
	datetime: z
		.enum(['utc_seconds', 'iso'])
		.describe('Form in which moments are sent: `utc_seconds` 2026-12-01T09:00:00Z, `iso` with milliseconds.'),
	errors: errorsSchema,
	probe: probeSchema.describe(
		'One cheap question that tells whether the credentials work, and what each failure means to the operator.',
	),
	time_zone: z
		.array(
			z.strictObject({
				path: z.string().startsWith('/'),
				where: z
					.record(text, z.union([z.string(), z.boolean()]))
					.optional()
					.describe('Values that identify the record in a list.'),
				names: z.array(text).min(1).describe("Paths to the zone's name, the first that is known wins."),
				offset: text.optional().describe('Path to its offset in hours, which a name must agree with.'),
				is_guess: z.literal(true).optional().describe('The zone of a machine, not one that somebody chose.'),
			}),
		)
		.optional()
		.describe(
			"Sources of the account's time zone, asked when it is connected or tested; the first that tells one wins. Names that are no IANA names are looked up in `time-zones.json`.",
		),
	filters: filtersSchema
		.optional()
		.describe("The vendor's filter language; absent: lists have no filters, and only small tables are looked up."),
	custom_fields: customFieldsSchema.optional().describe('How records hold custom fields.'),
	lookups: z
		.record(snakeCase, lookupSchema)
		.optional()
		.describe('Lookups of the record behind a name, keyed by what a person calls such a record.'),
	no_lookup: z
		.record(text, z.string().min(10))
		.optional()
		.describe('Kinds of reference whose names go to the vendor as they are, each with the reason.'),
	synonyms: z
		.record(z.string().regex(/^[a-z0-9]+$/), text)
		.optional()
		.describe("Synonyms: people's word → the vendor's words, separated by spaces: `customer` → `company`."),
	search: z
		.record(snakeCase, searchSourceSchema)
		.optional()
		.describe(
			"Sources of the tools `search` and `fetch`, by the kind of record that a result's id begins with; absent: no such tools.",
		),
	areas: z
		.record(text, z.record(snakeCase, z.string()))
		.optional()
		.describe('Area of work → its most important resources, each with what else people call it, or nothing.'),
	pinned: z
		.array(z.string().regex(/^[a-z0-9_]+\.[a-z0-9_]+$/))
		.optional()
		.describe(
			'`resource.method` of the tools of daily work, the most important first. A server with more tools than clients take lists the first of them that its filter leaves.',
		),
	query: z
		.record(text, argumentSchema)
		.describe("Arguments that many list tools share: the vendor's query names with their short descriptions."),
	texts: z
		.strictObject({
			untrusted: z
				.array(text)
				.min(1)
				.describe('Fields, by their last name, that hold what customers and others wrote.'),
			labelled: z
				.array(z.tuple([text, text]))
				.optional()
				.describe('Members of nested records of which the first names what the second holds, e.g. caption and value.'),
		})
		.optional()
		.describe('Texts that people wrote, in records.'),
	instructions: text.describe(
		'Instructions to a model at the start of a session. The first 512 characters count most.',
	),
	write_instructions: text
		.optional()
		.describe('Instructions behind those, for a server that writes: a server that only reads does not pay for them.'),
	must_be_named: z
		.array(snakeCase)
		.optional()
		.describe(
			'Tags that a filter must name: a tool with one of them is left out otherwise, also where no tags are chosen.',
		),
	tags: z
		.record(snakeCase, text)
		.describe('Tag → what it covers, in words for the operator. Every tag used must stand here.'),
	presets: z
		.record(snakeCase, presetSchema)
		.optional()
		.describe(
			'Jobs that a server may be created for, as the dashboard offers them. Absent: it offers reading and discovery.',
		),
});
