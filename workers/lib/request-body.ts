// Reads a request's JSON body within bounds.
import { type Room, readBounded } from './bounded-text.ts';
import { ApiError } from './errors.ts';
import { utf8Length } from './text.ts';

/** JSON nested deeper than this is no input of ours; it only costs stack. */
const MAX_DEPTH = 64;

/** @throws ApiError body_too_large, invalid_json */
export async function readJson(
	request: Request,
	maxBytes: number,
	room?: Room,
): Promise<{ value: unknown; bytes: number }> {
	const text = await readBounded(request, maxBytes, room);
	if (text === null) throw new ApiError('body_too_large', `The body is larger than ${maxBytes / 1024} KiB.`);
	if (depth(text) > MAX_DEPTH)
		throw new ApiError('invalid_json', `The body is nested deeper than ${MAX_DEPTH} levels.`);
	try {
		return { value: JSON.parse(text), bytes: utf8Length(text) };
	} catch (error) {
		const reason = error instanceof SyntaxError ? ` (${error.message.slice(0, 120)})` : '';
		throw new ApiError('invalid_json', `The body is not JSON${reason}.`);
	}
}

/** Deepest nesting of brackets outside strings, found without parsing. */
function depth(text: string): number {
	let deepest = 0;
	let level = 0;
	let inString = false;
	for (let i = 0; i < text.length; i++) {
		const c = text.charCodeAt(i);
		if (inString) {
			if (c === 0x5c) i++;
			else if (c === 0x22) inString = false;
		} else if (c === 0x22) inString = true;
		else if (c === 0x7b || c === 0x5b) deepest = Math.max(deepest, ++level);
		else if (c === 0x7d || c === 0x5d) level--;
	}
	return deepest;
}
