// Format of a vendor's errors.
import * as z from 'zod';
import { answerPath, memberPath, text } from './shared.ts';

export const errorsSchema = z.strictObject({
	code: z.array(memberPath).describe('Paths to look at, first present wins.'),
	message: z.array(memberPath).describe('Paths to a text, or to an array of texts.'),
	items: memberPath
		.optional()
		.describe(
			'Path to the field errors: a text, an array of texts or of objects, or an object that has, by field, a text, an object, or an array of them. `*` on the way is every element of an array.',
		),
	item: z
		.strictObject({ field: text.optional(), message: text, code: text.optional() })
		.optional()
		.describe("Names of an error's members, where it is an object."),
	done: memberPath
		.optional()
		.describe('Member that is false in a 2xx answer where the vendor did not do what it was asked for.'),
	in_success: z
		.strictObject({
			path: memberPath,
			values: z
				.array(z.union([text, z.number(), z.boolean()]))
				.min(1)
				.optional()
				.describe('Absent: whatever is there, and is not null, false or empty.'),
			status: memberPath.optional().describe("Path to the error's status, 400 to 599; absent or another number: 400."),
		})
		.optional()
		.describe('A 2xx answer with one of these values at this path is an error: reads as well as writes.'),
	refuses: z
		.array(z.int().min(500).max(599))
		.min(1)
		.optional()
		.describe('Statuses from 500 on by which the vendor refuses a request: nothing was changed.'),
	results: z
		.strictObject({ path: answerPath, status: memberPath, error: memberPath })
		.optional()
		.describe(
			'Path to the list of results of a request about several records, each with the members of an answer by itself.',
		),
	unknown_field: z
		.strictObject({ code: text, pattern: text })
		.optional()
		.describe("How the vendor says that it does not know a field: the pattern's first group is the name."),
	advice: z
		.record(text, text)
		.describe(
			"Next step, one sentence for the model. Keys, first match wins: `text:` and a part of the vendor's message, a code of a field error, the vendor's code, `retry-after` for a 5xx that says when to come back, `page:` and the status or its class for an HTML page, `404:id` where the vendor names the id that it does not find, the status (`404`), its class (`4xx`).",
		),
});
