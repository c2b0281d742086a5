// The account's credentials, taken out of everything that leaves: a vendor that repeats them, in whatever spelling,
// must not have them reach a model. The last step of every answer, behind all cleaning and cutting.
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { fold } from '../../lib/fold.ts';
import type { EmbeddedFile } from '../../vendor/files.ts';
import { BEGINNING_LENGTH, beginningsFinder } from './beginnings.ts';

const REPLACEMENT = '[credential]';
/** Folded, a shorter one would also be found in ordinary words: it is looked for as it is written. */
const FOLDED_MIN = BEGINNING_LENGTH;
const LITERAL_MIN = 4;
/** Encodings inside encodings that are undone. */
const DECODE_ROUNDS = 4;

/** Spellings of the account's secrets, to find them in answers. */
export interface CredentialSpellings {
	/** Spellings for folded texts; base64 and hexadecimal forms among them. */
	folded: readonly string[];
	/** Spellings that are compared as they are. */
	literal: readonly string[];
	/** Spellings within the base64 of a file. */
	encoded: readonly string[];
	/** Tells whether a text of ASCII holds the beginning of a folded one; null for another text. */
	holdsBeginning(text: string): boolean | null;
}

/** Made once for one list of values, which `secretTexts` keeps for as long as an account's credentials are in use. */
const known = new WeakMap<readonly string[], CredentialSpellings>();

/** @param values  credentials, and what is made of them for a request */
export function spellingsOf(values: readonly string[]): CredentialSpellings {
	let spellings = known.get(values);
	if (!spellings) {
		spellings = makeSpellings(values);
		known.set(values, spellings);
	}
	return spellings;
}

function makeSpellings(values: readonly string[]): CredentialSpellings {
	const usable = values.filter((value) => value.length >= LITERAL_MIN);
	const encoded = usable.filter((value) => value.length >= FOLDED_MIN).flatMap(encodedForms);
	const forms = usable.flatMap((value) => [
		fold(value),
		fold(decoded(value)),
		bytesToHex(utf8ToBytes(value)),
		bytesToHex(utf16Bytes(value)),
	]);
	const folded = [...new Set([...forms, ...encoded.map(fold)])].filter((text) => text.length >= FOLDED_MIN);
	return {
		folded,
		holdsBeginning: beginningsFinder(folded),
		literal: [...new Set(usable.filter((value) => fold(value).length < FOLDED_MIN))],
		encoded,
	};
}

/** Base64 of a value, of its UTF-16 as Windows writes it, of its base64 and of its hexadecimal form. */
function encodedForms(value: string): string[] {
	const bytes = utf8ToBytes(value);
	const [whole = ''] = base64Forms(bytes);
	return [bytes, utf16Bytes(value), utf8ToBytes(whole), utf8ToBytes(bytesToHex(bytes))].flatMap(base64Forms);
}

/** Base64 of bytes that stand anywhere among others: by where they fall into groups of three. */
function base64Forms(bytes: Uint8Array): string[] {
	return [0, 1, 2].map((offset) => {
		const shifted = new Uint8Array(offset + bytes.length);
		shifted.set(bytes, offset);
		const text = btoa(String.fromCharCode(...shifted)).replace(/={1,2}$/, '');
		const head = Math.ceil((offset * 8) / 6);
		// The last character holds bits of what follows, where the end falls inside a group.
		return text.slice(head, shifted.length % 3 === 0 ? undefined : -1);
	});
}

/** Little-endian. */
function utf16Bytes(value: string): Uint8Array {
	return Uint8Array.from({ length: value.length * 2 }, (_, at) => (value.charCodeAt(at >> 1) >> ((at & 1) * 8)) & 0xff);
}

/** Ways to write a character by its number: JSON, JavaScript, URLs, mail (quoted-printable), HTML, and in words. */
const ESCAPE = new RegExp(
	[
		'\\\\{1,8}(?:u\\{([0-9a-f]{1,6})\\}|u([0-9a-f]{4})|x([0-9a-f]{2})|[nrtbf"\'\\\\/])',
		'((?:%[0-9a-f]{2})+|(?:=[0-9a-f]{2})+)',
		'&(?:#x0*([0-9a-f]{1,6});?|#0*(\\d{1,7});?|([a-z][a-z0-9]{1,31});)',
		'0x([0-9a-f]{2})(?![0-9a-z])|u\\+([0-9a-f]{4,6})',
	].join('|'),
	'gi',
);
const ANY_ESCAPE = new RegExp(ESCAPE.source, 'i');
const TAG = /<\/?[a-z][^<>]{0,200}>/gi;
/** Entities that stand for a letter in another shape, which folds to the letter itself. */
const LETTER_ENTITY =
	/^([a-z])(?:fr|opf|scr|acute|grave|circ|uml|tilde|ring|cedil|caron|breve|dot|ogon|macr|slash|strok)$/i;

