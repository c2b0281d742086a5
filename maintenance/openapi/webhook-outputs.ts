// The shapes of webhooks that the management API answers.
import * as z from 'zod';
import { WEBHOOK_EVENTS } from '../../workers/contracts/webhooks.ts';

const moment = z.string().meta({ format: 'date-time' });

export const deliveriesOutput = z.object({
	pending: z.int().meta({ description: 'Events that are still to be delivered' }),
	given_up: z.int().meta({ description: 'Events of the last 30 days that were given up after 24 attempts or a day' }),
	last_delivered_at: moment.nullable(),
	failing_since: moment.nullable().meta({ description: 'Since when no delivery has succeeded; null while they do' }),
	last_failure: z.string().nullable(),
});

export const webhookOutput = z.object({
	id: z.string(),
	url: z.string().nullable().meta({ description: 'Null when the key that it was encrypted with is gone' }),
	events: z.union([z.literal('*'), z.array(z.enum(WEBHOOK_EVENTS))]),
	created_at: moment,
	updated_at: moment.optional().meta({ description: 'Absent while it was never changed' }),
	deliveries: deliveriesOutput,
});

/** The answer to its creation, the only one with the secret. */
export const webhookWithSecret = webhookOutput.extend({
	secret: z.string().meta({ description: 'Signs each event: HMAC-SHA256 under its base64 after whsec_' }),
});

export const webhookTestOutput = z.object({ ok: z.boolean(), message: z.string() });
