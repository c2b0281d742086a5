// A server on the sandbox in memory: calls go through the Worker's public door, and the vendor's own records are at hand.
import { vi } from 'vitest';
import type { Store } from '../../../sandbox/behaviour/store.ts';
import type { ServerConfig } from '../../../workers/contracts/records.ts';
import { createVendor, type Vendor } from '../../sandbox/vendor.ts';
import { connectWise } from '../calls/calls.ts';
import { callTool, connectAccount, createServer, type Json, resultOf, type ServerWithUrl } from '../support.ts';

export interface Request {
	method: string;
	path: string;
	query: Record<string, string>;
	headers: Record<string, string>;
	body?: unknown;
}

export interface Desk {
	vendor: Vendor;
	store: Store;
	server: ServerWithUrl;
	/** What reached the vendor, growing. */
	sent: Request[];
	/** Answers instead of the vendor, where it says something; a throw ends the connection. */
	fault: { answer: ((request: Request, index: number) => Response | null | Promise<Response | null>) | null };
	call(tool: string, args?: Json): Promise<{ content: Json; isError: boolean }>;
	/** Requests that change something. */
	writes(): Request[];
}

let count = 0;

/** Questions that the vendor takes by POST. */
const QUESTIONS = connectWise.operations.flatMap(({ readOnly, fact }) =>
	readOnly && fact.verb === 'POST' ? [new RegExp(`^${fact.path.replace(/\{\{[^{}]+\}\}/g, '[^/]+')}$`)] : [],
);

function isQuestion(method: string, path: string): boolean {
	return method === 'POST' && QUESTIONS.some((pattern) => pattern.test(path));
}

/** Calls of tools that write, made up from the examples of the documentation. */
export const WRITES = connectWise.operations.filter(
	({ readOnly, documentation }) => !readOnly && documentation.example,
);

/** What sends data elsewhere is there only where its tag is named. */
export const ALL_TAGS = Object.keys(connectWise.file.tags);

export async function openDesk(config: ServerConfig = {}, shared?: Vendor): Promise<Desk> {
	const vendor = shared ?? createVendor(Date.now());
	const sent: Request[] = [];
	const fault: Desk['fault'] = { answer: null };
	vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
		const url = new URL(String(input));
		const path = url.pathname.replace(/^.*\/3\.0/, '');
		const body = init?.body ? JSON.parse(String(init.body)) : undefined;
		const query = Object.fromEntries(url.searchParams);
		const headers = Object.fromEntries(new Headers(init?.headers));
		const request = { method: init?.method ?? 'GET', path, query, headers, body };
		sent.push(request);
		const instead = await fault.answer?.(request, sent.length - 1);
		if (instead) return instead;
		const paging = headers['pagination-type'];
		const answer = await vendor.call(request.method, path, body, query, paging ? { 'pagination-type': paging } : {});
		return answer.body === undefined
			? new Response(null, { status: answer.status })
			: Response.json(answer.body, { status: answer.status, headers: answer.link ? { link: answer.link } : {} });
	});
	const account = await connectAccount(`desk-${++count}`);
	const server = await createServer(account, { tool_names: 'short', time_zone: 'America/New_York', ...config });
	sent.length = 0;
	return {
		vendor,
		store: vendor.store,
		server,
		sent,
		fault,
		call: async (tool, args = {}) => {
			const { structuredContent, isError } = resultOf(await callTool(server.url, tool, args));
			return { content: structuredContent as Json, isError: isError === true };
		},
		writes: () => sent.filter(({ method, path }) => method !== 'GET' && !isQuestion(method, path)),
	};
}
