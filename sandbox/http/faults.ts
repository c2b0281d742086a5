// Faults on demand and the log of requests: what tests use to make the sandbox misbehave and to see what was sent.

import type { Json } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import { badRequest, timedOut, tooManyRequests } from '../schema/vendor-errors.ts';

const KINDS = ['rate_limit', 'error', 'delay', 'html', 'empty', 'truncated', 'drop'] as const;

/** A fault for the next `count` requests; `method` and `path` (the beginning of it) narrow down which. */
export type Fault = {
	kind: (typeof KINDS)[number];
	count: number;
	retry_after?: number;
	ms?: number;
	status?: number;
	method?: string;
	path?: string;
};

/** A request as tests see it. Headers are not kept, so no credentials are. */
export type LoggedRequest = { at: string; method: string; path: string; body_bytes: number; status: number };

export const KEPT_REQUESTS = 200;

export function parseFault(body: Json): Fault {
	const given = isObject(body) && isObject(body.fault) ? body.fault : null;
	const kind = KINDS.find((candidate) => candidate === given?.kind);
	if (!given || !kind) throw badRequest(`fault.kind must be one of ${KINDS.join(', ')}.`);
	const fault: Fault = { kind, count: typeof given.count === 'number' ? given.count : 1 };
	for (const name of ['retry_after', 'ms', 'status'] as const) {
		const value = given[name];
		if (typeof value === 'number') fault[name] = value;
	}
	for (const name of ['method', 'path'] as const) {
		const value = given[name];
		if (typeof value === 'string') fault[name] = value;
	}
	return fault;
}

/** Finds the first fault that applies to a request and returns the list with one use of it taken away. */
export function takeFault(faults: Fault[], method: string, path: string): { fault: Fault | null; left: Fault[] } {
	const index = faults.findIndex((fault) => {
		const methodFits = !fault.method || fault.method.toUpperCase() === method;
		return methodFits && path.toLowerCase().startsWith((fault.path ?? '').toLowerCase());
	});
	const fault = faults[index];
	if (!fault) return { fault: null, left: faults };
	const rest = faults.filter((_, position) => position !== index);
	const left = fault.count > 1 ? rest.toSpliced(index, 0, { ...fault, count: fault.count - 1 }) : rest;
	return { fault, left };
}

/** Faults that come before the request is carried out. */
export async function applyEarlyFault(fault: Fault): Promise<Response | null> {
	switch (fault.kind) {
		case 'rate_limit':
			throw tooManyRequests(fault.retry_after ?? 30);
		case 'error':
			throw timedOut(fault.status ?? 500);
		case 'delay':
			await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 1000));
			return null;
		case 'html':
			return new Response('<!doctype html><html><body><h1>Service Unavailable</h1></body></html>', {
				status: fault.status ?? 503,
				headers: { 'content-type': 'text/html; charset=utf-8' },
			});
		default:
			return null;
	}
}

/** Faults of the answer: the request was carried out, but its answer arrives damaged. */
export async function applyLateFault(fault: Fault, response: Response): Promise<Response> {
	if (fault.kind === 'empty')
		return new Response('', { status: fault.status ?? response.status, headers: response.headers });
	if (fault.kind !== 'truncated' && fault.kind !== 'drop') return response;
	const text = await response.text();
	const half = text.slice(0, Math.floor(text.length / 2));
	if (fault.kind === 'truncated') return new Response(half, response);
	const stream = new ReadableStream({
		start(controller) {
			controller.enqueue(new TextEncoder().encode(half));
		},
		pull(controller) {
			controller.error(new Error('Connection dropped on demand.'));
		},
	});
	return new Response(stream, response);
}
