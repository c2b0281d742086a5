// One object per integrated account: the truth about the account and its MCP servers, the only writer of their KV
// entries, the decision on each call, the alarm that deletes what expired. Every method reads the clock once.
import { DurableObject } from 'cloudflare:workers';
import type { Claim, CredentialReport, SeenAccount, ServerChange, Verdict } from '../../workers/contracts/admission.ts';
import type { Env } from '../../workers/contracts/env.ts';
import type { AppChange } from '../../workers/contracts/grants.ts';
import type { AccountObject, LogPage, SettledWrite } from '../../workers/contracts/objects.ts';
import type {
	AccountHealth,
	LogEntry,
	LogFilter,
	StoredAccount,
	StoredServer,
	VendorFinding,
} from '../../workers/contracts/records.ts';
import { type Actor, SYSTEM, type TrailPage } from '../../workers/contracts/trail.ts';
import { logError } from '../../workers/lib/errors.ts';
import { RateWindows } from '../rate-windows.ts';
import { createAccount, deleteAccount, noteTest, type Parts, updateAccount } from './account.ts';
import { admit, noteCalls } from './admission.ts';
import { noteApp } from './apps.ts';
import { openAuthorizations } from './authorizations.ts';
import { shownHealth } from './health.ts';
import { KvMirror } from './kv-mirror.ts';
import { Leases } from './leases.ts';
import { LogSweeper, readLog } from './log.ts';
import { serversBehind } from './server-keys.ts';
import { hasEnded, listEnded, listServers } from './server-lists.ts';
import { createServer, deleteServer, getServer, removeExpired, rotateServer, updateServer } from './servers.ts';
import { AccountStore } from './store.ts';
import { readTrail, sweepTrail } from './trail.ts';
import { readUsage, UsageCounter } from './usage.ts';
import { sweepWrites } from './write-guard.ts';

