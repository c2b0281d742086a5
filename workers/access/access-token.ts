// Checks that an access token is good for this server, and that the sign-in behind it still is.
import type { ValidatedAccessToken } from '@cloudflare/workers-oauth-provider';
import type { ServerAddress } from '../contracts/addresses.ts';
import type { Env } from '../contracts/env.ts';
import type { Grant } from '../contracts/grants.ts';
import { type ApiTokenRecord, mayUse } from '../contracts/records.ts';
import { authorizationServerObject } from './access.ts';
import { useApiToken } from './api-tokens.ts';

/** `<API token's id>:<grant>:<secret>`: no API token looks like it. */
export const ACCESS_TOKEN = /^[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]{1,128}$/;

export interface GrantedAccess {
	validated: ValidatedAccessToken<Grant>;
	/** The API token that the grant was given with, or the person, as they are now. */
	apiToken: ApiTokenRecord;
}

/**
 * Asks the server's authorization server and the API token's object, each of which knows of a revocation at once.
 *
 * @returns null for a token that opens nothing here, or nothing any more
 * @throws ApiError rate_limited: a request counts for the API token that the access was given with
 */
export async function validateAccessToken(
	env: Env,
	address: ServerAddress,
	resource: string,
	token: string,
): Promise<GrantedAccess | null> {
	if (!ACCESS_TOKEN.test(token)) return null;
	const validated = await authorizationServerObject(env, address).validateToken(resource, token);
	if (!validated) return null;
	const { account_id, account_identity, server_id, api_token_id } = validated.props;
	if (account_id !== address.accountId || server_id !== address.serverId) return null;
	const apiToken = await useApiToken(env, api_token_id);
	return apiToken && mayUse(apiToken, { id: account_id, identity: account_identity }, server_id)
		? { validated, apiToken }
		: null;
}
