// The account's credentials, taken out of everything that leaves: a vendor that repeats them, in whatever spelling,
// must not have them reach a model. The last step of every answer, behind all cleaning and cutting.
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { fold } from '../../lib/fold.ts';
import type { EmbeddedFile } from '../../vendor/files.ts';
import { BEGINNING_LENGTH, beginningsFinder } from './beginnings.ts';

const REPLACEMENT = '[credential]';
/** Folded, a shorter one would also be found in ordinary words: it is looked for as it is written. */
const FOLDED_MIN = BEGINNING_LENGTH;
const LITERAL_MIN = 4;
/** Encodings inside encodings that are undone. */
const DECODE_ROUNDS = 3;

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
	const encoded = usable.filter((value) => value.length >= FOLDED_MIN).flatMap(base64Forms);
	const forms = usable.flatMap((value) => [fold(value), fold(decoded(value)), hex(value)]);
	const folded = [...new Set([...forms, ...encoded.map(fold)])].filter((text) => text.length >= FOLDED_MIN);
	return {
		folded,
		holdsBeginning: beginningsFinder(folded),
		literal: [...new Set(usable.filter((value) => fold(value).length < FOLDED_MIN))],
		encoded,
	};
}

/** Base64 of a text that stands anywhere in another: by where it falls into groups of three bytes. */
function base64Forms(value: string): string[] {
	const bytes = utf8ToBytes(value);
	return [0, 1, 2].map((offset) => {
		const shifted = new Uint8Array(offset + bytes.length);
		shifted.set(bytes, offset);
		const text = btoa(String.fromCharCode(...shifted)).replace(/={1,2}$/, '');
		const head = Math.ceil((offset * 8) / 6);
		// The last character holds bits of what follows, where the end falls inside a group.
		return text.slice(head, shifted.length % 3 === 0 ? undefined : -1);
	});
}

function hex(value: string): string {
	return Array.from(utf8ToBytes(value), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const ESCAPE =
	/\\{1,8}u\{?([0-9a-f]{4,6})\}?|\\{1,8}x([0-9a-f]{2})|((?:%[0-9a-f]{2})+)|&#x([0-9a-f]{1,6});|&#(\d{1,7});|&(?:amp|lt|gt|quot|apos|nbsp|shy|zwj|zwnj|lrm|rlm|ZeroWidthSpace);|\\[nrtbf"'\\/]/gi;

/** One level of escapes undone: JSON, JavaScript, URLs, HTML. What stands for no letter or digit goes. */
function unescaped(text: string): string {
	return text.replace(ESCAPE, (_, unicode, byte, percent, htmlHex, htmlDecimal) => {
		if (percent !== undefined) return percentDecoded(percent);
		const digits = unicode ?? byte ?? htmlHex;
		const point = digits === undefined ? Number(htmlDecimal) : Number.parseInt(digits, 16);
		return point >= 0 && point <= 0x10ffff ? String.fromCodePoint(point) : '';
	});
}

function percentDecoded(text: string): string {
	const bytes = Uint8Array.from(text.slice(1).split('%'), (pair) => Number.parseInt(pair, 16));
	return new TextDecoder().decode(bytes);
}

/** The text as written, and with each level of its escapes undone: a secret's own beginning may look like an escape. */
function readings(text: string): string[] {
	const found = [text];
	for (let current = text; found.length <= DECODE_ROUNDS && /[\\%&]/.test(current); ) {
		const next = unescaped(current);
		if (next === current) break;
		found.push(next);
		current = next;
	}
	return found;
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
	return text === undefined ? spellings.encoded.some((form) => blob.includes(form)) : mayHold(text, spellings);
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
	if (Array.isArray(value)) return value.map((item) => cleanValue(item, spellings));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([key, member]) => [withoutCredentialsIn(key, spellings), cleanValue(member, spellings)]),
	);
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

/** Two ways to read a text: character by character as written, or with one level of escapes undone. */
interface Reading {
	unit: RegExp;
	read(unit: string): string;
}

const READINGS: readonly Reading[] = [
	{ unit: /[\s\S]/gu, read: (unit) => unit },
	{ unit: new RegExp(`${ESCAPE.source}|[\\s\\S]`, 'giu'), read: unescaped },
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

/** A text that was cut inside a credential ends in a part of it. */
function withoutCut(text: string, forms: readonly string[]): string {
	return text
		.split(/(?=…)/)
		.map((part, index, parts) => {
			if (index === parts.length - 1) return part;
			const tails = readings(part.slice(-400)).map(fold);
			const isCut = forms.some((form) => {
				for (let length = form.length; length >= FOLDED_MIN; length--)
					if (tails.some((tail) => tail.endsWith(form.slice(0, length)))) return true;
				return false;
			});
			return isCut ? REPLACEMENT : part;
		})
		.join('');
}
