// Changing the keys of the installation: what is kept under which, and sealing credentials anew.
import { accountObject, directoryObject, forgetAccount, storageUnavailable } from '../access/access.ts';
import { isSealedWithCurrentKey, openCredentials, sealCredentials } from '../access/credentials.ts';
import { keyRing } from '../access/keys.ts';
import type { AccountRecord } from '../contracts/records.ts';
import { MAX_ROUNDS } from './accounts.ts';
import { requireUnbound } from './api-tokens.ts';
import { openWebhook, ownerOf } from './deliver.ts';
import { actorOf, type RouteRequest, readCursor, writeCursor } from './route.ts';

/** Tells which slot counts, what stands in the other one, and which records are still under another key. */
export async function describeKeys({ env, apiToken }: RouteRequest): Promise<Response> {
	requireUnbound(apiToken);
	const { current, token } = keyRing(env);
	const [key, before] = token;
	const use = await directoryObject(env)
		.useKey(key.id, before?.id ?? null)
		.catch(storageUnavailable);
	return Response.json({
		current,
		other: before ? (use.wasOtherUsed ? 'earlier' : 'new') : null,
		accounts: use.accounts,
		api_tokens: use.apiTokens,
		api_tokens_behind: use.apiTokensBehind,
		sessions_behind: use.sessionsBehind,
		invitations_behind: use.invitationsBehind,
	});
}

/** An account takes four requests to storage, and the free plan allows 50 in all. */
const ACCOUNTS_PER_PAGE = 10;

/** One page of accounts. Safe to repeat: what is sealed with the current key stays as it is. */
export async function resealAccounts(request: RouteRequest): Promise<Response> {
	const { env, apiToken, url } = request;
	requireUnbound(apiToken);
	const { limit, before } = readCursor(url, { limitDefault: ACCOUNTS_PER_PAGE });
	const { accounts, next } = await directoryObject(env).listAccounts(apiToken, limit, before).catch(storageUnavailable);
	const result = [];
	for (const account of accounts) result.push(await resealAccount(request, account));
	// Webhooks are resealed with the first page.
	const webhooks_unreadable = before === null ? await resealWebhooks(request) : [];
	return Response.json({ result, next_cursor: writeCursor(next), webhooks_unreadable });
}

/** @returns those that are sealed with a key that is gone */
async function resealWebhooks(request: RouteRequest): Promise<{ id: string; name: string }[]> {
	const { env } = request;
	const directory = directoryObject(env);
	const unreadable = [];
	for (const { deliveries: _, ...webhook } of await directory.listWebhooks().catch(storageUnavailable)) {
		if (isSealedWithCurrentKey(webhook.sealed, env)) continue;
		const opened = await openWebhook(webhook, env).catch(() => null);
		if (!opened) unreadable.push({ id: webhook.id, name: webhook.host });
		else {
			const sealed = await sealCredentials(opened, ownerOf(webhook), env);
			await directory
				.updateWebhook({ ...webhook, sealed }, webhook.updated_at ?? null, actorOf(request))
				.catch(storageUnavailable);
		}
	}
	return unreadable;
}

type Sealing = 'current' | 'resealed' | 'unreadable' | 'changing' | 'gone';

async function resealAccount(request: RouteRequest, { id, name }: AccountRecord) {
	const { env } = request;
	const object = accountObject(env, id);
	const credentials = await reseal(request, id).catch(storageUnavailable);
	const { total, behind } = await object.serversBehind(keyRing(env).token[0].id).catch(storageUnavailable);
	return { id, name, credentials, servers: total, servers_behind: behind };
}

async function reseal(request: RouteRequest, accountId: string): Promise<Sealing> {
	const { env } = request;
	const object = accountObject(env, accountId);
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const account = await object.getAccount();
		if (!account) return 'gone';
		if (isSealedWithCurrentKey(account.sealed_credentials, env)) return round === 0 ? 'current' : 'resealed';
		const credentials = await openCredentials(account, env).catch(() => null);
		if (!credentials) return 'unreadable';
		const sealed_credentials = await sealCredentials(credentials, account, env);
		const changed = await object.updateAccount({ sealed_credentials }, account, actorOf(request));
		forgetAccount(accountId);
		if (changed === 'not_found') return 'gone';
		// Somebody else changed it meanwhile: look again.
		if (changed !== 'outdated') return 'resealed';
	}
	return 'changing';
}
