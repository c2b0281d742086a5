// Passwords, keys, one-time codes and card numbers in texts, replaced by what they were. Where a mistake is possible,
// a text keeps what a technician works with: order numbers, serials, phone numbers, GUIDs and addresses stay.
//
// Every pattern takes time in proportion to the text: what repeats is bounded, or begins only where no character of its
// own kind stands before it.

type Kind = 'password' | 'key' | 'private_key' | 'code' | 'card';

const mark = (kind: Kind) => `[redacted:${kind}]`;
/** What `redact` writes. A text that holds it is not the text it was made from. */
export const REDACTION = /\[redacted:(?:password|key|private_key|code|card)\]/;

interface Rule {
	pattern: RegExp;
	/** @returns what to put in place; null to leave the match as it is */
	replace(match: readonly string[]): string | null;
}

/** @returns the text with marks, and how many there are */
export function redact(text: string): { text: string; count: number } {
	let count = 0;
	let redacted = withoutPrivateKeys(text, () => count++);
	for (const { pattern, replace } of RULES) {
		redacted = redacted.replace(pattern, (...parts: unknown[]) => {
			const groups = parts.slice(
				0,
				parts.findIndex((part) => typeof part === 'number'),
			) as string[];
			const replaced = replace(groups);
			if (replaced === null) return groups[0] as string;
			count++;
			return replaced;
		});
	}
	return { text: redacted, count };
}

/** Names of fields and labels whose value is a secret whatever it looks like. */
export const SECRET_NAME =
	/(?:pass(?:word|wd|phrase|code|wort)|pwd|kennwort|secret|(?:api|private|access|encryption|recovery|pre-?shared)[ _-]?key|(?:access|auth|api|refresh|bearer)[ _-]?token)s?$|^(?:pw|pin|psk)$/i;

/** A labelled value, if its label says that it is a secret. */
export function isSecretLabel(label: string): boolean {
	return SECRET_NAME.test(label.trim().replace(/[:?]$/, '')) || /\b(?:password|passcode|passphrase|pwd)\b/i.test(label);
}

export function redactedValue(): string {
	return mark('password');
}

// --- private keys --------------------------------------------------------------------------------------------------

