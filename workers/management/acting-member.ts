// `config.acts_for` as an operator sets it: looked up at the vendor before anything is stored.
import { openCredentials } from '../access/credentials.ts';
import { findActingMember } from '../calls/names/acting-member.ts';
import type { ActingMember, StoredAccount } from '../contracts/records.ts';
import { loadTimeZoneNames } from '../integration/load.ts';
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
): Promise<ActingMember> {
	const credentials = await openCredentials(account, env);
	const zones = await loadTimeZoneNames(file.name);
	const outcome = await findActingMember(connectionTo(account, file, credentials, env), said, zones, now.getTime());
	switch (outcome.state) {
		case 'found':
			return outcome.member;
		case 'unknown':
			throw invalidInput([{ path: 'config.acts_for', message: outcome.message }]);
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
