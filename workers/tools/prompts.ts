// Prompts of an integration as a server's filter leaves them: jobs that a person starts with one choice in their client.

import { matchesFilter, type ToolFilter, toolName } from '../integration/filter.ts';
import type { PromptFact } from '../integration/format.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { rememberPerFilter } from '../integration/remember.ts';
import type { Fault } from '../lib/errors.ts';
import { didYouMean } from '../lib/nearest.ts';
import { clipped } from '../lib/text.ts';
import { parseTime } from '../lib/times.ts';
import { findJob } from './jobs/offered.ts';

/** A prompt on the wire (MCP 2025-11-25 and 2026-07-28, "Prompts"). */
export interface ListedPrompt {
	name: string;
	title: string;
	description: string;
	arguments: { name: string; title?: string; description: string; required: boolean }[];
}

type ArgumentFact = NonNullable<PromptFact['arguments']>[string];

const PLACEHOLDER = /\{\{(tool:|job:)?([a-z0-9_.]+)\}\}/g;

/** Has the server any prompt at all? */
export const hasPrompts = rememberPerFilter((head, filter) =>
	Object.values(head.prompts).some((prompt) => isOffered(head, prompt, filter)),
);

export function listPrompts(head: IntegrationHead, filter: ToolFilter): ListedPrompt[] {
	return Object.entries(head.prompts).flatMap(([name, prompt]) => {
		if (!isOffered(head, prompt, filter)) return [];
		const { title, description, arguments: given = {} } = prompt;
		const listed = Object.entries(given).map(([argument, fact]) => ({
			name: argument,
			...(fact.title ? { title: fact.title } : {}),
			description: fact.default === undefined ? fact.description : `${fact.description} Without it: ${fact.default}.`,
			required: fact.required === true,
		}));
		return [{ name, title, description, arguments: listed }];
	});
}

/** @returns the text for the model, every fault of the arguments, or null where the server has no such prompt */
export function fillPrompt(
	head: IntegrationHead,
	filter: ToolFilter,
	name: string,
	given: Readonly<Record<string, unknown>>,
): { description: string; text: string } | Fault[] | null {
	const prompt = Object.hasOwn(head.prompts, name) ? head.prompts[name] : undefined;
	if (!prompt || !isOffered(head, prompt, filter)) return null;
	const facts = prompt.arguments ?? {};
	const faults: Fault[] = [];
	for (const [argument, value] of Object.entries(given)) {
		if (!Object.hasOwn(facts, argument))
			faults.push({
				path: argument.slice(0, 60),
				message: `is no argument.${didYouMean(argument, Object.keys(facts))}`,
			});
		else if (typeof value !== 'string') faults.push({ path: argument, message: 'must be a text' });
	}
	const textOf = (argument: string): string | undefined => {
		const value = Object.hasOwn(given, argument) ? given[argument] : undefined;
		return typeof value === 'string' && value.trim() !== '' ? value : facts[argument]?.default;
	};
	for (const [argument, { required }] of Object.entries(facts)) {
		const value = given[argument] ?? '';
		if (required && typeof value === 'string' && value.trim() === '')
			faults.push({ path: argument, message: 'is required' });
	}
	for (const [argument, fact] of Object.entries(facts)) {
		const value = given[argument];
		const message = typeof value === 'string' && value.trim() !== '' ? faultOf(fact, value.trim()) : null;
		if (message !== null) faults.push({ path: argument, message });
	}
	if (faults.length > 0) return faults;
	const text = prompt.text
		.filter((line) =>
			placeholders(line).every(({ kind, target }) => kind !== 'argument' || textOf(target) !== undefined),
		)
		// A person's text is put in once and not searched for placeholders.
		.map((line) =>
			line.replace(PLACEHOLDER, (_, kind, target) =>
				kind === 'tool:' ? toolOf(head, filter, target) : kind === 'job:' ? target : (textOf(target) ?? ''),
			),
		)
		.join('\n');
	return { description: prompt.description, text };
}

/** @returns what is wrong with a value, or null */
function faultOf({ kind, one_of }: ArgumentFact, value: string): string | null {
	if (one_of && !one_of.includes(value.toLowerCase()))
		return `must be ${one_of.join(' or ')}, got "${clipped(value, 60)}"`;
	if (kind === 'number' && !/^\d{1,9}$/.test(value)) return `must be a number, got "${clipped(value, 60)}"`;
	if (kind === 'time') {
		// Only the form is judged; what it means is for the tool that is called with it.
		const read = parseTime(value, { nowMs: 0, zone: 'UTC' });
		if ('fault' in read) return `must be a date or a time such as today, 7d or last month, got "${clipped(value, 60)}"`;
	}
	return null;
}

export function placeholders(text: string): { kind: 'argument' | 'tool' | 'job'; target: string }[] {
	return Array.from(text.matchAll(PLACEHOLDER), ([, kind, target = '']) => ({
		kind: kind === 'tool:' ? 'tool' : kind === 'job:' ? 'job' : 'argument',
		target,
	}));
}

function isOffered(head: IntegrationHead, prompt: PromptFact, filter: ToolFilter): boolean {
	return prompt.text.every((line) =>
		placeholders(line).every(({ kind, target }) => {
			if (kind === 'job') return findJob(head, filter, target) !== null;
			const header = kind === 'tool' ? head.headerOf.get(target) : undefined;
			return kind === 'argument' || (header !== undefined && matchesFilter(header, filter));
		}),
	);
}

function toolOf({ headerOf }: IntegrationHead, filter: ToolFilter, target: string): string {
	const header = headerOf.get(target);
	return header ? toolName(header, filter) : '';
}
