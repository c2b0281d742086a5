// Turns texts into the terms that search goes by: stems, pairs of words, and whole idioms.
import { stemmer } from 'stemmer';
import type { MethodKind } from '../../integration/method-kind.ts';
import english from './english.json' with { type: 'json' };

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Words that say nothing of the thing that is meant. */
const STOP_WORDS = setOf(english.stop);
/** `off`, `over`: they change a verb's meaning, and mean nothing without one. */
const PARTICLES = setOf(english.particles);
const QUESTION_WORDS = setOf(english.questions);

const COMPOUNDS: ReadonlySet<string> = new Set(english.compounds);
const IRREGULAR = new Map(Object.entries(english.irregular));

/** Word → the kinds of method that it may ask for. */
const VERBS = new Map<string, MethodKind[]>();
for (const [kind, words] of Object.entries(english.verbs)) {
	for (const word of words.split(' ')) VERBS.set(word, [...(VERBS.get(word) ?? []), kind as MethodKind]);
}

/** An index has some thousand different words, each of them often. Kept per isolate; it depends on nothing. */
const stemmed = new Map<string, string>();
const STEMS_KEPT = 10_000;

/** An idiom is at most this many words. */
const IDIOM_MAX_WORDS = 6;

export function tokenize(text: string): string[] {
	const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
	// `on-site` and `on site` are written as one word, too.
	return words.flatMap((word, at) => {
		if (COMPOUNDS.has(`${word} ${words[at + 1]}`)) return [`${word}${words[at + 1]}`];
		return COMPOUNDS.has(`${words[at - 1]} ${word}`) ? [] : [word];
	});
}

/** Verbs and plurals of one word are one term, and words that only look alike are not: a customer is nothing custom. */
export function stem(word: string): string {
	const known = stemmed.get(word);
	if (known !== undefined) return known;
	if (stemmed.size >= STEMS_KEPT) stemmed.clear();
	const found = IRREGULAR.get(word) ?? stemmer(word);
	stemmed.set(word, found);
	return found;
}

/** Stems of the words that carry a meaning by themselves. */
export function stems(words: readonly string[]): string[] {
	return words.flatMap((word) => (STOP_WORDS.has(word) || PARTICLES.has(word) ? [] : [stem(word)]));
}

export function withoutStopWords(words: readonly string[]): string[] {
	return words.filter((word) => !STOP_WORDS.has(word));
}

export function isVerb(word: string): boolean {
	return VERBS.has(word);
}

/** `hand over` is one term, also in `hand it all over` and `hand tickets over`: stop words aside, one word may lie between. */
export function pairs(words: readonly string[]): string[] {
	const kept = withoutStopWords(words).map(stem);
	return kept.flatMap((word, at) => kept.slice(at + 1, at + 3).map((follower) => `${word}+${follower}`));
}

/** Every run of words that may be an idiom known as a whole: `who am i`. */
export function runs(words: readonly string[]): string[] {
	return words.flatMap((_, from) =>
		Array.from({ length: Math.min(IDIOM_MAX_WORDS, words.length - from) - 1 }, (_, more) =>
			idiom(words.slice(from, from + more + 2)),
		),
	);
}

/** A pair or an idiom, not a single word. */
export function isPhrase(term: string): boolean {
	return term.startsWith('=') || term.includes('+');
}

export function idiom(words: readonly string[]): string {
	return `=${words.join(' ')}`;
}

/** The kinds of the first verb; where that says several, those of the next that says which of them: `open a new ticket`. */
export function askedKinds(words: readonly string[]): ReadonlySet<MethodKind> {
	let asked: readonly MethodKind[] = [];
	for (const word of words) {
		const kinds = VERBS.get(word) ?? [];
		const both = asked.filter((kind) => kinds.includes(kind));
		if (asked.length === 0) asked = kinds;
		else if (both.length > 0) asked = both;
	}
	return new Set(asked);
}

/** Does it ask something? `How do I close a ticket` asks for something to be done. */
export function isQuestion(words: readonly string[]): boolean {
	const text = `${words.join(' ')} `;
	return QUESTION_WORDS.has(words[0] ?? '') && !english.requests.some((request) => text.startsWith(`${request} `));
}
