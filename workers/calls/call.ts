// One tool call, from checked arguments to a result.

import { applyFilters, secretFaults } from '../conditions/apply.ts';
import type { WriteEnd } from '../contracts/admission.ts';
import type { Arguments } from '../integration/arguments.ts';
import type { Integration, Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { validateArguments } from '../tools/validate.ts';
import { authHeaders, type Connection, forgetAccessToken, requireTarget, secretTexts } from '../vendor/auth.ts';
import { UpstreamFailure } from '../vendor/failure.ts';
import { MAX_DOWNLOAD_BYTES, uploadFaults } from '../vendor/files.ts';
import { decodeCursor, planPage, START } from '../vendor/paging.ts';
import { describeRequest } from '../vendor/request.ts';
import { endAfter, send, UPSTREAM_TIMEOUT_MS, type UpstreamAnswer } from '../vendor/send.ts';
import { resolveOwn } from './names/resolve-me.ts';
import { resolveNames } from './names/resolve-names.ts';
import {
	type AnswerContext,
	answerToResult,
	failureToResult,
	leavesUnknown,
	lookupFailedToResult,
	refusalToResult,
	type ToolResult,
	withCleanTexts,
} from './result.ts';
import { cleanTexts, noFindings, textPolicy } from './untrusted-text/result-texts.ts';

/** A call that was found good: ready to be sent. */
export interface PreparedCall extends Omit<AnswerContext, 'file' | 'nowMs' | 'secrets'> {
	/** What relative times count from. */
	atMs: number;
}

export interface CallOutcome extends ToolResult {
	upstreamStatus: number | null;
	upstreamMs: number | null;
	/** Of a write: how it ended. Absent where nothing was sent. */
	end?: WriteEnd;
	/** What the vendor made of the account's credentials; absent where it did not say. */
	credentials?: 'accepted' | 'refused';
}

/** @returns the faults of the arguments, all of them, or the call */
export function prepareCall(
	connection: Connection,
	operation: Operation,
	rawArguments: unknown,
	options: {
		listFormat: 'records' | 'table';
		redact?: boolean | undefined;
		/** Of the answer; see `ANSWER_BUDGET_KB`. */
		budgetBytes: number;
		serverId: string;
		cursorKey: Uint8Array;
		/** Cursors under it are accepted still. */
		earlierCursorKey?: Uint8Array | undefined;
		nowMs: number;
	},
): Fault[] | PreparedCall {
	const { faults, values: args } = validateArguments(operation, rawArguments ?? {}, connection.integration.datetime);
	const scope = {
		serverId: options.serverId,
		operation: operation.names.full,
		args,
		key: options.cursorKey,
		earlierKey: options.earlierCursorKey,
	};
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
	// Relative times of a later page count from the same moment as on the first.
	const atMs = position?.atMs ?? options.nowMs;
	const isFiltered = isPaged || operation.kind === 'count';
	const filtered =
		isFiltered && faults.length === 0 ? applyFilters(connection.integration, operation, args, atMs) : null;
	faults.push(...(filtered?.faults ?? []), ...secretFaults(connection.integration, operation, args));
	if (operation.fact.form_file !== undefined && faults.length === 0) faults.push(...uploadFaults(args));
	// Only records can be compared on our side.
	for (const { text } of isPaged ? [] : (filtered?.exact ?? []))
		faults.push({ path: '', message: `cannot count by ${JSON.stringify(text)}: list the records instead` });
	if (faults.length > 0 || !position) return faults;
	const page = isPaged
		? planPage(
				connection.integration,
				filtered?.sent ? { ...position, atMs } : position,
				typeof limit === 'number' ? limit : undefined,
			)
		: null;
	const { sent = null, exact = [] } = filtered ?? {};
	const { listFormat, budgetBytes, redact = false } = options;
	const how = { listFormat, budgetBytes, redact };
	return { operation, args: filtered?.args ?? args, sent, exact, page, scope, ...how, atMs };
}

/** Sends the call. What fails becomes a result; only an abort through `ending` is thrown. */
export async function executeCall(
	connection: Connection,
	integration: Integration,
	prepared: PreparedCall,
	ending: AbortController,
): Promise<CallOutcome> {
	const { integration: file, baseUrl } = connection;
	const { operation } = prepared;
	let call = prepared;
	let isSent = false;
	// One limit for all that a call sends: a client waits no longer because names are looked up first.
	const inTime = endAfter(ending, UPSTREAM_TIMEOUT_MS);
	try {
		requireTarget(connection);
		const headers = await authHeaders(connection, ending);
		const ask = (path: string) => send({ url: baseUrl + path, verb: 'GET', headers }, ending);
		const answerContext = (answer: UpstreamAnswer, args: Arguments): AnswerContext => {
			if (answer.status === 401) forgetAccessToken(connection);
			const secrets = secretTexts(connection, { isError: true });
			return { file, ...call, args, nowMs: Date.now(), secrets };
		};
		const own = await resolveOwn(integration, operation, call.scope.args, ask);
		if ('answer' in own) {
			return {
				...lookupFailedToResult(own.answer, answerContext(own.answer, call.args)),
				...factsOf(own.answer),
				end: UNMADE,
			};
		}
		// Without faults: they were found when the call was prepared, and a name of the vendor's adds none.
		if (own.args !== call.scope.args) call = { ...call, ...applyFilters(file, operation, own.args, call.atMs) };
		const named = await resolveNames(integration, operation, call.args, ask);
		if ('faults' in named) {
			// The candidates for a name are the vendor's words.
			const refused = refusalToResult(operation.title, named.faults, 'written');
			return { ...withCleanTexts(refused, file, call.redact), ...NOT_ASKED, end: UNMADE };
		}
		if ('answer' in named) {
			return {
				...lookupFailedToResult(named.answer, answerContext(named.answer, call.args)),
				...factsOf(named.answer),
				end: UNMADE,
			};
		}
		const { args } = named;
		const policy = textPolicy(file, call.redact);
		const resolved = cleanTexts({ ...own.resolved, ...named.resolved }, policy, noFindings());
		const request = describeRequest(file, operation, args, call.page);
		isSent = true;
		const answer = await send(
			{
				url: baseUrl + request.path,
				verb: request.verb,
				headers: typeof request.body === 'string' ? { ...headers, 'content-type': 'application/json' } : headers,
				body: request.body,
				...(operation.fact.answers === 'binary' ? { maxFileBytes: MAX_DOWNLOAD_BYTES } : {}),
			},
			ending,
		);
		const result = answerToResult(answer, answerContext(answer, args));
		const facts = { ...factsOf(answer), end: endOf(answer, result) };
		if (Object.keys(resolved).length === 0) return { ...result, ...facts };
		const { text: _stale, ...rest } = result;
		return { ...rest, structuredContent: { ...result.structuredContent, resolved }, ...facts };
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return {
			...failureToResult(error, { file, operation }, { isSent }),
			upstreamStatus: error.status,
			upstreamMs: null,
			end: isSent && leavesUnknown(error.kind) ? { state: 'unknown' } : UNMADE,
			...(error.kind === 'credentials' && isRefusal(error.status) ? { credentials: 'refused' } : {}),
		};
	} finally {
		inTime();
	}
}

const NOT_ASKED = { upstreamStatus: null, upstreamMs: null };

const UNMADE: WriteEnd = { state: 'unmade' };

/** After an answer: what the vendor did, as far as it tells. A gateway that gave up tells nothing. */
function endOf({ status }: UpstreamAnswer, { isError, isUndone, structuredContent: { id } }: ToolResult): WriteEnd {
	if (status >= 500) return { state: 'unknown' };
	if (status >= 400 || isUndone) return UNMADE;
	if (isError) return { state: 'unknown' };
	return { state: 'made', record_id: isId(id) ? JSON.stringify(id) : null };
}

/** What names a record. Vendors count from 1; 0 and less are fillers. */
function isId(id: unknown): id is string | number {
	return typeof id === 'number' ? Number.isSafeInteger(id) && id > 0 : typeof id === 'string' && id !== '';
}

function factsOf({
	status,
	durationMs,
}: UpstreamAnswer): Pick<CallOutcome, 'upstreamStatus' | 'upstreamMs' | 'credentials'> {
	const facts = { upstreamStatus: status, upstreamMs: durationMs };
	if (status === 401) return { ...facts, credentials: 'refused' };
	return status < 400 ? { ...facts, credentials: 'accepted' } : facts;
}

/** An authorization server says so with these. Source: RFC 6749 section 5.2. */
function isRefusal(status: number | null): boolean {
	return status === 400 || status === 401 || status === 403;
}
