// `integration.json`: how to connect, page, write, and what the vendor's errors look like.
import * as z from 'zod';
import { authSchema, baseUrlSchema, credentialSchema, probeSchema } from './connect.ts';
import { errorsSchema } from './errors.ts';
import { pagingSchema } from './paging.ts';
import { constantsSchema, updateBody } from './requests.ts';
import { argumentSchema, snakeCase, template } from './shared.ts';

/** How a record is found by what people call it. */
export const lookupSchema = z.strictObject({
	/** The kinds of reference that it resolves, by the vendor's names: what a field's `target` says. */
	finds: z.array(z.string()).optional(),
	/**
	 * The vendor's list that is asked. A placeholder is a scope: `/service/boards/{{board}}/statuses` lies within one board.
	 *
	 * A scope's id is that of the argument of its name (`board`), of the path (`board_id`), the record's own where it is
	 * itself one, or what the record has now.
	 */
	path: template.startsWith('/'),
	/** Fields that name a record; text that equals one of them names it. */
	match: z.array(z.string()).min(1),
	/** First and last name, where people are found by "Jane Doe". */
	person: z.tuple([z.string(), z.string()]).optional(),
	/** Small tables are asked for whole, so that what comes near can be told. */
	is_small: z.literal(true).optional(),
	/** Field of the listed record → scope that it must equal where the scope is known, e.g. company/id → company. */
	within: z.record(z.string(), snakeCase).optional(),
	/** Path of the account's own record, which `me` stands for where it is a person's. */
	me: template.startsWith('/').optional(),
	/** Of the own record: the values of a field that tell an account for programs, no person. */
	no_person: z.strictObject({ field: z.string(), values: z.array(z.string()).min(1) }).optional(),
	/** Path to the name of the person's own time zone. */
	time_zone: z.string().optional(),
});

/** How a single field differs from what its kind of reference says. */
export const referenceSchema = z.union([
	/** Another lookup. */
	snakeCase,
	z.strictObject({
		lookup: snakeCase.optional(),
		/** Scope of the lookup → argument that says it here, e.g. company → shipToCompany. */
		scope: z.record(snakeCase, z.string()),
	}),
	/** Names go to the vendor as they are, for this reason. */
	z.strictObject({ no_lookup: z.string().min(10) }),
]);

/** Sources of `search` and `fetch`. Templates hold `{{path/of/a/field}}`. */
export const searchSourceSchema = z.strictObject({
	/** Its list is searched, its get is fetched. */
	resource: snakeCase,
	/** Fields in which words are looked for. */
	fields: z.array(z.string()).min(1),
	/** A number in a query may be this field's value. */
	number_field: z.string().optional(),
	/** Conditions that every record must meet as well. */
	also: z.string().optional(),
	order_by: z.string().optional(),
	title: template,
	/** Title of a record that lacks a field of the usual one. */
	short_title: template.optional(),
	/** Link for people: `{{web}}` is the host that they sign in at, `{{setting:name}}` an account's setting that is no secret. */
	url: z.string().startsWith('{{web}}/'),
	/** Paragraphs that fetch returns; one with a field that the record lacks is left out. */
	text: z.array(template).min(1),
	/** Lists that belong to the record, told below it: each of their records by one paragraph. */
	related: z
		.array(
			z.strictObject({
				resource: snakeCase,
				/** Argument of the list that takes the record's id. */
				argument: snakeCase,
				arguments: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
				title: z.string(),
				line: template,
				short_line: template.optional(),
			}),
		)
		.optional(),
});

/** A server for one job: a starting point that the operator may change. */
export const presetSchema = z.strictObject({
	label: z.string(),
	/** One short sentence on what a person with this job does with it. */
	about: z.string(),
	config: z.strictObject({
		methods: z.array(z.string()).min(1),
		tags: z.array(snakeCase).min(1).optional(),
		tool_exposure: z.literal('discovery').optional(),
		search_and_fetch: z.literal(true).optional(),
	}),
});

