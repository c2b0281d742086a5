// One message to a server, and the request that brought it.
import type { Caller } from '../access/door.ts';
import type { CallContext, ServerView } from '../calls/context.ts';
import type { Env } from '../contracts/env.ts';

export interface Exchange {
	env: Env;
	ctx: Pick<ExecutionContext, 'waitUntil'>;
	request: Request;
	message: unknown;
	bodyBytes: number;
	server: ServerView;
	caller: Caller;
	/** Asks the account's Durable Object whether a call may go on. */
	admit: CallContext['admit'];
}
