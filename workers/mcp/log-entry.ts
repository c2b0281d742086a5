// One line of a server's log: who called which tool, how it ended, how long it took. Never arguments or results.
import { logCall, logWrite } from '../access/call-log.ts';
import type { CallOutcome, Told } from '../calls/outcome.ts';
import { isKeptId } from '../calls/record-id.ts';
import type { LogEntry } from '../contracts/records.ts';
import type { MethodClass } from '../integration/method-kind.ts';
import type { Operation } from '../integration/operations.ts';
import { valueAt } from '../lib/json-path.ts';
import type { Exchange } from './exchange.ts';
import { CLIENT_INFO_META_KEY } from './wire.ts';

/** Subject of a call: the kind of record, its id, and the names of the members that it sets. */
export type About = Required<Pick<LogEntry, 'record_type' | 'record_id' | 'fields'>>;

export interface CalledTool {
	name: string;
	class: MethodClass;
	/** Absent where no single operation is called. */
	about?: About;
}

const NOTHING: About = { record_type: null, record_id: null, fields: [] };
/** Characters of an id in the log. */
const RECORD_ID_MAX = 64;
/** A number as people write it, also one that a double cannot hold. */
const NUMBER = /^#?\d{1,20}$/;
const FIELDS_MAX = 50;

/**
 * Names of members are those that the operation knows: nothing that a caller or a vendor made up gets into the log.
 *
 * @param secrets  of the account, which a vendor may answer in the place of an id
 */
export function aboutOf(operation: Operation, args: unknown, outcome: CallOutcome, secrets: readonly string[]): About {
	const given = typeof args === 'object' && args !== null ? Object.keys(args) : [];
	const fields = operation.readOnly ? [] : given.filter((name) => operation.places.get(name)?.in === 'body');
	const made = outcome.state === 'sent' && !outcome.isError ? outcome.structuredContent.id : undefined;
	const said = valueAt(args, 'id');
	const isNumber = operation.places.get('id')?.schema.type === 'integer';
	const id = said === undefined || said === null ? (operation.readOnly ? undefined : made) : said;
	const isKept = isKeptId(id, secrets) && String(id).length <= RECORD_ID_MAX;
	return {
		record_type: operation.resource,
		record_id: isKept && (!isNumber || NUMBER.test(String(id))) ? id : null,
		fields: fields.slice(0, FIELDS_MAX),
	};
}

/** Logs a call. The end of an admitted write is told with its line. Both are gathered for a moment. */
export function logToolCall(
	exchange: Exchange,
	tool: CalledTool,
	outcome: Told,
	responseBytes: number,
	startedAtMs: number,
): void {
	const { env, ctx, request, message, bodyBytes, caller } = exchange;
	const { server, account } = exchange.server.access;
	const { via, api_token_id, grant_id, person } = caller;
	const nowMs = Date.now();
	const entry: LogEntry = {
		at: new Date(startedAtMs).toISOString(),
		server_id: server.id,
		tool: tool.name,
		method_class: tool.class,
		outcome: outcomeOf(outcome),
		upstream_status: outcome.upstreamStatus,
		duration_ms: nowMs - startedAtMs,
		upstream_ms: outcome.upstreamMs,
		request_bytes: bodyBytes,
		response_bytes: responseBytes,
		client: clientName(request, message).slice(0, 80),
		// Outside Cloudflare the client controls this header, so its length is bounded.
		request_id: request.headers.get('cf-ray')?.slice(0, 64) ?? crypto.randomUUID(),
		via,
		api_token_id,
		grant_id,
		person,
		...(tool.about ?? NOTHING),
	};
	const finding = outcome.state === 'refused' ? undefined : outcome.finding;
	const report = finding
		? {
				account_identity: account.identity,
				account_revision: account.revision,
				accepted: finding === 'unreached' ? null : finding === 'accepted',
			}
		: null;
	const settling = outcome.state === 'refused' ? undefined : outcome.settling;
	if (!settling) logCall(env, ctx, account.id, { entry, report }, nowMs);
	else logWrite(env, ctx, account.id, { server_id: server.id, ...settling, entry, report }, nowMs);
}

function outcomeOf(told: Told): LogEntry['outcome'] {
	const { isError, isRehearsed, isPreview, upstreamStatus, structuredContent } = told;
	if (isPreview) return 'previewed';
	if (isRehearsed) return 'rehearsed';
	if (!isError) return 'ok';
	if (upstreamStatus !== null) return 'upstream_error';
	return structuredContent.is_remote_error ? 'failed' : 'refused';
}

/** The name that a client of the modern era sends along; before that only its User-Agent tells. */
function clientName(request: Request, message: unknown): string {
	const meta = valueAt(message, 'params/_meta') as Record<string, unknown> | undefined;
	const name = valueAt(meta?.[CLIENT_INFO_META_KEY], 'name');
	return typeof name === 'string' && name !== '' ? name : (request.headers.get('user-agent') ?? '');
}
