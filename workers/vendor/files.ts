// Files on their way to and from a vendor: an upload as one part of a form, a download as an MCP embedded resource.

import type { Arguments } from '../integration/arguments.ts';
import type { Fault } from '../lib/errors.ts';
import { ellipsis } from '../lib/text.ts';

/** Base64 makes four of three, and a message has room for little more. */
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024;
/** Bytes that a client can take as one answer. */
export const MAX_DOWNLOAD_BYTES = 4 * 1024 * 1024;
/** A longer text goes as bytes, which a client keeps from the model. */
const MAX_TEXT_BYTES = 60_000;

/** MCP 2025-11-25, "Embedded Resources". */
export interface EmbeddedFile {
	uri: string;
	mimeType: string;
	text?: string;
	blob?: string;
}

/** @param args  of an upload, of the right types */
export function uploadFaults(args: Arguments): Fault[] {
	return [...nameFaults(args.file_name), ...contentFaults(args)];
}

/** A name stands in a header of its form's part, where the runtime leaves a carriage return as it is. */
function nameFaults(name: unknown): Fault[] {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	return typeof name === 'string' && /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)
		? [{ path: 'file_name', message: 'must not contain line breaks or control characters' }]
		: [];
}

const BINARY_NAME = /\.(png|jpe?g|gif|bmp|webp|pdf|docx?|xlsx?|pptx?|zip|gz|7z|exe|msg|mp[34])$/i;

/** Never meant as text: a data URI, or nothing but base64 under the name of a file that is no text. */
function isBase64(content: string, name: unknown): boolean {
	if (/^data:[^,]{0,100};base64,/i.test(content)) return true;
	return (
		BINARY_NAME.test(String(name)) && content.length >= 8 && /^[A-Za-z0-9+/]+={0,2}$/.test(content.replace(/\s/g, ''))
	);
}

function contentFaults({ file_name, file_content, file_encoding }: Arguments): Fault[] {
	if (typeof file_content !== 'string') return [];
	if (file_encoding !== 'base64' && isBase64(file_content, file_name))
		return [
			{ path: 'file_content', message: 'looks like base64: give file_encoding "base64", and no "data:" before it' },
		];
	const bytes = contentBytes(file_content, file_encoding);
	if (bytes === null) return [{ path: 'file_content', message: 'is no base64: check file_encoding' }];
	if (bytes.byteLength === 0) return [{ path: 'file_content', message: 'must not be empty' }];
	return bytes.byteLength > MAX_UPLOAD_BYTES
		? [{ path: 'file_content', message: `must have at most ${MAX_UPLOAD_BYTES / 1024 / 1024} MB` }]
		: [];
}

/** @param args  without faults */
export function uploadedFile({ file_name, file_content, file_encoding }: Arguments): File {
	const bytes = contentBytes(String(file_content), file_encoding) ?? new Uint8Array();
	const type = file_encoding === 'base64' ? 'application/octet-stream' : 'text/plain; charset=utf-8';
	return new File([bytes], String(file_name), { type });
}

function contentBytes(content: string, encoding: unknown): Uint8Array<ArrayBuffer> | null {
	if (encoding !== 'base64') return new TextEncoder().encode(content) as Uint8Array<ArrayBuffer>;
	try {
		return Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
	} catch {
		return null;
	}
}

/** Types that are passed on with files that go as bytes. Any other word of the vendor's is not. */
const BYTE_TYPES = new Set(
	`application/pdf application/zip application/gzip application/x-7z-compressed application/rtf application/json
	application/xml application/msword application/vnd.ms-excel application/vnd.ms-powerpoint application/vnd.ms-outlook
	application/vnd.openxmlformats-officedocument.wordprocessingml.document
	application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
	application/vnd.openxmlformats-officedocument.presentationml.presentation
	text/plain text/csv text/calendar text/vcard message/rfc822
	image/png image/jpeg image/gif image/webp image/bmp image/tiff image/heic audio/mpeg audio/wav audio/mp4 video/mp4`
		.split(/\s+/)
		.filter(Boolean),
);
const OCTETS = 'application/octet-stream';
const TEXT_NAME =
	/\.(?:txt|log|csv|tsv|json|jsonl|xml|ya?ml|md|ini|conf|cfg|toml|env|ps1|psm1|sh|bat|cmd|sql|reg|eml|ics|vcf|py|js|ts|cs|pem|crt)$/i;
/** A page that a client might show as one: its type, its beginning, or what only pages hold. */
const PAGE_TYPE = /html|svg|mathml/i;
const PAGE_BEGIN = /^\s*<(?!\?xml\s|\?xml\?>)[a-z!?]/i;
const PAGE_INSIDE =
	/<\/?(?:html|head|body|script|style|iframe|frame|object|embed|svg|math|form|link|meta|base|h1|img)\b/i;

/**
 * A text that a model may read goes as `text/plain`; everything else, and every page, as bytes.
 *
 * @returns the file for the client, and a description of it for the model
 */
