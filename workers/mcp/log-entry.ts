// One line of a server's log: who called which tool, how it ended, how long it took. Never arguments or results.
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { logCall } from '../access/call-log.ts';
import type { Told } from '../calls/outcome.ts';
import type { LogEntry } from '../contracts/records.ts';
import type { MethodClass } from '../integration/method-kind.ts';
import { valueAt } from '../lib/json-path.ts';
import type { Exchange } from './exchange.ts';

export function logToolCall(
	exchange: Exchange,
	tool: { name: string; class: MethodClass },
	outcome: Told,
	responseBytes: number,
	startedAtMs: number,
): void {
	const { env, ctx, request, message, bodyBytes } = exchange;
	const { server, account } = exchange.server.access;
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
	};
	const credentials = outcome.state === 'refused' ? undefined : outcome.credentials;
	const report = credentials
		? {
				account_identity: account.identity,
				account_revision: account.revision,
				accepted: credentials === 'accepted',
			}
		: null;
	logCall(env, ctx, account.id, entry, report, nowMs);
}

function outcomeOf({ isError, upstreamStatus, structuredContent }: Told): LogEntry['outcome'] {
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
