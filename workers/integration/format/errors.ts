// What a vendor's errors look like.
import * as z from 'zod';

export const errorsSchema = z.strictObject({
	/** Paths to look at, first present wins. */
	code: z.array(z.string()),
	/** Paths to a text, or to an array of texts. */
	message: z.array(z.string()),
	/**
	 * Path to the field errors: an array of texts or of objects, or an object that has, by field, a text, an object, or an
	 * array of them.
	 */
	items: z.string().optional(),
	/** Names of an error's members, where it is an object. */
	item: z.strictObject({ field: z.string().optional(), message: z.string(), code: z.string().optional() }).optional(),
	/** Member that is false in a 2xx answer where the vendor did not do what it was asked for. */
	done: z.string().optional(),
	/** A 2xx answer with one of these values at this path is an error: reads as well as writes. */
	in_success: z
		.strictObject({
			path: z.string(),
			values: z.array(z.union([z.string(), z.number(), z.boolean()])).min(1),
			/** Path to the error's status, 400 to 599; absent or another number: 400. */
			status: z.string().optional(),
		})
		.optional(),
	/** Statuses from 500 on by which the vendor refuses a request: nothing was changed. */
	refuses: z.array(z.int().min(500).max(599)).min(1).optional(),
	/** Path to the list of results of a request about several records, each with the members of an answer by itself. */
	results: z.strictObject({ path: z.string(), status: z.string(), error: z.string() }).optional(),
	/** How the vendor says that it does not know a field: the pattern's first group is the name. */
	unknown_field: z.strictObject({ code: z.string(), pattern: z.string() }).optional(),
	/**
	 * Next step, one sentence for the model. Keys, first match wins: `text:` and a part of the vendor's message, a code of
	 * a field error, the vendor's code, `page:` and the status or its class for an HTML page, `retry-after` for a 5xx that
	 * says when to come back, the status (`404`), its class (`4xx`).
	 */
	advice: z.record(z.string(), z.string()),
});
