// The servers that somebody who was let in can connect to, as far as a page shows them.
import { connectUrl } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import type { Reach } from '../contracts/reach.ts';
import { type ApiTokenRecord, mayUse } from '../contracts/records.ts';
import { accountObject, directoryObject, storageUnavailable } from './access.ts';

export interface ReachedServer {
	id: string;
	name: string;
	account: string;
	/** The server's setup page in a browser; for clients, its URL without a secret. */
	oauth_url: string;
}

/** Each account is a few questions to storage, and the free plan allows one request 50. */
const ACCOUNTS_MAX = 10;
const SERVERS_MAX = 50;

/** @returns newest account first; paused servers too, since they may run again */
export async function listReach(env: Env, url: URL, reach: Reach): Promise<ReachedServer[]> {
	const token: ApiTokenRecord = { id: '', name: '', expires_at: null, created_at: '', ...reach };
	const { accounts } = await directoryObject(env).listAccounts(token, ACCOUNTS_MAX, null).catch(storageUnavailable);
	const servers = await Promise.all(
		accounts.map(async ({ id: accountId, name }) => {
			const object = accountObject(env, accountId);
			const [account, listed] = await Promise.all([object.getAccount(), object.listServers(SERVERS_MAX, null, null)]);
			return listed.servers
				.filter(({ id }) => account && mayUse(token, account, id))
				.map((server) => ({
					id: server.id,
					name: server.name,
					account: name,
					oauth_url: connectUrl(url, { accountId, serverId: server.id }),
				}));
		}),
	).catch(storageUnavailable);
	return servers.flat().slice(0, SERVERS_MAX);
}
