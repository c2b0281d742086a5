// Files on their way to and from a vendor: an upload as one part of a form, a download as an MCP embedded resource.

import type { Arguments } from '../integration/arguments.ts';
import type { Fault } from '../lib/errors.ts';

/** Base64 makes four of three, and a message has room for little more. */
export const MAX_UPLOAD_BYTES = 5 * 1024 * 1024;
/** What a client can take as one answer. */
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
export function uploadFaults({ file_name, ...content }: Arguments): Fault[] {
	return [...nameFaults(file_name), ...contentFaults(content)];
}

/** A name stands in a header of its form's part, where the runtime leaves a carriage return as it is. */
function nameFaults(name: unknown): Fault[] {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
	return typeof name === 'string' && /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(name)
		? [{ path: 'file_name', message: 'must not contain line breaks or control characters' }]
		: [];
}

function contentFaults({ file_content, file_encoding }: Arguments): Fault[] {
	if (typeof file_content !== 'string') return [];
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

/** @returns the file for the client, and what a model is told about it */
export function downloadedFile(
	path: string,
	headers: Headers,
	bytes: Uint8Array,
): { file: EmbeddedFile; told: Record<string, unknown> } {
	const mimeType = headers.get('content-type')?.split(';')[0]?.trim() || 'application/octet-stream';
	const text = bytes.byteLength <= MAX_TEXT_BYTES && isTextual(mimeType) ? decodeText(bytes) : null;
	const file_name = fileName(headers.get('content-disposition') ?? '');
	return {
		file: { uri: `patchbay://${path}`, mimeType, ...(text === null ? { blob: toBase64(bytes) } : { text }) },
		told: { ...(file_name ? { file_name } : {}), mime_type: mimeType, bytes: bytes.byteLength },
	};
}

function isTextual(mimeType: string): boolean {
	return /^text\/|[/+](json|xml|csv|yaml)$/i.test(mimeType);
}

function decodeText(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		return null;
	}
}

/** RFC 6266: the extended form (RFC 8187) before the plain one. */
function fileName(disposition: string): string | null {
	const extended = /filename\*\s*=\s*utf-8''([^;]+)/i.exec(disposition)?.[1];
	try {
		if (extended) return decodeURIComponent(extended.trim());
	} catch {
		// Not as the RFC says: the plain name may be.
	}
	const plain = /filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]+))/i.exec(disposition);
	return plain?.[1]?.replace(/\\(.)/g, '$1') ?? plain?.[2]?.trim() ?? null;
}

/** In pieces: a call takes only so many arguments. */
function toBase64(bytes: Uint8Array): string {
	let binary = '';
	for (let start = 0; start < bytes.length; start += 0x8000)
		binary += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
	return btoa(binary);
}
