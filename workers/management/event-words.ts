// The sentence of each webhook event, for receivers that show a text.
import type { Fact, WebhookEventType } from '../contracts/webhooks.ts';

type Data = Record<string, Fact>;

const SENTENCES: Record<WebhookEventType | 'webhook.test', (data: Data) => string> = {
	'account.needs_reauth': ({ account_name }) =>
		`The vendor refuses the keys of the account "${account_name}". Store new keys, or test the connection once they work again.`,
	'account.unreachable': ({ account_name }) => `The vendor of the account "${account_name}" does not answer.`,
	'server.ending': ({ account_name, server_name, expires_at }) =>
		`The MCP server "${server_name}" of the account "${account_name}" ends at ${expires_at}.`,
	'server.error_rate': ({ account_name, server_name, calls, errors }) =>
		`${errors} of ${calls} calls of the MCP server "${server_name}" of the account "${account_name}" failed or were refused this hour.`,
	'server.write_budget_reached': ({ account_name, server_name, writes_per_day }) =>
		`The MCP server "${server_name}" of the account "${account_name}" has made its ${writes_per_day} writes of today.`,
	'app.connected': ({ account_name, server_name, client_name }) =>
		`The app "${client_name}" was let in to the MCP server "${server_name}" of the account "${account_name}".`,
	'api_token.created': ({ name, scope }) => `An API token was made: "${name}", scope ${scope}.`,
	'webhook.test': () => 'This is a test of the webhook.',
};

export function sentenceOf(type: string, data: Data): string {
	return SENTENCES[type as keyof typeof SENTENCES]?.(data) ?? type;
}
