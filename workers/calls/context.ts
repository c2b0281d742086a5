// The context of a call: its server, and the request that brings it.

import type { Access } from '../access/access.ts';
import type { Admission } from '../access/admission.ts';
import type { KeyRing } from '../access/keys.ts';
import type { Claim, WriteEnd } from '../contracts/admission.ts';
import { ANSWER_BUDGET_KB } from '../contracts/records.ts';
import { matchesFilter, type ToolFilter, toolName } from '../integration/filter.ts';
import type { Integration, Operation } from '../integration/operations.ts';
import type { Connection } from '../vendor/auth.ts';

/** A server as a request found it. */
export interface ServerView {
	access: Access;
	/** The server's filter, and the caller's own. */
	filter: ToolFilter;
	integration: Integration;
}

export interface CallContext extends ServerView {
	/** Asks the account's Durable Object whether the call may go on; without a call, whether the server stands. */
	admit(call?: Claim['call']): Promise<Admission>;
	/** Tells the Durable Object how an admitted write ended. Never rejects, and need not be waited for. */
	settleWrite(written: { key: string | null; ticket: string; end: WriteEnd }): Promise<void>;
	/** Milliseconds since 1970. */
	clock(): number;
	/** Keys for cursors and idempotency keys. */
	tokenKeys: KeyRing['token'];
	/** A local start, where the vendor may be on this machine. */
	isLocal: boolean;
}

export function budgetBytes({ access }: ServerView): number {
	return (access.server.config.answer_budget_kb ?? ANSWER_BUDGET_KB.default) * 1_000;
}

export function connectionOf({ access, integration, isLocal }: CallContext): Connection {
	const { account, credentials } = access;
	return {
		integration: integration.file,
		accountIdentity: account.identity,
		baseUrl: account.base_url,
		credentials,
		revision: account.revision,
		isLocal,
	};
}

/** The tool of this server that shows what a write has done; null when its filter leaves none. */
export function lookTool({ integration, filter }: ServerView, { resource, kind }: Operation): string | null {
	const methods = kind === 'create' ? ['list', 'get'] : ['get', 'list'];
	for (const method of methods) {
		const operation = integration.byResource.get(`${resource}.${method}`);
		if (operation && matchesFilter(operation, filter)) return toolName(operation, filter);
	}
	return null;
}
