// Tells what a value looks like: a secret, or what people write behind the word "password" and that is none.

/** Not a plain word: with a digit beside letters, or with a symbol inside. */
export function looksSecret(value: string): boolean {
	return (/\d/.test(value) && /\p{L}/u.test(value)) || /[!@#$%^&*+=~?]/.test(value) || /^\d{4,}$/.test(value);
}

/** Tells whether a value is as strong as passwords are: then it is recognised without a colon. */
export function looksStrong(value: string): boolean {
	const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\d/, /[!@#$%^&*+=?~_-]/].filter((kind) => kind.test(value)).length;
	return value.length >= 6 && kinds >= 3 && looksSecret(value);
}

/** Things with digits that people write behind the word "password" and that are none. */
export const NO_SECRET = new RegExp(
	[
		'[\\w.+-]+@[\\w-]+\\.[\\w.-]+',
		'(?:https?|ftp|file|mailto):\\S*',
		'(?:office|windows|win|server|exchange|sharepoint|sql|adobe|sage|iphone|ipad|galaxy|quickbooks|autocad|outlook|acrobat|keepass|zoom|teams|vpn|wifi|wlan|ipv|sha|aes|wpa|o|m|v)-?\\d[\\d.]*',
		'(?:KB|INC|REQ|TKT|CHG|TASK|PO|INV|SO|RMA|CASE|TICKET|SR|CVE)[-#]?[\\d-]+',
		'#?\\d{1,6}',
		'\\d{1,4}[-/.]\\d{1,2}[-/.]\\d{1,4}(?:T\\S*)?',
		'\\d{1,2}:\\d{2}(?::\\d{2})?',
		'0x[0-9a-f]{2,16}',
		'[$€£¥]\\d[\\d.,]*|\\d[\\d.,]*[$€£¥%]',
		'[A-Za-z]:\\\\\\S*|\\\\\\\\\\S+',
	]
		.map((form) => `(?:${form})`)
		.join('|')
		.replace(/^/, '^(?:')
		.replace(/$/, ')$'),
	'i',
);

/** Places in code and settings where a secret is filled in. */
export const PLACEHOLDER =
	/^(?:["']{2}|null|undefined|nil|None|true|false|%[a-z]|%[A-Z_]+%|\$(?:\{?[A-Z_]+\}?|\{[^}]*\}|env:\w+)|\{\{.*|(?:os\.environ|os\.getenv|process\.env|getenv|Get-Credential|Read-Host)\b.*)$/;

/** Names of machines and numbers of things: capitals and digits with a dash between. */
export const IS_NAME = /^(?=[A-Z]{2})(?=[A-Z0-9]*[-_])[A-Z0-9_-]+$/;

/** A value without the punctuation of the sentence around it. */
export function split(value: string): [value: string, rest: string] {
	let end = value.length;
	while (end > 0 && '.,;)`*'.includes(value[end - 1] as string)) end--;
	return [value.slice(0, end), value.slice(end)];
}

/** The value inside quotes, or without the punctuation behind it; and what of the match is not the value. */
export function unquoted(raw: string): [value: string, rest: string] {
	if (/^["'“«「『]/.test(raw) && /["'”»」』]$/.test(raw) && raw.length > 2) return [raw.slice(1, -1), ''];
	return split(raw);
}
