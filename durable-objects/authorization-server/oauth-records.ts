// The OAuth library's records in this object's own storage, behind the part of a KV namespace that the library uses.
import { CLIENT_SECONDS, type OAuthKv } from '../../workers/oauth/create-authorization-server.ts';
import { ExpiringRows } from './expiring-rows.ts';

/** A client that nobody has agreed to is forgotten after a week, or when so many newer ones have come. */
const UNUSED_CLIENT_MS = 7 * 24 * 60 * 60 * 1000;
export const UNUSED_CLIENTS_MAX = 2_000;
/** Pages that wait for a person, ten minutes each: the newest stay. */
export const PENDING_MAX = 2_000;
const PENDING_PREFIX = 'transaction:';
const USED = JSON.stringify({ used: true });
const LIST_LIMIT = 1_000;
const CLIENT_PREFIX = 'client:';

export class OAuthRecords {
	readonly #storage: () => DurableObjectStorage;
	#rows: ExpiringRows | null = null;

	constructor(storage: () => DurableObjectStorage) {
		this.#storage = storage;
	}

	/** The table comes with the first record, so that an object that was only asked stays empty. */
	get #records(): ExpiringRows {
		this.#rows ??= new ExpiringRows(this.#storage().sql);
		return this.#rows;
	}

	get isUsed(): boolean {
		if (this.#rows) return true;
		return this.#storage().sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'record'").toArray().length > 0;
	}

	/** The records as the library sees them during a request that began at `nowMs`. */
	kvAt(nowMs: number): OAuthKv {
		return {
			get: async (key, options) => {
				const row = this.isUsed ? this.#records.get(key, nowMs) : null;
				return row && options?.type === 'json' ? JSON.parse(row.value) : (row?.value ?? null);
			},
			put: (key, value, options = {}) => this.#put(key, value, options, nowMs),
			delete: async (key) => {
				if (this.isUsed) this.#records.delete(key);
			},
			list: async ({ prefix, limit = LIST_LIMIT, cursor = '' }) => {
				const rows = this.isUsed ? this.#records.list(prefix, cursor, limit + 1, nowMs) : [];
				const keys = rows.slice(0, limit).map(({ key, metadata }) => ({
					name: key,
					...(metadata ? { metadata: JSON.parse(metadata) as unknown } : {}),
				}));
				const last = keys.at(-1)?.name;
				return rows.length > limit && last !== undefined
					? { keys, list_complete: false, cursor: last }
					: { keys, list_complete: true };
			},
		};
	}

	async #put(key: string, value: string, options: PutOptions, nowMs: number): Promise<void> {
		const known = this.#records.get(key, nowMs);
		const isNewClient = key.startsWith(CLIENT_PREFIX) && !known?.metadata;
		const endMs = isNewClient ? nowMs + UNUSED_CLIENT_MS : endOf(options, nowMs);
		const metadata = options.metadata === undefined ? (known?.metadata ?? null) : JSON.stringify(options.metadata);
		this.#records.put({ key, value, metadata, expires_ms: endMs });
		if (isNewClient) this.#records.dropOldestPlain(CLIENT_PREFIX, UNUSED_CLIENTS_MAX);
		if (key.startsWith(PENDING_PREFIX)) this.#records.dropOldestPlain(PENDING_PREFIX, PENDING_MAX);
		await this.#arm(nowMs);
	}

	/** Somebody has agreed to this client: it is kept for as long as it is used. */
	markUsed(clientId: string, nowMs: number): void {
		const row = this.#records.get(CLIENT_PREFIX + clientId, nowMs);
		if (row) this.#records.put({ ...row, metadata: USED, expires_ms: nowMs + CLIENT_SECONDS * 1000 });
	}

	async dropExpired(nowMs: number): Promise<void> {
		this.#records.dropExpired(nowMs);
		await this.#arm(nowMs);
	}

	/** Leaves the object empty. Safe to call again. */
	async deleteAll(): Promise<void> {
		await this.#storage().deleteAlarm();
		await this.#storage().deleteAll();
		// Last: a request in between may have made the table anew, and it is gone with the rest.
		this.#rows = null;
	}

	/** The alarm comes at the next end of a record. Without records the object is left clean. */
	async #arm(nowMs: number): Promise<void> {
		const next = this.#records.nextEndMs();
		if (next === undefined) return this.deleteAll();
		if (next !== null) await this.#storage().setAlarm(Math.max(next, nowMs));
	}
}

/** All keys that begin with a prefix, however many pages of them there are. */
export async function listKeys(kv: OAuthKv, prefix: string): Promise<string[]> {
	const names: string[] = [];
	let after: { cursor?: string } | null = {};
	while (after) {
		const { keys, list_complete, cursor }: Awaited<ReturnType<OAuthKv['list']>> = await kv.list({ prefix, ...after });
		names.push(...keys.map(({ name }) => name));
		after = list_complete || cursor === undefined ? null : { cursor };
	}
	return names;
}

type PutOptions = NonNullable<Parameters<OAuthKv['put']>[2]>;

/** @returns null for a record without an end */
function endOf({ expirationTtl, expiration }: PutOptions, nowMs: number): number | null {
	if (expiration !== undefined) return expiration * 1000;
	return expirationTtl === undefined ? null : nowMs + expirationTtl * 1000;
}
