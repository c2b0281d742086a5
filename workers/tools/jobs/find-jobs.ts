// Which whole jobs a question asks for: they stand before the single tools that they are made of.
import { stem, tokenize } from '../tool-search/terms.ts';
import type { Job } from './offered.ts';

/** A job is asked for where the question holds all words of one of its phrases. */
export function jobsAsked(jobs: readonly Job[], query: string): Job[] {
	const asked = new Set(tokenize(query).map(stem));
	return jobs.filter(
		(job) =>
			job.name === query.trim() ||
			job.fact.asks.some((phrase) => {
				const words = tokenize(phrase).map(stem);
				return words.length > 0 && words.every((word) => asked.has(word));
			}),
	);
}
