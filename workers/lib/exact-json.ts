// JSON with whole numbers that a double cannot hold: they arrive exact, as text.

/** Only a text with that many digits in a row can hold one; reading it costs a call per value. */
const MANY_DIGITS = 16;

/** Looks at every sixteenth character first: no run of sixteen digits lies between two of them. */
function holdsManyDigits(text: string): boolean {
	for (let at = MANY_DIGITS - 1; at < text.length; at += MANY_DIGITS) {
		if (!isDigit(text, at)) continue;
		let from = at;
		while (isDigit(text, from - 1)) from--;
		let to = at + 1;
		while (isDigit(text, to) && to - from < MANY_DIGITS) to++;
		if (to - from >= MANY_DIGITS) return true;
	}
	return false;
}

function isDigit(text: string, at: number): boolean {
	const unit = text.charCodeAt(at);
	return unit >= 0x30 && unit <= 0x39;
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/** @throws SyntaxError for what is no JSON */
export function parseExactJson(text: string): unknown {
	const plain: unknown = JSON.parse(text);
	if (!holdsManyDigits(text)) return plain;
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
