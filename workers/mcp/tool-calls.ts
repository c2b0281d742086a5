// `tools/call` of one server: which kind of tool is called, and the line that the call leaves in the log.

import { accountObject } from '../access/access.ts';
import { keyRing } from '../access/keys.ts';
import { argumentRefusal } from '../calls/answer/refusal.ts';
import { noticeOf } from '../calls/answer/texts.ts';
import { callTool } from '../calls/call.ts';
import { type CallContext, connectionOf } from '../calls/context.ts';
import type { CallHow } from '../calls/how.ts';
import { callJob } from '../calls/jobs/jobs.ts';
import type { CallOne } from '../calls/jobs/run.ts';
import { type CallOutcome, refused, type Told, type ToolResult } from '../calls/outcome.ts';
import { pausedToResult } from '../calls/refusals.ts';
import { callSearchTool } from '../calls/search-and-fetch/call.ts';
import { spellingsOf, withoutCredentials } from '../calls/untrusted-text/credentials.ts';
import { findOperation, toolName } from '../integration/filter.ts';
import type { Operation } from '../integration/operations.ts';
import { logError } from '../lib/errors.ts';
import { utf8Length } from '../lib/text.ts';
import { exposureOf } from '../tools/exposure.ts';
import { withoutAdditions } from '../tools/given-arguments.ts';
import { argumentsOf } from '../tools/jobs/job-tools.ts';
import { findJob, type Job } from '../tools/jobs/offered.ts';
import { isSearchTool } from '../tools/search-and-fetch/search-tools.ts';
import { answerDiscovery, innerTool, unwrapCall } from '../tools/tool-search/answer.ts';
import { isDiscoveryTool } from '../tools/tool-search/discovery-tools.ts';
import { secretTexts } from '../vendor/auth.ts';
import type { Exchange } from './exchange.ts';
import { aboutOf, type CalledTool, logToolCall } from './log-entry.ts';

/** @returns null for a tool that this server does not have */
export async function answerToolCall(exchange: Exchange, name: string, args: unknown): Promise<CallOutcome | null> {
	const outcome = await callByName(exchange, name, args);
	return outcome === null || outcome.state === 'withheld' ? outcome : asAnswer(exchange, outcome);
}

const ERROR_TEXTS = ['message', 'errors'];

/** The last step of every answer: nothing of the credentials leaves, and an error's words are marked as a stranger's. */
function asAnswer(exchange: Exchange, outcome: Told): Told {
	const { structuredContent, isError } = outcome;
	const answer = { ...outcome, text: outcome.text ?? JSON.stringify(structuredContent) };
	const secrets = secretsOf(exchange, isError);
	const marked = isError ? { untrusted: ERROR_TEXTS.filter((name) => name in structuredContent) } : {};
	return { ...withoutCredentials(answer, spellingsOf(secrets)), ...marked };
}

function secretsOf(exchange: Exchange, isError: boolean): readonly string[] {
	return secretTexts(connectionOf(contextOf(exchange)), { isError });
}

async function callByName(exchange: Exchange, name: string, args: unknown): Promise<CallOutcome | null> {
	const { access, integration, filter } = exchange.server;
	const { config, paused } = access.server;
	const nowMs = Date.now();
	if (paused) return refused(pausedToResult());
	if (config.search_and_fetch && isSearchTool(name)) {
		const { args: own, notices } = withoutAdditions(args);
		const outcome = await callSearchTool(contextOf(exchange), name, own, nowMs);
		return outcome && logged(exchange, { name, class: 'read' }, withNotices(outcome, notices), nowMs);
	}
	const { kind, isCalledByName } = exposureOf(integration, filter, config);
	if (kind === 'all' || !isDiscoveryTool(integration, filter, name)) {
		const job = isCalledByName ? findJob(integration, filter, name) : null;
		if (job) return runJob(exchange, job, args, nowMs);
		const operation = isCalledByName ? findOperation(integration, filter, name) : null;
		return operation && callOperation(exchange, operation, args, nowMs);
	}
	const { args: own, notices } = withoutAdditions(args);
	const outcome = await callDiscovery(exchange, name, own, nowMs);
	return outcome && withNotices(outcome, notices);
}

