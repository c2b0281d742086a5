// Finds the events that webhooks tell of in what the directory keeps anyway: the accounts' summaries and the trail of API
// tokens. So no other object is woken.
import type { AccountSummary } from '../../workers/contracts/objects.ts';
import type { AccountRecord } from '../../workers/contracts/records.ts';
import type { TrailEntry } from '../../workers/contracts/trail.ts';
import type { Fact, WebhookEvent } from '../../workers/contracts/webhooks.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Events that are older are not told any more. */
export const TOLD_FOR_MS = 2 * DAY_MS;
const ENDING_DAYS = [1, 7];

export interface Occasion extends WebhookEvent {
	/** Tells it from all others: each is told once at a webhook. */
	key: string;
	/** It lasts, so that a new webhook is told as well: an account that is refused, a server that ends. */
	isStanding: boolean;
}

export interface ListedAccount {
	account: AccountRecord;
	identity: string;
	summary: AccountSummary | null;
}

export function findOccasions(
	accounts: readonly ListedAccount[],
	newApiTokens: readonly TrailEntry[],
	nowMs: number,
): Occasion[] {
	return [...accounts.flatMap((one) => occasionsOf(one, nowMs)), ...newApiTokens.map(tokenOccasion)];
}

function occasionsOf({ account, identity, summary }: ListedAccount, nowMs: number): Occasion[] {
	const about = { account_id: account.id, account_name: account.name };
	const found: Occasion[] = [];
	const { state, state_since: at } = account;
	if (state === 'needs_reauth' || state === 'unreachable')
		found.push({
			type: `account.${state}`,
			key: `${state}:${identity}:${at}`,
			at,
			isStanding: true,
			data: { ...about, last_seen_at: account.last_seen_at },
		});
	for (const server of summary?.ending ?? []) {
		const leftMs = Date.parse(server.expires_at) - nowMs;
		const days = ENDING_DAYS.find((one) => leftMs <= one * DAY_MS);
		if (leftMs <= 0 || days === undefined) continue;
		found.push({
			type: 'server.ending',
			key: `ending:${days}:${server.id}:${server.expires_at}`,
			at: new Date(nowMs).toISOString(),
			isStanding: true,
			data: {
				...about,
				server_id: server.id,
				server_name: server.name,
				expires_at: server.expires_at,
				within_days: days,
			},
		});
	}
	for (const { type, key, at: alertAt, data } of summary?.alerts ?? [])
		if (Date.parse(alertAt) > nowMs - TOLD_FOR_MS)
			found.push({ type, key: `${type}:${key}`, at: alertAt, isStanding: false, data: { ...about, ...data } });
	return found;
}

function tokenOccasion({ at, after, via, api_token_id }: TrailEntry): Occasion {
	return {
		type: 'api_token.created',
		key: `api_token:${String(after?.id)}`,
		at,
		isStanding: false,
		data: {
			...(after as Record<string, Fact>),
			created_via: via,
			created_by_api_token_id: api_token_id,
		},
	};
}
