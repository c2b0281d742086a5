// The bindings that the runtime hands to the Worker and its Durable Objects.
import type { KeyEnv } from './keys.ts';
import type {
	AccountObject,
	ApiTokenObject,
	AuthorizationServerObject,
	DirectoryObject,
	EventStreamsObject,
} from './objects.ts';
import type { SignInEnv } from './people.ts';

export interface Env extends KeyEnv, SignInEnv {
	KV: KVNamespace;
	INTEGRATED_ACCOUNTS: DurableObjectNamespace<AccountObject>;
	AUTHORIZATION_SERVERS: DurableObjectNamespace<AuthorizationServerObject>;
	DIRECTORY: DurableObjectNamespace<DirectoryObject>;
	API_TOKENS: DurableObjectNamespace<ApiTokenObject>;
	EVENT_STREAMS: DurableObjectNamespace<EventStreamsObject>;
	/** Limits an address at doors that anybody may knock at. Absent where the account has no such binding. */
	ADDRESS_LIMIT?: RateLimit;
	/** "true" only through `.dev.vars`, which is never deployed: allows http upstreams on this machine and `local-api-token`. */
	LOCAL?: string;
	/** A secret of the operator's choice that is the first API token, where a deploy could show none. */
	FIRST_API_TOKEN?: string;
	/** A secret that `npm run deploy` sets: SHA-256, 64 hex digits, of the API token that it made and showed. */
	DEPLOYED_API_TOKEN_SHA256?: string;
}
