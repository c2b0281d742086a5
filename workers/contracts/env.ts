// What the runtime hands to the Worker and its Durable Objects.

import type { IntegratedAccount } from '../../durable-objects/account/integrated-account.ts';
import type { AuthorizationServer } from '../../durable-objects/authorization-server.ts';
import type { Directory } from '../../durable-objects/directory.ts';
import type { EventStreams } from '../../durable-objects/event-streams.ts';
import type { KeyEnv } from '../access/keys.ts';

export interface Env extends KeyEnv {
	KV: KVNamespace;
	INTEGRATED_ACCOUNTS: DurableObjectNamespace<IntegratedAccount>;
	AUTHORIZATION_SERVERS: DurableObjectNamespace<AuthorizationServer>;
	DIRECTORY: DurableObjectNamespace<Directory>;
	EVENT_STREAMS: DurableObjectNamespace<EventStreams>;
	/** "true" only through `.dev.vars`, which is never deployed: allows http upstreams on this machine and `local-api-token`. */
	LOCAL?: string;
}
