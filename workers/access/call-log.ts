// Tells their account's Durable Object what calls leave behind, gathered for a moment so that a busy server costs few
// requests and few writes: lines of the log, and how admitted writes ended.
import type { CredentialReport } from '../contracts/admission.ts';
import type { Env } from '../contracts/env.ts';
import type { SettledWrite } from '../contracts/objects.ts';
import type { LogEntry } from '../contracts/records.ts';
import { logError } from '../lib/errors.ts';
import { accountObject } from './access.ts';

const GATHER_MS = 100;
/** The end of a write decides on its repetitions: it waits for a moment only, and goes along with the next write (`takeEnded`). */
const GATHER_ENDED_MS = 20;
/** A gathering whose request was torn down is given up after this long, so that the next one starts anew. */
const GIVE_UP_MS = 5_000;
const BATCH_LIMIT = 500;

interface Batch {
	entries: LogEntry[];
	reports: CredentialReport[];
	ended: SettledWrite[];
	startedAtMs: number;
	/** When it is sent. */
	dueMs: number;
}

/** Batches that wait, by account. Plain data without arguments or results; what an isolate's sudden end takes is lost. */
const waiting = new Map<string, Batch>();

type Context = Pick<ExecutionContext, 'waitUntil'>;

/**
 * Returns at once; the entry is stored within a fraction of a second, under `waitUntil`.
 *
 * @param report  what the call learnt about the account's credentials; null when it learnt nothing
 */
export function logCall(
	env: Env,
	ctx: Context,
	accountId: string,
	{ entry, report }: { entry: LogEntry; report: CredentialReport | null },
	nowMs: number,
): void {
	const batch = openBatch(accountId, nowMs);
	batch.entries.push(entry);
	if (report) batch.reports.push(report);
	flushBy(nowMs + GATHER_MS, env, ctx, accountId, batch, nowMs);
}

/** The same for an admitted write, with its line in the log. */
export function logWrite(env: Env, ctx: Context, accountId: string, ended: SettledWrite, nowMs: number): void {
	const batch = openBatch(accountId, nowMs);
	batch.ended.push(ended);
	flushBy(nowMs + GATHER_ENDED_MS, env, ctx, accountId, batch, nowMs);
}

/** Takes the writes that have ended and that the object has not heard of; whoever takes them must tell it. */
export function takeEnded(accountId: string): SettledWrite[] {
	return waiting.get(accountId)?.ended.splice(0) ?? [];
}

function openBatch(accountId: string, nowMs: number): Batch {
	const known = waiting.get(accountId);
	const isGivenUp = known !== undefined && nowMs - known.startedAtMs >= GIVE_UP_MS;
	if (known && !isGivenUp && known.entries.length + known.ended.length < BATCH_LIMIT) return known;
	// A full batch is sent by the request that began it.
	const left = isGivenUp ? known : null;
	const batch: Batch = {
		entries: left?.entries.splice(0).slice(-BATCH_LIMIT) ?? [],
		reports: left?.reports.splice(0).slice(-BATCH_LIMIT) ?? [],
		ended: left?.ended.splice(0).slice(-BATCH_LIMIT) ?? [],
		startedAtMs: nowMs,
		dueMs: Number.POSITIVE_INFINITY,
	};
	waiting.set(accountId, batch);
	return batch;
}

function flushBy(dueMs: number, env: Env, ctx: Context, accountId: string, batch: Batch, nowMs: number): void {
	if (batch.dueMs <= dueMs) return;
	batch.dueMs = dueMs;
	ctx.waitUntil(flushLater(env, accountId, batch, dueMs - nowMs));
}

async function flushLater(env: Env, accountId: string, batch: Batch, waitMs: number): Promise<void> {
	await scheduler.wait(waitMs);
	if (waiting.get(accountId) === batch) waiting.delete(accountId);
	const [entries, reports, ended] = [batch.entries.splice(0), batch.reports.splice(0), batch.ended.splice(0)];
	const object = accountObject(env, accountId);
	if (ended.length > 0) await object.settleWrites(ended, entries, reports).catch(logError);
	else if (entries.length > 0) await object.appendLog(entries, reports).catch(logError);
}
