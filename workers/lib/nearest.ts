// The nearest valid name to a misspelt one.

/** Names within a third of the text's length in edits, or that contain it; nearest first, at most three. */
export function nearest(text: string, names: Iterable<string>): string[] {
	// Names are short; a long text has no near one and would only cost time.
	if (text.length > 80) return [];
	const wanted = normalize(text);
	// A child's parent is asked for by its name: `id` there means `ticket_id`.
	if (wanted === 'id')
		return Array.from(names)
			.filter((name) => name === 'id' || name.endsWith('_id'))
			.slice(0, 3);
	// Two different letters in a short word make another word.
	const limit = wanted.length < 5 ? 1 : Math.max(2, Math.floor(wanted.length / 3));
	return Array.from(names, (name) => ({ name, distance: distance(wanted, normalize(name)) }))
		.filter(({ name, distance }) => distance <= limit && !areOpposites(wanted, normalize(name)))
		.sort((a, b) => a.distance - b.distance)
		.slice(0, 3)
		.map(({ name }) => name);
}

const NEGATIONS = ['non', 'not', 'un', 'in', 'no'];
const OPPOSITES = [['enabled', 'disabled']];

/** `nonbillable` and `billable`: the nearest spelling would mean the contrary. */
function areOpposites(one: string, other: string): boolean {
	const isNegated = (word: string, plain: string) => NEGATIONS.some((negation) => word === `${negation}${plain}`);
	return (
		isNegated(one, other) ||
		isNegated(other, one) ||
		OPPOSITES.some((pair) => pair.includes(one) && pair.includes(other))
	);
}

/** ` Did you mean "a" or "b"?`, or nothing. */
export function didYouMean(text: string, names: Iterable<string>): string {
	const found = nearest(text, names);
	return found.length > 0 ? ` Did you mean ${found.map((name) => `"${name}"`).join(' or ')}?` : '';
}

/** `status/id`, `status_id` and `Status` all come near `status`. */
function normalize(text: string): string {
	return text
		.toLowerCase()
		.replace(/[/_.-](id|name|identifier)$/, '')
		.replace(/[^a-z0-9]/g, '');
}

/** Levenshtein distance; one row at a time. */
function distance(a: string, b: string): number {
	if (a === b) return 0;
	const [short, long] = a.length < b.length ? [a, b] : [b, a];
	if (short.length > 2 && short.length * 3 >= long.length && long.includes(short)) return 1;
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const next = [i];
		for (let j = 1; j <= b.length; j++) {
			const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
			next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
		}
		row = next;
	}
	return row[b.length] ?? 0;
}