/** `integration.json`: how to connect, page, write, and what the vendor's errors look like. */
export const integrationFileSchema = z.strictObject({
	name: snakeCase,
	label: z.string(),
	/** Middle part of a server id: `mcp_<short>_…`. */
	short: z.string().regex(/^[a-z]{2,5}$/),
	/** Infix of tool names, between the verb and the resource, e.g. `connect_wise_psa`. */
	infix: snakeCase,
	source: z.string(),
	/** Files below `resources/` and `documentation/`, in the order in which tools are listed. */
	modules: z.array(snakeCase).min(1),
	/** Type of path arguments. */
	id_type: z.enum(['integer', 'string']),
	credentials: z.record(snakeCase, credentialSchema),
	base_url: baseUrlSchema,
	auth: authSchema,
	/** Calls of one account that may be under way at once (in each isolate); absent: 500. */
	max_in_flight: z.int().min(1).optional(),
	headers: z.record(z.string(), template),
	paging: pagingSchema,
	list: z.strictObject({
		/** Path to the records in a list's answer; empty: the answer is the array itself. */
		records_path: z.string(),
		/** Query parameter that chooses the returned fields, separated by commas; absent: Patchbay cuts them out of the answer. */
		fields_parameter: z.string().optional(),
		/** Query parameter that orders: fields separated by commas, each with `asc` or `desc` behind it where it is said. */
		order_parameter: z.string().optional(),
		/** Statuses that mean that no record matches, e.g. 204. */
		empty: z.array(z.int()).min(1).optional(),
	}),
	/** Path to the record in the answer of every other method; absent: the answer is the record. */
	record_path: z.string().optional(),
	/** Path to a new record's id in the answer to a create, where the answer is no record with an `id`. */
	id_path: z.string().optional(),
	/**
	 * Members of a record whose own members stand beside the record's, e.g. `attributes` of JSON:API. A result has them all
	 * at its top.
	 */
	lift: z.array(z.string()).min(1).optional(),
	/** Body of an update. */
	update_body: updateBody,
	/** What every request sends besides. */
	constants: constantsSchema.optional(),
	/** Media type of bodies; absent: `application/json`. */
	content_type: z.string().optional(),
	/** Form of bodies; absent: `json`. In a form, what is no text goes as JSON. */
	encoding: z.enum(['json', 'form']).optional(),
	/** How an update empties a field: by a `remove` operation, or by the value null; absent: it cannot. */
	clear: z.enum(['remove', 'null']).optional(),
	/** Names of vendor keys that carry links and bookkeeping: dropped but for what `keep` names at the top level. */
	drop: z.strictObject({ keys: z.array(z.string()), keep: z.record(z.string(), z.array(z.string())) }),
	/**
	 * Fields of any record, by their last name, that hold secrets: neither read nor written, asked for nor ordered by through
	 * any tool.
	 */
	secrets: z.array(z.string()).min(1).optional(),
	/** Present where datetime arguments are normalized to whole UTC seconds. */
	datetime: z.enum(['utc_seconds', 'iso']),
	errors: errorsSchema,
	/** One cheap question that tells whether the credentials work, and what each failure means to the operator. */
	probe: probeSchema,
	/**
	 * Sources of the account's time zone, asked when it is connected or tested; the first that tells one wins. Names that are
	 * no IANA names are looked up in `time-zones.json`.
	 */
	time_zone: z
		.array(
			z.strictObject({
				path: z.string().startsWith('/'),
				/** Values that identify the record in a list. */
				where: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
				/** Paths to the zone's name, the first that is known wins. */
				names: z.array(z.string()).min(1),
				/** Path to its offset in hours, which a name must agree with. */
				offset: z.string().optional(),
				/** The zone of a machine, not one that somebody chose. */
				is_guess: z.literal(true).optional(),
			}),
		)
		.optional(),
	/** The vendor's filter language and the query parameters that take it; absent: lists have no filters. */
	filters: z
		.strictObject({
			language: z.literal('connectwise_conditions'),
			/** Parameter → what it may speak of: a record's own fields, fields inside arrays, custom fields. */
			parameters: z.record(z.string(), z.enum(['top', 'child', 'custom'])),
		})
		.optional(),
	/** Body field that holds custom fields, and the names inside its entries. */
	custom_fields: z
		.strictObject({ field: z.string(), id: z.string(), caption: z.string(), value: z.string() })
		.optional(),
	/** Lookups of the record behind a name, keyed by what a person calls such a record. */
	lookups: z.record(snakeCase, lookupSchema).optional(),
	/** Kinds of reference whose names go to the vendor as they are, each with the reason. */
	no_lookup: z.record(z.string(), z.string().min(10)).optional(),
	/** Synonyms: people's word → the vendor's words, separated by spaces: `customer` → `company`. */
	synonyms: z.record(z.string().regex(/^[a-z0-9]+$/), z.string()).optional(),
	/** Sources of the tools `search` and `fetch`, by the kind of record that a result's id begins with; absent: no such tools. */
	search: z.record(snakeCase, searchSourceSchema).optional(),
	/** Area of work → its most important resources, each with what else people call it, or nothing. */
	areas: z.record(z.string().min(1), z.record(snakeCase, z.string())).optional(),
	/**
	 * `resource.method` of the tools of daily work, the most important first. A server with more tools than clients take
	 * lists the first of them that its filter leaves.
	 */
	pinned: z.array(z.string().regex(/^[a-z0-9_]+\.[a-z0-9_]+$/)).optional(),
	/** Arguments that many list tools share: the vendor's query names with their short descriptions. */
	query: z.record(z.string(), argumentSchema),
	/** Texts that people wrote, in records. */
	texts: z
		.strictObject({
			/** Fields, by their last name, that hold what customers and others wrote. */
			untrusted: z.array(z.string()).min(1),
			/** Members of nested records of which the first names what the second holds, e.g. caption and value. */
			labelled: z.array(z.tuple([z.string(), z.string()])).optional(),
		})
		.optional(),
	/** Instructions to a model at the start of a session. The first 512 characters count most. */
	instructions: z.string(),
	/** Tags that a filter must name: a tool with one of them is left out otherwise, also where no tags are chosen. */
	must_be_named: z.array(snakeCase).optional(),
	/** Tag → what it covers, in words for the operator. Every tag used must stand here. */
	tags: z.record(snakeCase, z.string()),
	/** Jobs that a server may be created for, as the dashboard offers them. Absent: it offers reading and discovery. */
	presets: z.record(snakeCase, presetSchema).optional(),
});
