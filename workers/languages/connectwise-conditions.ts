// A lookup by name in ConnectWise's conditions. The filters of lists are compiled in `conditions/`.
import { patternLiteral, stringLiteral } from '../conditions/literals.ts';
import { type LookupQuestion, namingFields, pageSize } from './lookup-question.ts';

export function conditionsQuery(question: LookupQuestion): [string, string][] | null {
	const { lookup, isExact } = question;
	const query: [string, string][] = [];
	if (!lookup.is_small || isExact) {
		const conditions = lookupConditions(question);
		if (conditions === null) return null;
		query.push(['conditions', conditions]);
	}
	query.push(['fields', ['id', ...namingFields(lookup)].join(',')]);
	query.push(['pageSize', String(pageSize(lookup))]);
	return query;
}

/** Asks for names near the text and equal to it, so that one question also finds the nearest names. */
function lookupConditions({ lookup, text, ids, isExact }: LookupQuestion): string | null {
	const near = (field: string, part: string) => (isExact ? exactly(field, part) : beginnings(field, part));
	const alternatives = lookup.match.flatMap((field) => [...exactly(field, text), ...near(field, text)]);
	if (lookup.person) {
		const [first, last] = lookup.person;
		const words = text.split(/\s+/);
		const [given = '', family = ''] = [words[0], words.at(-1)];
		if (words.length === 1) alternatives.push(...near(first, given), ...near(last, given));
		else alternatives.push(...(isExact ? wholeNames(lookup.person, words) : near(last, family)));
	}
	const narrowed = Object.entries(lookup.within ?? {}).flatMap(([path, scope]) =>
		ids[scope] === undefined ? [] : [`${path} = ${ids[scope]}`],
	);
	if (alternatives.length === 0) return null;
	return [...narrowed, `(${[...new Set(alternatives)].join(' or ')})`].join(' and ');
}

/** Most words of a name that are tried at every place where the last name may begin. */
const MAX_NAME_WORDS = 8;

/** "Jan van der Berg" says nowhere where the last name begins: every way to read it. */
function wholeNames([first, last]: readonly [string, string], words: readonly string[]): string[] {
	return words.slice(1, MAX_NAME_WORDS).flatMap((_, index) => {
		const given = exactly(first, words.slice(0, index + 1).join(' '))[0];
		const family = exactly(last, words.slice(index + 1).join(' '))[0];
		return given && family ? [`(${given} and ${family})`] : [];
	});
}

function exactly(field: string, text: string): string[] {
	const literal = stringLiteral(text);
	return literal ? [`${field} = ${literal}`] : [];
}

/** Letters at the beginning of a word, which are most often right in a misspelt name. */
const BEGINNING = 4;
const WORDS = 2;

/** The words that can be asked for as they are: without quotes of any kind, dashes and wildcards. */
function plainWords(text: string): string[] {
	return text
		.normalize('NFC')
		.split(/[\s"'\u2018-\u201f\u02bc\u2032\u2033`\u00b4\u2010-\u2015\\[\]*%_-]+/u)
		.filter(Boolean);
}

/** Returns the beginnings of the longest words that can be asked for as they are. */
function beginnings(field: string, text: string): string[] {
	return plainBeginnings(text).flatMap((part) => {
		const literal = patternLiteral(part);
		return literal ? [`${field} contains ${literal}`] : [];
	});
}

export function plainBeginnings(text: string): string[] {
	return plainWords(text)
		.toSorted((a, b) => b.length - a.length)
		.slice(0, WORDS)
		.map((word) => {
			// An accent may be kept composed or not, and a person may leave it out: what stands before it is asked for.
			const plain = /^[\x20-\x7e]{2,}/.exec(word)?.[0] ?? word;
			return Array.from(plain).slice(0, BEGINNING).join('');
		});
}
