// Names that are too long for a client that shows server and tool together: Cursor leaves such tools out.
import type { ServerConfig } from '../contracts/records.ts';
import type { ToolFilter } from '../integration/filter.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { listedNames } from '../tools/exposure.ts';
import { clientName } from './snippets.ts';

/** Characters of `<server>_<tool>` that every known client takes. */
const SHOWN_NAME_MAX = 60;
const EXAMPLES = 5;

export interface LongNames {
	limit: number;
	tools: number;
	examples: string[];
	notice: string;
}

/** @returns null where every listed tool fits behind the server's name as the snippets have it */
export function describeLongNames(
	head: IntegrationHead,
	filter: ToolFilter,
	config: ServerConfig,
	serverName: string,
): LongNames | null {
	const room = SHOWN_NAME_MAX - clientName(serverName).length - 1;
	const long = listedNames(head, filter, config).filter((name) => name.length > room);
	if (long.length === 0) return null;
	const examples = long.toSorted((a, b) => b.length - a.length).slice(0, EXAMPLES);
	const which = long.length === 1 ? 'The name of 1 tool is' : `The names of ${long.length} tools are`;
	const notice = `${which} longer than ${SHOWN_NAME_MAX} characters with the server's name before them: Cursor leaves such tools out. "tool_names": "short" fits.`;
	return { limit: SHOWN_NAME_MAX, tools: long.length, examples, notice };
}
