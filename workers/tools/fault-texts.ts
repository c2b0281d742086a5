// Words of faults: what was expected, and what was received.
import type { ArgumentSchema } from '../integration/format.ts';

export function expected(schema: ArgumentSchema): string {
	if (schema.format === 'date-time') return 'a datetime like 2026-04-01T09:00:00';
	switch (schema.type) {
		case 'integer':
			return 'an integer';
		case 'object':
			return 'an object';
		case 'array':
			return 'an array';
		case undefined:
			return 'a value';
		default:
			return `a ${schema.type}`;
	}
}

export function referenceExample(keys: readonly string[]): string {
	return [
		keys.includes('id') ? '{"id": 1}' : '',
		keys.includes('identifier') ? '{"identifier": "…"}' : '',
		keys.includes('name') ? '{"name": "…"}' : '',
	]
		.filter(Boolean)
		.join(' or ');
}

/** The received value, short enough for a message. */
export function describe(value: unknown): string {
	if (value === undefined) return 'nothing';
	// JSON has no Infinity, which 1e400 is read as.
	const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value);
	const kind =
		value === null
			? ''
			: Array.isArray(value)
				? 'the array '
				: typeof value === 'object'
					? 'the object '
					: `the ${typeof value} `;
	return kind + clip(text, 58);
}

export function clip(text: string, length: number): string {
	return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
