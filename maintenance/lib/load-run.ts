// State of a load run, which its clients and its changes share.
import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { type Exchanged, exchange } from './exchange.ts';

export interface LoadTarget {
	/** Address of the gateway; nothing is sent unless it is on this machine. */
	url: string;
	apiToken: string;
	sandboxUrl: string;
	/** A connection to the sandbox, as `POST /integrated-account` takes it, without its id. */
	account: Record<string, unknown>;
}

export interface LoadOptions {
	/** The least; a slow machine takes longer until every kind of thing has happened once. */
	seconds: number;
	/** Clients that use open URLs; a third as many more use URLs that were closed. */
	clients: number;
	/** Each has four servers. */
	accounts: number;
}

export interface LoadReport {
	seconds: number;
	reads: number;
	writes: number;
	/** Refused because too much was under way already: an answer, and the client's turn to wait. */
	heldBack: number;
	callsPerSecond: number;
	latencyMs: { median: number; p99: number; longest: number };
	changes: Record<Change, number>;
	/** Acknowledged writes. */
	acknowledged: number;
	/** Writes whose answer was dropped on the way from the sandbox, and that the client then sent once more. */
	unknown: number;
	/** Writes that named their board: a lookup of 0.1 to 1.5 seconds stands before them. */
	slowWrites: number;
	/** Calls that started after the answer to a change that forbids them. */
	afterChange: number;
	/** Everything below must be empty. */
	lost: string[];
	doubled: string[];
	/** Writes that are in the sandbox although they were refused, or under another id than the answer gave. */
	wrong: string[];
	/**
	 * Answered by the vendor although the call started after the change that forbids it, or written: a write must not even
	 * arrive at the vendor after the change was answered, whenever its call started.
	 */
	late: string[];
	/** Answers that nothing above explains. */
	unexpected: string[];
}

export type Change = 'rotate' | 'revoke' | 'narrow' | 'pause';

/** One URL, and what may be done with it. A change that forbids something is noted when it has been answered. */
export interface Door {
	url: string;
	path: string;
	mayRead: boolean;
	mayWrite: boolean;
	/** Grows when a change begins and when it has ended: odd while one is under way. */
	epoch: number;
}

export interface Write {
	mark: string;
	/** Forbidden when it was sent. */
	isLate: boolean;
	outcome: 'made' | 'refused' | 'unknown';
	id: number | null;
}

/** A run ends after this many times its seconds, whatever it has seen. */
const LONGEST_FACTOR = 30;

export class LoadRun {
	readonly name = `load-${randomBytes(4).toString('hex')}`;
	readonly report: LoadReport = emptyReport();
	/** Open servers. */
	readonly slots: Door[] = [];
	/** Servers that were closed lately. */
	readonly shut: Door[] = [];
	readonly writes: Write[] = [];
	readonly latencies: number[] = [];
	calls = 0;
	/** Keyed by the mark of a write. */
	readonly #doors = new Map<string, Door>();
	readonly #agent: Agent;
	readonly #target: LoadTarget;
	readonly #seconds: number;
	#startedAt = performance.now();

	constructor(target: LoadTarget, { clients, seconds }: LoadOptions) {
		this.#agent = new Agent({ keepAlive: true, maxSockets: clients * 2 + 8 });
		this.#target = target;
		this.#seconds = seconds;
	}

	begin(): void {
		this.#startedAt = performance.now();
	}

	isOver(): boolean {
		const passed = (performance.now() - this.#startedAt) / (this.#seconds * 1000);
		return passed > LONGEST_FACTOR || (passed > 1 && hasSeenAll(this.report, this.writes));
	}

	/** A text that no other write has. */
	mark(door: Door): string {
		const mark = `${this.name} ${this.#doors.size + 1}`;
		this.#doors.set(mark, door);
		return mark;
	}

	/** Notes that a write has arrived at the vendor. */
	noteArrival(body: string): void {
		const mark = (JSON.parse(body) as { summary?: string }).summary ?? '';
		if (this.#doors.get(mark)?.mayWrite === false) this.report.late.push(`arrived at the vendor: ${mark}`);
	}

	http(method: string, url: string, body: unknown, headers: Record<string, string> = {}): Promise<Exchanged> {
		return exchange(this.#agent, { method, url, body: body === undefined ? '' : JSON.stringify(body), headers });
	}

	/** The management API. @throws Error for everything but a good answer */
	async manage<T>(method: string, path: string, body?: unknown): Promise<T> {
		const { url, apiToken } = this.#target;
		const { status, text } = await this.http(method, url + path, body, { authorization: `Bearer ${apiToken}` });
		if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
		return (text === '' ? null : JSON.parse(text)) as T;
	}

	pause(ms: number): Promise<void> {
		return new Promise((resolve) => setTimeout(resolve, ms));
	}

	/** Reckons up what was measured. Call it when the last client has ended. */
	finish(): void {
		this.report.seconds = (performance.now() - this.#startedAt) / 1000;
		this.latencies.sort((a, b) => a - b);
		const { length } = this.latencies;
		const quantile = (part: number) => this.latencies[Math.min(length - 1, Math.floor(length * part))] ?? 0;
		this.report.latencyMs = { median: quantile(0.5), p99: quantile(0.99), longest: this.latencies.at(-1) ?? 0 };
		this.report.callsPerSecond = this.calls / this.report.seconds;
	}

	close(): void {
		this.#agent.destroy();
	}
}

function emptyReport(): LoadReport {
	return {
		seconds: 0,
		reads: 0,
		writes: 0,
		heldBack: 0,
		callsPerSecond: 0,
		latencyMs: { median: 0, p99: 0, longest: 0 },
		changes: { rotate: 0, revoke: 0, narrow: 0, pause: 0 },
		acknowledged: 0,
		unknown: 0,
		slowWrites: 0,
		afterChange: 0,
		lost: [],
		doubled: [],
		wrong: [],
		late: [],
		unexpected: [],
	};
}

/** Reads, writes that were answered and that were not, changes, and calls that came after one. */
function hasSeenAll({ reads, afterChange, changes }: LoadReport, writes: Write[]): boolean {
	const outcomes = new Set(writes.map(({ outcome }) => outcome));
	const changed = Object.values(changes).some((count) => count > 0);
	return reads > 0 && afterChange > 0 && changed && outcomes.has('made') && outcomes.has('unknown');
}
