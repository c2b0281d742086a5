// Finds the whole jobs that a question asks for: they stand before the single tools that they are made of.
import { stem, tokenize, withoutStopWords } from '../tool-search/terms.ts';
import type { Job } from './offered.ts';

/**
 * A job is asked for where the question holds all words of one of its phrases. A phrase after `=` is the whole question,
 * stop words aside: `close this out` means a ticket, and `close out the batch` does not.
 */
export function jobsAsked(jobs: readonly Job[], query: string): Job[] {
	const said = tokenize(query);
	const asked = new Set(said.map(stem));
	const telling = withoutStopWords(said).map(stem).join(' ');
	return jobs.filter(
		(job) =>
			job.name === query.trim() ||
			job.fact.asks.some((phrase) => {
				const words = tokenize(phrase).map(stem);
				if (phrase.startsWith('=')) return words.join(' ') === telling;
				return words.length > 0 && words.every((word) => asked.has(word));
			}),
	);
}
