// The reach of API tokens, invitations and people: what they may do, and where.

/** Permissions of somebody who was let in: what they may do, and where. */
export interface Reach {
	/** `manage`: the management API. `use`: only to let MCP clients in, by the second factor or by OAuth. */
	scope: 'manage' | 'use';
	/** Ids of the accounts that the token may touch. */
	accounts: '*' | string[];
	/**
	 * Identities of those accounts, by id. An id without one was free when the token was made: the next account that is
	 * connected under it becomes the token's. An account that comes after that is another one.
	 */
	account_identities?: Record<string, string>;
	/** Ids of the only servers of those accounts that it lets in to; absent: all. With the scope `use` alone. */
	servers?: string[];
	/** Absent: REQUESTS_PER_MINUTE_DEFAULT. */
	requests_per_minute?: number;
}

/** The reach alone of what has one. */
export function reachOf({ scope, accounts, account_identities, servers, requests_per_minute }: Reach): Reach {
	return {
		scope,
		accounts,
		...(account_identities ? { account_identities } : {}),
		...(servers ? { servers } : {}),
		...(requests_per_minute === undefined ? {} : { requests_per_minute }),
	};
}

export interface ActingMember {
	id: number | string;
	/** Absent where the vendor could not be asked: then the id is as it was given. */
	identifier?: string;
	/** IANA name of the member's own zone, where the vendor tells one. */
	time_zone?: string;
}

/** A member that a person is. An id that a later account of the same id has is nobody. */
export interface PersonalMember extends ActingMember {
	account_identity: string;
}
