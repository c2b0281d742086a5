import { clipped } from '../../lib/text.ts';
// Sentences of errors: ended with a stop, bounded, without secrets.

export function sentence(text: string): string {
	return /[.!?]$/.test(text) ? text : `${text}.`;
}

export function bounded(text: string, length: number): string {
	return text.length > length ? `${clipped(text, length - 1)}…` : text;
}

export function withoutSecrets(text: string, secrets: readonly string[]): string {
	let scrubbed = text;
	for (const secret of secrets) scrubbed = scrubbed.replaceAll(secret, '[credential]');
	return scrubbed;
}
