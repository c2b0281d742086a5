// `config.acts_for` as an operator sets it: looked up at the vendor before anything is stored.
import { accountObject, storageUnavailable } from '../access/access.ts';
import { openCredentials } from '../access/credentials.ts';
import { findActingMember } from '../calls/names/acting-member.ts';
import type { Env } from '../contracts/env.ts';
import type { ActingMember, PersonalMember, StoredAccount } from '../contracts/records.ts';
import { loadHead, loadTimeZoneNames } from '../integration/load.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { ApiError } from '../lib/errors.ts';
import { connectionTo } from './accounts.ts';
import { invalidInput, together } from './input-faults.ts';
import type { RouteRequest } from './route.ts';

/**
 * The member that `acts_for` names. An id stands unverified where the vendor cannot be asked.
 *
 * @throws ApiError invalid_input for a name that means nobody or several; upstream_unavailable when the vendor is down
 */
export async function requireActingMember(
	{ env, now }: Pick<RouteRequest, 'env' | 'now'>,
	account: StoredAccount,
	{ file }: IntegrationHead,
	said: string | number,
	path = 'config.acts_for',
): Promise<ActingMember> {
	const credentials = await openCredentials(account, env);
	const zones = await loadTimeZoneNames(file.name);
	const outcome = await findActingMember(connectionTo(account, file, credentials, env), said, zones, now.getTime());
	switch (outcome.state) {
		case 'found':
			return outcome.member;
		case 'unknown':
			throw invalidInput([{ path, message: outcome.message }]);
		case 'unavailable': {
			if (typeof said === 'number') return { id: file.id_type === 'string' ? String(said) : said };
			const why = outcome.status === null ? 'does not answer' : `answered ${outcome.status}`;
			throw new ApiError(
				'upstream_unavailable',
				`${file.label} ${why}, so nobody knows who "${said}" is. Nothing was stored. Try again, or give the member's id.`,
			);
		}
	}
}

/** Members as they were given, by account id. */
type GivenMembers = Readonly<Record<string, string | number>>;

interface MemberOptions {
	/** Those of before: whoever is named again is not looked up again. */
	known?: Record<string, PersonalMember> | undefined;
	/** Place in the input. */
	path?: string;
	accountOf?: ReturnType<typeof accountReader>;
}

/** Reads each account once, however often it is named. */
export function accountReader(env: Env): (id: string) => Promise<StoredAccount | null> {
	const asked = new Map<string, Promise<StoredAccount | null>>();
	return (id) => {
		const account = asked.get(id) ?? accountObject(env, id).getAccount().catch(storageUnavailable);
		asked.set(id, account);
		return account;
	};
}

/**
 * The members that a person is, by account id.
 *
 * @throws ApiError invalid_input for accounts that there are not, and as `requireActingMember`
 */
export async function requirePersonalMembers(
	request: Pick<RouteRequest, 'env' | 'now'>,
	given: GivenMembers,
	{ known = {}, path = 'acts_for', accountOf = accountReader(request.env) }: MemberOptions = {},
): Promise<Record<string, PersonalMember>> {
	const members = Object.entries(given).map(async ([id, said]) => {
		const account = await accountOf(id);
		const head = account && (await loadHead(account.integration));
		if (!head) throw invalidInput([{ path: `${path}.${id}`, message: 'there is no account of this id' }]);
		const before = Object.hasOwn(known, id) ? known[id] : undefined;
		if (before?.account_identity === account.identity && (before.id === said || before.identifier === said))
			return [id, before] as const;
		const member = await requireActingMember(request, account, head, said, `${path}.${id}`);
		return [id, { ...member, account_identity: account.identity }] as const;
	});
	return Object.fromEntries(await together(members));
}
