// `overlays/<name>/<integration>.json`: what an installation wants of its own, laid over a shipped folder. It narrows and
// adds words; how to connect, hosts and secrets are out of its reach.
import * as z from 'zod';
import { setArguments, snakeCase } from './shared.ts';
import { guidesFileSchema, promptsFileSchema } from './texts-files.ts';

const append = z.strictObject({ append: z.string().min(1) });

const toolSchema = z.strictObject({
	hidden: z.literal(true).optional().describe('No server has the tool.'),
	description: append.optional().describe('Words behind the shipped description.'),
	...setArguments,
	require: z.array(z.string()).min(1).optional().describe('Arguments that a call must have besides.'),
	fields: z
		.strictObject({ add: z.array(z.string()).min(1) })
		.optional()
		.describe('Fields that a list returns besides.'),
});

export const overlayFileSchema = z.strictObject({
	over: snakeCase.describe('Integration that it is laid over.'),
	instructions: append.optional().describe('Words behind the shipped instructions.'),
	tools: z
		.record(z.string().regex(/^[a-z0-9_]+\.[a-z0-9_]+$/, 'must be resource.method'), toolSchema)
		.optional()
		.describe('`resource.method` → what is different.'),
	prompts: promptsFileSchema.optional().describe('Prompts of your own, as in prompts.json.'),
	guides: guidesFileSchema.optional().describe('Guides of your own, as in guides.json.'),
});
