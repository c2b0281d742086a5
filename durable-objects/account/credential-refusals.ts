// How often in a row the vendor refused an account's credentials.
import type { CredentialReport, SeenAccount } from '../../workers/contracts/admission.ts';

/** After this many refusals in a row within this time no call is sent any more. */
const REFUSALS_MAX = 5;
const REFUSALS_WITHIN_MS = 5 * 60_000;

export const REFUSAL_TABLES = `
	CREATE TABLE IF NOT EXISTS refusals (
		one INTEGER PRIMARY KEY CHECK (one = 1), revision INTEGER NOT NULL, count INTEGER NOT NULL, since_ms INTEGER NOT NULL);
`;

/** Counts what calls report, in their order. @returns true when the credentials are to be taken for bad */
export function countRefusals(
	sql: SqlStorage,
	reports: readonly CredentialReport[],
	{ identity, revision }: SeenAccount,
	nowMs: number,
): boolean {
	// What calls found out about earlier credentials says nothing about these.
	const current = reports.filter(
		({ account_identity, account_revision }) => account_identity === identity && account_revision === revision,
	);
	if (current.length === 0) return false;
	const stored = sql
		.exec<{ revision: number; count: number; since_ms: number }>('SELECT revision, count, since_ms FROM refusals')
		.toArray()[0];
	const isOf = stored !== undefined && stored.revision === revision && nowMs - stored.since_ms < REFUSALS_WITHIN_MS;
	let { count, since_ms } = isOf ? stored : { count: 0, since_ms: nowMs };
	for (const { accepted } of current) {
		if (accepted) {
			count = 0;
			since_ms = nowMs;
		} else count++;
	}
	if (count > 0)
		sql.exec(
			'INSERT OR REPLACE INTO refusals (one, revision, count, since_ms) VALUES (1, ?, ?, ?)',
			revision,
			count,
			since_ms,
		);
	else if (stored) sql.exec('DELETE FROM refusals');
	return count >= REFUSALS_MAX;
}

export function forgetRefusals(sql: SqlStorage): void {
	sql.exec('DELETE FROM refusals');
}
