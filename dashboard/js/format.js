// Numbers, dates and times in the user's own format and time zone.

const number = new Intl.NumberFormat();
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** @param {number} value */
export function count(value) {
	return number.format(value);
}

/** @param {number} value @param {string} singular @param {string} [plural] */
export function plural(value, singular, plural = `${singular}s`) {
	return `${number.format(value)} ${value === 1 ? singular : plural}`;
}

/** @param {number} bytes */
export function bytes(bytes) {
	if (bytes < 1000) return `${bytes} B`;
	if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
	return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** @param {number} tokens */
export function tokens(tokens) {
	return tokens < 1000 ? number.format(tokens) : `${(tokens / 1000).toFixed(tokens < 10_000 ? 1 : 0)}k`;
}

/** @type {readonly [number, Intl.RelativeTimeFormatUnit][]} */
const UNITS = [
	[86_400_000, 'day'],
	[3_600_000, 'hour'],
	[60_000, 'minute'],
];

/** "3 hours ago", "in 2 days". @param {string} iso @param {number} [nowMs] */
export function ago(iso, nowMs = Date.now()) {
	const distance = Date.parse(iso) - nowMs;
	const unit = UNITS.find(([size]) => Math.abs(distance) >= size);
	return unit ? relative.format(Math.trunc(distance / unit[0]), unit[1]) : distance > 0 ? 'in a moment' : 'just now';
}

/** Time left: "2 d 4 h", "3 min 20 s". Empty when it has passed. @param {string} iso @param {number} [nowMs] */
export function countdown(iso, nowMs = Date.now()) {
	const left = Math.floor((Date.parse(iso) - nowMs) / 1000);
	if (left <= 0) return '';
	const parts = /** @type {const} */ ([
		[Math.floor(left / 86_400), 'd'],
		[Math.floor(left / 3600) % 24, 'h'],
		[Math.floor(left / 60) % 60, 'min'],
		[left % 60, 's'],
	]);
	const first = parts.findIndex(([value]) => value > 0);
	return parts
		.slice(first, first + 2)
		.filter(([value]) => value > 0)
		.map(([value, unit]) => `${value} ${unit}`)
		.join(' ');
}

const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });

/** @param {string} iso */
export function moment(iso) {
	return dateTime.format(new Date(iso));
}

/** Time of day with seconds; another day than today is named. @param {string} iso */
export function timeOfDay(iso) {
	const date = new Date(iso);
	const isToday = date.toDateString() === new Date().toDateString();
	return isToday ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
}

/** The user's own time zone, e.g. Europe/Berlin. */
export function timeZone() {
	return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** Formats a date for `<input type="datetime-local">`: local time without a zone. @param {Date} date */
export function toLocalInput(date) {
	const local = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
	return local.toISOString().slice(0, 16);
}