export function downloadedFile(
	path: string,
	headers: Headers,
	bytes: Uint8Array,
): { file: EmbeddedFile; told: Record<string, unknown> } {
	const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
	const file_name = fileName(headers.get('content-disposition') ?? '');
	const isText =
		isTextual(type) ||
		(file_name !== null && TEXT_NAME.test(file_name) && !/^(image|audio|video)\//.test(type)) ||
		(UNTYPED.test(type) && looksLikeText(bytes));
	const isSmall = bytes.byteLength <= MAX_TEXT_BYTES;
	const decoded = isText && isSmall ? decodeText(bytes, headers.get('content-type') ?? '') : null;
	const isPage =
		PAGE_TYPE.test(type) || /\.(?:x?html?|svg|mht)$/i.test(file_name ?? '') || (decoded !== null && isMarkup(decoded));
	const text = isPage ? null : decoded;
	const mimeType = text !== null ? 'text/plain' : !isPage && BYTE_TYPES.has(type) ? type : OCTETS;
	return {
		file: { uri: `patchbay://${path}`, mimeType, ...(text === null ? { blob: toBase64(bytes) } : { text }) },
		told: {
			...(file_name ? { file_name } : {}),
			mime_type: mimeType,
			bytes: bytes.byteLength,
			...(isPage
				? { notice: 'The file is a web page or drawing with markup: it is given as bytes, not as text.' }
				: text === null
					? { notice: isText && !isSmall ? LONG_TEXT : NO_TEXT }
					: {}),
		},
	};
}

function isTextual(mimeType: string): boolean {
	return /^text\/|[/+](json|xml|csv|yaml)$/i.test(mimeType);
}

function isMarkup(text: string): boolean {
	return PAGE_BEGIN.test(text) || PAGE_INSIDE.test(text);
}

const LONG_TEXT = `The text is longer than ${MAX_TEXT_BYTES / 1000} KB: it is attached as bytes, which a model may not see.`;
const NO_TEXT = 'The file is no text: it is attached as bytes, which a model may not see.';

/** Types that vendors give to anything; none at all, too. */
const UNTYPED = /^(?:|(?:application|binary)\/(?:octet-stream|x-download|force-download|unknown))$/;
const SNIFFED_BYTES = 4_096;

/** Nothing but printable characters and line breaks at its beginning. */
function looksLikeText(bytes: Uint8Array): boolean {
	const head = bytes.subarray(0, SNIFFED_BYTES);
	// The cut may have split a character.
	const text = decodeAs(head, 'utf-8') ?? decodeAs(head.subarray(0, Math.max(0, head.length - 3)), 'utf-8');
	return (text !== null && isReadable(text)) || charsetByMark(bytes) !== null;
}

function charsetByMark([first, second]: Uint8Array): string | null {
	if (first === 0xff && second === 0xfe) return 'utf-16le';
	return first === 0xfe && second === 0xff ? 'utf-16be' : null;
}

function isReadable(text: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	return !/[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text);
}

/** Decodes by byte order mark or label, else as UTF-8, else as an older Windows writes. @returns null for what is no text */
function decodeText(bytes: Uint8Array, contentType: string): string | null {
	const said = charsetByMark(bytes) ?? /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType)?.[1];
	const text =
		(said === undefined ? null : decodeAs(bytes, said)) ?? decodeAs(bytes, 'utf-8') ?? decodeAs(bytes, 'windows-1252');
	return text === null || !isReadable(text) ? null : text;
}

function decodeAs(bytes: Uint8Array, charset: string): string | null {
	try {
		return new TextDecoder(charset, { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		return null;
	}
}

const FILE_NAME_MAX = 255;

/** RFC 6266: the extended form (RFC 8187) before the plain one, which vendors encode in three ways of their own. */
function fileName(disposition: string): string | null {
	const extended = /filename\*\s*=\s*utf-8'[^']*'([^;]+)/i.exec(disposition)?.[1];
	const fromExtended = extended === undefined ? null : decodePercent(extended.trim());
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i.exec(disposition);
	const given = plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2]?.trim();
	const name = fromExtended ?? (given === undefined ? null : decodePlain(given));
	return name === null ? null : ellipsis(name, FILE_NAME_MAX);
}

function decodePercent(text: string): string | null {
	try {
		return decodeURIComponent(text);
	} catch {
		return null;
	}
}

/** Encoded words (RFC 2047), percent-encoding, or UTF-8 that was read as Latin-1. */
function decodePlain(name: string): string {
	const words = name.replace(/=\?utf-8\?([bq])\?([^?]*)\?=\s*/gi, (whole, kind: string, text: string) => {
		const hex = text
			.replaceAll('_', ' ')
			.replace(/=([0-9a-f]{2})/gi, (_, pair) => String.fromCharCode(Number.parseInt(pair, 16)));
		const binary = kind.toLowerCase() === 'q' ? hex : decodeBinary(text);
		return binary === null ? whole : (fromLatin1(binary) ?? whole);
	});
	if (/%[0-9a-f]{2}/i.test(words)) return decodePercent(words) ?? words;
	return fromLatin1(words) ?? words;
}

function decodeBinary(base64: string): string | null {
	try {
		return atob(base64);
	} catch {
		return null;
	}
}

/** @returns null where the text is no UTF-8 byte by byte */
function fromLatin1(text: string): string | null {
	if (!/[\u0080-\u00ff]/.test(text) || /[\u0100-\uffff]/.test(text)) return null;
	return decodeAs(
		Uint8Array.from(text, (character) => character.charCodeAt(0)),
		'utf-8',
	);
}

/** Encodes in pieces, since a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
	let binary = '';
	for (let start = 0; start < bytes.length; start += 0x8000)
		binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
	return btoa(binary);
}
