// The Durable Object that is the simulated vendor: its SQLite storage, and the way of a request through it.

import { DurableObject } from 'cloudflare:workers';
import type { ApiAnswer } from '../behaviour/answers.ts';
import type { Change, Store, Stored } from '../behaviour/store.ts';
import { createStore } from '../behaviour/store.ts';
import type { Collection } from '../schema/collections.ts';
import { isCollection } from '../schema/collections.ts';
import { formatDate } from '../schema/dates.ts';
import type { Json } from '../schema/json.ts';
import { badRequest, noEndpoint, VendorError } from '../schema/vendor-errors.ts';
import { buildSeed } from '../seed/build-seed.ts';
import { companyInfo, handleApi } from './api.ts';
import { SANDBOX_COMPANY } from './credentials.ts';
import type { Fault, LoggedRequest } from './faults.ts';
import { applyEarlyFault, applyLateFault, KEPT_REQUESTS, parseFault, takeFault } from './faults.ts';
import { createFileStore } from './file-storage.ts';
import { renderPage } from './overview-page.ts';

const API_PATH = /^\/[^/]+\/apis\/3\.0(\/.*)?$/i;
const COMPANY_INFO_PATH = /^\/login\/companyinfo\/([^/]+)\/?$/i;

const COMMON_HEADERS = { 'api-current-version': '2025.16', 'x-server-name': 'sandbox', 'cache-control': 'no-store' };

/** Counts up with each change of the seed that earlier state does not go with. */
const SEED_VERSION = 3;

type RecordRow = { collection: string; body: string };

export class SandboxState extends DurableObject {
	#store: Store | null = null;
	#faults: Fault[] = [];
	#requests: LoggedRequest[] = [];

