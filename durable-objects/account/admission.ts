// Decides on calls: may this one go on, and what became of its write.
import type { Claim, CredentialReport, Verdict, WriteEnd } from '../../workers/contracts/admission.ts';
import {
	CALLS_PER_MINUTE_DEFAULT,
	isExpired,
	type StoredServer,
	writePolicyOf,
} from '../../workers/contracts/records.ts';
import type { RateWindows } from '../rate-windows.ts';
import { type Parts, updateAccount } from './account.ts';
import { countRefusals } from './credential-refusals.ts';
import { moveToKey } from './server-keys.ts';
import type { AccountStore } from './store.ts';
import { admitWrite, settleWrite } from './write-guard.ts';

/** Decides on a request. Asked before a write, beside a read. */
export function admit(parts: Parts, calls: RateWindows, claim: Claim, nowMs: number): Verdict | Promise<Verdict> {
	const { store } = parts;
	const row = store.server(claim.server_id);
	if (!row || isExpired(row.server, nowMs)) return { state: 'gone' };
	// Hashes under a secret key: comparing them tells a caller nothing, who cannot choose what is compared.
	const isToken = claim.token_hash === null || claim.token_hash === row.hash || claim.other_hash === row.hash;
	const account = store.account();
	if (!isToken || !account) return { state: 'gone' };
	if (claim.token_hash !== null && claim.key_id) moveToKey(parts, row.server.id, claim.token_hash, claim.key_id, nowMs);
	if (claim.digest !== store.digest(row, account)) return { state: 'changed', server: row.server, account };
	if (!claim.call) return { state: 'current' };
	const limited = calls.take(row.server.id, callsPerMinute(row.server), nowMs);
	if (limited) return { state: 'limited', ...limited };
	return claim.call.write ? admitCallWrite(parts, row.server, claim.call.write, nowMs) : { state: 'current' };
}

async function admitCallWrite(
	{ store, leases }: Parts,
	server: StoredServer,
	claim: NonNullable<NonNullable<Claim['call']>['write']>,
	nowMs: number,
): Promise<Verdict> {
	const guard = store.transaction(() => admitWrite(store.sql, server.id, claim, writePolicyOf(server.config), nowMs));
	if (guard.may === 'not') return { state: 'current', write: guard };
	const write = { ...guard, lease_ms: leases.grant(server.id, nowMs) };
	if (guard.ticket !== null && claim.key !== null) await store.armForSweep(nowMs);
	return { state: 'current', write };
}

/** Notes how an admitted write ended. */
export async function settleCallWrite(
	store: AccountStore,
	serverId: string,
	written: { key: string | null; ticket: string; end: WriteEnd },
	nowMs: number,
): Promise<void> {
	const row = store.server(serverId);
	// What was noted went with its server.
	if (!row) return;
	store.transaction(() => settleWrite(store.sql, serverId, written, writePolicyOf(row.server.config), nowMs));
	if (written.key !== null) await store.armForSweep(nowMs);
}

/** Counts what calls learnt about the account's credentials; after too many refusals no call is sent any more. */
export async function judgeCredentials(
	parts: Parts,
	reports: readonly CredentialReport[],
	nowMs: number,
): Promise<void> {
	const { store } = parts;
	const account = store.account();
	if (!account || reports.length === 0) return;
	const isBad = store.transaction(() => countRefusals(store.sql, reports, account, nowMs));
	if (!isBad || account.state === 'needs_reauth') return;
	const state_since = new Date(nowMs).toISOString();
	await updateAccount(parts, { state: 'needs_reauth', state_since }, account, nowMs);
}

function callsPerMinute({ config }: StoredServer): number {
	return config.calls_per_minute ?? CALLS_PER_MINUTE_DEFAULT;
}
