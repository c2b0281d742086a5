// `me` inside conditions, where nobody looks it up: such a question would find nothing.
import type { Operation } from '../integration/operations.ts';
import type { Fault } from '../lib/errors.ts';
import { isMeWord } from '../lib/said-words.ts';
import { tokenize } from './tokenize.ts';

/** @returns a fault for each person's field that is compared with `me`, with the filter that takes it */
export function meFaults(text: string, path: string, operation: Operation): Fault[] {
	const filterByField = personFilters(operation);
	if (filterByField.size === 0) return [];
	const { tokens } = tokenize(text, true);
	return tokens.flatMap((field, index) => {
		const filter = field.type === 'word' ? filterByField.get(field.text.split('/')[0] ?? '') : undefined;
		const value = tokens[index + 2];
		const isCompared =
			tokens[index + 1]?.type === 'operator' || /^(?:contains|like)$/i.test(tokens[index + 1]?.text ?? '');
		if (filter === undefined || !isCompared || value?.type !== 'string' || !isMeWord(value.text)) return [];
		const way = `give ${filter}: "me" beside ${path}, or name the person`;
		return [{ path, message: `at ${value.start + 1}: "${value.text}" is nobody's name here: ${way}` }];
	});
}

/** Fields that a filter looks at which takes `me`, with the filter's name. */
function personFilters({ documentation, namedFilters }: Operation): Map<string, string> {
	const found = new Map<string, string>();
	for (const [name, { path, me }] of namedFilters) {
		if (me === null) continue;
		const { field = path, any = [{ field }] } = documentation.filters?.[name] ?? {};
		for (const one of [...any.map((each) => each.field), path]) found.set(one.split('/')[0] ?? one, name);
	}
	return found;
}
