// Passwords, keys, one-time codes and card numbers in texts, replaced by what they were. Where a mistake is possible,
// a text keeps what a technician works with: order numbers, serials, phone numbers, GUIDs and addresses stay.
//
// Every pattern takes time in proportion to the text: what repeats is bounded, or begins only where no character of its
// own kind stands before it.

import { likeLatin } from '../../lib/fold.ts';
import { isCard } from './card-numbers.ts';
import { IS_NAME, looksSecret, looksStrong, NO_SECRET, PLACEHOLDER, split, unquoted } from './secret-values.ts';
import {
	CODE_LABEL,
	COPULA,
	CREDENTIALS_LABEL,
	FOR,
	INTO,
	KEY_LABEL,
	LOGIN_LABEL,
	NOW,
	PASSWORD_LABEL,
	RECOVERY_CODES_LABEL,
	STATUS_BEGINNING,
	STATUS_WORDS,
} from './secret-words.ts';

type Kind = 'password' | 'key' | 'private_key' | 'code' | 'card';

const mark = (kind: Kind) => `[redacted:${kind}]`;
/** Marks that `redact` writes. A text that holds one differs from the text it was made from. */
export const REDACTION = /\[redacted:(?:password|key|private_key|code|card)\]/;

const isMarked = (value: string) => REDACTION.test(value);

interface Rule {
	pattern: RegExp;
	/** @returns what to put in place; null to leave the match as it is */
	replace(match: readonly string[]): string | null;
}

/** @returns the text with marks, and how many there are */
export function redact(text: string): { text: string; count: number } {
	let count = 0;
	const plain = plainlyWritten(text);
	let redacted = withoutPrivateKeys(plain, () => count++);
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
	return count === 0 ? { text, count } : { text: redacted, count };
}

