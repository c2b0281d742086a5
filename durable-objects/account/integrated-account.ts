// One object per integrated account: the truth about the account and its MCP servers, the only writer of their KV
// entries, the decision on each call, the alarm that deletes what expired. Every method reads the clock once.
import { DurableObject } from 'cloudflare:workers';
import type {
	Claim,
	CredentialReport,
	SeenAccount,
	ServerChange,
	Verdict,
	WriteEnd,
} from '../../workers/contracts/admission.ts';
import type { Env } from '../../workers/contracts/env.ts';
import type { AccountObject, LogPage } from '../../workers/contracts/objects.ts';
import type { LogEntry, LogFilter, StoredAccount, StoredServer } from '../../workers/contracts/records.ts';
import { RateWindows } from '../rate-windows.ts';
import { createAccount, deleteAccount, type Parts, updateAccount } from './account.ts';
import { admit, judgeCredentials, settleCallWrite } from './admission.ts';
import { KvMirror } from './kv-mirror.ts';
import { Leases } from './leases.ts';
import { appendEntries, readLog } from './log.ts';
import { serversBehind } from './server-keys.ts';
import {
	createServer,
	deleteServer,
	getServer,
	listServers,
	removeExpired,
	rotateServer,
	updateServer,
} from './servers.ts';
import { AccountStore } from './store.ts';
import { readUsage } from './usage.ts';
import { sweepWrites } from './write-guard.ts';

export class IntegratedAccount extends DurableObject<Env> implements AccountObject {
	readonly #store = new AccountStore(() => this.ctx.storage);
	readonly #mirror = new KvMirror(this.#store, () => this.env);
	readonly #parts: Parts = {
		store: this.#store,
		mirror: this.#mirror,
		leases: new Leases(this.#store.isUsed ? Date.now() : null),
	};
	readonly #calls = new RateWindows();

	// --- the account -------------------------------------------------------------------------------------------

	createAccount(account: StoredAccount): Promise<boolean> {
		return createAccount(this.#parts, account, Date.now());
	}

	getAccount(): StoredAccount | null {
		return this.#store.account();
	}

	updateAccount(change: Partial<StoredAccount>, seen: SeenAccount): Promise<StoredAccount | 'not_found' | 'outdated'> {
		return updateAccount(this.#parts, change, seen, Date.now());
	}

	deleteAccount(identity: string): Promise<boolean> {
		return deleteAccount(this.#parts, identity, Date.now());
	}

	// --- its servers -------------------------------------------------------------------------------------------

	createServer(server: StoredServer, hash: string, keyId: string | null = null) {
		return createServer(this.#parts, server, hash, keyId, Date.now());
	}

	listServers(limit: number, before: number | null, sinceMs: number | null) {
		return listServers(this.#store, { limit, before, sinceMs }, Date.now());
	}

	getServer(id: string): StoredServer | null {
		return getServer(this.#store, id, Date.now());
	}

	updateServer(id: string, change: ServerChange, updatedAt: string, ifRevision: number) {
		return updateServer(this.#parts, id, { change, updatedAt, ifRevision }, Date.now());
	}

	rotateServer(id: string, newHash: string, updatedAt: string, keyId: string | null = null) {
		return rotateServer(this.#parts, id, { newHash, keyId, updatedAt }, Date.now());
	}

	deleteServer(id: string): Promise<boolean> {
		return deleteServer(this.#parts, id, Date.now());
	}

	serversBehind(keyId: string) {
		return serversBehind(this.#store, keyId, Date.now());
	}

	// --- calls -------------------------------------------------------------------------------------------------

	admit(claim: Claim): Verdict | Promise<Verdict> {
		return admit(this.#parts, this.#calls, claim, Date.now());
	}

	settleWrite(serverId: string, written: { key: string | null; ticket: string; end: WriteEnd }): Promise<void> {
		return settleCallWrite(this.#store, serverId, written, Date.now());
	}

	/**
	 * @param reports  what these calls learnt about the account's credentials, in their order
	 * @param nowMs    hours of usage are dropped by their age at this time
	 */
	async appendLog(entries: LogEntry[], reports: CredentialReport[] = [], nowMs = Date.now()): Promise<void> {
		if (!this.#store.isUsed) return;
		appendEntries(this.#store, entries, nowMs);
		await judgeCredentials(this.#parts, reports, nowMs);
	}

	readLog(serverId: string, filter: LogFilter, limit: number, before: number | null): LogPage {
		return readLog(this.#store.sql, serverId, filter, limit, before);
	}

	readUsage(serverId: string, sinceMs: number, hours: number) {
		return readUsage(this.#store.sql, serverId, { sinceMs, hours }, Date.now());
	}

	// --- the alarm ---------------------------------------------------------------------------------------------

	// Alarms run at least once and again after a throw, so each step may run twice.
	override async alarm(): Promise<void> {
		const nowMs = Date.now();
		this.#store.change(nowMs, () => {
			removeExpired(this.#parts, nowMs);
			sweepWrites(this.#store.sql, nowMs);
		});
		await this.#mirror.flush(nowMs);
	}
}
