// Routes of webhooks.
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { pageOf } from './outputs.ts';
import { IF_MATCH } from './preconditions.ts';
import type { Route } from './route.ts';
import { webhookInput, webhookPatch } from './webhook-inputs.ts';
import { webhookOutput, webhookTestOutput, webhookWithSecret } from './webhook-outputs.ts';
import * as webhooks from './webhooks.ts';

const WEBHOOK = '/webhook/:webhook_id';

export const WEBHOOK_ROUTES: readonly Route[] = [
	{
		method: 'POST',
		path: '/webhook',
		summary: 'Make a webhook: an address that is told of what happens',
		body: webhookInput,
		headers: IDEMPOTENCY_KEY,
		status: 201,
		answer: webhookWithSecret,
		handle: webhooks.createWebhook,
	},
	{
		method: 'GET',
		path: '/webhook',
		summary: 'List webhooks, with how their deliveries stand',
		status: 200,
		answer: pageOf(webhookOutput),
		handle: webhooks.listWebhooks,
	},
	{
		method: 'GET',
		path: WEBHOOK,
		summary: 'Read a webhook; its secret never comes back',
		status: 200,
		answer: webhookOutput,
		handle: webhooks.readWebhook,
	},
	{
		method: 'PATCH',
		path: WEBHOOK,
		summary: 'Change the address of a webhook, or what it is told; its secret stays',
		body: webhookPatch,
		headers: IF_MATCH,
		status: 200,
		answer: webhookOutput,
		handle: webhooks.updateWebhook,
	},
	{ method: 'DELETE', path: WEBHOOK, summary: 'Delete a webhook', status: 204, handle: webhooks.deleteWebhook },
	{
		method: 'POST',
		path: `${WEBHOOK}/test`,
		summary: 'Send a webhook an event of the type webhook.test now',
		status: 200,
		answer: webhookTestOutput,
		handle: webhooks.testWebhook,
	},
];
