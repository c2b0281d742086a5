// Decides on calls: may this one go on, and what became of its write.
import type { Claim, CredentialReport, Verdict } from '../../workers/contracts/admission.ts';
import type { SettledWrite } from '../../workers/contracts/objects.ts';
import {
	CALLS_PER_MINUTE_DEFAULT,
	isExpired,
	type LogEntry,
	type StoredServer,
	writePolicyOf,
} from '../../workers/contracts/records.ts';
import { SYSTEM } from '../../workers/contracts/trail.ts';
import type { RateWindows } from '../rate-windows.ts';
import { type Parts, updateAccount } from './account.ts';
import { budgetReached, watchErrors } from './alerts.ts';
import { countRefusals, storedRefusals } from './credential-refusals.ts';
import { afterCalls } from './health.ts';
import { appendEntries } from './log.ts';
import { moveToKey } from './server-keys.ts';
import { admitWrite, settleWrite, WRITE_SWEEP_MS } from './write-guard.ts';

/** Decides on a request. Asked before a write, beside a read. */
export function admit(parts: Parts, calls: RateWindows, claim: Claim, nowMs: number): Verdict {
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

function admitCallWrite(
	parts: Parts,
	server: StoredServer,
	claim: NonNullable<NonNullable<Claim['call']>['write']>,
	nowMs: number,
): Verdict {
	const { store, leases } = parts;
	const policy = writePolicyOf(server.config);
	const decide = () => admitWrite(store.sql, server.id, claim, policy, nowMs);
	// One row is all that is written without a day's budget: it needs no transaction of its own.
	const guard = policy.dailyLimit === null ? decide() : store.transaction(decide);
	if (guard.may === 'not') return { state: 'current', write: guard };
	if (guard.isLast) budgetReached(parts, server, nowMs);
	const write = { may: guard.may, ticket: guard.ticket, lease_ms: leases.grant(server.id, nowMs) };
	if (guard.ticket !== null && claim.key !== null) store.sweepBy(nowMs + WRITE_SWEEP_MS);
	return { state: 'current', write };
}

/** Notes that calls leave behind. */
interface CallNotes {
	/** Admitted writes that have ended. */
	ended?: readonly SettledWrite[];
	entries?: readonly LogEntry[];
	reports?: readonly CredentialReport[];
}

/** Stores what calls leave behind, before it waits for anything: how writes ended, lines of the log, the vendor's side. */
export async function noteCalls(
	parts: Parts,
	{ ended = [], entries = [], reports = [] }: CallNotes,
	nowMs: number,
): Promise<void> {
	const { store, usage } = parts;
	if (!store.isUsed) return;
	const lines = [...entries, ...ended.flatMap(({ entry }) => entry ?? [])];
	store.transaction(() => {
		for (const written of ended) {
			const row = store.server(written.server_id);
			// The notes were deleted with their server.
			if (!row) continue;
			settleWrite(store.sql, written, writePolicyOf(row.server.config), nowMs);
			if (written.key !== null) store.sweepBy(nowMs + WRITE_SWEEP_MS);
		}
		appendEntries(store, usage, lines, nowMs);
	});
	watchErrors(parts, lines, nowMs);
	await judgeCredentials(parts, [...reports, ...ended.flatMap(({ report }) => report ?? [])], nowMs);
}

/** Keeps what calls learnt of the vendor; after too many refusals of the credentials no call is sent any more. */
async function judgeCredentials(parts: Parts, reports: readonly CredentialReport[], nowMs: number): Promise<void> {
	const { store, mirror } = parts;
	const account = store.account();
	if (!account || reports.length === 0) return;
	// Reports on earlier credentials say nothing about these.
	const current = reports.filter(
		({ account_identity, account_revision }) =>
			account_identity === account.identity && account_revision === account.revision,
	);
	const health = store.health();
	const next = afterCalls(
		health,
		current.map(({ accepted }) => accepted),
		nowMs,
	);
	// Nearly always: calls go through, as they did before.
	if (next === health && current.every(({ accepted }) => accepted) && !storedRefusals(store.sql, account)) return;
	const isBad = store.transaction(() => {
		if (next !== null && next !== health) store.putHealth(next);
		return countRefusals(store.sql, current, account, nowMs);
	});
	if (isBad && account.state !== 'needs_reauth') {
		const state_since = new Date(nowMs).toISOString();
		await updateAccount(
			parts,
			{ state: 'needs_reauth', state_since },
			account,
			{ by: SYSTEM, finding: 'refused' },
			nowMs,
		);
	} else if (next !== null && (next.state !== health?.state || next.seen_ms !== health.seen_ms)) {
		// The directory tells of it.
		store.change(nowMs, () => mirror.markSummary(account.id, nowMs));
		await mirror.flush(nowMs);
	}
}

function callsPerMinute({ config }: StoredServer): number {
	return config.calls_per_minute ?? CALLS_PER_MINUTE_DEFAULT;
}