/** One level of escapes undone. What stands for no letter or digit goes, but for what another escape may begin with. */
function unescaped(text: string): string {
	return text.replace(
		ESCAPE,
		(whole, braced, unicode, byte, bytes, htmlHex, htmlDecimal, entity, spelledByte, point) => {
			if (bytes !== undefined) return bytesDecoded(bytes);
			if (entity !== undefined) return entity.toLowerCase() === 'amp' ? '&' : (LETTER_ENTITY.exec(entity)?.[1] ?? '');
			const digits = braced ?? unicode ?? byte ?? htmlHex ?? spelledByte ?? point;
			if (digits === undefined && htmlDecimal === undefined) return whole.length > 2 ? whole.slice(1) : '';
			const number = digits === undefined ? Number(htmlDecimal) : Number.parseInt(digits, 16);
			return number <= 0x10ffff ? String.fromCodePoint(number) : '';
		},
	);
}

function bytesDecoded(text: string): string {
	const bytes = Uint8Array.from(text.slice(1).split(/[%=]/), (pair) => Number.parseInt(pair, 16));
	return new TextDecoder().decode(bytes);
}

/** The text as written, with each level of its escapes undone, and without markup: a secret's own beginning may look like one. */
function readings(text: string): string[] {
	const found = [text];
	for (let current = text; found.length <= DECODE_ROUNDS && ANY_ESCAPE.test(current); ) {
		const next = unescaped(current);
		if (next === current) break;
		found.push(next);
		current = next;
	}
	const last = found.at(-1) ?? text;
	const bare = last.replace(TAG, '');
	return bare === last ? found : [...found, bare];
}

function decoded(text: string): string {
	return readings(text).at(-1) ?? text;
}

interface Leaving {
	structuredContent: Record<string, unknown>;
	text: string;
	isError: boolean;
	download?: EmbeddedFile;
}

/** @returns the same where it holds none, else a copy without them, keys of records included */
export function withoutCredentials<T extends Leaving>(answer: T, spellings: CredentialSpellings): T {
	const { structuredContent, text, download: file } = answer;
	const holds = mayHold(text, spellings);
	const holdsFile = file !== undefined && fileHolds(file, spellings);
	if (!holds && !holdsFile) return answer;
	const content = holds ? (cleanValue(structuredContent, spellings) as Record<string, unknown>) : structuredContent;
	const cleaned = { ...answer, structuredContent: content, text: JSON.stringify(content) };
	if (!holdsFile || file === undefined) return cleaned;
	if (file.text !== undefined)
		return { ...cleaned, download: { ...file, text: withoutCredentialsIn(file.text, spellings) } };
	const { download: _withheld, ...rest } = cleaned;
	const withheld = { ...content, notice: 'The file is withheld: it holds the credentials of this connection.' };
	return { ...rest, structuredContent: withheld, text: JSON.stringify(withheld) } as T;
}

function fileHolds({ text, blob = '' }: EmbeddedFile, spellings: CredentialSpellings): boolean {
	if (text !== undefined) return mayHold(text, spellings);
	if (spellings.encoded.some((form) => blob.includes(form))) return true;
	const read = textOf(blob);
	return read !== null && mayHold(read, spellings);
}

const UTF_16 = /^(?:\xff\xfe|\xfe\xff)/;

/** A file that goes as bytes may be a text all the same: a page, or a long one. @returns null for what is none */
function textOf(blob: string): string | null {
	const binary = atob(blob);
	const [first, isWide] = [binary.charCodeAt(0), UTF_16.test(binary)];
	if (!isWide && binary.includes('\0')) return null;
	const charset = isWide ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8';
	const bytes = new Uint8Array(binary.length);
	for (let at = 0; at < bytes.length; at++) bytes[at] = binary.charCodeAt(at);
	return new TextDecoder(charset).decode(bytes);
}