/** The comma is not among them: it ends a number, where an ASCII one may be inside it. */
const WIDE = /[\uff01-\uff0b\uff0d-\uff5e\u{1d400}-\u{1d7ff}]+/gu;
/** Full-width and mathematical letters as ASCII; in a word of several alphabets letters that look Latin as Latin. */
function plainlyWritten(text: string): string {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the quick case
	if (/^[\x00-\x7f]*$/.test(text)) return text;
	return likeLatin(text.replace(WIDE, (run) => run.normalize('NFKC')));
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

// --- rules, in their order -----------------------------------------------------------------------------------------

const ISSUED_KEY = new RegExp(
	`(?<![\\w-])(?:${[
		'(?:sk|pk|rk)_(?:live|test)_[A-Za-z0-9]{16,}',
		'sk-[\\w-]{20,}',
		'gh[pousr]_[A-Za-z0-9]{30,}',
		'github_pat_\\w{30,}',
		'glpat-[\\w-]{20,}',
		'xox[abeoprs]-[A-Za-z0-9-]{10,}',
		'xapp-\\d-[A-Za-z0-9-]{20,}',
		'(?:AKIA|ASIA)[A-Z0-9]{16}(?!\\w)',
		'AIza[\\w-]{35}',
		'GOCSPX-[\\w-]{20,}',
		'ya29\\.[\\w-]{20,}',
		'eyJ[\\w-]{8,}\\.[\\w-]{8,}\\.[\\w-]*',
		'npm_[A-Za-z0-9]{30,}',
		'SG\\.[\\w-]{15,}\\.[\\w-]{20,}',
		'(?:dop|doo|dor)_v1_[a-f0-9]{40,}',
		'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{24,}',
		'hf_[A-Za-z0-9]{25,}',
		'dckr_pat_[\\w-]{20,}',
		'pypi-[\\w-]{40,}',
		'key-[a-f0-9]{32}(?!\\w)',
		'SK[a-f0-9]{32}(?!\\w)',
		'[A-Za-z0-9_.~-]{3}\\dQ~[A-Za-z0-9_.~-]{31,34}',
		'AGE-SECRET-KEY-1[A-Z0-9]{50,}',
		'pb_[\\w-]{43}',
	].join('|')})`,
	'g',
);

/** 8 groups of 6 digits: a recovery key of an encrypted drive. */
const RECOVERY_KEY = /(?<![\d-])\d{6}(?:-\d{6}){7}(?![\d-])/g;

const AUTHORIZATION = /(?<![\w-])(Bearer|Basic)([ \t]{1,4})([A-Za-z0-9+/._~-]{12,}={0,2})/gi;
const HOOK = /(https:\/\/hooks\.slack\.com\/services\/)(T\w{6,14}\/B\w{6,14}\/\w{16,})/g;

/** Quotes of JSON and marks of Markdown or HTML: around the label, and before the value. */
const MARKUP = '(?:[\\\\"\'*_`]|</?[a-z]{1,10}>|&nbsp;)';
/** Plain separators: the value follows whatever it is. Cells of tables are plain as well. */
const PLAIN = `${MARKUP}{0,3}\\s{0,3}(?:[:=]|->|=>|→)(?:[*_\`]|</?[a-z]{1,10}>|&nbsp;|\\s){0,4}`;
const CELL = `(?:[*_\`]{0,3}(?:</[a-z]{1,10}>\\s{0,5}){1,3}(?:<[a-z]{1,10}(?: [^<>]{0,80})?>\\s{0,5}){1,3}|[*_\`]{0,3}[ \\t]{0,20}\\|[ \\t]{0,20}[*_\`]{0,3}|[ ]{0,3}\\t{1,3}[ ]{0,3})`;
const DASH = '[ \\t]{1,3}[-–—][ \\t]{1,3}';
const SAID = `\\s{1,3}(?:(?:should|will|must|would|shall|has|had|can|sollte|wird|doit)\\s{1,3})?(?:${COPULA})(?:\\s{1,3}(?:${NOW}))?:?\\s{1,3}|\\s{0,2}(?:是|为|為|は|が|은|는)\\s{0,2}`;
const SET = `\\s{1,3}(?:\\p{L}{1,16}\\s{1,3}){1,4}?(?:${INTO})\\s{1,3}|\\s{0,2}(?:已|被)?(?:改|设|設|重置|変更)[为為成定]?\\s{0,2}`;
const BLANK = '[ ]{1,3}(?:\\p{L}{3,14}[ ]{1,3})?';
/** "mot de passe wifi = …": the words between may be anything, so the value must look like a secret. */
const WORDS_AND_COLON = '\\s{1,3}[\\p{L}-]{1,20}(?:\\s{1,3}[\\p{L}-]{1,20})?\\s{0,2}(?:[:=]|->)\\s{0,3}';
const LINES = '[ \\t]{0,3}(?:\\r?\\n[ \\t]{0,3}){1,3}';
const ABOUT = `(?:\\s{1,3}\\([^()\\n]{0,40}\\)|\\s{1,3}(?:${FOR})(?:\\s{1,3}(?!\\d{1,9}\\s)[^\\s:=()[|]{1,40}){1,4})?`;
const SEPARATOR = `(?:${ABOUT}(?:(${PLAIN}|${CELL})|(${WORDS_AND_COLON}))|(${SET})|${ABOUT}(${DASH}|${SAID})|(${LINES}|${BLANK}))`;
/** A quotation mark before a comma or a bracket ends a value: in JSON and CSV the next label follows. */
const VALUE =
	'("[^"\\n]{0,120}"|\'[^\'\\n]{1,120}\'|“[^”\\n]{1,120}”|«[^»\\n]{1,120}»|「[^」\\n]{1,120}」|(?:[^\\s<|。、，"]|"(?![\\s,;:}\\]]|$))+(?:\\s\\/\\s[^\\s<|]+)?)';

const LABELLED_KEY = new RegExp(`((?:${KEY_LABEL})(?!\\p{L}))${SEPARATOR}${VALUE}`, 'giu');
const PASSWORD = new RegExp(`(${PASSWORD_LABEL})${SEPARATOR}${VALUE}`, 'giu');
const IS_LABEL = new RegExp(`^${PASSWORD_LABEL}$`, 'iu');
/** The sentence behind a label. */
const SENTENCE = new RegExp(`(${PASSWORD_LABEL})([^\\n]{1,80})`, 'giu');
/** A phrase of plain words behind a plainly labelled first one. */
const PHRASE = new RegExp(
	`((?:${PASSWORD_LABEL})${PLAIN})(\\p{Ll}{3,14}(?:[ -]\\p{Ll}{3,14}){2,7})(?=[.,;]?\\s{0,3}(?:\\n|$))`,
	'giu',
);

const USER = '[^\\s/:|,<>]{1,60}';
/** "creds for the switch -> …": what they are for. A sign must follow, and the value must look like a secret. */
const WHAT_FOR = '(?:\\s{1,3}[^\\s:=/|,<>-]{1,20}){1,4}?\\s{0,3}(?:[:=]|->|→)';
const CREDENTIALS = new RegExp(
	`((${CREDENTIALS_LABEL}|${LOGIN_LABEL})(?:(${WHAT_FOR})|\\s{0,3}(?:[:=]|->|→|[-–—])|\\s{1,3}(?:is|are|sind|ist|lauten|lautet|est|sont|es|son|zijn|är):?)?\\s{0,3}(${USER})(?:\\s{0,2}[/|,]|:)\\s{0,2})([^\\s,;|<]{3,80})`,
	'giu',
);

/** Password in a URL: `https://user:password@host`. */
const URL_PASSWORD = /(?<![\w+.-])([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{1,60}:)([^\s:@/]{1,100})(?=@)/gi;

/** Commands that take a password. The last group is the value. */
const COMMANDS: RegExp[] = [
	/((?<!\S)(?:-u|--user|--proxy-user)[ =]["']?[^\s:"']{1,60}:)([^\s"']{3,100})/g,
	/((?<!\S)(?:--?pass(?:word|wd|phrase)?|--pwd|\/p(?:ass(?:word)?|wd)?|-pw?)[ =:]["']?)([^\s"']{4,100})/gi,
	/((?<!\w)mysql(?:dump|admin)?(?!\w)[^\n]{0,80}?\s-p)([^\s-]\S{3,60})/gi,
	/((?<!\w)net\s{1,3}use\s[^\n]{0,120}?\/u(?:ser)?:\S{1,60}\s{1,3})(?!\/)(\S{3,60})/gi,
	/((?<!\w)net\s{1,3}use\s{1,3}(?:\S{1,4}\s{1,3})?\\\\\S{1,100}\s{1,3})(?!\/)(\S{3,60})/gi,
	/((?<!\w)net\s{1,3}user\s{1,3}\S{1,40}\s{1,3})(?!\/)(\S{4,60})/gi,
	/(ConvertTo-SecureString\s{1,3}(?:-String\s{1,3})?["'])([^"'\n]{3,100})/gi,
	/(identified\s{1,3}by\s{1,3}["'])([^"'\n]{3,100})/gi,
];

const SEED =
	/((?:totp|2fa|mfa|otp|authenticator|two[- ]factor)\s{1,3}(?:(?:setup|secret)\s{1,3})?(?:seed|secret|key)(?:\s{1,3}(?:is|ist|est|es))?\s{0,3}[:=]?\s{0,3})([a-z2-7]{4}(?:[ -]?[a-z2-7]{4}){2,15}={0,6})(?!\w)/gi;
const SEED_URL = /(otpauth:\/\/[^\s?]{1,200}\?(?:[^\s&=]{1,40}=[^\s&]{0,80}&){0,6}secret=)([A-Z2-7]{8,128})/gi;

const RECOVERY_TOKEN = '(?=[A-Za-z-]{0,20}\\d)[A-Za-z0-9]{3,12}(?:-[A-Za-z0-9]{3,12}){0,3}';
const RECOVERY_CODES = new RegExp(
	`((?:${RECOVERY_CODES_LABEL})(?:\\s{1,3}(?:are|is|sind|lauten|sont|son))?\\s{0,3}[:=–-]?\\s{0,5})(${RECOVERY_TOKEN}(?:[,;\\s]{1,3}${RECOVERY_TOKEN}){0,15})`,
	'giu',
);

const DIGITS = '(\\d{3}[ -]\\d{3}|\\d{6,8})';
const NOT_IN_NUMBER = '(?![\\d]|[-/.:,]\\d)';

const CODES: RegExp[] = [
	new RegExp(`((?:${CODE_LABEL})[^\\d\\n]{0,30}?)(?<![\\d.#/-])${DIGITS}${NOT_IN_NUMBER}`, 'gi'),
	new RegExp(`((?:${CODE_LABEL})\\s{0,3}(?:${COPULA}|[:=是为為はが])?:?\\s{0,3})(\\d{4,8})${NOT_IN_NUMBER}`, 'giu'),
	/((?<![\w-])your\s{1,3}code\s{1,3}is:?\s{1,3})(\d{4,8})(?![\d]|[-/.:,]\d)/gi,
	new RegExp(
		`((?<![\\p{L}\\d-])(?:otp|totp|mfa|2fa|pin|puk|tan|пин|pass ?code|code pin|código pin)(?:[- ](?:code|код))?(?:\\s{1,3}(?:${FOR})(?:\\s{1,3}[^\\s:=\\d]{1,20}){1,4}?)?\\s{0,3}(?:is|was|ist|lautet|est|es|[:=])\\s{0,3})(\\d{4,8})${NOT_IN_NUMBER}`,
		'giu',
	),
	new RegExp(`((?<![\\p{L}\\d-])(?:PIN|PUK|TAN|ПИН|(?:PIN-Code|ПИН-код))\\s{1,3})(\\d{4,8})${NOT_IN_NUMBER}`, 'gu'),
	new RegExp(`((?<![\\w-])(?:otp|totp|mfa|2fa)\\s{1,3})(\\d{3} \\d{3}|\\d{6})${NOT_IN_NUMBER}`, 'gi'),
	/((?<![\w-])(?:use|enter|type)(?:\s{1,3}(?:the|this))?(?:\s{1,3}(?:pass)?code)?\s{1,3})(\d{3} \d{3}|\d{4,8})(?=\s{1,3}(?:to|when)\s{1,3}(?:sign|log|verify|confirm|authenticate|approve|unlock|open|enter))/gi,
];
const CODE_FIRST =
	/(?<![\w.#/-]|[A-Z]-)((?:[A-Z]-)?)(\d{3}[ -]\d{3}|\d{4,8})(?=\s{1,3}(?:is|ist|est|es|é)\s{1,3}(?:your|the|my|ihr|dein|votre|su|tu|seu)\s{1,3}[^\n]{0,40}?(?:code|código|otp|passcode|pin)(?![\p{L}]))/giu;

const CARD = /(?<![\p{L}\d_.+#/]|\d[ -]|\p{L}-)\d(?:[ .-]?\d){12,18}(?![\p{L}\d_]|[ -]\d|[.-][\p{L}\d])/gu;
const CARD_CHECK = /((?<![\p{L}\d_])(?:cvv2?|cvc2?|card security code)\s{0,3}(?:is|[:=#])?\s{0,3})(\d{3,4})(?!\d)/giu;

const marked =
	(kind: Kind) =>
	([, start]: readonly string[]) =>
		`${start}${mark(kind)}`;

/** A password was given a value, and not sent or moved somewhere. */
const GIVEN =
	/\b(?:set|chang|reset|updat|cambi|alter|redefin|restab|modifi|gewijzig|verander)|ändr|änder|zmien|измен|сброш|réinit|改|设|設/iu;

/** Decides whether a value is a secret, by how its label is joined to it. */
function isTold([, , plain, words, set, said]: readonly string[], raw: string): boolean {
	const [value, rest] = unquoted(raw);
	const isQuoted = value.length < raw.length - rest.length;
	if (isMarked(raw) || /^[*•·.…_<>|-]*$/.test(value)) return false;
	// "password: swordfish" tells all, "password is expired" nothing. A colon at the end of a line is no label by itself.
	if (plain !== undefined && !plain.includes('\n')) return !isStatus(value);
	if (NO_SECRET.test(value)) return false;
	if (plain !== undefined) return looksSecret(value) || isQuoted;
	if (words !== undefined) return (looksSecret(value) && value.length >= 6) || isQuoted;
	if (set !== undefined) return GIVEN.test(set) ? looksSecret(value) && value.length >= 6 : looksStrong(value);
	// A dash joins all sorts of things: "password - 2nd try".
	if (said !== undefined) return isQuoted || (looksSecret(value) && (!/[-–—]/.test(said) || value.length >= 6));
	return looksStrong(value) || (isQuoted && isPhrase(value));
}

/** Tells whether "password: <value>" says how a password is, and not which it is. */
function isStatus(value: string): boolean {
	if (PLACEHOLDER.test(value)) return true;
	const plain = value.toLowerCase().replace(/^[([{<]+/, '');
	return STATUS_WORDS.has(plain) || STATUS_BEGINNING.test(plain) || /^\d{1,3}$/.test(plain);
}

function isPhrase(value: string): boolean {
	const words = value.split(/[ -]/);
	return words.length > 1 && words.every((word) => /^\p{Ll}{3,14}$/u.test(word) && !STATUS_WORDS.has(word));
}

const CJK = '\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}';
/** Scripts without blanks between words: what stands before a value there says little. */
const ENDS_IN_CJK = new RegExp(`[${CJK}]$`, 'u');
const WORDS = new RegExp(`[${CJK}]+|[^\\s「」『』“”"«»()，、。${CJK}]+`, 'gu');
const SAYING_WORD = new RegExp(`^(?:${COPULA}|${NOW})$|[:=>→]$|^[-–—]$`, 'iu');
const JOINING_WORD = new RegExp(`^(?:${INTO})$`, 'iu');
const ENDS_CLAUSE = /[.,;:?!]$/;

/**
 * Finds values that words of a sentence join to a label further before: "the pw for Karen, it is now …".
 *
 * @returns label and sentence with marks; null if nothing was found
 */
function withoutJoined(label: string, sentence: string): string | null {
	let [before, isOtherClause, isFound] = [label, sentence.startsWith(','), false];
	const text = sentence.replace(WORDS, (raw) => {
		const [last, isApart] = [before, isOtherClause];
		before = raw === ',' ? before : raw;
		isOtherClause ||= ENDS_CLAUSE.test(raw);
		const [value, rest] = split(raw);
		if (isMarked(raw) || NO_SECRET.test(value) || IS_NAME.test(value) || !isJoined(last, value, isApart)) return raw;
		isFound = true;
		return mark('password') + rest;
	});
	return isFound ? label + text : null;

	function isJoined(last: string, value: string, isApart: boolean): boolean {
		if (ENDS_IN_CJK.test(last) && !isApart) return /^[\x21-\x7e]{6,}$/.test(value) && looksSecret(value);
		if (!looksStrong(value)) return false;
		const hasSign = /[!@#$%^&*+=?~_]/.test(value);
		if (isApart) return hasSign && (last === label || SAYING_WORD.test(last));
		return SAYING_WORD.test(last) || (JOINING_WORD.test(last) && hasSign);
	}
}

const RULES: readonly Rule[] = [
	{ pattern: ISSUED_KEY, replace: () => mark('key') },
	{ pattern: HOOK, replace: marked('key') },
	{ pattern: RECOVERY_KEY, replace: () => mark('key') },
	{
		pattern: AUTHORIZATION,
		replace: ([, scheme, space, value = '']) =>
			/\d/.test(value) || /[a-z][A-Z]|=$/.test(value) ? `${scheme}${space}${mark('key')}` : null,
	},
	{ pattern: URL_PASSWORD, replace: marked('password') },
	{ pattern: SEED_URL, replace: marked('key') },
	{
		pattern: SEED,
		replace: ([, start, value = '']) =>
			/[2-7]/.test(value) || value === value.toUpperCase() ? `${start}${mark('key')}` : null,
	},
	{ pattern: RECOVERY_CODES, replace: marked('code') },
	{
		pattern: LABELLED_KEY,
		replace: (groups) => {
			const [whole = ''] = groups;
			const raw = groups.at(-1) ?? '';
			const [value, rest] = unquoted(raw);
			const isJoined = groups[2] !== undefined || groups[5] !== undefined;
			if (isMarked(value) || value.length < 6 || !looksSecret(value) || NO_SECRET.test(value)) return null;
			if (!isJoined && (value.length < 16 || !looksStrong(value))) return null;
			return `${whole.slice(0, whole.length - raw.length)}${mark('key')}${rest}`;
		},
	},
	...CODES.map((pattern) => ({ pattern, replace: marked('code') })),
	{ pattern: CODE_FIRST, replace: marked('code') },
	...COMMANDS.map((pattern) => ({
		pattern,
		replace: ([, start = '', value = '']: readonly string[]) =>
			isMarked(value) ||
			(/-p[w ]?[ =:]?["']?$/i.test(start) && !/mysql/i.test(start)
				? !looksStrong(value)
				: !looksSecret(value) || /^[\d:.]+$/.test(value))
				? null
				: `${start}${mark('password')}`,
	})),
	{
		pattern: CREDENTIALS,
		replace: ([, start, label = '', what, user = '', raw = '']) => {
			const [value, rest] = split(raw);
			if (IS_LABEL.test(value) || (what !== undefined && !looksSecret(value))) return null;
			const isLogin = new RegExp(`^(?:${LOGIN_LABEL})$`, 'iu').test(label);
			if (isMarked(value) || /^(?:https?|ftp|ssh|mailto)$/i.test(user) || value.startsWith('//')) return null;
			if (NO_SECRET.test(value) || STATUS_WORDS.has(value.toLowerCase()) || STATUS_WORDS.has(user.toLowerCase()))
				return null;
			return isLogin && !looksSecret(value) ? null : `${start}${mark('password')}${rest}`;
		},
	},
	{
		pattern: PHRASE,
		replace: ([, start, phrase = '']) => {
			const words = phrase.split(/[ -]/);
			return words.some((word) => STATUS_WORDS.has(word)) ? null : `${start}${mark('password')}`;
		},
	},
	{
		pattern: PASSWORD,
		replace: (groups) => {
			const [whole = ''] = groups;
			const raw = groups.at(-1) ?? '';
			const [, rest] = unquoted(raw);
			return isTold(groups, raw) ? `${whole.slice(0, whole.length - raw.length)}${mark('password')}${rest}` : null;
		},
	},
	{ pattern: SENTENCE, replace: ([, label = '', sentence = '']) => withoutJoined(label, sentence) },
	{ pattern: CARD_CHECK, replace: marked('card') },
	{ pattern: CARD, replace: ([whole = '']) => (isCard(whole) ? mark('card') : null) },
];
