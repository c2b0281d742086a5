// A way into a server: whose it is, and who may come in. What happens behind it is the same for all of them (`mcp/`).
import type { Within } from '../contracts/grants.ts';
import {
	type AccountIdentity,
	type ActingMember,
	type ApiTokenRecord,
	type LogEntry,
	memberOf,
	personBehind,
} from '../contracts/records.ts';
import type { ApiError } from '../lib/errors.ts';
import type { Access } from './access.ts';
import type { GrantedAccess } from './access-token.ts';

/** Whoever came in, as the log tells it. */
export interface Caller extends Required<Pick<LogEntry, 'api_token_id' | 'grant_id' | 'person'>> {
	via: NonNullable<LogEntry['via']>;
	/** The member that the caller is at the vendor, before the server's `acts_for`. */
	member?: ActingMember | undefined;
	/** A further limit on the server's tools; absent where there is none. */
	within?: Within | undefined;
}

export interface Door {
	/** Cache key of the server that the door opens. Doors that open the same server may share it. */
	readonly key: string;
	/** Finds the server, as last known. The Durable Object has the last word on it. @returns null for none */
	find(nowMs: number): Promise<Access | null>;
	/**
	 * May this caller come in, to the server as it is now? Asked again whenever the server turns out to have changed.
	 *
	 * @throws ApiError unauthorized, which tells nothing about the server or its tools
	 */
	check(access: Access): Promise<Caller>;
	/** The error for a caller where the door opens nothing, or nothing any more. */
	closed(): ApiError;
}

/** Whoever knows the URL, and has shown nothing else. */
export const BY_URL: Caller = { via: 'url', api_token_id: null, grant_id: null, person: null };

/** Whoever has shown an API token as well. */
export function byUrlAnd(apiToken: ApiTokenRecord, account: AccountIdentity): Caller {
	const member = memberOf(apiToken, account);
	return { ...BY_URL, api_token_id: apiToken.id, person: personBehind(apiToken), member };
}

/** @param token  access token of the grant, `<API token's id>:<grant>:<secret>` */
export function byGrant({ validated, apiToken }: GrantedAccess, token: string): Caller {
	const { account_id: id, account_identity: identity, within } = validated.props;
	return {
		via: 'oauth',
		api_token_id: apiToken.id,
		grant_id: token.split(':')[1] ?? null,
		person: personBehind(apiToken),
		member: memberOf(apiToken, { id, identity }),
		within,
	};
}
