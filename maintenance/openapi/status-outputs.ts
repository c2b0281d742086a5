// The shapes of answers about the whole installation.
import * as z from 'zod';
import { ATTENTION, ENDING_WITHIN_DAYS } from '../../workers/management/vocabulary.ts';
import { accountOutput, moment } from './outputs.ts';
import { deliveriesOutput } from './webhook-outputs.ts';

const ending = z.array(z.object({ id: z.string(), name: z.string(), expires_at: moment }));

export const statusOutput = z.object({
	version: z.string(),
	storage: z.literal('ok').meta({ description: 'Otherwise the answer is 503' }),
	accounts: z.record(z.string(), z.int()).meta({ description: 'How many there are in each state' }),
	servers: z.int(),
	webhooks: z
		.array(deliveriesOutput.extend({ id: z.string(), host: z.string() }))
		.optional()
		.meta({ description: 'For an API token that is bound to no account: how deliveries stand' }),
	ending_servers: z
		.array(ending.element.extend({ integrated_account_id: z.string() }))
		.meta({ description: `Servers that end within ${ENDING_WITHIN_DAYS} days, the soonest first` }),
});

export const overviewOutput = z.object({
	result: z.array(
		accountOutput.extend({
			servers: z.int().nullable().meta({ description: 'Null until the account has sent its summary' }),
			paused_servers: z.int().nullable(),
			ending_servers: ending,
			usage: z
				.object({ calls: z.int(), errors: z.int(), last_used_at: moment.nullable(), at: moment })
				.nullable()
				.meta({
					description: 'Calls of the 24 hours before `at`, which is at most a quarter of an hour before the last call',
				}),
			alerts: z
				.array(z.object({ type: z.string(), at: moment, data: z.record(z.string(), z.unknown()) }))
				.meta({ description: 'Error rates, spent write budgets and new apps of the last two days' }),
			attention: z.array(z.enum(ATTENTION)).meta({ description: 'What needs attention, the most urgent first' }),
		}),
	),
	next_cursor: z.null(),
});
