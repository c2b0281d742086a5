// `jobs.json`, which may be absent: tools that do a whole job in one call. Each is of a kind that the code knows; the file
// says which tools, filters and fields it works with.
import * as z from 'zod';
import { snakeCase } from './shared.ts';

/** `resource.method` of a documented method. */
const operation = z.string().regex(/^[a-z0-9_]+\.[a-z0-9_]+$/);
/** Path of a field: `status/name`. */
const path = z.string().min(1);
/** Name in the answer → path of a field. */
const fields = z.record(snakeCase, path);
/**
 * Argument of a tool → its value. A text may hold `{{argument}}` of the job, or `{{record:path}}` of its main record; an
 * argument whose placeholder has no value is left out, and with `requires` the whole part.
 */
const templates = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

const common = {
	title: z.string().min(1),
	description: z.string().min(20).max(600),
	/** A server that is narrowed by tags has the job when one of these is named; absent: whatever it needs is enough. */
	tags: z.array(snakeCase).min(1).optional(),
	/** Words of questions that the job answers, each set by itself: the search shows it first. After `=`: the whole question. */
	asks: z.array(z.string().min(3)).min(1),
};

const argument = z.strictObject({
	type: z.enum(['string', 'integer', 'number', 'boolean']),
	description: z.string().min(1).optional(),
	required: z.literal(true).optional(),
	/** Used where it is not given; `me` is the member that the server works for. */
	default: z.union([z.string(), z.number()]).optional(),
});

const part = z.strictObject({
	operation,
	arguments: templates,
	/** Placeholders without whose value the part is left out, and not missing. */
	requires: z.array(z.string()).optional(),
	fields,
	limit: z.int().min(1).max(1_000).optional(),
	/** The answer counts the records by this field, and sums up another. */
	by: path.optional(),
	sum: z.strictObject({ field: path, as: snakeCase, expected: z.string().optional() }).optional(),
	/** Longest text of a field, in characters. */
	text_max: z.int().min(20).optional(),
	/** The record itself is left out. */
	without_main: z.literal(true).optional(),
});

const gather = z.strictObject({
	kind: z.literal('gather'),
	...common,
	arguments: z.record(snakeCase, argument),
	/** The record that the others belong to. */
	main: z.strictObject({ operation, arguments: templates, fields, text_max: z.int().min(20).optional() }).optional(),
	parts: z.record(snakeCase, part),
	/** The answer is cut to about so many tokens. */
	max_tokens: z.int().min(200),
});

const rule = z.strictObject({
	reason: snakeCase,
	field: path,
	is: z.enum(['empty', 'false', 'true', 'before', 'between_now_and', 'zero', 'not_listed']),
	/** A moment for `before` and `between_now_and`: a time as filters take it, with the job's arguments. */
	time: z.string().optional(),
	/** The record's other fields that must be as said: path → value. */
	only: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
	/** Part of `not_listed`: the field's value is in none of these records. */
	list: z
		.strictObject({
			operation,
			arguments: templates,
			field: path,
			/** Asks for the records of these values alone, where they are few: `objectId in ({{values}})`. */
			narrow: z
				.strictObject({ argument: z.string(), template: z.string().includes('{{values}}'), at_most: z.int().min(1) })
				.optional(),
		})
		.optional(),
});

const watch = z.strictObject({
	kind: z.literal('watch'),
	...common,
	arguments: z.record(snakeCase, argument),
	lists: z
		.array(
			z.strictObject({
				operation,
				arguments: templates,
				fields,
				/** Newest last: what is shown of a reason begins with the oldest. */
				rules: z.array(rule).min(1),
				/** Requests of at most 1,000 records each. */
				max_requests: z.int().min(1).max(10),
			}),
		)
		.min(1),
});

const closeOut = z.strictObject({
	kind: z.literal('close_out'),
	...common,
	/** Argument that names the record. */
	record: snakeCase,
	get: operation,
	note: z.strictObject({
		create: operation,
		list: operation,
		/** Argument of both that names the record. */
		parent: snakeCase,
		text: path,
		entered: path,
		/** Set when customers may read the note. */
		visible: z.record(z.string(), z.boolean()),
	}),
	time: z.strictObject({
		create: operation,
		list: operation,
		constants: z.record(z.string(), z.string()),
		list_arguments: templates,
		record: path,
		hours: path,
		start: path,
		notes: path,
		member: path,
		entered: path,
	}),
	update: operation,
	status: path,
});

const logEntries = z.strictObject({
	kind: z.literal('log_entries'),
	...common,
	create: operation,
	list: operation,
	/** Fields of an entry. */
	hours: path,
	start: path,
	end: path,
	member: path,
	notes: path,
	charged_to: path,
	/** Filters of the list. */
	filters: z.strictObject({
		/** The entries of one member: `{{member_id}}` is that member's id. */
		of_member: templates,
		after: snakeCase,
		before: snakeCase,
	}),
});

export const jobSchema = z.discriminatedUnion('kind', [
	z.strictObject({ kind: z.literal('preview'), ...common }),
	z.strictObject({ kind: z.literal('summarize'), ...common }),
	z.strictObject({ kind: z.literal('change_many'), ...common, version_field: path.optional() }),
	gather,
	watch,
	closeOut,
	logEntries,
]);

export const jobsFileSchema = z.record(snakeCase, jobSchema);
