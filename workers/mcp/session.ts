// What is known of one request: the server behind its door, and the request itself.

import type { Access, admit } from '../access/access.ts';
import type { Claim } from '../contracts/admission.ts';
import type { Env } from '../contracts/env.ts';
import type { ToolFilter } from '../integration/filter.ts';
import type { Integration } from '../integration/operations.ts';
import { ANSWER_BUDGET_KB } from '../vendor/records.ts';

/** A request to a server, as last known. */
export interface Session {
	access: Access;
	/** The server's, and the caller's own. */
	filter: ToolFilter;
	integration: Integration;
}

/** Asks the Durable Object for its word, once for a request. */
export type Ask = (call?: Claim['call']) => ReturnType<typeof admit>;

export interface Exchange {
	env: Env;
	ctx: Pick<ExecutionContext, 'waitUntil'>;
	request: Request;
	message: unknown;
	bodyBytes: number;
	ask: Ask;
}

/** Would a call have been answered alike? Then an answer that is there need not be asked for again. */
export function isSameToCalls(before: Access, after: Access): boolean {
	return (
		before.account.revision === after.account.revision &&
		before.server.paused === after.server.paused &&
		JSON.stringify(before.server.config) === JSON.stringify(after.server.config)
	);
}

export function budgetBytes({ access }: Session): number {
	return (access.server.config.answer_budget_kb ?? ANSWER_BUDGET_KB.default) * 1_000;
}
