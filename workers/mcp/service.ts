// The tools, prompts and texts of one server for one request.
import { ProtocolError } from '@modelcontextprotocol/server';
import type { CallOutcome } from '../calls/call.ts';
import { carryOut, connectionOf, HeldBack } from '../calls/carry-out.ts';
import { PAUSED, pausedToResult } from '../calls/refusals.ts';
import { refusalToResult, type ToolResult } from '../calls/result.ts';
import { type Ask as AskSource, answerFetch, answerSearch } from '../calls/search-and-fetch/answer.ts';
import { spellingsOf, withoutCredentials } from '../calls/untrusted-text/credentials.ts';
import { cleanTexts, noFindings, UNTRUSTED_TEXT } from '../calls/untrusted-text/result-texts.ts';
import { findOperation, toolName } from '../integration/filter.ts';
import type { Operation } from '../integration/operations.ts';
import { utf8Length } from '../lib/text.ts';
import { fillPrompt, hasPrompts, listPrompts } from '../tools/prompts.ts';
import { listReadings, read } from '../tools/resources.ts';
import { isSearchTool, SEARCH, searchTools } from '../tools/search-and-fetch/search-tools.ts';
import { sourcesOf, webOrigin } from '../tools/search-and-fetch/sources.ts';
import { answerDiscovery, innerTool, unwrapCall } from '../tools/tool-search/answer.ts';
import { discoveryTools, HOW_TO_CALL } from '../tools/tool-search/discovery-tools.ts';
import { compileTools } from '../tools/tools.ts';
import { secretTexts } from '../vendor/auth.ts';
import type { RateLimitHeaders } from '../vendor/rate-limit.ts';
import { logToolCall } from './log-entry.ts';
import type { ToolAnswer, ToolService } from './protocol.ts';
import { budgetBytes, type Exchange, type Session } from './session.ts';

/** JSON-RPC leaves -32000 to -32099 to servers. */
const SERVER_PAUSED = -32001;

/** The tools of one server for one request. */
export class CallService implements ToolService {
	readonly #session: Session;
	readonly #exchange: Exchange;
	rateLimit: RateLimitHeaders = {};
	/** The call was not carried out, because the server turned out to be another: its answer is none. */
	isHeldBack = false;

	constructor(session: Session, exchange: Exchange) {
		this.#session = session;
		this.#exchange = exchange;
	}

	get instructions(): string {
		const { instructions, texts } = this.#session.integration.file;
		const all = texts ? `${instructions} ${UNTRUSTED_TEXT}` : instructions;
		return this.#isPaused ? `${PAUSED}\n\n${all}` : all;
	}

