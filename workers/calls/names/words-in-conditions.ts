// Words for persons inside conditions: `owner/identifier = "me"`. The vendor knows no such words, so a list would be empty,
// or hold everybody else. The caller's text stays as it is: the refusal says what to write.

import { tokenize } from '../../conditions/tokenize.ts';
import type { ActingMember } from '../../contracts/records.ts';
import type { Arguments } from '../../integration/arguments.ts';
import { conditionParameters } from '../../integration/method-wire.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import { ownLookup } from '../../integration/own-lookup.ts';
import type { Fault } from '../../lib/errors.ts';
import { isMeWord, isNobodyWord } from '../../lib/said-words.ts';
import type { Ask, Unresolved } from './ask.ts';
import { ME } from './lookup-plan.ts';
import { findPerson } from './resolve-me.ts';

/** Words between a field and a text that are no field. */
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'contains', 'like', 'in']);

interface Word {
	parameter: string;
	field: string;
	operator: string;
	text: string;
}

/** @returns faults that say what to write in place of the words; nothing is asked where there are none */
export async function checkWords(
	{ file }: Integration,
	operation: Operation,
	args: Arguments,
	{ acting, ask }: { acting: ActingMember | undefined; ask: Ask },
): Promise<{ faults: Fault[] } | Extract<Unresolved, { answer: unknown }>> {
	const words = Object.keys(conditionParameters(file)).flatMap((name) => wordsIn(name, args[name]));
	const nobody = words.filter(({ field, text }) => isPerson(operation, field) && isNobodyWord(text));
	const faults = nobody.map(({ parameter, field, operator, text }) => ({
		path: parameter,
		message: `has ${field} ${operator} "${text}": nobody is written ${field.split('/')[0]} ${operator.startsWith('!') || /^not/i.test(operator) ? '!=' : '='} null`,
	}));
	const mine = words.filter((word) => isMeWord(word.text) && namesPerson(operation, word));
	const own = mine.length > 0 ? ownLookup(file) : null;
	if (!own) return { faults };
	const person = await findPerson(file, own.lookup, acting, ask);
	if ('answer' in person) return person;
	const because = 'fault' in person ? person.fault : `is written "${person.text}" here`;
	const ofMine = mine.map(({ parameter, field, operator, text }) => ({
		path: parameter,
		message: `has ${field} ${operator} "${text}": ${because.startsWith('is ') ? `"${ME}" ${because}` : because}`,
	}));
	return { faults: [...faults, ...ofMine] };
}

function wordsIn(parameter: string, conditions: unknown): Word[] {
	if (typeof conditions !== 'string') return [];
	const words: Word[] = [];
	let [field, operator] = ['', ''];
	for (const { type, text } of tokenize(conditions, true).tokens) {
		const lower = text.toLowerCase();
		if (type === 'string') words.push({ parameter, field, operator, text });
		else if (type === 'word' && !KEYWORDS.has(lower)) [field, operator] = [text, ''];
		else if (type === 'operator' || KEYWORDS.has(lower)) operator = `${operator} ${lower}`.trim();
	}
	return words;
}

function isPerson({ namedFilters }: Operation, field: string): boolean {
	const [path, key] = field.split('/');
	return key !== undefined && [...namedFilters.values()].some((one) => one.isPerson && one.path === path);
}

/** A whole text that is "me" is a person in any field; a part of one, or another word, only where the field holds persons. */
function namesPerson(operation: Operation, { field, operator, text }: Word): boolean {
	const isWhole = !/contains|like/i.test(operator) && text.trim().toLowerCase() === ME;
	if (isWhole || isPerson(operation, field)) return true;
	const filters = Object.values(operation.documentation.filters ?? {});
	return filters.some(({ any = [] }) => any.some((one) => one.op === 'listed' && one.field === field));
}
