// What the runtime hands to the Worker and its Durable Objects.
import type { AuthorizationServer } from '../durable-objects/authorization-server.ts';
import type { Directory } from '../durable-objects/directory.ts';
import type { EventStreams } from '../durable-objects/event-streams.ts';
import type { IntegratedAccount } from '../durable-objects/integrated-account.ts';

export interface Env {
	KV: KVNamespace;
	INTEGRATED_ACCOUNTS: DurableObjectNamespace<IntegratedAccount>;
	AUTHORIZATION_SERVERS: DurableObjectNamespace<AuthorizationServer>;
	DIRECTORY: DurableObjectNamespace<Directory>;
	EVENT_STREAMS: DurableObjectNamespace<EventStreams>;
	/** Secret: key of every token's HMAC, base64 of at least 32 bytes. */
	TOKEN_KEY: string;
	/** Secret: key that encrypts accounts' credentials, base64 of exactly 32 bytes (AES-256). */
	ENCRYPTION_KEY: string;
	/** "true" only through `.dev.vars`, which is never deployed: allows http upstreams on this machine and `local-api-token`. */
	LOCAL?: string;
}
