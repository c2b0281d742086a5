// Room for large messages. An upload takes several times its size of an isolate's memory, as text and parsed, until it
// has been sent on: so an isolate holds few of them at once, of which one server has one.
import type { Room } from '../lib/bounded-text.ts';
import { ByteBudget, type Share, SMALL_BYTES } from '../lib/byte-budget.ts';
import { ApiError } from '../lib/errors.ts';

const TOTAL_BYTES = 16 * 1024 * 1024;
/** Room for one message of the largest size. */
const PER_SERVER_BYTES = 8 * 1024 * 1024;
/** A message waits and arrives within this time: nobody holds room by sending slowly. */
const PATIENCE_MS = 60_000;

export const messageBytes = new ByteBudget(TOTAL_BYTES, PER_SERVER_BYTES);

/**
 * Reads a message within its room.
 *
 * @param holder  whose room it takes: one server's messages wait for each other
 * @returns what was read, and what gives the room back
 * @throws ApiError rate_limited where there was no room in time
 */
export async function readWithRoom<Read>(
	holder: string,
	read: (room: Room) => Promise<Read>,
): Promise<{ read: Read; release: () => void }> {
	const ending = new AbortController();
	const shares: Share[] = [];
	const release = () => {
		for (const share of shares.splice(0)) share.release();
	};
	let timer: ReturnType<typeof setTimeout> | undefined;
	const tooLate = new Promise<never>((_, reject) => {
		timer = setTimeout(() => {
			const busy = new ApiError('rate_limited', 'Too many large messages are under way. Try again in a moment.');
			ending.abort(busy);
			reject(busy);
		}, PATIENCE_MS);
	});
	const take = async (bytes: number) => {
		const share = await messageBytes.take(holder, bytes, ending.signal);
		shares.push(share);
		return share.shrinkTo;
	};
	try {
		return { read: await Promise.race([read({ fromBytes: SMALL_BYTES, take }), tooLate]), release };
	} catch (error) {
		release();
		throw error;
	} finally {
		clearTimeout(timer ?? null);
	}
}
