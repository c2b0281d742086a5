// Shapes of the management API's answers, for the type checker alone: it is not served.
import type {
	AccountRecord,
	ApiTokenRecord,
	LogEntry,
	ServerConfig,
	ServerRecord,
	SessionRecord,
} from '../workers/store/records.ts';

export type { AccountRecord, ApiTokenRecord, LogEntry, ServerConfig, ServerRecord, SessionRecord };

export interface Who {
	session: SessionRecord | null;
	api_token: ApiTokenRecord | null;
}
