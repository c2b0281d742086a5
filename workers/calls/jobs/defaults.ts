// Arguments that a caller left out: what the integration says, and the member that the server works for.

import type { JobFact } from '../../integration/format.ts';
import type { Fault } from '../../lib/errors.ts';
import { isMeWord, isNobodyWord } from '../../lib/said-words.ts';
import type { JobRun } from './run.ts';

type Facts = Extract<JobFact, { kind: 'gather' | 'watch' }>['arguments'];

const ME = 'me';

/** @returns a fault where `me` is nobody */
export function withDefaults(
	{ context }: JobRun,
	facts: Facts,
	given: Readonly<Record<string, unknown>>,
): Record<string, unknown> | Fault {
	const values = { ...given };
	for (const [name, { default: fallback }] of Object.entries(facts))
		if (values[name] === undefined && fallback !== undefined) values[name] = fallback;
	for (const [name, { default: fallback }] of Object.entries(facts))
		if (fallback === ME && isNobodyWord(String(values[name])))
			return { path: name, message: `"${String(values[name])}" names no member: give an identifier or a name` };
	const acting = context.access.server.acts_for;
	for (const [name, value] of Object.entries(values)) {
		const isPerson = facts[name]?.default === ME;
		if (typeof value !== 'string' || !(isPerson ? isMeWord(value) : value.toLowerCase() === ME)) continue;
		if (!acting?.identifier) {
			const message = 'is needed: this server works for no member of its own, so "me" is nobody';
			return { path: name, message };
		}
		values[name] = acting.identifier;
	}
	return values;
}
