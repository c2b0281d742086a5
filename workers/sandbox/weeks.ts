// Weeks as time sheets count them: Monday to Sunday, by days since 1970.

export const DAY_MS = 86_400_000;

/** The day (since 1970) of the Monday before a moment. */
export function weekOf(ms: number): number {
	const day = Math.floor(ms / DAY_MS);
	return day - ((day + 3) % 7);
}

/** The number of a week in its year, from 1. */
export function periodOf(monday: number): number {
	const first = Date.UTC(new Date(monday * DAY_MS).getUTCFullYear(), 0, 1) / DAY_MS;
	return Math.floor((monday - first) / 7) + 1;
}
