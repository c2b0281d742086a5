// One call of one operation, from the caller's arguments to what came of it: refused, held back, or sent to the vendor.

import { accountObject } from '../access/access.ts';
import { keyRing } from '../access/keys.ts';
import { rememberSpent, spentMinute } from '../access/spent-minutes.ts';
import type { Limited, WriteEnd } from '../contracts/admission.ts';
import { writePolicyOf } from '../contracts/records.ts';
import { matchesFilter, type ToolFilter, toolName } from '../integration/filter.ts';
import type { Integration, Operation } from '../integration/operations.ts';
import { type Fault, logError } from '../lib/errors.ts';
import { valueAt } from '../lib/json-path.ts';
import { budgetBytes, type Exchange, isSameToCalls, type Session } from '../mcp/session.ts';
import type { Connection } from '../vendor/auth.ts';
import { enterAccount, IN_FLIGHT_DEFAULT } from '../vendor/in-flight.ts';
import { type CallOutcome, executeCall, type PreparedCall, prepareCall } from './call.ts';
import { INSIST, isGuarded, writeKey } from './idempotency-key.ts';
import { busyToResult, heldWriteToResult, limitedToResult, needsReauthToResult } from './refusals.ts';
import { refusalToResult, type ToolResult } from './result.ts';
import { REDACTION } from './untrusted-text/redact.ts';

/** Thrown where the server turned out to be another: what came of the call is no answer, and it starts again. */
export class HeldBack extends Error {}

interface Carried {
	operation: Operation;
	given: unknown;
	nowMs: number;
	listFormat?: 'records' | 'table';
}

/**
 * @param given       arguments, as the caller wrote them
 * @param listFormat  where it is not the server's
 */
export async function carryOut(
	session: Session,
	exchange: Exchange,
	{ operation, given, nowMs, listFormat }: Carried,
): Promise<CallOutcome> {
	const { access, integration } = session;
	const name = toolName(operation, session.filter);
	const { server, account } = access;
	if (account.state === 'needs_reauth') return unsent(needsReauthToResult(integration.file.label, account));
	const { args, insists, faults } = takeInsistence(operation, given);
	const connection = connectionOf(session, exchange.env.LOCAL === 'true');
	const [key, earlierKey] = keyRing(exchange.env).token;
	const prepared = prepareCall(connection, operation, args, {
		listFormat: listFormat ?? server.config.list_format ?? 'records',
		redact: server.config.redact,
		budgetBytes: budgetBytes(session),
		serverId: server.id,
		nowMs,
		cursorKey: key.bytes,
		earlierCursorKey: earlierKey?.bytes,
	});
	if (Array.isArray(prepared)) return unsent(refusalToResult(name, [...faults, ...prepared]));
	if (faults.length > 0) return unsent(refusalToResult(name, faults));
	if (server.config.redact && !operation.readOnly && REDACTION.test(JSON.stringify(prepared.args)))
		return unsent(refusalToResult(name, [REDACTED_ARGUMENT]));
	const limit = integration.file.max_in_flight ?? IN_FLIGHT_DEFAULT;
	const leave = enterAccount(account.id, limit);
	if (!leave) return unsent(busyToResult(limit));
	try {
		return operation.readOnly
			? await read(session, exchange, connection, prepared)
			: await write(session, exchange, connection, prepared, insists);
	} finally {
		leave();
	}
}

/** The Durable Object is asked beside the vendor, which is not kept busy for an answer that will be withheld. */
async function read(
	session: Session,
	exchange: Exchange,
	connection: Connection,
	prepared: PreparedCall,
): Promise<CallOutcome> {
	const { access, integration } = session;
	const spent = spentMinute(access.server, Date.now());
	if (spent) return unsent(limitedToResult(spent));
	const ending = new AbortController();
	const asking = exchange.ask({});
	asking.then(
		(verdict) => {
			const stays =
				verdict.state === 'current' ||
				(verdict.state === 'changed' && isSameToCalls(access, { ...access, ...verdict }));
			if (!stays) ending.abort(new Error('withheld'));
		},
		() => ending.abort(new Error('withheld')),
	);
	const outcome = await executeCall(connection, integration, prepared, ending).catch(async (error: unknown) => {
		if ((await asking).state !== 'limited') throw error;
		return null;
	});
	const verdict = await asking;
	if (verdict.state === 'limited') return unsent(limited(session, verdict));
	if (!outcome) throw new Error('withheld');
	return outcome;
}