	get #sql(): SqlStorage {
		return this.ctx.storage.sql;
	}

	constructor(ctx: DurableObjectState, env: Cloudflare.Env) {
		super(ctx, env);
		this.#sql.exec(
			'CREATE TABLE IF NOT EXISTS records (collection TEXT, id INTEGER, body TEXT, PRIMARY KEY (collection, id))',
		);
		this.#sql.exec('CREATE TABLE IF NOT EXISTS files (id INTEGER, part INTEGER, body BLOB, PRIMARY KEY (id, part))');
		this.#sql.exec('CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, body TEXT)');
		this.#faults = this.#readNote<Fault[]>('faults') ?? [];
		this.#requests = this.#readNote<LoggedRequest[]>('requests') ?? [];
	}

	#readNote<T>(name: string): T | null {
		const row = this.#sql.exec<{ body: string }>('SELECT body FROM notes WHERE name = ?', name).toArray()[0];
		// Written by #writeNote below under the same name, so of the same type.
		return row ? (JSON.parse(row.body) as T) : null;
	}

	#writeNote(name: string, value: unknown): void {
		this.#sql.exec('INSERT OR REPLACE INTO notes (name, body) VALUES (?, ?)', name, JSON.stringify(value));
	}

	#putRecord(collection: Collection, id: number, record: Stored): void {
		const body = JSON.stringify(record);
		this.#sql.exec('INSERT OR REPLACE INTO records (collection, id, body) VALUES (?, ?, ?)', collection, id, body);
	}

	#seed(): void {
		this.ctx.storage.transactionSync(() => {
			this.#sql.exec('DELETE FROM records');
			this.#sql.exec('DELETE FROM notes');
			this.#sql.exec('DELETE FROM files');
			for (const [collection, record] of buildSeed(Date.now())) this.#putRecord(collection, record.id, record);
			this.#writeNote('seed_version', SEED_VERSION);
		});
		this.#store = null;
		this.#faults = [];
		this.#requests = [];
	}

	/** The records, loaded from storage once per life of the object. */
	#load(): Store {
		if (this.#store) return this.#store;
		// State of an older sandbox lacks records that others refer to now, so it starts afresh.
		if (this.#readNote('seed_version') !== SEED_VERSION) this.#seed();
		const rows = this.#sql.exec<RecordRow>('SELECT collection, body FROM records ORDER BY collection, id').toArray();
		const loaded = rows.flatMap((row): [Collection, Stored][] => {
			return isCollection(row.collection) ? [[row.collection, JSON.parse(row.body) as Stored]] : [];
		});
		const changes = this.#readNote<Change[]>('changes') ?? [];
		const persistence = {
			put: (collection: Collection, id: number, record: object) => this.#putRecord(collection, id, record as Stored),
			remove: (collection: Collection, id: number) => {
				this.#sql.exec('DELETE FROM records WHERE collection = ? AND id = ?', collection, id);
			},
			addChange: () => this.#writeNote('changes', changes),
			files: createFileStore(this.#sql),
		};
		this.#store = createStore(persistence, loaded, changes);
		return this.#store;
	}

	override async fetch(request: Request): Promise<Response> {
		const url = new URL(request.url);
		const path = url.pathname.replace(/\/{2,}/g, '/');
		try {
			if (path === '/' && request.method === 'GET') {
				return new Response(renderPage(this.#load(), this.#requests.length), {
					headers: {
						'content-type': 'text/html; charset=utf-8',
						'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
					},
				});
			}
			if (path.startsWith('/sandbox/')) return await this.#control(request, path, url);
			const company = COMPANY_INFO_PATH.exec(path)?.[1];
			if (company) return respond({ status: 200, body: companyInfo(decodeURIComponent(company), SANDBOX_COMPANY) });
			const apiPath = API_PATH.exec(path)?.[1];
			if (apiPath === undefined) throw noEndpoint();
			return await this.#answerApi(request, apiPath.replace(/\/$/, ''), url);
		} catch (error) {
			if (error instanceof VendorError) return respondError(error);
			throw error;
		}
	}

	async #answerApi(request: Request, path: string, url: URL): Promise<Response> {
		const body = new Uint8Array(await request.arrayBuffer());
		const { fault, left } = takeFault(this.#faults, request.method, path);
		if (fault) {
			this.#faults = left;
			this.#writeNote('faults', left);
		}
		const response = await this.#carryOut(request, path, url, body, fault);
		const logged = `${path}${url.search}`;
		const entry = { at: formatDate(Date.now()), method: request.method, path: logged, body_bytes: body.byteLength };
		this.#requests.push({ ...entry, status: response.status });
		this.#requests = this.#requests.slice(-KEPT_REQUESTS);
		this.#writeNote('requests', this.#requests);
		return response;
	}

	async #carryOut(request: Request, path: string, url: URL, body: Uint8Array, fault: Fault | null): Promise<Response> {
		try {
			const early = fault && (await applyEarlyFault(fault));
			if (early) return early;
			const { method, headers } = request;
			const answer = await handleApi({ method, path, url, headers, body }, this.#load(), Date.now());
			return fault ? await applyLateFault(fault, respond(answer)) : respond(answer);
		} catch (error) {
			if (!(error instanceof VendorError)) throw error;
			return fault ? await applyLateFault(fault, respondError(error)) : respondError(error);
		}
	}

	async #control(request: Request, path: string, url: URL): Promise<Response> {
		const endpoint = `${request.method} ${path}`;
		if (endpoint === 'POST /sandbox/control') {
			let body: Json;
			try {
				body = await request.json<Json>();
			} catch {
				throw badRequest('The request body is not valid JSON.');
			}
			this.#faults = [...this.#faults, parseFault(body)];
		} else if (endpoint === 'DELETE /sandbox/control') {
			this.#faults = [];
		} else if (endpoint === 'POST /sandbox/reset') {
			this.#seed();
		} else if (endpoint === 'GET /sandbox/requests') {
			const limit = Number(url.searchParams.get('limit') ?? KEPT_REQUESTS);
			return Response.json(this.#requests.slice(-limit));
		} else {
			throw noEndpoint();
		}
		this.#writeNote('faults', this.#faults);
		return Response.json({ faults: this.#faults });
	}
}

function respond(answer: ApiAnswer): Response {
	const headers = new Headers({ ...COMMON_HEADERS, 'x-cw-request-id': crypto.randomUUID() });
	if (answer.link) headers.set('link', answer.link);
	if (answer.file) {
		const { bytes, type, name } = answer.file;
		headers.set('content-type', type);
		headers.set('content-disposition', `attachment; filename="${name.replace(/[^\x20-\x7e]|["\\]/g, '_')}"`);
		return new Response(bytes, { status: answer.status, headers });
	}
	if (answer.body === undefined) return new Response(null, { status: answer.status, headers });
	headers.set('content-type', 'application/json; charset=utf-8');
	return new Response(JSON.stringify(answer.body), { status: answer.status, headers });
}

function respondError({ answer }: VendorError): Response {
	const headers = { ...COMMON_HEADERS, ...answer.headers, 'content-type': answer.contentType };
	return new Response(answer.body, {
		status: answer.status,
		headers: { ...headers, 'x-cw-request-id': crypto.randomUUID() },
	});
}
