// Requests to the management API. The browser adds the session cookie.

/** @typedef {{ path: string, message: string }} Fault */

/** An error of the API. Status 0: there was no answer. */
export class ApiFault extends Error {
	/**
	 * @param {number} status
	 * @param {string} code
	 * @param {string} message
	 * @param {Fault[]} details
	 */
	constructor(status, code, message, details = []) {
		super(message);
		this.name = 'ApiFault';
		this.status = status;
		this.code = code;
		this.details = details;
	}
}

/** Event on `window`: the session has ended. */
export const SIGNED_OUT = 'patchbay:signed-out';

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>}
 */
export async function send(method, path, body, signal) {
	/** @type {Response} */
	let response;
	try {
		response = await fetch(path, {
			method,
			cache: 'no-store',
			...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
			...(signal ? { signal } : {}),
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new ApiFault(0, 'unreachable', 'Patchbay does not answer. Check your connection, or whether it still runs.');
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
 * @returns {Promise<T>} null for an answer without a body
 */
export async function api(method, path, body, signal) {
	const response = await send(method, path, body, signal);
	return response.status === 204 ? /** @type {T} */ (null) : /** @type {Promise<T>} */ (response.json());
}

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
		const { code, message, details } = await response.json();
		return new ApiFault(response.status, code, message, details);
	} catch {
		return new ApiFault(response.status, 'unknown', `Patchbay answered ${response.status} without a reason.`);
	}
}

/** Encodes path segments. Dots are refused, because a URL resolves them as steps. @param {TemplateStringsArray} texts @param {...string} values */
export function path(texts, ...values) {
	if (values.some((value) => /^\.{0,2}$/.test(value))) throw new Error('not a path segment');
	return texts.reduce((made, text, index) => made + encodeURIComponent(values[index - 1] ?? '') + text);
}