/** The Durable Object is asked first, and told how it ended. */
async function write(
	session: Session,
	exchange: Exchange,
	connection: Connection,
	prepared: PreparedCall,
	insists: boolean,
): Promise<CallOutcome> {
	const { access, integration } = session;
	const { operation } = prepared;
	const { server, account } = access;
	const { env, ctx } = exchange;
	const { windowSeconds } = writePolicyOf(server.config);
	const isKnownAgain = isGuarded(operation) && windowSeconds > 0;
	const [key = null, earlierKey] = isKnownAgain
		? await Promise.all(
				keyRing(env).token.map((by) => by && writeKey(by.bytes, server.id, operation.names.full, prepared.args)),
			)
		: [];
	const verdict = await exchange.ask({
		write: { key, ...(earlierKey ? { earlier_key: earlierKey } : {}), insists },
	});
	if (verdict.state === 'limited') return unsent(limited(session, verdict));
	if (verdict.state !== 'current' || !verdict.write) throw new HeldBack('withheld');
	const look = lookTool(integration, operation, session.filter);
	const admitted = verdict.write;
	if (admitted.may === 'not') return unsent(heldWriteToResult(admitted, look, Date.now()));
	let end: WriteEnd = { state: 'unknown' };
	try {
		const outcome = await executeCall(connection, integration, prepared, new AbortController());
		end = outcome.end ?? end;
		return end.state === 'unknown' ? sayingWhereToLook(outcome, look) : outcome;
	} finally {
		const { ticket } = admitted;
		if (ticket !== null && (key !== null || end.state === 'unmade'))
			ctx.waitUntil(accountObject(env, account.id).settleWrite(server.id, { key, ticket, end }).catch(logError));
	}
}

function limited({ access }: Session, verdict: Limited): ToolResult {
	rememberSpent(access.server, verdict, Date.now());
	return limitedToResult(verdict);
}

const REDACTED_ARGUMENT: Fault = {
	path: '',
	message:
		'a text holds a mark like [redacted:password]: written back, it would destroy what it stands for. Leave that text as it is, or add a new note',
};

function unsent(result: ToolResult): CallOutcome {
	return { ...result, upstreamStatus: null, upstreamMs: null };
}

/** The argument by which a caller insists on a repeat is ours, not the operation's. */
function takeInsistence(operation: Operation, given: unknown): { args: unknown; insists: boolean; faults: Fault[] } {
	if (operation.readOnly || operation.places.has(INSIST) || valueAt(given, INSIST) === undefined)
		return { args: given, insists: false, faults: [] };
	const { [INSIST]: insists, ...args } = given as Record<string, unknown>;
	const faults = typeof insists === 'boolean' ? [] : [{ path: INSIST, message: 'must be true or false' }];
	return { args, insists: insists === true, faults };
}

/** The tool of this server that shows what a write has done; null when its filter leaves none. */
function lookTool(integration: Integration, { resource, kind }: Operation, filter: ToolFilter): string | null {
	const methods = kind === 'create' ? ['list', 'get'] : ['get', 'list'];
	for (const method of methods) {
		const operation = integration.byResource.get(`${resource}.${method}`);
		if (operation && matchesFilter(operation, filter)) return toolName(operation, filter);
	}
	return null;
}

function sayingWhereToLook({ text: _stale, ...outcome }: CallOutcome, look: string | null): CallOutcome {
	if (look === null) return outcome;
	const { message, ...rest } = outcome.structuredContent;
	return { ...outcome, structuredContent: { ...rest, message: `${message} Look with ${look}.` } };
}

export function connectionOf({ access, integration }: Session, isLocal: boolean): Connection {
	const { account, credentials } = access;
	return {
		integration: integration.file,
		accountId: account.id,
		baseUrl: account.base_url,
		credentials,
		revision: account.revision,
		isLocal,
	};
}
