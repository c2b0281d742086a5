// Sentences of errors: ended with a stop, bounded.
import { clipped } from '../../lib/text.ts';

export function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function bounded(text: string, length: number): string {
	return text.length > length ? `${clipped(text, length - 1)}…` : text;
}

/** Joins what an answer says beside its data into one text. */
export function noticeOf(sentences: readonly (string | null | undefined)[]): { notice?: string } {
	const said = sentences.filter((one) => one !== null && one !== undefined && one !== '');
	return said.length > 0 ? { notice: said.join(' ') } : {};
}
