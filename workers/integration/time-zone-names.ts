// Time zones as vendors call them ("Eastern Standard Time", "GMT-5/Eastern Time: US & Canada") → IANA names.
import { offsetAt, zoneName } from '../lib/time-zones.ts';

/** A vendor's description of a time zone. */
export interface ToldZone {
	/** The likeliest first. */
	names: readonly string[];
	/** Offset of its standard time, where the vendor tells it. */
	offsetHours?: number | undefined;
}

/**
 * @param known  names that no rule finds, with their IANA names
 * @param nowMs  in whose year the offset must agree: zones change their rules
 * @returns null when none of the names means a zone
 */
export function ianaName(
	{ names, offsetHours }: ToldZone,
	known: Readonly<Record<string, string>>,
	nowMs: number,
): string | null {
	const byKey = new Map(Object.entries(known).map(([name, zone]) => [keyOf(name), zone]));
	const candidates = names.flatMap((name) => {
		const zone = zoneName(name.trim()) ?? zoneName(byKey.get(keyOf(name)) ?? '');
		return zone === null ? citiesIn(name) : [zone];
	});
	return candidates.find((zone) => offsetHours === undefined || hasOffset(zone, offsetHours, nowMs)) ?? null;
}

/** `GMT-5/Eastern Time: US & Canada` and `(UTC-05:00) Eastern Time (US & Canada)` have one key. */
function keyOf(name: string): string {
	return withoutOffset(name)
		.toLowerCase()
		.replace(/\b(?:daylight|summer) time\b/, 'standard time')
		.replace(/[^a-z0-9+-]+/g, ' ')
		.trim();
}

function withoutOffset(name: string): string {
	return name.replace(/^\s*\(?(?:GMT|UTC)\s?(?:[+-]\d{1,2}(?::?\d{2})?)?(?:\)\s*|\s*[/:]\s*|\s+(?=\S))/i, '') || name;
}

/** The zones that are called by a city of the name. */
function citiesIn(name: string): string[] {
	const cities = new Set(
		withoutOffset(name)
			.toLowerCase()
			.split(/[,;:()/]+/)
			.map((part) => part.trim().replaceAll(' ', '_')),
	);
	return Intl.supportedValuesOf('timeZone').filter((zone) => cities.has((zone.split('/').at(-1) ?? '').toLowerCase()));
}

/** Tells whether a zone has the offset in winter or in summer: vendors give the offset of standard time, or today's. */
function hasOffset(zone: string, hours: number, nowMs: number): boolean {
	const year = new Date(nowMs).getUTCFullYear();
	return [0, 6].some((month) => offsetAt(zone, Date.UTC(year, month, 15)) === hours * 3_600_000);
}
