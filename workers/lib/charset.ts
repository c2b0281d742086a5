// Texts that name a charset other than UTF-8, the one that JSON is written in (RFC 8259 section 8.1).

/** @returns null where a body names no charset, or UTF-8 */
export function otherCharset(contentType: string | null): string | null {
	const charset = /;\s*charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType ?? '')?.[1];
	return charset === undefined || /^utf-?8$/i.test(charset) ? null : charset;
}

/** Decodes UTF-8 where it is that, whatever its label says: servers label by habit. */
export function decodeLabelled(bytes: Uint8Array, charset: string): string {
	// Latin letters in UTF-16 are valid UTF-8 as well.
	const charsets = /^utf-?16/i.test(charset) ? [charset] : ['utf-8', charset];
	for (const one of charsets) {
		const text = decodeAs(bytes, one);
		if (text !== null) return text;
	}
	return new TextDecoder().decode(bytes);
}

function decodeAs(bytes: Uint8Array, charset: string): string | null {
	try {
		return new TextDecoder(charset, { fatal: true, ignoreBOM: false }).decode(bytes);
	} catch {
		return null;
	}
}
