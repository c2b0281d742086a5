// The answers of routes of invitations and rules of sign-in.
import * as z from 'zod';
import { apiTokenOutput, apiTokenWithSecret, moment } from './outputs.ts';

export const invitationOutput = apiTokenOutput.omit({ updated_at: true, person: true, invitation_id: true }).extend({
	ends_as: z.enum(['api_token', 'sign_in']),
	expires_at: moment.meta({ description: 'End of the link' }),
	access_expires_at: moment.nullable().meta({ description: 'End of the access that it gives' }),
	state: z.enum(['pending', 'accepted', 'expired']),
	invited_by: z.string().meta({ description: 'The API token that it was made with' }),
	accepted_at: moment.optional(),
	api_token_id: z.string().optional().meta({ description: 'What it has become' }),
});

/** The answer to the creation of an invitation, the only one with the link. */
export const invitationWithUrl = invitationOutput.extend({
	url: z.string().meta({ format: 'uri', description: 'Opens once. Send it to one person' }),
});

/** The answer to accepting an invitation. */
export const acceptedOutput = apiTokenWithSecret.extend({
	servers_to_connect: z.array(
		z.object({ id: z.string(), name: z.string(), oauth_url: z.string().meta({ format: 'uri' }) }),
	),
});

export const signInRulesOutput = z.object({
	rules: z.array(
		apiTokenOutput.pick({ accounts: true, servers: true, requests_per_minute: true, acts_for: true }).extend({
			email: z.string().optional(),
			email_domain: z.string().optional(),
			group: z.string().optional(),
			scope: z.enum(['manage', 'use', 'none']),
		}),
	),
	days: z.int(),
	updated_at: moment.nullable().meta({ description: 'Null while they were never changed' }),
	provider: z
		.object({ label: z.string(), redirect_uri: z.string().meta({ format: 'uri' }) })
		.nullable()
		.meta({ description: 'What people sign in with, and the address to register there; null: API tokens only' }),
});
