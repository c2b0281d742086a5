// One tool call, from checked arguments to a result.
import type { Operation } from '../compiler/operations.ts';
import { type Arguments, validateArguments } from '../compiler/validate.ts';
import type { Fault } from '../errors.ts';
import { authHeaders, type Connection, forgetAccessToken, secretTexts } from './auth.ts';
import { UpstreamFailure } from './failure.ts';
import { type CursorScope, decodeCursor, type PagePlan, planPage, START } from './paging.ts';
import { describeRequest } from './request.ts';
import { type AnswerContext, answerToResult, failureToResult, type ToolResult } from './result.ts';
import { send } from './send.ts';

/** A call that was found good: ready to be sent. */
export interface PreparedCall {
	operation: Operation;
	args: Arguments;
	page: PagePlan | null;
	scope: CursorScope;
	listFormat: 'records' | 'table';
}

export interface CallOutcome extends ToolResult {
	upstreamStatus: number | null;
	upstreamMs: number | null;
}

/** @returns the faults of the arguments, all of them, or the call */
export function prepareCall(
	connection: Connection,
	operation: Operation,
	rawArguments: unknown,
	options: { listFormat: 'records' | 'table'; serverId: string; cursorKey: Uint8Array },
): Fault[] | PreparedCall {
	const { faults, values: args } = validateArguments(operation, rawArguments ?? {}, connection.integration.datetime);
	const scope = { serverId: options.serverId, operation: operation.names.full, args, key: options.cursorKey };
	const { next_cursor, limit } = args;
	const isPaged = operation.kind === 'list';
	const position = isPaged && typeof next_cursor === 'string' ? decodeCursor(next_cursor, scope) : START;
	// A cursor can only be judged against arguments that are right themselves.
	if (!position && faults.length === 0) {
		faults.push({
			path: 'next_cursor',
			message:
				'belongs to another query or was changed: send it unchanged with the same arguments, or leave it out to start again',
		});
	}
	if (faults.length > 0 || !position) return faults;
	const page = isPaged
		? planPage(connection.integration, position, typeof limit === 'number' ? limit : undefined)
		: null;
	return { operation, args, page, scope, listFormat: options.listFormat };
}

/** Sends the call. What fails becomes a result; only an abort through `ending` is thrown. */
export async function executeCall(
	connection: Connection,
	call: PreparedCall,
	ending: AbortController,
): Promise<CallOutcome> {
	const { integration: file, baseUrl } = connection;
	const request = describeRequest(file, call.operation, call.args, call.page);
	let isSent = false;
	try {
		const headers = await authHeaders(connection, ending);
		isSent = true;
		const answer = await send(
			{
				url: baseUrl + request.path,
				verb: request.verb,
				headers: request.body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
				body: request.body,
			},
			ending,
		);
		if (answer.status === 401) forgetAccessToken(connection);
		const secrets = answer.status >= 400 ? secretTexts(connection, headers) : [];
		const context: AnswerContext = { file, ...call, nowMs: Date.now(), secrets };
		return { ...answerToResult(answer, context), upstreamStatus: answer.status, upstreamMs: answer.durationMs };
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return {
			...failureToResult(error, { file, operation: call.operation }, { isSent }),
			upstreamStatus: error.status,
			upstreamMs: null,
		};
	}
}
