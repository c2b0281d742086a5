// Guessing of tokens is slowed down; nobody is locked out. A token of 256 random bits is not found by guessing, but each
// guess costs questions to storage, and sharing an address with a guesser must not cost anybody their access: so good
// tokens are never delayed, and only the refusals of an address that collects them come late.

/** Refusals that an address may collect before they come late. */
const FREE_REFUSALS = 30;
/** One refusal is forgiven in this time. */
const FORGIVEN_AFTER_MS = 2_000;
export const REFUSAL_DELAY_MS = 2_000;
const ADDRESSES_MAX = 10_000;

/** Refusals by address, in this isolate. */
export class Refusals {
	readonly #counts = new Map<string, { count: number; atMs: number }>();

	/** Counts one more. @returns whether it is to come late */
	isTooMany(address: string, nowMs: number): boolean {
		const known = this.#counts.get(address);
		const forgiven = known ? Math.floor((nowMs - known.atMs) / FORGIVEN_AFTER_MS) : 0;
		const count = Math.min(FREE_REFUSALS * 2, Math.max(0, (known?.count ?? 0) - Math.max(0, forgiven)) + 1);
		// The address that was refused last stays longest.
		this.#counts.delete(address);
		if (this.#counts.size >= ADDRESSES_MAX) this.#counts.delete(this.#counts.keys().next().value as string);
		this.#counts.set(address, { count, atMs: nowMs });
		return count > FREE_REFUSALS;
	}

	/** Has it collected so many that the next would come late? */
	areMany(address: string, nowMs: number): boolean {
		const known = this.#counts.get(address);
		return known !== undefined && known.count - (nowMs - known.atMs) / FORGIVEN_AFTER_MS >= FREE_REFUSALS;
	}
}

const refusals = new Refusals();

/** Delays a refusal of a token. Await it before you refuse. Without an address, on a local start, there is no delay. */
export async function slowDownGuessing(request: Request): Promise<void> {
	const address = senderOf(request);
	const isLate = refusals.isTooMany(address, Date.now());
	if (isLate && address !== '') await scheduler.wait(REFUSAL_DELAY_MS);
}

/** Does this request come from where many unknown tokens came from? */
export function isSuspect(request: Request): boolean {
	return refusals.areMany(senderOf(request), Date.now());
}

/** Whom a request counts for: an address, or the network of one. @returns empty on a local start, which is asked from the machine itself */
export function senderOf(request: Request): string {
	const ip = request.headers.get('cf-connecting-ip') ?? '';
	return LOOPBACK.test(ip) ? '' : addressOf(ip);
}

const LOOPBACK = /^(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/;

/** An IPv6 subscriber has a whole /64. */
export function addressOf(ip: string): string {
	if (!ip.includes(':')) return ip;
	const head = (ip.split('::')[0] ?? '').split(':').filter(Boolean);
	return [...head, '0', '0', '0', '0'].slice(0, 4).join(':').toLowerCase();
}
