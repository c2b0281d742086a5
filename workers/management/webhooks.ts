// Webhooks: addresses that are told of what happens. Made, listed, changed, tried and deleted by API tokens for all accounts.
import { directoryObject, storageUnavailable } from '../access/access.ts';
import { sealCredentials } from '../access/credentials.ts';
import type { Env } from '../contracts/env.ts';
import type { ListedWebhook, WebhookRecord } from '../contracts/webhooks.ts';
import { ApiError, type Fault } from '../lib/errors.ts';
import { addressFault } from '../lib/hosts.ts';
import { isObject } from '../lib/is-object.ts';
import { mintIdSuffix } from '../lib/secrets.ts';
import { requireUnbound } from './api-tokens.ts';
import { deliver, openWebhook, ownerOf, SECRET_PREFIX } from './deliver.ts';
import { newIdSuffix, repeated } from './idempotency.ts';
import { parseInput } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import { etagOf, nextUpdatedAt, requireMatch } from './preconditions.ts';
import { actorOf, type RouteRequest } from './route.ts';

const SECRET_BYTES = 32;

export async function createWebhook(request: RouteRequest): Promise<Response> {
	const { env, body, apiToken, now } = request;
	requireUnbound(apiToken);
	const { webhookInput } = await loadInputs();
	const { url, events } = parseInput(webhookInput, body, targetFaults(body, env));
	const target = new URL(url);
	const owner = { id: `whk_${newIdSuffix(request, 'webhook')}`, host: target.host };
	const secret = SECRET_PREFIX + btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))));
	const webhook: WebhookRecord = {
		...owner,
		events,
		sealed: await sealCredentials({ url: target.href, secret }, ownerOf(owner), env),
		created_at: now.toISOString(),
	};
	const outcome = await directoryObject(env).createWebhook(webhook, actorOf(request)).catch(storageUnavailable);
	if (outcome === 'exists')
		throw repeated('webhook', webhook.id, 'Its secret is not shown again: delete it and make another.');
	if (outcome === 'too_many')
		throw new ApiError('already_exists', 'There are 10 webhooks already. Delete one, or let one tell the others.');
	const headers = { 'cache-control': 'no-store', ...etagOf(webhook) };
	return Response.json(
		{ ...(await describe(await requireWebhook(request, webhook.id), env)), secret },
		{ status: 201, headers },
	);
}

export async function listWebhooks({ env, apiToken }: RouteRequest): Promise<Response> {
	requireUnbound(apiToken);
	const webhooks = await directoryObject(env).listWebhooks().catch(storageUnavailable);
	const result = await Promise.all(webhooks.map((webhook) => describe(webhook, env)));
	return Response.json({ result, next_cursor: null });
}

export async function readWebhook(request: RouteRequest): Promise<Response> {
	const webhook = await requireWebhook(request);
	return Response.json(await describe(webhook, request.env), { headers: etagOf(webhook) });
}

export async function updateWebhook(request: RouteRequest): Promise<Response> {
	const { env, body, now } = request;
	const { deliveries: _, ...webhook } = await requireWebhook(request);
	requireMatch(request, webhook);
	const { webhookPatch } = await loadInputs();
	const { url, events = webhook.events } = parseInput(webhookPatch, body, targetFaults(body, env));
	const changed: WebhookRecord = { ...webhook, events, updated_at: nextUpdatedAt(webhook, now) };
	if (url !== undefined) {
		const target = new URL(url);
		const { secret } = await openWebhook(webhook, env);
		changed.host = target.host;
		changed.sealed = await sealCredentials({ url: target.href, secret }, ownerOf(changed), env);
	}
	const isChanged = await directoryObject(env)
		.updateWebhook(changed, webhook.updated_at ?? null, actorOf(request))
		.catch(storageUnavailable);
	if (!isChanged)
		throw new ApiError('precondition_failed', 'The webhook was changed or deleted meanwhile. Read it again.');
	return Response.json(await describe(await requireWebhook(request), env), { headers: etagOf(changed) });
}

export async function deleteWebhook(request: RouteRequest): Promise<Response> {
	const { id } = await requireWebhook(request);
	const isDeleted = await directoryObject(request.env).deleteWebhook(id, actorOf(request)).catch(storageUnavailable);
	if (!isDeleted) throw unknownWebhook();
	return new Response(null, { status: 204 });
}

/** Sends an event of the type `webhook.test` at once. */
export async function testWebhook(request: RouteRequest): Promise<Response> {
	const { env, now } = request;
	const webhook = await requireWebhook(request);
	const event = { id: `evt_${mintIdSuffix()}`, type: 'webhook.test', at: now.toISOString(), data: {} };
	const reason = await deliver(env, webhook, event, now.getTime());
	const message = reason === null ? 'The address has accepted the test.' : `The address is not good: ${reason}.`;
	return Response.json({ ok: reason === null, message });
}

/** @throws ApiError not_found */
async function requireWebhook(
	{ env, apiToken, params }: RouteRequest,
	id = params.webhook_id ?? '',
): Promise<ListedWebhook> {
	requireUnbound(apiToken);
	const webhooks = await directoryObject(env).listWebhooks().catch(storageUnavailable);
	const webhook = webhooks.find((one) => one.id === id);
	if (!webhook) throw unknownWebhook();
	return webhook;
}

function unknownWebhook(): ApiError {
	return new ApiError('not_found', 'There is no such webhook.');
}

/** @throws ApiError invalid_input */
function targetFaults(body: unknown, env: Env): Fault[] {
	if (!isObject(body) || typeof body.url !== 'string') return [];
	const fault = URL.canParse(body.url)
		? addressFault(new URL(body.url), { isLocal: env.LOCAL === 'true' })
		: 'must be a URL like https://example.com/hook';
	return fault ? [{ path: 'url', message: fault }] : [];
}

/** A webhook as the API shows it: without its secret. */
async function describe(webhook: ListedWebhook, env: Env) {
	const opened = await openWebhook(webhook, env).catch(() => null);
	const { id, sealed: _sealed, host: _host, ...shown } = webhook;
	return { id, url: opened?.url ?? null, ...shown };
}
