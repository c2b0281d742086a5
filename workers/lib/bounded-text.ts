// Reads a body within a bound, whatever its headers promise.

/** Asked before more than `fromBytes` are read, with the most that may come. */
export interface Room {
	fromBytes: number;
	/** @returns what to tell how much came in the end */
	take(bytes: number): Promise<(bytes: number) => void>;
}

/**
 * HTTP ends a body where it was declared to end, unless it is unpacked on the way: then only counting tells.
 *
 * @returns null where nothing reliable is declared
 */
export function declaredBytes({ headers }: Request | Response): number | null {
	const declared = headers.get('content-length');
	return declared === null || headers.has('content-encoding') ? null : Number(declared);
}

/** @returns the text; null when there is more, and what was not read is cancelled */
export async function readBounded(message: Request | Response, maxBytes: number, room?: Room): Promise<string | null> {
	const declared = declaredBytes(message);
	if (declared !== null && declared <= maxBytes) {
		if (room && declared > room.fromBytes) await room.take(declared);
		return message.text();
	}
	// Looked at last: the stream is made when it is.
	const { body } = message;
	if (!body) return '';
	if (declared !== null) {
		await body.cancel();
		return null;
	}
	const decoder = new TextDecoder();
	let text = '';
	const isWhole = await eachChunk(
		body,
		maxBytes,
		(chunk) => {
			text += decoder.decode(chunk, { stream: true });
		},
		room,
	);
	return isWhole ? text + decoder.decode() : null;
}

/** The same as bytes. */
export async function readBoundedBytes(
	{ body }: Request | Response,
	maxBytes: number,
	room?: Room,
): Promise<Uint8Array | null> {
	if (!body) return new Uint8Array();
	const chunks: Uint8Array[] = [];
	const isWhole = await eachChunk(body, maxBytes, (chunk) => chunks.push(chunk), room);
	return isWhole ? new Uint8Array(await new Blob(chunks).arrayBuffer()) : null;
}

/** @returns false when there is more: it is cancelled */
async function eachChunk(
	body: ReadableStream<Uint8Array>,
	maxBytes: number,
	take: (chunk: Uint8Array) => void,
	room?: Room,
): Promise<boolean> {
	const reader = body.getReader();
	let bytes = 0;
	let settle: ((bytes: number) => void) | null = null;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) {
			settle?.(bytes);
			return true;
		}
		bytes += value.byteLength;
		// While it waits, nothing more is read and the sender is held up.
		if (room && settle === null && bytes > room.fromBytes) settle = await room.take(maxBytes);
		if (bytes > maxBytes) {
			await reader.cancel();
			return false;
		}
		take(value);
	}
}
