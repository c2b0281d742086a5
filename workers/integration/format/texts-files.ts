// `prompts.json`, `guides.json` and `words.json`: texts of and for people and models.
import * as z from 'zod';

import { snakeCase } from './shared.ts';

/** A text by its lines. */
const lines = z.array(z.string()).min(1);

/** `prompts.json`, which may be absent: jobs that a person starts with one choice in their client. */
export const promptsFileSchema = z.record(
	snakeCase,
	z.strictObject({
		title: z.string().min(1),
		description: z.string().min(20),
		arguments: z
			.record(
				snakeCase,
				z.strictObject({
					title: z.string().optional(),
					description: z.string().min(1),
					required: z.literal(true).optional(),
					kind: z
						.enum(['number', 'time'])
						.optional()
						.describe('What it must be: digits, or a time as filters take it.'),
					one_of: z.array(z.string()).min(1).optional(),
					default: z.string().min(1).optional().describe('Default of an argument that is not given.'),
				}),
			)
			.optional(),
		text: lines.describe(
			"Text for the model, with `{{argument}}` and `{{tool:resource.method}}`. A line with an argument that was not given is left out. Where one of the tools is outside a server's filter, the prompt does not exist there.",
		),
	}),
);

/** `guides.json`, which may be absent: Markdown to read, served as the resource `patchbay://guide/<name>`. */
export const guidesFileSchema = z.record(
	snakeCase,
	z.strictObject({ title: z.string().min(1), description: z.string().min(20), text: lines }),
);

/** `time-zones.json`: what the vendor calls time zones → their IANA names. */
export const timeZonesFileSchema = z.strictObject({ source: z.string(), names: z.record(z.string(), z.string()) });

/**
 * `words.json`, which may be absent: `resource.method`, or `resource` for all its methods → what people say when they
 * mean it, separated by commas.
 */
export const wordsFileSchema = z.record(z.string().regex(/^[a-z0-9_]+(\.[a-z0-9_]+)?$/), z.string().min(1));
