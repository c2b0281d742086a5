// Requests to the management API. The browser adds the session cookie.

/** @typedef {{ path: string, message: string }} Fault */

/** An error of the API. Status 0: there was no answer. */
export class ApiFault extends Error {
	/**
	 * @param {number} status
	 * @param {string} code
	 * @param {string} message
	 * @param {Fault[]} details
	 * @param {string} [id]  of what the first of two equal creates has made
	 */
	constructor(status, code, message, details = [], id) {
		super(message);
		this.name = 'ApiFault';
		this.status = status;
		this.code = code;
		this.details = details;
		this.id = id;
	}
}

export const NO_ANSWER = 'Patchbay does not answer. Check your connection, or whether it still runs.';

/** Event on `window`: the session has ended. */
export const SIGNED_OUT = 'patchbay:signed-out';

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Response>}
 */
export async function send(method, path, body, signal, headers = {}) {
	/** @type {Response} */
	let response;
	try {
		response = await fetch(path, {
			method,
			cache: 'no-store',
			headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
			...(body === undefined ? {} : { body: JSON.stringify(body) }),
			...(signal ? { signal } : {}),
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new ApiFault(0, 'unreachable', NO_ANSWER);
	}
	if (response.ok) return response;
	const fault = await readFault(response);
	if (response.status === 401 && path !== '/session') window.dispatchEvent(new Event(SIGNED_OUT));
	throw fault;
}

/**
 * @template T
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<T>} null for an answer without a body
 */
export async function api(method, path, body, signal, headers) {
	const response = await send(method, path, body, signal, headers);
	return response.status === 204 ? /** @type {T} */ (null) : /** @type {Promise<T>} */ (response.json());
}

/**
 * Changes a record as it was read: what somebody else has changed since is not overwritten.
 *
 * @param {string} path
 * @param {unknown} body
 * @param {string | null} readAs  its `updated_at`; null of what was never changed
 * @returns {Promise<any>}
 */
export function change(path, body, readAs) {
	return api('PATCH', path, body, undefined, { 'if-match': readAs ?? new Date(0).toISOString() });
}

/**
 * Creates for one form. Whatever is sent again after an answer that was lost on the way makes nothing twice.
 *
 * @returns {(path: string, body: unknown) => Promise<any>} throws an ApiFault with `id` where the first one made it
 */
export function creator() {
	let key = crypto.randomUUID();
	return async (path, body) => {
		try {
			const made = await api('POST', path, body, undefined, { 'idempotency-key': key });
			key = crypto.randomUUID();
			return made;
		} catch (error) {
			if (!madeEarlier(error)) throw error;
			key = crypto.randomUUID();
			throw new ApiFault(409, 'already_exists', MADE_EARLIER, [], error.id);
		}
	};
}

/** @param {unknown} error @returns {error is ApiFault & { id: string }} */
export function madeEarlier(error) {
	return error instanceof ApiFault && error.code === 'already_exists' && error.id !== undefined;
}

const MADE_EARLIER =
	'Your first attempt made it already, only its answer was lost, and with it what is shown once. Revoke it in the list and create another.';

/**
 * All pages of a list.
 *
 * @template T
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<T[]>}
 */
export async function listAll(path, signal) {
	/** @type {T[]} */
	const all = [];
	/** @type {string | null} */
	let cursor = null;
	do {
		const query = new URLSearchParams({ limit: '200', ...(cursor ? { cursor } : {}) });
		/** @type {{ result: T[], next_cursor: string | null }} */
		const page = await api('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, undefined, signal);
		all.push(...page.result);
		cursor = page.next_cursor;
	} while (cursor);
	return all;
}

/** @param {Response} response */
async function readFault(response) {
	try {
		const { code, message, details, id } = await response.json();
		return new ApiFault(response.status, code, response.status === 412 ? OUTDATED : message, details, id);
	} catch {
		return new ApiFault(response.status, 'unknown', `Patchbay answered ${response.status} without a reason.`);
	}
}

const OUTDATED = 'Somebody has changed this meanwhile, so nothing was saved. Reload the page to see it as it is now.';

/** Encodes path segments. Dots are refused, because a URL resolves them as steps. @param {TemplateStringsArray} texts @param {...string} values */
export function path(texts, ...values) {
	if (values.some((value) => /^\.{0,2}$/.test(value))) throw new Error('not a path segment');
	return texts.reduce((made, text, index) => made + encodeURIComponent(values[index - 1] ?? '') + text);
}
