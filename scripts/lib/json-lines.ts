// JSON for people: objects down to a depth over several lines, everything deeper on one, so that a change is one line.

/** @param linesDeep  levels of objects whose members get lines of their own; indented with tabs */
export function jsonLines(value: unknown, linesDeep: number, indent = ''): string {
	if (linesDeep === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return toLine(value);
	const entries = Object.entries(value);
	if (!entries.length) return '{}';
	const inner = `${indent}\t`;
	const lines = entries.map(
		([key, item]) => `${inner}${JSON.stringify(key)}: ${jsonLines(item, linesDeep - 1, inner)}`,
	);
	return `{\n${lines.join(',\n')}\n${indent}}`;
}

function toLine(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(toLine).join(', ')}]`;
	if (typeof value !== 'object' || value === null) return JSON.stringify(value);
	const entries = Object.entries(value);
	if (!entries.length) return '{}';
	return `{ ${entries.map(([key, item]) => `${JSON.stringify(key)}: ${toLine(item)}`).join(', ')} }`;
}
