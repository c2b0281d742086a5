// Counts how often in a row the vendor refused an account's credentials.
import type { CredentialReport, SeenAccount } from '../../workers/contracts/admission.ts';

/** After this many refusals in a row within this time no call is sent any more. */
const REFUSALS_MAX = 5;
const REFUSALS_WITHIN_MS = 5 * 60_000;

/** Counts what calls report of these credentials, in their order. @returns true when they are to be taken for bad */
export function countRefusals(
	sql: SqlStorage,
	reports: readonly CredentialReport[],
	seen: SeenAccount,
	nowMs: number,
): boolean {
	const judged = reports.filter(({ accepted }) => accepted !== null);
	if (judged.length === 0) return false;
	const stored = storedRefusals(sql, seen);
	const isRecent = stored !== undefined && nowMs - stored.since_ms < REFUSALS_WITHIN_MS;
	let { count, since_ms } = isRecent ? stored : { count: 0, since_ms: nowMs };
	for (const { accepted } of judged) {
		if (accepted) {
			count = 0;
			since_ms = nowMs;
		} else count++;
	}
	if (count > 0 || stored) sql.exec('DELETE FROM credential_refusals');
	if (count > 0)
		sql.exec(
			'INSERT INTO credential_refusals (account, count, since_ms) VALUES (?, ?, ?)',
			keyOf(seen),
			count,
			since_ms,
		);
	return count >= REFUSALS_MAX;
}

const keyOf = ({ identity, revision }: SeenAccount) => `${identity} ${revision}`;

/** Refusals in a row that these credentials have met; undefined without any. */
export function storedRefusals(sql: SqlStorage, seen: SeenAccount): { count: number; since_ms: number } | undefined {
	return sql
		.exec<{ count: number; since_ms: number }>(
			'SELECT count, since_ms FROM credential_refusals WHERE account = ?',
			keyOf(seen),
		)
		.toArray()[0];
}

export function forgetRefusals(sql: SqlStorage): void {
	sql.exec('DELETE FROM credential_refusals');
}
