// A way into a server: whose it is, and who may come in. What happens behind it is the same for all of them (`mcp/`).
import type { Within } from '../contracts/grants.ts';
import type { ApiError } from '../lib/errors.ts';
import type { Access } from './access.ts';

export interface Door {
	/** Under this the isolate remembers what the door opens. Doors that open the same thing may share it. */
	readonly key: string;
	/** What the door opens, as last known. The Durable Object has the last word on it. @returns null for nothing */
	find(nowMs: number): Promise<Access | null>;
	/**
	 * May this caller come in, to the server as it is now? Asked again whenever the server turns out to have changed.
	 *
	 * @returns what the caller is further limited to, where that is less than the server's tools
	 * @throws ApiError unauthorized, which tells nothing about the server or its tools
	 */
	check(access: Access): Promise<Within | undefined>;
	/** What a caller is told where the door opens nothing, or nothing any more. */
	closed(): ApiError;
}
