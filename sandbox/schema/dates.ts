// Dates as the vendor writes and reads them.

export const DAY_MS = 86_400_000;

const DATE = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since 1970 of a vendor date; one without an offset is UTC. NaN when it is not a date. */
export function parseDate(text: string): number {
	if (!DATE.test(text)) return Number.NaN;
	const iso = text.replace(' ', 'T');
	return Date.parse(/T/.test(iso) && !/(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? `${iso}Z` : iso);
}

/** A moment in the vendor's format: UTC, whole seconds. */
export function formatDate(ms: number): string {
	return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