const KEY_BEGIN = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_END = /-----END (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;

function withoutPrivateKeys(text: string, found: () => void): string {
	if (!text.includes('-----BEGIN')) return text;
	const parts: string[] = [];
	let from = 0;
	KEY_BEGIN.lastIndex = 0;
	for (let begin = KEY_BEGIN.exec(text); begin; begin = KEY_BEGIN.exec(text)) {
		KEY_END.lastIndex = KEY_BEGIN.lastIndex;
		const end = KEY_END.exec(text);
		found();
		parts.push(text.slice(from, begin.index), mark('private_key'));
		// One without an end was cut off: the rest of the text is the key.
		from = end ? KEY_END.lastIndex : text.length;
		KEY_BEGIN.lastIndex = from;
		if (!end) break;
	}
	parts.push(text.slice(from));
	return parts.join('');
}

// --- what a value looks like ---------------------------------------------------------------------------------------

const isMarked = (value: string) => REDACTION.test(value);

/** Not a plain word: with a digit beside letters, or with a symbol inside. */
function looksSecret(value: string): boolean {
	return (/\d/.test(value) && /\p{L}/u.test(value)) || /[!@#$%^&*+=~?]/.test(value) || /^\d{4,}$/.test(value);
}

/** What stands after "password:" in a sentence about a password. */
const STATUS_WORDS = new Set(
	`a above admin's and any ask at attached been below blank call can cannot can't change changed changing contact created
	do does doesn't don't due email empty enter expire expired expires expiry failed field for forgot forgotten from had has
	have hint how i if in incorrect invalid is issue issues it keeps later link locked lost manager me must my n/a na need
	needed needs never new no none not ok okay old on only or our pending please policy policies problem protected provided
	recovery rejected remains request requested requests required reset resets resetting resolved same see self-service
	sent should still tbd the their then they this to too tool unchanged unknown update updated user users valid verified via
	was we were what when will with work worked working works wrong yes you your`
		.split(/\s+/)
		.map((word) => word.trim()),
);

/** A value without the punctuation of the sentence around it. */
function split(value: string): [value: string, rest: string] {
	let end = value.length;
	while (end > 0 && '.,;)`*'.includes(value[end - 1] as string)) end--;
	return [value.slice(0, end), value.slice(end)];
}

// --- cards ---------------------------------------------------------------------------------------------------------

/** Source: the networks' published ranges of issuer numbers. */
function isCard(text: string): boolean {
	const digits = text.replace(/[ -]/g, '');
	const { length } = digits;
	const isGrouped = /^(?:\d+|\d{4}([ -])\d{4}\1\d{4}\1\d{1,7}|\d{4}([ -])\d{6}\2\d{4,5})$/.test(text);
	const isIssued =
		(/^4/.test(digits) && (length === 13 || length === 16 || length === 19)) ||
		(/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/.test(digits) && length === 16) ||
		(/^3[47]/.test(digits) && length === 15) ||
		(/^(?:6011|64[4-9]|65)/.test(digits) && length >= 16) ||
		(/^(?:30[0-5]|36|38|39)/.test(digits) && length === 14) ||
		(/^35(?:2[89]|[3-8])/.test(digits) && length === 16) ||
		(/^62/.test(digits) && length >= 16);
	return isGrouped && isIssued && !/^(\d)\1+$/.test(digits) && passesLuhn(digits);
}

/** ISO/IEC 7812-1, annex B. */
function passesLuhn(digits: string): boolean {
	let sum = 0;
	for (let i = 0; i < digits.length; i++) {
		const digit = Number(digits[digits.length - 1 - i]);
		const weighed = i % 2 === 0 ? digit : digit * 2;
		sum += weighed > 9 ? weighed - 9 : weighed;
	}
	return sum % 10 === 0;
}

// --- rules, in their order -----------------------------------------------------------------------------------------

const ISSUED_KEY =
	/(?<![\w-])(?:(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|sk-[\w-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}|(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)|AIza[\w-]{35}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*|pb_[\w-]{43})/g;

/** 8 groups of 6 digits: a recovery key of an encrypted drive. */
const RECOVERY_KEY = /(?<![\d-])\d{6}(?:-\d{6}){7}(?![\d-])/g;

const AUTHORIZATION = /(?<![\w-])(Bearer|Basic)([ \t]{1,4})([A-Za-z0-9+/._~-]{12,}={0,2})/gi;

/** Quotes of JSON and marks of Markdown or HTML: around the label, and before the value. */
const MARKUP = '(?:[\\\\"\'*_`]|</?[a-z]{1,10}>|&nbsp;)';
const SEPARATOR = `(${MARKUP}{0,3}\\s{0,3}(?:[:=]|->|=>|→)(?:[*_\`]|</?[a-z]{1,10}>|&nbsp;|\\s){0,4}|[ \\t]{1,3}[-–—][ \\t]{1,3}|\\s{1,3}(?:is|was|to|ist|est)(?:\\s{1,3}now)?:?\\s{1,3})`;
const ABOUT = '(?:\\s{1,3}\\([^()\\n]{0,40}\\)|\\s{1,3}(?:for|of|on)(?:\\s{1,3}[^\\s:=()]{1,40}){1,4}?)?';
const VALUE = '("[^"\\n]{1,120}"|\'[^\'\\n]{1,120}\'|“[^”\\n]{1,120}”|[^\\s]+(?:\\s\\/\\s[^\\s]+)?)';

const LABELLED_KEY = new RegExp(
	`((?:api|secret|access|private|account|storage|shared|encryption|host|signing)[ _-]?key|(?:client|shared|app|consumer|webhook)[ _-]?secret|(?<![\\p{L}\\p{N}_-])secret(?=\\s{0,3}[:=])|(?:auth|access|refresh|bearer|api|bot|session)[ _-]?token|pre-?shared[ _-]?key|(?<![\\p{L}\\p{N}])psk|wpa2?[ _-]?key|wi-?fi[ _-]?key|connection[ _-]?string)${SEPARATOR}${VALUE}`,
	'giu',
);

const PASSWORD = new RegExp(
	`((?:pass(?:word|wort|phrase|wd)|pwd|kennwort|wachtwoord|contraseña|lösenord)s?|(?<![\\p{L}\\p{N}])(?:pass|pw|passcode|senha|mot de passe))${ABOUT}${SEPARATOR}${VALUE}`,
	'giu',
);

/** In a URL: `https://user:password@host`. */
const URL_PASSWORD = /(?<![\w+.-])([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{1,60}:)([^\s:@/]{1,100})(?=@)/gi;

const CODE_WORD =
	'(?:(?:verification|security|authenticat(?:ion|or)|one[- ]?time|mfa|2fa|otp|totp|two[- ]factor|sms|log-?in|sign[- ]?in|access|confirmation|auth|backup|recovery)[ -](?:code|pin|passcode|password|token)s?)';
const DIGITS = '(\\d{3}[ -]\\d{3}|\\d{6,8})';
const NOT_IN_NUMBER = '(?![\\d]|[-/.:,]\\d)';

const CODES: RegExp[] = [
	new RegExp(`(${CODE_WORD}[^\\d\\n]{0,30}?)(?<![\\d.#/-])${DIGITS}${NOT_IN_NUMBER}`, 'gi'),
	new RegExp(`(${CODE_WORD}\\s{0,3}(?:is|was|[:=])?:?\\s{0,3})(\\d{4,8})${NOT_IN_NUMBER}`, 'gi'),
	/((?<![\w-])your\s{1,3}code\s{1,3}is:?\s{1,3})(\d{4,8})(?![\d]|[-/.:,]\d)/gi,
	new RegExp(`((?<![\\w-])(?:otp|totp|mfa|2fa|pin)\\s{0,3}(?:is|was|[:=])\\s{0,3})(\\d{4,8})${NOT_IN_NUMBER}`, 'gi'),
	new RegExp(`((?<![\\w-])(?:otp|totp|mfa|2fa)\\s{1,3})(\\d{3} \\d{3}|\\d{6})${NOT_IN_NUMBER}`, 'gi'),
	/((?<![\w-])(?:use|enter|type)(?:\s{1,3}(?:the|this))?(?:\s{1,3}code)?\s{1,3})(\d{3} \d{3}|\d{4,8})(?=\s{1,3}(?:to|when)\s{1,3}(?:sign|log|verify|confirm|authenticate|approve))/gi,
];
const CODE_FIRST =
	/(?<![\w.#/-]|[A-Z]-)((?:[A-Z]-)?)(\d{3}[ -]\d{3}|\d{4,8})(?=\s{1,3}is\s{1,3}(?:your|the|my)\s{1,3}[^\n]{0,40}?(?:code|otp|passcode|pin)(?![\p{L}]))/giu;

const CARD = /(?<![\p{L}\d_.+#/]|\d[ -]|\p{L}-)\d(?:[ -]?\d){12,18}(?![\p{L}\d_]|[ -]\d|[.-][\p{L}\d])/gu;
const CARD_CHECK = /((?<![\p{L}\d_])(?:cvv2?|cvc2?|card security code)\s{0,3}(?:is|[:=#])?\s{0,3})(\d{3,4})(?!\d)/giu;

const RULES: readonly Rule[] = [
	{ pattern: ISSUED_KEY, replace: () => mark('key') },
	{ pattern: RECOVERY_KEY, replace: () => mark('key') },
	{
		pattern: AUTHORIZATION,
		replace: ([, scheme, space, value = '']) =>
			/\d/.test(value) || /[a-z][A-Z]|=$/.test(value) ? `${scheme}${space}${mark('key')}` : null,
	},
	{ pattern: URL_PASSWORD, replace: ([, start]) => `${start}${mark('password')}` },
	{
		pattern: LABELLED_KEY,
		replace: ([whole = '', , , raw = '']) => {
			const [value, rest] = unquoted(raw);
			if (isMarked(value) || value.length < 6 || !looksSecret(value)) return null;
			return `${whole.slice(0, whole.length - raw.length)}${mark('key')}${rest}`;
		},
	},
	...CODES.map((pattern) => ({
		pattern,
		replace: ([, start]: readonly string[]) => `${start}${mark('code')}`,
	})),
	{ pattern: CODE_FIRST, replace: ([, start]) => `${start}${mark('code')}` },
	{
		pattern: PASSWORD,
		replace: ([whole = '', , separator = '', raw = '']) => {
			const [value, rest] = unquoted(raw);
			const isQuoted = value.length < raw.length - rest.length;
			if (isMarked(raw) || /^[*•·.…_-]*$/.test(value)) return null;
			// "password is expired" tells nothing; "password: swordfish" tells all.
			const isPlainlySaid = /[:=>→]/.test(separator) && !separator.includes('\n');
			// A dash joins all sorts of things: "password - 2nd try".
			const isLong = !/[-–—]/.test(separator) || separator.includes('>') || value.length >= 6;
			const isTold = isPlainlySaid
				? !STATUS_WORDS.has(value.toLowerCase())
				: (looksSecret(value) && isLong) || isQuoted;
			if (!isTold) return null;
			return `${whole.slice(0, whole.length - raw.length)}${mark('password')}${rest}`;
		},
	},
	{ pattern: CARD_CHECK, replace: ([, start]) => `${start}${mark('card')}` },
	{ pattern: CARD, replace: ([whole = '']) => (isCard(whole) ? mark('card') : null) },
];

/** The value inside quotes, or without the punctuation behind it; and what of the match is not the value. */
function unquoted(raw: string): [value: string, rest: string] {
	if (/^["'“]/.test(raw) && /["'”]$/.test(raw) && raw.length > 2) return [raw.slice(1, -1), ''];
	return split(raw);
}
