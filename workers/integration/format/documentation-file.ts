// `documentation/<module>.json`: what it means. What is not documented is no tool.
import * as z from 'zod';
import { referenceSchema } from './integration-file.ts';
import { argumentSchema, setArguments, snakeCase, text } from './shared.ts';

/** `listed`: one of the names in a text that lists them with commas. */
const filterOperator = z.enum(['=', '!=', '<', '<=', '>', '>=', 'contains', 'like', 'listed']);

/** A filter argument of a list: its name is the argument's. */
export const filterSchema = z
	.strictObject({
		field: text.optional().describe("Path of the vendor's field, e.g. `company/name`."),
		any: z
			.array(z.strictObject({ field: text, op: filterOperator.optional() }))
			.optional()
			.describe('Or several of them: one that matches is enough.'),
		op: filterOperator.optional(),
		kind: z
			.enum(['text', 'integer', 'integers', 'boolean', 'time', 'custom_field', 'record', 'digits'])
			.optional()
			.describe(
				'`text` when absent. `integers` matches any of a list; `time` takes `7d`, `today` and datetimes, `custom_field` one caption with its value, `record` an id or a name, for which `target` is asked, `digits` a telephone number in any spelling.',
			),
		target: text.optional().describe('Kind of the record, as in a field of a record.'),
		looks_ahead: z
			.literal(true)
			.optional()
			.describe(
				'A time that may lie ahead, such as a due date: an age without a sign could mean two things and is refused.',
			),
		in: text
			.optional()
			.describe(
				'Query parameter that takes it, where it is not the usual one: for fields inside arrays, or of a name of its own. `header:Name` is a header.',
			),
	})
	.refine((filter) => (filter.field === undefined) !== (filter.any === undefined), 'must have either field or any');

export const methodDocumentationSchema = z.strictObject({
	title: text.optional().describe('Shown to people; made from method and resource when absent.'),
	description: z.string().min(20),
	tags: z.array(snakeCase).optional(),
	fields: z.array(text).min(1).optional().describe('Fields that a list returns unless the caller chooses.'),
	query: z.array(text).optional().describe('Shared query arguments that a list offers.'),
	filters: z
		.record(snakeCase, filterSchema)
		.optional()
		.describe("Typed filters of a list, compiled to the vendor's filter language."),
	body: z.array(text).optional().describe('Body fields offered, in this order.'),
	required: z.array(text).optional().describe('Beyond what the vendor demands.'),
	arguments: z
		.record(text, argumentSchema)
		.optional()
		.describe('Own words for single arguments, merged over what is compiled; also declares further query arguments.'),
	computed: z
		.array(text)
		.min(1)
		.optional()
		.describe('Fields that the vendor works out for the answer: conditions on them may find nothing, which is told.'),
	depth: z
		.int()
		.min(1)
		.max(4)
		.optional()
		.describe("Levels of nested records that the body's schema shows; absent: 1. What lies deeper is an open object."),
	answers_no_id: z
		.string()
		.min(10)
		.optional()
		.describe('Of a create: why its answer tells no id, so that a repeat is not known again.'),
	default_body: z
		.strictObject({
			unless_any: z.array(text),
			set: z.record(text, z.union([z.string(), z.number(), z.boolean()])),
		})
		.optional()
		.describe(
			'Body values set when the caller gives none of the named fields, e.g. to keep a note internal. Unlike `defaults` they are not shown to the model.',
		),
	acting: z
		.strictObject({
			field: text,
			is_required: z
				.literal(true)
				.optional()
				.describe(
					"The vendor would take the account's own member, who is no person: without a name the call is refused.",
				),
		})
		.optional()
		.describe('Body field that names whose work it is: the member that a server acts for, unless the call names one.'),
	...setArguments,
	unusual: z
		.record(
			text,
			z.strictObject({
				min: z.number().optional(),
				max: z.number().optional(),
				after: text.optional().describe('A time: the field that it comes after, and by how many hours at most.'),
				within_hours: z.number().optional(),
				time_of_day: z.literal(true).optional().describe('A time: a day alone is none.'),
				says: z.string().min(10).describe('One sentence on what to look at.'),
			}),
		)
		.optional()
		.describe('Numbers and times that nobody means: refused unless the caller confirms them.'),
	visible_when: z
		.strictObject({
			any_of: z.array(text).min(1).optional().describe('Fields that make it visible by being true.'),
			any_false: z.array(text).min(1).optional().describe('Fields that make it visible by being false: `private`.'),
			says: z.string().min(10),
		})
		.refine(({ any_of, any_false }) => any_of ?? any_false, 'must name fields: any_of, any_false or both')
		.optional()
		.describe('Sentence for a result whose record customers see.'),
	mails_when: z
		.array(
			z.strictObject({
				any_of: z.array(text).min(1),
				unless_false: text.optional(),
				says: z.string().min(10),
			}),
		)
		.optional()
		.describe(
			'Sentence for a result where the vendor may send e-mail: one of these fields is set, and the other is not false.',
		),
	example: z
		.record(text, z.unknown())
		.optional()
		.describe('Arguments of a real call; checked against the compiled schema.'),
	read_only: z.boolean().optional(),
	destructive: z.boolean().optional(),
	idempotent: z.boolean().optional(),
	open_world: z.boolean().optional().describe("May reach people outside the vendor's system, for example by e-mail."),
});

/** `documentation/<module>.json`: what it means. What is not documented is no tool. */
export const documentationFileSchema = z.record(
	snakeCase,
	z.strictObject({
		tags: z.array(snakeCase).min(1),
		fields: z
			.record(text, text)
			.optional()
			.describe('Own words for body fields of this resource; the same text serves create and update.'),
		references: z
			.record(text, referenceSchema)
			.optional()
			.describe(
				'Body field (inside a nested record: `communicationItems/type`) → how its record is found by name, where the lookup of its kind in integration.json does not say it.',
			),
		not_clearable: z
			.array(text)
			.min(1)
			.optional()
			.describe('Fields that the vendor demands of a record that is there, beside those that it demands of a new one.'),
		never_answered: z
			.array(text)
			.min(1)
			.optional()
			.describe('Fields that a write takes and no answer shows: nothing can be said of whether they were taken over.'),
		not_settable: z
			.record(text, z.string().min(10))
			.optional()
			.describe('Field that no update sets, or only with a loss → how it is changed instead, one sentence.'),
		also_called: z
			.record(text, z.string().min(10))
			.optional()
			.describe('Name that callers try and no method here has → what to give instead, one sentence.'),
		omit: z
			.array(text)
			.optional()
			.describe('Fields left out of a single record, for what they cost a model; a get\'s `fields: "*"` brings them.'),
		path: z
			.record(text, text)
			.optional()
			.describe('Meaning of a placeholder of the path, e.g. `ticket_id`. `id` needs none.'),
		methods: z.record(snakeCase, methodDocumentationSchema),
	}),
);