export class IntegratedAccount extends DurableObject<Env> implements AccountObject {
	readonly #store = new AccountStore(() => this.ctx.storage);
	readonly #parts: Parts = {
		store: this.#store,
		mirror: new KvMirror(this.#store, () => this.env),
		leases: new Leases(this.#store.isUsed ? Date.now() : null),
		usage: new UsageCounter(),
	};
	readonly #calls = new RateWindows();
	readonly #sweeper = new LogSweeper();

	constructor(ctx: DurableObjectState, env: Env) {
		super(ctx, env);
		void ctx.blockConcurrencyWhile(() => this.#store.load());
	}

	// --- the account -------------------------------------------------------------------------------------------

	createAccount(account: StoredAccount, by = SYSTEM, finding: VendorFinding | null = null): Promise<boolean> {
		return createAccount(this.#parts, account, { by, finding }, Date.now());
	}

	getAccount(): StoredAccount | null {
		return this.#store.account();
	}

	getHealth(): AccountHealth | null {
		const account = this.#store.account();
		return account && shownHealth(this.#store.health(), account);
	}

	updateAccount(change: Partial<StoredAccount>, seen: SeenAccount, by = SYSTEM, finding?: VendorFinding | null) {
		return updateAccount(this.#parts, change, seen, { by, finding }, Date.now());
	}

	noteTest(finding: VendorFinding, seen: SeenAccount, by = SYSTEM): Promise<void> {
		return noteTest(this.#parts, { finding, seen, by }, Date.now());
	}

	deleteAccount(identity: string, by = SYSTEM): Promise<boolean> {
		return deleteAccount(this.#parts, identity, by, Date.now());
	}

	// --- its servers -------------------------------------------------------------------------------------------

	createServer(server: StoredServer, hash: string, keyId: string | null = null, by = SYSTEM) {
		return createServer(this.#parts, server, { hash, keyId, by }, Date.now());
	}

	listServers(limit: number, before: number | null, sinceMs: number | null) {
		return listServers(this.#store, { limit, before, sinceMs }, Date.now());
	}

	getServer(id: string): StoredServer | null {
		return getServer(this.#store, id, Date.now());
	}

	knownServers(ids: string[]): string[] {
		return ids.filter((id) => this.getServer(id) !== null);
	}

	updateServer(id: string, change: ServerChange, updatedAt: string, ifRevision: number, by = SYSTEM) {
		return updateServer(this.#parts, id, { change, updatedAt, ifRevision, by }, Date.now());
	}

	rotateServer(id: string, newHash: string, updatedAt: string, keyId: string | null = null, by = SYSTEM) {
		return rotateServer(this.#parts, id, { newHash, keyId, updatedAt, by }, Date.now());
	}

	deleteServer(id: string, by = SYSTEM): Promise<boolean> {
		return deleteServer(this.#parts, id, by, Date.now());
	}

	openAuthorizations(id: string): boolean {
		return openAuthorizations(this.#store, id, Date.now());
	}

	noteApp(serverId: string, change: AppChange, by: Actor): Promise<void> {
		return noteApp(this.#parts, serverId, change, by, Date.now());
	}

	serversBehind(keyId: string) {
		return serversBehind(this.#store, keyId, Date.now());
	}

	// --- calls -------------------------------------------------------------------------------------------------

	admit(claim: Claim, ended: SettledWrite[] = []): Verdict {
		const nowMs = Date.now();
		// Stored here and now; what it says about the credentials is acted on beside.
		if (ended.length > 0) this.ctx.waitUntil(noteCalls(this.#parts, { ended }, nowMs).catch(logError));
		return admit(this.#parts, this.#calls, claim, nowMs);
	}

	async settleWrites(ended: SettledWrite[], entries: LogEntry[] = [], reports: CredentialReport[] = []): Promise<void> {
		await noteCalls(this.#parts, { ended, entries, reports }, Date.now());
	}

	/**
	 * @param reports  what these calls learnt about the account's credentials, in their order
	 * @param nowMs    what is too old is dropped by its age at this time
	 */
	async appendLog(entries: LogEntry[], reports: CredentialReport[] = [], nowMs = Date.now()): Promise<void> {
		await noteCalls(this.#parts, { entries, reports }, nowMs);
	}

	readLog(serverId: string, filter: LogFilter, limit: number, before: number | null): LogPage {
		if (!this.#store.isUsed) return { entries: [], next: null, last: null, newest: 0 };
		return readLog(this.#store.sql, serverId, filter, { limit, before }, Date.now());
	}

	hasEnded(serverId: string): boolean {
		return this.#store.isUsed && hasEnded(this.#store.sql, serverId, Date.now());
	}

	listEnded(limit: number, before: number | null) {
		if (!this.#store.isUsed) return { servers: [], next: null };
		return listEnded(this.#store.sql, { limit, before }, Date.now());
	}

	readTrail(after: number, limit: number): TrailPage {
		return this.#store.isUsed ? readTrail(this.#store.sql, after, limit, Date.now()) : { entries: [], last: after };
	}

	readUsage(serverId: string, sinceMs: number, hours: number) {
		return readUsage(this.#store.sql, serverId, { sinceMs, hours }, Date.now());
	}

	// --- the alarm ---------------------------------------------------------------------------------------------

	// Alarms run at least once and again after a throw, so each step may run twice. Each alarm does a bounded part of the
	// work and sets the next one, so that calls come in between.
	override async alarm(): Promise<void> {
		const nowMs = Date.now();
		this.#store.alarmCame();
		this.#store.change(nowMs, () => {
			removeExpired(this.#parts, nowMs);
			if (this.#store.isSweepDue(nowMs)) this.#sweep(nowMs);
		});
		await this.#parts.mirror.flush(nowMs);
	}

	#sweep(nowMs: number): void {
		const { sql } = this.#store;
		const next = [sweepWrites(sql, nowMs), this.#sweeper.sweep(sql, nowMs), sweepTrail(sql, nowMs)];
		const times = next.filter((time) => time !== null);
		this.#store.hasSwept(times.length > 0 ? Math.min(...times) : null);
	}
}
