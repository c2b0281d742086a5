// JSON with whole numbers that a double cannot hold: they arrive exact, as text.

/** Only a text with that many digits in a row can hold one; reading it costs a call per value. */
const MANY_DIGITS = /\d{16}/;

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/** @throws SyntaxError for what is no JSON */
export function parseExactJson(text: string): unknown {
	const plain: unknown = JSON.parse(text);
	if (!MANY_DIGITS.test(text)) return plain;
	try {
		const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
		return parse(text, (_key, value, context) => {
			if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
			const source = context?.source ?? '';
			return /^-?\d+$/.test(source) ? source : value;
		});
	} catch {
		// Nested deeper than the recursion reaches.
		return plain;
	}
}
