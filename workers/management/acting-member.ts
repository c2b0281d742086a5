// `config.acts_for` as an operator sets it: looked up at the vendor before anything is stored.
import { accountObject, storageUnavailable } from '../access/access.ts';
import { openCredentials } from '../access/credentials.ts';
import { findActingMember } from '../calls/names/acting-member.ts';
import type { ActingMember, PersonalMember, StoredAccount } from '../contracts/records.ts';
import { loadHead, loadTimeZoneNames } from '../integration/load.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { ApiError } from '../lib/errors.ts';
import { connectionTo } from './accounts.ts';
import { invalidInput } from './input-faults.ts';
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
			if (typeof said === 'number') return { id: said };
			const why = outcome.status === null ? 'does not answer' : `answered ${outcome.status}`;
			throw new ApiError(
				'upstream_unavailable',
				`${file.label} ${why}, so nobody knows who "${said}" is. Nothing was stored. Try again, or give the member's id.`,
			);
		}
	}
}

/**
 * The members that a person is, by account id.
 *
 * @throws ApiError invalid_input for accounts that there are not, and as `requireActingMember`
 */
export async function requirePersonalMembers(
	request: Pick<RouteRequest, 'env' | 'now'>,
	given: Readonly<Record<string, string | number>>,
): Promise<Record<string, PersonalMember>> {
	const members = Object.entries(given).map(async ([id, said]) => {
		const account = await accountObject(request.env, id).getAccount().catch(storageUnavailable);
		const head = account && (await loadHead(account.integration));
		if (!head) throw invalidInput([{ path: `acts_for.${id}`, message: 'there is no account of this id' }]);
		const member = await requireActingMember(request, account, head, said, `acts_for.${id}`);
		return [id, { ...member, account_identity: account.identity }] as const;
	});
	return Object.fromEntries(await Promise.all(members));
}
