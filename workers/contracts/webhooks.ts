// Webhooks: addresses of the operator's that are told of what happens to the installation.

export const WEBHOOK_EVENTS = [
	'account.needs_reauth',
	'account.unreachable',
	'server.ending',
	'server.error_rate',
	'server.write_budget_reached',
	'app.connected',
	'api_token.created',
] as const;

export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number];

export interface WebhookRecord {
	id: string;
	/** Host that events are sent to. The address itself is sealed: its path may be a secret. */
	host: string;
	events: '*' | WebhookEventType[];
	/** The address and the secret that signs, as `sealCredentials` seals them. */
	sealed: string;
	created_at: string;
	/** Absent while it was never changed. */
	updated_at?: string;
}

/** State of a webhook's deliveries. */
interface WebhookDeliveries {
	/** Events that are still to be delivered. */
	pending: number;
	/** Events of the last 30 days that were given up. */
	given_up: number;
	last_delivered_at: string | null;
	/** Since when no delivery has succeeded; null while they do. */
	failing_since: string | null;
	last_failure: string | null;
}

export type ListedWebhook = WebhookRecord & { deliveries: WebhookDeliveries };

export type Fact = string | number | boolean | null | string[];

/** Something that webhooks tell of. Names and numbers of the operator's own; no secret, nothing of a vendor's records. */
export interface WebhookEvent {
	type: WebhookEventType;
	at: string;
	data: Record<string, Fact>;
}

/** An event at one of an account's servers. `key` tells it from all others of its type. */
export interface Alert extends WebhookEvent {
	type: 'server.error_rate' | 'server.write_budget_reached' | 'app.connected';
	key: string;
}

/** Events that are due at one webhook, the ones tried least often first. */
export interface DeliveryRound {
	webhook: WebhookRecord;
	/** `id` stays the same at each attempt, so that a receiver knows a repeat. */
	events: (WebhookEvent & { id: string })[];
}

export interface DeliveryResult {
	webhook_id: string;
	id: string;
	/** `untried`: the webhook failed before its turn came. */
	outcome: 'delivered' | 'failed' | 'untried';
	/** Reason of a failure, which continues a sentence. */
	reason?: string;
}
