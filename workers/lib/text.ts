// Length and cutting of texts.

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is the quick case
const ASCII = /^[\x00-\x7f]*$/;

/** Bytes of a text in UTF-8, without encoding it. */
export function utf8Length(text: string): number {
	if (ASCII.test(text)) return text.length;
	let bytes = text.length;
	for (let i = 0; i < text.length; i++) {
		const unit = text.charCodeAt(i);
		if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
	}
	return bytes;
}

/** Never ends in half of a surrogate pair, which is no text. */
export function clipped(text: string, length: number): string {
	return text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '');
}

/** Cuts a text to `length` characters; the last one is an ellipsis where something was cut. */
export function ellipsis(text: string, length: number): string {
	return text.length > length ? `${clipped(text, length - 1)}…` : text;
}
