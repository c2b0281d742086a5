// Runs a zod schema over what came from outside.
import type * as z from 'zod';

/**
 * Parses like `safeParse`, and never throws. zod compares the `length` of its input; JSON can hold a `length` that
 * converts to no number, which is a TypeError there.
 */
export function parseUntrusted<S extends z.ZodType>(
	schema: S,
	value: unknown,
): { data: z.infer<S> } | { issues: readonly z.core.$ZodIssue[] } {
	try {
		// An issue without its input cannot distinguish what is absent from what has the wrong type.
		const parsed = schema.safeParse(value, { reportInput: true });
		return parsed.success ? { data: parsed.data } : { issues: parsed.error.issues };
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
		return { issues: [{ code: 'custom', path: [], message: 'holds a "length" that is no number', input: value }] };
	}
}
