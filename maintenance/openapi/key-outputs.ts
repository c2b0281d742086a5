// The shapes of answers about the installation's keys.
import * as z from 'zod';
import { pageOf } from './outputs.ts';

const named = z.array(z.strictObject({ id: z.string(), name: z.string() }));

export const keysOutput = z.strictObject({
	current: z.enum(['a', 'b']).meta({ description: 'The slot that things are written under' }),
	other: z
		.enum(['new', 'earlier'])
		.nullable()
		.meta({ description: 'The keys in the other slot: not used yet, or used before; null when it is empty' }),
	accounts: z.int(),
	api_tokens: z.int(),
	api_tokens_behind: named.meta({ description: 'Kept under another key; each goes over when it is next used' }),
	sessions_behind: z.int(),
	invitations_behind: z.int().meta({ description: 'Links that nobody has accepted yet' }),
});

export const resealOutput = z.strictObject({
	id: z.string(),
	name: z.string(),
	credentials: z.enum(['current', 'resealed', 'unreadable', 'changing', 'gone']),
	servers: z.int(),
	servers_behind: named.meta({ description: 'Kept under another key; each goes over when it is next called' }),
});

export const resealPage = pageOf(resealOutput).extend({
	webhooks_unreadable: named.meta({
		description: 'Webhooks that are sealed with a key that is gone; with the first page',
	}),
});