/** Quick test before the closer look. Compares beginnings, since a text may have been cut. */
function mayHold(text: string, { folded, literal, holdsBeginning }: CredentialSpellings): boolean {
	if (literal.some((form) => text.includes(form))) return true;
	return readings(text).some((reading) => {
		const holds = holdsBeginning(reading);
		if (holds !== null) return holds;
		const haystack = fold(reading);
		return folded.some((form) => haystack.includes(form.slice(0, FOLDED_MIN)));
	});
}

/** Depth is bounded: records were cleaned before (`cleanRecord`). */
function cleanValue(value: unknown, spellings: CredentialSpellings): unknown {
	if (typeof value === 'string') return withoutCredentialsIn(value, spellings);
	if (typeof value === 'number') return isSecretNumber(value, spellings) ? REPLACEMENT : value;
	if (Array.isArray(value)) return value.map((item) => cleanValue(item, spellings));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, member]) => [withoutCredentialsIn(key, spellings), cleanValue(member, spellings)]),
	);
}

/** A secret may be digits alone. A short one stands in other numbers by chance. */
export function isSecretNumber(value: number, { folded, literal }: CredentialSpellings): boolean {
	const digits = fold(String(value));
	return literal.includes(digits) || folded.some((form) => digits.includes(form));
}

/** A text without credentials; replaced as a whole where one is hidden so deep that its place is unknown. */
export function withoutCredentialsIn(text: string, spellings: CredentialSpellings): string {
	if (!mayHold(text, spellings)) return text;
	let cleaned = text;
	for (const form of spellings.literal) cleaned = cleaned.replaceAll(form, REPLACEMENT);
	for (const form of spellings.folded) for (const reading of READINGS) cleaned = withoutFolded(cleaned, form, reading);
	cleaned = withoutCut(cleaned, spellings.folded);
	const left = readings(cleaned).map(fold);
	return spellings.folded.some((form) => left.some((haystack) => haystack.includes(form))) ? REPLACEMENT : cleaned;
}

/** Ways to read a text: character by character as written, with one level of escapes undone, and without markup. */
interface Reading {
	unit: RegExp;
	read(unit: string): string;
}

const READINGS: readonly Reading[] = [
	{ unit: /[\s\S]/gu, read: (unit) => unit },
	{ unit: new RegExp(`${ESCAPE.source}|[\\s\\S]`, 'giu'), read: unescaped },
	{
		unit: new RegExp(`${TAG.source}|${ESCAPE.source}|[\\s\\S]`, 'giu'),
		read: (unit) => (unit.length > 1 && unit.startsWith('<') ? '' : unescaped(unit)),
	},
];

/** Replaces a form where it stands, by way of what each character of the text folds to. */
function withoutFolded(text: string, form: string, { unit, read }: Reading): string {
	if (!readings(text).some((reading) => fold(reading).includes(form))) return text;
	let haystack = '';
	/** Position in the text for each character of the haystack. */
	const from: number[] = [];
	const to: number[] = [];
	for (const match of text.matchAll(unit)) {
		const folded = fold(read(match[0]));
		for (let i = 0; i < folded.length; i++) {
			from.push(match.index);
			to.push(match.index + match[0].length);
		}
		haystack += folded;
	}
	let cleaned = '';
	let done = 0;
	for (let at = haystack.indexOf(form); at >= 0; at = haystack.indexOf(form, at + form.length)) {
		cleaned += text.slice(done, from[at]) + REPLACEMENT;
		done = to[at + form.length - 1] ?? text.length;
	}
	return cleaned + text.slice(done);
}

/** Long enough for the beginning of a credential of which each character is escaped. */
const TAIL_MAX = 2_000;
const CUT_ESCAPE = /(?:&#?\w{0,31}|[%=](?:25){0,9}\w?|\\{1,9}u?\{?\w{0,6}|<[^<>]{0,200}|u\+?\w{0,6}|0x?\w?)$/i;

/** A text that was cut inside a credential ends in a part of it. */
function withoutCut(text: string, forms: readonly string[]): string {
	return text
		.split(/(?=…)/)
		.map((part, index, parts) => {
			if (index === parts.length - 1) return part;
			const end = part.slice(-TAIL_MAX);
			const tails = [end, end.replace(CUT_ESCAPE, '')].flatMap(readings).map(fold);
			const isCut = forms.some((form) => {
				for (let length = form.length; length >= FOLDED_MIN; length--)
					if (tails.some((tail) => tail.endsWith(form.slice(0, length)))) return true;
				return false;
			});
			return isCut ? REPLACEMENT : part;
		})
		.join('');
}
