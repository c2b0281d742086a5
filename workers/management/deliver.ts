// Sends what has happened to the operator's webhooks: signed JSON, as the Standard Webhooks specification has it
// (https://www.standardwebhooks.com), so that receivers find a library in every language.
import { directoryObject } from '../access/access.ts';
import { openCredentials } from '../access/credentials.ts';
import type { Env } from '../contracts/env.ts';
import type { DeliveryResult, DeliveryRound, WebhookEvent, WebhookRecord } from '../contracts/webhooks.ts';
import { addressFault } from '../lib/hosts.ts';
import { UpstreamFailure } from '../vendor/failure.ts';
import { send } from '../vendor/send.ts';
import { sentenceOf } from './event-words.ts';

const TIMEOUT_MS = 10_000;
/** A slow receiver gets the rest in the next run. */
const ROUND_MS = 2 * 60_000;

/** Members of what is sealed of a webhook. */
export type SealedWebhook = { url: string; secret: string };

/** Owner of the sealed members: they open for this webhook alone. */
export function ownerOf({ id, host }: Pick<WebhookRecord, 'id' | 'host'>) {
	return { id, identity: 'webhook', base_url: host };
}

/** @throws ApiError internal_error when the key that they were sealed with is gone */
export async function openWebhook(webhook: WebhookRecord, env: Env): Promise<SealedWebhook> {
	return (await openCredentials({ ...ownerOf(webhook), sealed_credentials: webhook.sealed }, env)) as SealedWebhook;
}

/** Sends what is due. Called by the cron trigger. @param clock  milliseconds since 1970 */
export async function deliverEvents(env: Env, clock: () => number): Promise<void> {
	const directory = directoryObject(env);
	const rounds = await directory.takeDeliveries();
	const results = await Promise.all(rounds.map((round) => deliverRound(env, round, clock)));
	if (rounds.length > 0) await directory.settleDeliveries(results.flat());
}

/** One after the other; after the first that fails, and after two minutes, the others wait for the next run. */
async function deliverRound(env: Env, { webhook, events }: DeliveryRound, clock: () => number) {
	const results: DeliveryResult[] = [];
	const endMs = clock() + ROUND_MS;
	let hasFailed = false;
	for (const { id, ...event } of events) {
		const about = { webhook_id: webhook.id, id };
		if (hasFailed || clock() >= endMs) {
			results.push({ ...about, outcome: 'untried' });
			continue;
		}
		const reason = await deliver(env, webhook, { id, ...event }, clock());
		hasFailed = reason !== null;
		results.push({ ...about, ...(reason === null ? { outcome: 'delivered' } : { outcome: 'failed', reason }) });
	}
	return results;
}

type Sent = Omit<WebhookEvent, 'type'> & { id: string; type: string };

/** @returns why it failed; null when it was accepted. Never throws */
export async function deliver(env: Env, webhook: WebhookRecord, event: Sent, nowMs: number): Promise<string | null> {
	const opened = await openWebhook(webhook, env).catch(() => null);
	if (!opened) return 'its address and secret do not open with the present ENCRYPTION_KEY: delete it and make another';
	const fault = addressFault(new URL(opened.url), { isLocal: env.LOCAL === 'true' });
	if (fault) return `its address ${fault}`;
	const body = bodyOf(event);
	try {
		const headers = await headersOf(event.id, body, opened.secret, nowMs);
		const { status } = await send({ url: opened.url, verb: 'POST', headers, body }, new AbortController(), TIMEOUT_MS);
		return status >= 200 && status < 300 ? null : `it answered ${status}`;
	} catch (error) {
		if (error instanceof UpstreamFailure) return `it ${error.message}`;
		throw error;
	}
}

function bodyOf({ type, at, data }: Sent): string {
	return JSON.stringify({ type, timestamp: at, text: sentenceOf(type, data), data });
}

async function headersOf(id: string, body: string, secret: string, nowMs: number): Promise<Record<string, string>> {
	const timestamp = String(Math.floor(nowMs / 1000));
	return {
		'content-type': 'application/json',
		'user-agent': 'Patchbay',
		'webhook-id': id,
		'webhook-timestamp': timestamp,
		'webhook-signature': `v1,${await sign(`${id}.${timestamp}.${body}`, secret)}`,
	};
}

export const SECRET_PREFIX = 'whsec_';

/** @param secret  `whsec_` and base64 @returns base64 of the HMAC-SHA256 */
async function sign(text: string, secret: string): Promise<string> {
	const bytes = Uint8Array.from(atob(secret.slice(SECRET_PREFIX.length)), (character) => character.charCodeAt(0));
	const algorithm = { name: 'HMAC', hash: 'SHA-256' };
	const key = await crypto.subtle.importKey('raw', bytes, algorithm, false, ['sign']);
	const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text));
	return btoa(String.fromCharCode(...new Uint8Array(signature)));
}
