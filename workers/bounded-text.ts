// Reads a body as text within a bound, whatever its headers promise.

/** @returns null when there is more; what was not read is cancelled */
export async function readBounded(message: Request | Response, maxBytes: number): Promise<string | null> {
	const { body, headers } = message;
	if (!body) return '';
	const declared = headers.get('content-length');
	// HTTP ends a body where it was declared to end, unless it is unpacked on the way: then only counting tells.
	if (declared !== null && !headers.has('content-encoding')) {
		if (Number(declared) <= maxBytes) return message.text();
		await body.cancel();
		return null;
	}
	const decoder = new TextDecoder();
	const reader = body.getReader();
	let text = '';
	let bytes = 0;
	for (;;) {
		const { done, value } = await reader.read();
		if (done) return text + decoder.decode();
		bytes += value.byteLength;
		if (bytes > maxBytes) {
			await reader.cancel();
			return null;
		}
		text += decoder.decode(value, { stream: true });
	}
}
