// Routes of webhooks.
import type { Route } from './route.ts';
import * as webhooks from './webhooks.ts';

const WEBHOOK = '/webhook/:webhook_id';

export const WEBHOOK_ROUTES: readonly Route[] = [
	{
		method: 'POST',
		path: '/webhook',
		takesBody: true,
		handle: webhooks.createWebhook,
	},
	{
		method: 'GET',
		path: '/webhook',
		handle: webhooks.listWebhooks,
	},
	{
		method: 'GET',
		path: WEBHOOK,
		handle: webhooks.readWebhook,
	},
	{
		method: 'PATCH',
		path: WEBHOOK,
		takesBody: true,
		handle: webhooks.updateWebhook,
	},
	{
		method: 'DELETE',
		path: WEBHOOK,
		handle: webhooks.deleteWebhook,
	},
	{
		method: 'POST',
		path: `${WEBHOOK}/test`,
		handle: webhooks.testWebhook,
	},
];
