// The simulated vendor in memory: requests go to the function that answers them, past the runtime and its storage.

import type { Files, Store } from '../../sandbox/behaviour/store.ts';
import { createStore } from '../../sandbox/behaviour/store.ts';
import { handleApi } from '../../sandbox/http/api.ts';
import { VendorError } from '../../sandbox/schema/vendor-errors.ts';
import { buildSeed } from '../../sandbox/seed/build-seed.ts';

export const NOW_MS = Date.parse('2026-11-24T15:00:00Z');
const BASE = 'http://sandbox.test/v4_6_release/apis/3.0';
const HEADERS = {
	authorization: `Basic ${btoa('patchbay+sandboxPublicKey:sandboxPrivateKey')}`,
	clientid: '11111111-2222-3333-4444-555555555555',
};

// biome-ignore lint/suspicious/noExplicitAny: answers are checked by the expectations on them
export type Answer = { status: number; body: any; link?: string; file?: FileAnswer };
type FileAnswer = { bytes: Uint8Array; type: string; name: string };

export type Vendor = {
	store: Store;
	/** `query` is added to the path; a FormData goes as multipart/form-data. */
	call(
		method: string,
		path: string,
		body?: unknown,
		query?: Record<string, string>,
		headers?: Record<string, string>,
	): Promise<Answer>;
	get(path: string, query?: Record<string, string>): Promise<Answer>;
};

function createFiles(): Files {
	const files = new Map<number, Uint8Array>();
	return {
		put: (id, bytes) => void files.set(id, bytes),
		get: (id) => files.get(id) ?? null,
		remove: (id) => void files.delete(id),
	};
}

/** @param nowMs  the vendor's clock */
export function createVendor(nowMs = NOW_MS): Vendor {
	const persistence = { put() {}, remove() {}, addChange() {}, files: createFiles() };
	const store = createStore(persistence, buildSeed(nowMs), []);
	const call: Vendor['call'] = async (method, path, body, query = {}, more = {}) => {
		const url = new URL(`${BASE}${path}`);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
		const packed = new Response(body instanceof FormData ? body : body === undefined ? '' : JSON.stringify(body));
		const bytes = new Uint8Array(await packed.arrayBuffer());
		const type = body instanceof FormData ? (packed.headers.get('content-type') ?? '') : 'application/json';
		const headers = new Headers({ ...HEADERS, ...more, 'content-type': type });
		try {
			const request = { method, path: url.pathname.replace(/^.*\/3\.0/, ''), url, headers, body: bytes };
			const answer = await handleApi(request, store, nowMs);
			// As the wire has it: no undefined, nothing shared with the store.
			const wire: unknown = answer.body === undefined ? undefined : JSON.parse(JSON.stringify(answer.body));
			return {
				status: answer.status,
				body: wire,
				...(answer.link && { link: answer.link }),
				...(answer.file && { file: answer.file }),
			};
		} catch (error) {
			if (!(error instanceof VendorError)) throw error;
			const { status, body: text, contentType } = error.answer;
			return { status, body: contentType.startsWith('application/json') ? JSON.parse(text) : text };
		}
	};
	return { store, call, get: (path, query) => call('GET', path, undefined, query) };
}

export const replace = (path: string, value: unknown): object[] => [{ op: 'replace', path, value }];
