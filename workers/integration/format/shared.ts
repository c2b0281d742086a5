// Pieces that several files of an integration share.
import * as z from 'zod';

/** A name or words: an empty one is left out instead. */
export const text = z.string().min(1, 'must not be empty: leave it out');
export const template = text;
export const httpVerb = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
export const snakeCase = z.string().regex(/^[a-z][a-z0-9_]*$/, 'must be snake_case');

/** Slash path into an answer, as `valueAt` reads it; empty: the answer itself. */
export const answerPath = z
	.string()
	.refine(isAnswerPath, 'is no path: steps stand between "/", as in data/0/next, with none at either end');
/** The same where something must lie there. */
export const memberPath = answerPath.refine((path) => path !== '', 'must not be empty: leave it out');

/** JSONPath and dots would be read as the name of one member, and nothing would ever be found. */
function isAnswerPath(path: string): boolean {
	if (path === '') return true;
	// OData names members with a dot.
	const isDotted = /^\w+(\.\w+)+$/.test(path) && !path.startsWith('odata.');
	return !isDotted && path.split('/').every((step) => step !== '' && !step.startsWith('$') && !step.includes('['));
}

/** A published JSON Schema of one argument. Only the keywords that `validate.ts` enforces. */
export interface ArgumentSchema {
	type?: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array';
	description?: string;
	enum?: (string | number)[];
	format?: 'date-time' | 'date' | 'uuid';
	minimum?: number;
	maximum?: number;
	minLength?: number;
	maxLength?: number;
	default?: string | number | boolean | [];
	examples?: unknown[];
	properties?: Record<string, ArgumentSchema>;
	required?: string[];
	additionalProperties?: false;
	items?: ArgumentSchema;
}

export const argumentSchema: z.ZodType<ArgumentSchema> = z.lazy(() =>
	z.strictObject({
		type: z.enum(['string', 'integer', 'number', 'boolean', 'object', 'array']).optional(),
		description: z.string().optional(),
		enum: z
			.array(z.union([z.string(), z.number()]))
			.min(1)
			.optional(),
		format: z.enum(['date-time', 'date', 'uuid']).optional(),
		minimum: z.number().optional(),
		maximum: z.number().optional(),
		minLength: z.int().optional(),
		maxLength: z.int().optional(),
		default: z.union([z.string(), z.number(), z.boolean(), z.tuple([])]).optional(),
		examples: z.array(z.unknown()).optional(),
		properties: z.record(z.string(), argumentSchema).optional(),
		required: z.array(z.string()).optional(),
		additionalProperties: z.literal(false).optional(),
		items: argumentSchema.optional(),
	}),
);

/** Arguments that documentation or an overlay sets. */
export const setArguments = {
	defaults: z
		.record(z.string(), z.unknown())
		.optional()
		.describe(
			'Arguments that a call has unless it says others: set before names are looked up, and shown to the model.',
		),
	fixed: z
		.record(z.string(), z.unknown())
		.optional()
		.describe('Arguments that every call has: the model neither sees nor sets them.'),
};
