// Sends log entries to their account's Durable Object, gathered for a moment so that a busy server costs few writes.
import type { CredentialReport } from '../contracts/admission.ts';
import type { Env } from '../contracts/env.ts';
import type { LogEntry } from '../contracts/records.ts';
import { logError } from '../lib/errors.ts';
import { accountObject } from './access.ts';

const GATHER_MS = 100;
/** A gathering whose request was torn down is given up after this long, so that the next one starts anew. */
const GIVE_UP_MS = 5_000;
const BATCH_LIMIT = 500;

interface Batch {
	entries: LogEntry[];
	reports: CredentialReport[];
	startedAtMs: number;
}

/** Entries that wait, by account. Plain data without arguments or results; what an isolate's sudden end takes is lost. */
const waiting = new Map<string, Batch>();

/**
 * Returns at once; the entry is stored within a fraction of a second, under `waitUntil`.
 *
 * @param report  what the call learnt about the account's credentials; null when it learnt nothing
 */
export function logCall(
	env: Env,
	ctx: Pick<ExecutionContext, 'waitUntil'>,
	accountId: string,
	entry: LogEntry,
	report: CredentialReport | null,
	nowMs: number,
): void {
	const batch = waiting.get(accountId);
	const reports = report ? [report] : [];
	if (batch && nowMs - batch.startedAtMs < GIVE_UP_MS && batch.entries.length < BATCH_LIMIT) {
		batch.entries.push(entry);
		batch.reports.push(...reports);
		return;
	}
	const started: Batch = {
		entries: [...(batch?.entries ?? []), entry].slice(-BATCH_LIMIT),
		reports: [...(batch?.reports ?? []), ...reports].slice(-BATCH_LIMIT),
		startedAtMs: nowMs,
	};
	waiting.set(accountId, started);
	ctx.waitUntil(flushLater(env, accountId, started));
}

async function flushLater(env: Env, accountId: string, batch: Batch): Promise<void> {
	await scheduler.wait(GATHER_MS);
	if (waiting.get(accountId) === batch) waiting.delete(accountId);
	await accountObject(env, accountId).appendLog(batch.entries, batch.reports).catch(logError);
}
