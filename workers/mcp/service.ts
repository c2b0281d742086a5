// The tools, prompts and resources of one server, for one message.
import type { ServerView } from '../calls/context.ts';
import type { CallOutcome } from '../calls/outcome.ts';
import { PAUSED } from '../calls/refusals.ts';
import { cleanTexts, noFindings, PLAIN_POLICY, UNTRUSTED_TEXT } from '../calls/untrusted-text/result-texts.ts';
import { describeTimeZone, serverTimeZone } from '../contracts/server-time-zone.ts';
import { matchesFilter } from '../integration/filter.ts';
import { rememberPerFilter } from '../integration/remember.ts';
import type { Fault } from '../lib/errors.ts';
import { exposureOf, listTools } from '../tools/exposure.ts';
import { fillPrompt, hasPrompts, type ListedPrompt, listPrompts } from '../tools/prompts.ts';
import { type ListedResource, listResources, readResource } from '../tools/resources.ts';
import { HOW_TO_CALL, HOW_TO_FIND } from '../tools/tool-search/discovery-tools.ts';
import type { CompiledTool } from '../tools/tools.ts';
import type { Exchange } from './exchange.ts';
import { answerToolCall } from './tool-calls.ts';
import { ProtocolFault } from './wire.ts';

/** JSON-RPC leaves -32000 to -32099 to servers. */
const SERVER_PAUSED = -32001;

/** The server behind a URL, as the protocol sees it. */
export interface ToolService {
	instructions(): string;
	/** Way out for a name that is no tool's, where tools are not called by their names; empty elsewhere. */
	unknownTool(): string;
	/** All that the list depends on: the same key, the same list. */
	listKey(): string;
	listTools(): CompiledTool[];
	/** @returns null for a tool that this server does not have */
	callTool(name: string, args: unknown): Promise<CallOutcome | null>;
	hasPrompts(): boolean;
	listPrompts(): ListedPrompt[];
	/** @returns null for a prompt that this server does not have */
	fillPrompt(
		name: string,
		args: Record<string, unknown>,
	): { description: string; text: string; hiddenRemoved: number } | Fault[] | null;
	listResources(): ListedResource[];
	/** @returns Markdown; null where there is no such resource */
	readResource(uri: string): string | null;
}

export function createService(exchange: Exchange): ToolService {
	const { server } = exchange;
	const { integration, filter } = server;
	const { paused, config } = server.access.server;
	/** @throws ProtocolFault while the server is paused: it lists and gives nothing */
	const whileRunning = <T>(answer: () => T): T => {
		if (paused) throw new ProtocolFault(SERVER_PAUSED, PAUSED);
		return answer();
	};
	return {
		instructions: () => instructionsOf(server),
		unknownTool: () => (exposureOf(integration, filter, config).isCalledByName ? '' : HOW_TO_FIND),
		listKey: () => listKeyOf(server),
		listTools: () => whileRunning(() => listTools(integration, filter, config)),
		callTool: (name, args) => answerToolCall(exchange, name, args),
		hasPrompts: () => hasPrompts(integration, filter),
		listPrompts: () => whileRunning(() => listPrompts(integration, filter)),
		fillPrompt: (name, args) =>
			whileRunning(() => {
				// An argument that a person pastes may hold hidden characters.
				const findings = noFindings();
				const filled = fillPrompt(integration, filter, name, cleanTexts({ ...args }, PLAIN_POLICY, findings));
				if (!filled || Array.isArray(filled)) return filled;
				const text =
					exposureOf(integration, filter, config).kind === 'discovery'
						? `${filled.text}\n\n${HOW_TO_CALL}`
						: filled.text;
				return { ...filled, text, hiddenRemoved: findings.hidden };
			}),
		listResources: () => whileRunning(() => listResources(integration)),
		readResource: (uri) => whileRunning(() => readResource(integration, filter, uri)),
	};
}

const isWriting = rememberPerFilter(({ headers }, filter) =>
	headers.some((header) => !header.readOnly && matchesFilter(header, filter)),
);

function instructionsOf({ access, integration, filter }: ServerView): string {
	const { instructions, write_instructions, texts } = integration.file;
	const zone = describeTimeZone(serverTimeZone(access.server, access.account));
	const times = `Times without an offset and days are those of ${zone}; answers are in UTC. Times: a date, a datetime, today, this week, 7d (ago), +7d (ahead). A filter takes a name, a part of one, or an id; a person may be "none".`;
	const acting = access.server.acts_for;
	const works = acting
		? `This server works for the member ${acting.identifier ?? acting.id}: "me" means this person.`
		: '';
	const writes = isWriting(integration, filter) ? write_instructions : undefined;
	const all = [instructions, writes, times, works, texts && UNTRUSTED_TEXT].filter(Boolean).join(' ');
	return access.server.paused ? `${PAUSED}\n\n${all}` : all;
}

/** All that the list of tools depends on: the same key, the same list. */
function listKeyOf({ access, integration, filter }: ServerView): string {
	const { methods, tags, destructive_tag, tools, tool_names, list_format, within } = filter;
	const { paused, config } = access.server;
	const acts = config.acts_for !== undefined;
	const shown = [tool_names, list_format, config.tool_exposure, config.search_and_fetch, acts];
	const chosen = [methods, tags, destructive_tag, tools];
	return JSON.stringify([integration.file.name, chosen, ...shown, within, paused === true]);
}