	get #isPaused(): boolean {
		return this.#session.access.server.paused === true;
	}

	/** @throws ProtocolError while the server is paused: it lists and gives nothing */
	#requireRunning(): void {
		if (this.#isPaused) throw new ProtocolError(SERVER_PAUSED, PAUSED);
	}

	/** All that the list depends on: the same key, the same list. */
	get listKey(): string {
		const { methods, tags, tool_names, list_format, within } = this.#session.filter;
		const { tool_exposure, search_and_fetch } = this.#session.access.server.config;
		const { name } = this.#session.integration.file;
		const shown = [tool_names, list_format, tool_exposure, search_and_fetch];
		return JSON.stringify([name, methods, tags, ...shown, within, this.#isPaused]);
	}

	get #isDiscovery(): boolean {
		return this.#session.access.server.config.tool_exposure === 'discovery';
	}

	listTools() {
		this.#requireRunning();
		const { integration, filter, access } = this.#session;
		const tools = this.#isDiscovery ? discoveryTools(integration, filter) : compileTools(integration, filter);
		return access.server.config.search_and_fetch ? [...searchTools(integration, filter), ...tools] : tools;
	}

	hasPrompts() {
		return hasPrompts(this.#session.integration, this.#session.filter);
	}

	listPrompts() {
		this.#requireRunning();
		return listPrompts(this.#session.integration, this.#session.filter);
	}

	fillPrompt(name: string, args: Record<string, unknown>) {
		this.#requireRunning();
		// What a person pastes as an argument may hold what nobody sees.
		const findings = noFindings();
		const visible = cleanTexts({ ...args }, UNREDACTED, findings);
		const filled = fillPrompt(this.#session.integration, this.#session.filter, name, visible);
		if (!filled || Array.isArray(filled)) return filled;
		const text = this.#isDiscovery ? `${filled.text}\n\n${HOW_TO_CALL}` : filled.text;
		return { ...filled, text, hiddenRemoved: findings.hidden };
	}

	listReadings() {
		this.#requireRunning();
		return listReadings(this.#session.integration);
	}

	read(uri: string) {
		this.#requireRunning();
		return read(this.#session.integration, this.#session.filter, uri);
	}

	async callTool(name: string, args: unknown): Promise<ToolAnswer | null> {
		const { integration, filter, access } = this.#session;
		if (this.#isPaused) return asAnswer(this.#session, pausedToResult());
		if (access.server.config.search_and_fetch && isSearchTool(name)) return this.#search(name, args);
		if (!this.#isDiscovery) {
			const operation = findOperation(integration, filter, name);
			return operation && this.#call(operation, args);
		}
		if (!discoveryTools(integration, filter).some((tool) => tool.name === name)) return null;
		if (innerTool(name, args) === null) return this.#discover(name, args);
		const call = unwrapCall(integration, filter, name, args);
		return 'faults' in call
			? asAnswer(this.#session, refusalToResult(name, call.faults))
			: this.#call(call.operation, call.args);
	}

	#discover(name: string, args: unknown): ToolAnswer | null {
		const { integration, filter } = this.#session;
		const startedAtMs = Date.now();
		const answered = answerDiscovery(integration, filter, name, args);
		if (!answered) return null;
		const result: ToolResult =
			'faults' in answered
				? refusalToResult(name, answered.faults)
				: { structuredContent: answered.content, isError: false, rateLimit: {} };
		const answer = asAnswer(this.#session, result);
		const outcome = { ...result, upstreamStatus: null, upstreamMs: null };
		logToolCall(this.#session, this.#exchange, { name, class: 'read' }, outcome, utf8Length(answer.text), startedAtMs);
		return answer;
	}

	/** Several calls of the vendor, side by side; one entry in the log. */
	async #search(name: string, args: unknown): Promise<ToolAnswer | null> {
		const { access, integration, filter } = this.#session;
		const sources = sourcesOf(integration, filter);
		if (sources.length === 0) return null;
		const startedAtMs = Date.now();
		const ask: AskSource = (key, given) => {
			const operation = integration.byResource.get(key);
			if (!operation) throw new Error(`no operation ${key}`);
			return this.#carryOut(operation, given, startedAtMs, 'records');
		};
		const link = { web: webOrigin(integration.file, access.account.base_url), settings: access.credentials };
		const outcome =
			name === SEARCH
				? await answerSearch(sources, args, link, ask)
				: await answerFetch(sources, args, link, ask, budgetBytes(this.#session));
		this.rateLimit = outcome.rateLimit;
		// Titles and texts are put together from what people wrote.
		const untrusted = outcome.isError ? {} : { untrusted: name === SEARCH ? ['title'] : ['title', 'text'] };
		const answer = asAnswer(this.#session, { ...outcome, ...untrusted });
		logToolCall(this.#session, this.#exchange, { name, class: 'read' }, outcome, utf8Length(answer.text), startedAtMs);
		return answer;
	}

	async #call(operation: Operation, args: unknown): Promise<ToolAnswer> {
		const name = toolName(operation, this.#session.filter);
		const startedAtMs = Date.now();
		const outcome = await this.#carryOut(operation, args, startedAtMs);
		this.rateLimit = outcome.rateLimit;
		const answer = asAnswer(this.#session, outcome);
		const fileBytes = (answer.file?.text ?? answer.file?.blob ?? '').length;
		logToolCall(
			this.#session,
			this.#exchange,
			{ name, class: operation.class },
			outcome,
			utf8Length(answer.text) + fileBytes,
			startedAtMs,
		);
		return answer;
	}

	async #carryOut(
		operation: Operation,
		given: unknown,
		nowMs: number,
		listFormat?: 'records' | 'table',
	): Promise<CallOutcome> {
		try {
			return await carryOut(this.#session, this.#exchange, {
				operation,
				given,
				nowMs,
				...(listFormat ? { listFormat } : {}),
			});
		} catch (error) {
			if (error instanceof HeldBack) this.isHeldBack = true;
			throw error;
		}
	}
}

const UNREDACTED = { untrusted: new Set<string>(), labelled: [], redact: false };

const ERROR_TEXTS = ['message', 'errors'];

/** The last step of every answer: nothing of the credentials leaves, and an error's words are marked as a stranger's. */
function asAnswer(session: Session, result: ToolResult): ToolAnswer {
	const { structuredContent, text, isError, file, untrusted } = result;
	const answer = { structuredContent, text: text ?? JSON.stringify(structuredContent), isError, file };
	const secrets = secretTexts(connectionOf(session, false), { isError });
	const marks = isError ? ERROR_TEXTS.filter((name) => name in structuredContent) : untrusted;
	return { ...withoutCredentials(answer, spellingsOf(secrets)), untrusted: marks };
}
