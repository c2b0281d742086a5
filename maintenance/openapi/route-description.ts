// One route of the management API as openapi.json describes it, and the words that several routes share.
import type * as z from 'zod';

export interface RouteDescription {
	method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
	path: string;
	summary: string;
	body?: z.ZodType;
	/** Request headers that the handler reads, and what they do. */
	headers?: Record<string, string>;
	/** Query parameters and what they do. */
	query?: Record<string, string>;
	status: 200 | 201 | 204;
	/** Statuses of errors that this route has besides the usual ones. */
	moreFaults?: readonly number[];
	answer?: z.ZodType;
	/** Media types of the same answer, besides JSON: `?format=`. */
	alsoAs?: readonly string[];
	/** Answers besides those of every route, by status. */
	moreAnswers?: Record<number, { description: string; answer?: z.ZodType }>;
	/** It is answered without an API token. */
	isOpen?: true;
}

export const IDEMPOTENCY_KEY = {
	'Idempotency-Key': 'Up to 255 printable ASCII characters: a repeat with the same key answers 409 with the id',
};

export const IF_MATCH = {
	'If-Match': 'The ETag of the last answer, or its updated_at: otherwise 412 and nothing changes',
};

export const PAGED = { limit: 'Records per page, 1 to 200', cursor: 'next_cursor of the last page' };

export const ACCOUNT = '/integrated-account/:id';
export const SERVER = `${ACCOUNT}/mcp/:server_id`;
