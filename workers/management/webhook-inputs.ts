// Schemas of requests about webhooks.
import * as z from 'zod';
import { WEBHOOK_EVENTS } from '../contracts/webhooks.ts';

const webhookMembers = {
	url: z
		.string()
		.max(2_000, 'must have at most 2000 characters')
		.meta({ format: 'uri', description: 'https, at a public host' }),
	events: z
		.union([z.literal('*'), z.array(z.enum(WEBHOOK_EVENTS)).min(1, 'must name at least one event, or be "*"')], {
			error: `must be "*" or a list of ${WEBHOOK_EVENTS.join(', ')}`,
		})
		.meta({ description: 'What it is told of' }),
};

export const webhookInput = z.strictObject({ ...webhookMembers, events: webhookMembers.events.default('*') });

export const webhookPatch = z
	.strictObject(webhookMembers)
	.partial()
	.refine((patch) => Object.keys(patch).length > 0, 'must change at least one of url, events');
