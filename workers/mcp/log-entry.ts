// One line of a server's log: who called which tool, how it ended, how long it took. Never arguments or results.
import { CLIENT_INFO_META_KEY } from '@modelcontextprotocol/server';
import { logCall } from '../access/call-log.ts';
import type { CallOutcome } from '../calls/call.ts';
import type { LogEntry } from '../contracts/records.ts';
import type { MethodClass } from '../integration/method-kind.ts';
import { valueAt } from '../lib/json-path.ts';
import type { Exchange, Session } from './session.ts';

export function logToolCall(
	session: Session,
	exchange: Exchange,
	tool: { name: string; class: MethodClass },
	outcome: CallOutcome,
	responseBytes: number,
	startedAtMs: number,
): void {
	const { env, ctx, request, message, bodyBytes } = exchange;
	const { server, account } = session.access;
	const nowMs = Date.now();
	const entry: LogEntry = {
		at: new Date(startedAtMs).toISOString(),
		server_id: server.id,
		tool: tool.name,
		method_class: tool.class,
		outcome: outcome.isError
			? outcome.upstreamStatus === null
				? outcome.structuredContent.is_remote_error
					? 'failed'
					: 'refused'
				: 'upstream_error'
			: 'ok',
		upstream_status: outcome.upstreamStatus,
		duration_ms: nowMs - startedAtMs,
		upstream_ms: outcome.upstreamMs,
		request_bytes: bodyBytes,
		response_bytes: responseBytes,
		client: clientName(request, message).slice(0, 80),
		// Off Cloudflare anybody says what it is.
		request_id: request.headers.get('cf-ray')?.slice(0, 64) ?? crypto.randomUUID(),
	};
	const { credentials } = outcome;
	const report = credentials ? { account_revision: account.revision, accepted: credentials === 'accepted' } : null;
	logCall(env, ctx, account.id, entry, report, nowMs);
}

/** The name that a client of the modern era sends along; before that only its User-Agent tells. */
function clientName(request: Request, message: unknown): string {
	const meta = valueAt(message, 'params/_meta') as Record<string, unknown> | undefined;
	const name = valueAt(meta?.[CLIENT_INFO_META_KEY], 'name');
	return typeof name === 'string' && name !== '' ? name : (request.headers.get('user-agent') ?? '');
}
