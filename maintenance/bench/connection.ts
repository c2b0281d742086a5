// One keep-alive connection of the benchmark's client. Raw sockets: node's own client costs more than some of what is
// measured, on the same cores.
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = Buffer.from('0\r\n\r\n');

/** The bytes of a POST. */
export function httpPost(url: string, body: string, headers: Record<string, string> = {}): Buffer {
	const { host, pathname } = new URL(url);
	const all = {
		host,
		'content-type': 'application/json',
		accept: 'application/json, text/event-stream',
		'content-length': String(Buffer.byteLength(body)),
		...headers,
	};
	const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
	return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n${body}`);
}

/** Servers close a connection that was idle for five seconds, while others had their turn: it is opened anew before. */
const IDLE_MS = 2_000;

/** One request at a time goes through it. */
export interface Channel {
	/** @returns the whole answer, head and body */
	send(request: Buffer): Promise<Buffer>;
	close(): void;
}

export class Connection implements Channel {
	readonly #port: number;
	#socket: Socket | null = null;
	#chunks: Buffer[] = [];
	#bytes = 0;
	/** Bytes of the answer under way; 0 while its head is incomplete, infinite where chunks say the end. */
	#expected = 0;
	#usedAtMs = performance.now();
	#done: ((answer: Buffer) => void) | null = null;
	#fail: ((error: Error) => void) | null = null;

	private constructor(port: number) {
		this.#port = port;
	}

	static async open(port: number): Promise<Connection> {
		const connection = new Connection(port);
		await connection.#connect();
		return connection;
	}

	#connect(): Promise<Socket> {
		return new Promise((resolve, reject) => {
			const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true }, () => {
				this.#socket = socket;
				resolve(socket);
			});
			socket.on('data', (chunk) => this.#take(chunk));
			socket.on('error', (error) => {
				reject(error);
				this.#fail?.(error);
			});
			socket.on('close', () => {
				if (this.#socket !== socket) return;
				this.#socket = null;
				this.#fail?.(new Error('the connection was closed'));
			});
		});
	}

	async send(request: Buffer): Promise<Buffer> {
		const isFresh = performance.now() - this.#usedAtMs < IDLE_MS;
		if (!isFresh) this.close();
		const socket = isFresh && this.#socket?.writable ? this.#socket : await this.#connect();
		return new Promise((resolve, reject) => {
			this.#chunks = [];
			this.#bytes = 0;
			this.#expected = 0;
			this.#done = resolve;
			this.#fail = reject;
			socket.write(request);
		});
	}

	close(): void {
		this.#fail = null;
		this.#socket?.destroy();
		this.#socket = null;
	}

	#take(chunk: Buffer): void {
		this.#chunks.push(chunk);
		this.#bytes += chunk.length;
		if (this.#expected === 0) this.#readHead();
		const isWhole =
			this.#expected === Number.POSITIVE_INFINITY
				? Buffer.concat(this.#chunks.slice(-2)).subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
				: this.#expected > 0 && this.#bytes >= this.#expected;
		if (!isWhole) return;
		this.#usedAtMs = performance.now();
		this.#fail = null;
		this.#done?.(this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks));
	}

	#readHead(): void {
		const whole = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks);
		const end = whole?.indexOf(HEAD_END) ?? -1;
		if (!whole || end < 0) return;
		const length = /\r\ncontent-length: *(\d+)/i.exec(whole.toString('latin1', 0, end + 2))?.[1];
		this.#expected = length === undefined ? Number.POSITIVE_INFINITY : end + HEAD_END.length + Number(length);
	}
}

/** True for status 200 and an answer that tells of no failure. */
export function isGood(answer: Buffer): boolean {
	return answer.subarray(9, 12).equals(OK) && !FAILURES.some((failure) => answer.includes(failure));
}

/** @throws Error with the beginning of an answer that is not good */
export function requireGood(answer: Buffer, what: string): void {
	if (!isGood(answer)) throw new Error(`${what}: ${answer.toString('utf8', 0, 600)}`);
}

const OK = Buffer.from('200');
const FAILURES = ['"isError":true', '"error":{"code"'].map((text) => Buffer.from(text));

/** The body of an answer, without the frames of chunks and of server-sent events. */
export function bodyOf(answer: Buffer): string {
	const head = answer.toString('latin1', 0, answer.indexOf(HEAD_END));
	let body = answer.subarray(answer.indexOf(HEAD_END) + HEAD_END.length);
	if (/\r\ntransfer-encoding: *chunked/i.test(head)) body = unchunked(body);
	const text = body.toString('utf8');
	return /\r\ncontent-type: *text\/event-stream/i.test(head) ? (/^data: *(.+)$/m.exec(text)?.[1] ?? '') : text;
}

function unchunked(body: Buffer): Buffer {
	const parts: Buffer[] = [];
	for (let at = 0; at < body.length; ) {
		const end = body.indexOf('\r\n', at);
		const size = Number.parseInt(body.toString('latin1', at, end), 16);
		if (!(size > 0)) break;
		parts.push(body.subarray(end + 2, end + 2 + size));
		at = end + 2 + size + 2;
	}
	return Buffer.concat(parts);
}
