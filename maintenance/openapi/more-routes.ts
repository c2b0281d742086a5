// Routes of API tokens, people, webhooks, trails and the status, as openapi.json describes them.
import * as z from 'zod';
import { INVITE_PREFIX } from '../../workers/contracts/addresses.ts';
import * as inputs from '../../workers/management/all-inputs.ts';
import * as outputs from './outputs.ts';
import * as people from './people-outputs.ts';
import { ACCOUNT, IDEMPOTENCY_KEY, IF_MATCH, PAGED, type RouteDescription } from './route-description.ts';
import { overviewOutput, statusOutput } from './status-outputs.ts';
import * as webhooks from './webhook-outputs.ts';

const TOKEN = '/api-token/:token_id';
const WEBHOOK = '/webhook/:webhook_id';
const PULLED = {
	after: 'newest_cursor of an earlier answer, or the header next-cursor: only what came since',
	format: 'json; ndjson: one entry a line',
};

export const TOKEN_ROUTES: readonly RouteDescription[] = [
	{
		method: 'POST',
		path: '/api-token',
		summary: 'Make an API token',
		body: inputs.apiTokenInput(0),
		moreFaults: [502],
		headers: IDEMPOTENCY_KEY,
		status: 201,
		answer: outputs.apiTokenWithSecret,
	},
	{
		method: 'GET',
		path: '/api-token',
		summary: 'List API tokens',
		status: 200,
		answer: outputs.pageOf(outputs.apiTokenOutput),
	},
	{
		method: 'GET',
		path: TOKEN,
		summary: 'Read an API token; its secret never comes back',
		status: 200,
		answer: outputs.apiTokenOutput,
	},
	{
		method: 'PATCH',
		path: TOKEN,
		summary: 'Rename an API token, renew it, or change when it ends',
		body: inputs.apiTokenPatch(0),
		moreFaults: [502],
		headers: IF_MATCH,
		status: 200,
		answer: outputs.apiTokenOutput,
	},
	{
		method: 'DELETE',
		path: TOKEN,
		summary: 'Revoke an API token',
		status: 204,
	},
];

export const PEOPLE_ROUTES: readonly RouteDescription[] = [
	{
		method: 'POST',
		path: '/invitation',
		summary: 'Invite one person: a link that becomes an API token of the scope use, once',
		body: inputs.invitationInput(0),
		moreFaults: [502],
		headers: IDEMPOTENCY_KEY,
		status: 201,
		answer: people.invitationWithUrl,
	},
	{
		method: 'GET',
		path: '/invitation',
		summary: 'List invitations, newest first; each for 30 days past the end of its link',
		status: 200,
		answer: outputs.pageOf(people.invitationOutput),
	},
	{
		method: 'DELETE',
		path: '/invitation/:invitation_id',
		summary: 'Revoke an invitation that nobody has accepted',
		status: 204,
	},
	{
		method: 'POST',
		path: `${INVITE_PREFIX}/:secret`,
		summary: 'Accept an invitation, once: the API token that it becomes. A browser is shown a page',
		status: 200,
		moreFaults: [404, 410, 429],
		answer: people.acceptedOutput,
		isOpen: true,
	},
	{
		method: 'GET',
		path: '/sign-in-rules',
		summary: 'Whom an identity provider lets in, and how far',
		status: 200,
		answer: people.signInRulesOutput,
	},
	{
		method: 'PATCH',
		path: '/sign-in-rules',
		summary: 'Change the rules of sign-in; whoever they let in no further is out at once',
		body: inputs.signInRulesPatch(),
		moreFaults: [502],
		headers: IF_MATCH,
		status: 200,
		answer: people.signInRulesOutput,
	},
];

export const WEBHOOK_ROUTES: readonly RouteDescription[] = [
	{
		method: 'POST',
		path: '/webhook',
		summary: 'Make a webhook: an address that is told of what happens',
		body: inputs.webhookInput,
		headers: IDEMPOTENCY_KEY,
		status: 201,
		answer: webhooks.webhookWithSecret,
	},
	{
		method: 'GET',
		path: '/webhook',
		summary: 'List webhooks, with how their deliveries stand',
		status: 200,
		answer: outputs.pageOf(webhooks.webhookOutput),
	},
	{
		method: 'GET',
		path: WEBHOOK,
		summary: 'Read a webhook; its secret never comes back',
		status: 200,
		answer: webhooks.webhookOutput,
	},
	{
		method: 'PATCH',
		path: WEBHOOK,
		summary: 'Change the address of a webhook, or what it is told; its secret stays',
		body: inputs.webhookPatch,
		headers: IF_MATCH,
		status: 200,
		answer: webhooks.webhookOutput,
	},
	{
		method: 'DELETE',
		path: WEBHOOK,
		summary: 'Delete a webhook',
		status: 204,
	},
	{
		method: 'POST',
		path: `${WEBHOOK}/test`,
		summary: 'Send a webhook an event of the type webhook.test now',
		status: 200,
		answer: webhooks.webhookTestOutput,
	},
];

export const TRAIL_ROUTES: readonly RouteDescription[] = [
	{
		method: 'GET',
		path: `${ACCOUNT}/trail`,
		summary: 'Who managed an account and its servers, oldest first, for 30 days past its end',
		query: PULLED,
		alsoAs: ['application/x-ndjson'],
		status: 200,
		answer: outputs.trailPage,
	},
	{
		method: 'GET',
		path: '/trail',
		summary: 'Who made, claimed and revoked API tokens, oldest first, for 30 days',
		query: PULLED,
		alsoAs: ['application/x-ndjson'],
		status: 200,
		answer: outputs.trailPage,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/ended-servers`,
		summary: 'Servers of an account that have ended, whose logs are still kept',
		query: PAGED,
		status: 200,
		answer: outputs.pageOf(outputs.endedServer),
	},
	{
		method: 'GET',
		path: '/ended-accounts',
		summary: 'Accounts that have been deleted, whose trails are still kept',
		status: 200,
		answer: outputs.pageOf(outputs.endedAccount),
	},
];

export const STATUS_ROUTES: readonly RouteDescription[] = [
	{
		method: 'GET',
		path: '/status',
		summary: 'Version, accounts by state, servers that end within 7 days: of what the API token may touch',
		status: 200,
		answer: statusOutput,
	},
	{
		method: 'GET',
		path: '/overview',
		summary: 'All accounts with a summary of their servers, what needs attention first',
		status: 200,
		answer: overviewOutput,
	},
];

export const HEALTH: RouteDescription = {
	method: 'GET',
	path: '/health',
	summary: 'Does storage answer?',
	status: 200,
	answer: z.object({ status: z.literal('ok') }),
	isOpen: true,
};