async function callDiscovery(
	exchange: Exchange,
	name: string,
	args: unknown,
	nowMs: number,
): Promise<CallOutcome | null> {
	const { integration, filter } = exchange.server;
	if (innerTool(name, args) === null) return answerFromCatalogue(exchange, name, args, nowMs);
	const inner = unwrapCall(integration, filter, name, args);
	if ('job' in inner) return runJob(exchange, inner.job, inner.args, nowMs);
	return 'faults' in inner
		? refused(argumentRefusal(name, inner.faults))
		: callOperation(exchange, inner.operation, inner.args, nowMs);
}

/** An answer that says, besides, what of the arguments was not used. A refusal speaks of its faults alone. */
function withNotices(outcome: CallOutcome, notices: readonly string[]): CallOutcome {
	if (notices.length === 0 || outcome.state === 'withheld' || outcome.isError) return outcome;
	const { text: _unsaid, ...rest } = outcome;
	const { notice } = outcome.structuredContent;
	const known = typeof notice === 'string' ? notice : null;
	return { ...rest, structuredContent: { ...outcome.structuredContent, ...noticeOf([known, ...notices]) } };
}

async function callOperation(
	exchange: Exchange,
	operation: Operation,
	args: unknown,
	nowMs: number,
	how: CallHow = {},
): Promise<CallOutcome> {
	const tool = { name: toolName(operation, exchange.server.filter), class: operation.class };
	const outcome = await callTool(contextOf(exchange), operation, args, nowMs, how);
	const about = aboutOf(operation, args, outcome, secretsOf(exchange, true));
	return logged(exchange, { ...tool, about }, outcome, nowMs);
}

/** A whole job. Each of its calls leaves a line of its own in the log, and the job one for itself. */
async function runJob(exchange: Exchange, job: Job, args: unknown, nowMs: number): Promise<CallOutcome> {
	const one: CallOne = (operation, given, how) => callOperation(exchange, operation, given, Date.now(), how);
	const { args: own, notices } = withoutAdditions(args, Object.keys(argumentsOf(job.fact).properties));
	const outcome = await callJob(contextOf(exchange), job, own, one);
	return logged(exchange, { name: job.name, class: job.class }, withNotices(outcome, notices), nowMs);
}

/** Answers a tool of discovery that reads the catalogue of tools and asks no vendor. */
function answerFromCatalogue(exchange: Exchange, name: string, args: unknown, nowMs: number): CallOutcome | null {
	const { integration, filter } = exchange.server;
	const answered = answerDiscovery(integration, filter, name, args);
	if (!answered) return null;
	const result: ToolResult =
		'faults' in answered
			? argumentRefusal(name, answered.faults)
			: { structuredContent: answered.content, isError: false, rateLimit: {} };
	return logged(exchange, { name, class: 'read' }, refused(result), nowMs);
}

/** Logs a call that is answered; a withheld one starts again, or is refused as a whole. */
function logged(exchange: Exchange, tool: CalledTool, outcome: CallOutcome, startedAtMs: number): CallOutcome {
	if (outcome.state === 'withheld') return outcome;
	const text = outcome.text ?? JSON.stringify(outcome.structuredContent);
	logToolCall(exchange, tool, outcome, utf8Length(text) + downloadLength(outcome), startedAtMs);
	return { ...outcome, text };
}

function downloadLength({ download }: Told): number {
	return (download?.text ?? download?.blob ?? '').length;
}

function contextOf({ env, ctx, server, admit }: Exchange): CallContext {
	const { access } = server;
	return {
		...server,
		admit,
		settleWrite: (written) => {
			const ended = [{ server_id: access.server.id, ...written }];
			const told = accountObject(env, access.account.id).settleWrites(ended).catch(logError);
			ctx.waitUntil(told);
			return told;
		},
		clock: Date.now,
		tokenKeys: keyRing(env).token,
		isLocal: env.LOCAL === 'true',
	};
}
