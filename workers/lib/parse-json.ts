// JSON from outside, which may be none.

/** @returns null for a text that is no JSON */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
