// The streams of HTTP+SSE (MCP 2024-11-05), one object per server token. A message is posted here and answered on its
// stream, exactly as a POST to the server's URL would answer it. Everything lives in memory and ends with its stream.
import { DurableObject } from 'cloudflare:workers';
import { urlTokenDoor } from '../workers/access/url-token-door.ts';
import type { Env } from '../workers/contracts/env.ts';
import { ApiError, logError, toResponse } from '../workers/lib/errors.ts';
import { valueAt } from '../workers/lib/json-path.ts';
import { mintToken } from '../workers/lib/secrets.ts';
import { enter, serveAccess } from '../workers/mcp/serve.ts';

/** Proxies end a connection that is silent for longer than about this. */
const TICK_MS = 25_000;
const IDLE_MS = 10 * 60_000;
/** The stream without a message for the longest time ends when one more is opened. */
const MAX_STREAMS = 20;
const MAX_IN_FLIGHT = 16;
/** A client that leaves more than this unread is cut off. One message on top may be as large as any answer. */
const MAX_UNREAD_BYTES = 256 * 1024;

/** Of a request whose body was read elsewhere. */
export interface RequestHead {
	url: string;
	headers: [string, string][];
}

interface Stream {
	/** Headers and URL of the request that opened it, under which it must stay allowed. */
	opened: Request;
	token: string;
	controller: ReadableStreamDefaultController<Uint8Array>;
	lastMessageAtMs: number;
	inFlight: number;
}

const encoder = new TextEncoder();

export class EventStreams extends DurableObject<Env> {
	/** By session id, an unguessable part of the address that the stream's messages are posted to. */
	readonly #streams = new Map<string, Stream>();
	#timer: ReturnType<typeof setInterval> | null = null;

	/** Opens a stream. @param request  a GET of `/mcp/:token/sse`, let in by the door already */
	override async fetch(request: Request): Promise<Response> {
		return this.#open(request, new URL(request.url).pathname.split('/')[2] ?? '');
	}

	#open(request: Request, token: string): Response {
		const session = mintToken();
		if (this.#streams.size >= MAX_STREAMS) this.#close(this.#longestIdle());
		const body = new ReadableStream<Uint8Array>(
			{
				start: (controller) => {
					const opened = new Request(request.url, { headers: request.headers });
					const stream: Stream = { opened, token, controller, lastMessageAtMs: Date.now(), inFlight: 0 };
					this.#streams.set(session, stream);
					this.#send(session, 'endpoint', `/mcp/${token}/sse/${session}`);
				},
				cancel: () => this.#forget(session),
			},
			new ByteLengthQueuingStrategy({ highWaterMark: MAX_UNREAD_BYTES }),
		);
		this.#timer ??= setInterval(() => void this.tick(Date.now()).catch(logError), TICK_MS);
		return new Response(body, {
			headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store, no-transform' },
		});
	}

	/**
	 * Takes a message, whose answer goes to the stream.
	 *
	 * @param head  URL and headers of the request that brought it, let in by the door already
	 */
	deliver(session: string, head: RequestHead, read: { message: unknown; bytes: number }): 'taken' | 'gone' | 'busy' {
		const stream = this.#streams.get(session);
		if (!stream) return 'gone';
		if (stream.inFlight >= MAX_IN_FLIGHT) return 'busy';
		stream.inFlight++;
		stream.lastMessageAtMs = Date.now();
		// Not awaited: the stream keeps this object alive.
		void this.#serve(session, stream, head, read).catch(logError);
		return 'taken';
	}

	async #serve(
		session: string,
		stream: Stream,
		{ url, headers }: RequestHead,
		read: { message: unknown; bytes: number },
	): Promise<void> {
		const request = new Request(new URL(`/mcp/${stream.token}`, url), { method: 'POST', headers });
		const door = urlTokenDoor(request, stream.token, this.env);
		const response = await serveAccess(request, door, this.env, this.ctx, read).catch(toResponse);
		const text = await response.text();
		stream.inFlight--;
		stream.lastMessageAtMs = Date.now();
		const isAnswer = text === '' || valueAt(parse(text), 'jsonrpc') === '2.0';
		const answer = isAnswer ? text : errorAnswer(read.message, parse(text));
		if (answer) this.#send(session, 'message', answer);
		if (response.status === 404 && !isAnswer) this.#close(session);
	}

	/** Ends what is idle, unread or no longer allowed; keeps the rest alive. Runs by itself while there are streams. */
	async tick(nowMs: number): Promise<void> {
		const streams = [...this.#streams];
		for (const [session, { inFlight, lastMessageAtMs }] of streams) {
			if (inFlight === 0 && nowMs - lastMessageAtMs >= IDLE_MS) this.#close(session);
			else this.#write(session, ': keep-alive\n\n');
		}
		await Promise.all(
			streams.map(async ([session, { opened, token }]) => {
				if (this.#streams.has(session) && !(await this.#isAllowed(opened, token))) this.#close(session);
			}),
		);
	}

	async #isAllowed(opened: Request, token: string): Promise<boolean> {
		try {
			await enter(opened, urlTokenDoor(opened, token, this.env), this.env);
			return true;
		} catch (error) {
			// Storage that fails is no answer: the next tick asks again.
			return !(error instanceof ApiError) || error.status >= 500;
		}
	}

	#send(session: string, event: 'endpoint' | 'message', data: string): void {
		const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
		this.#write(session, `event: ${event}\n${lines.join('')}\n`);
	}

	#write(session: string, text: string): void {
		const stream = this.#streams.get(session);
		if (!stream) return;
		if ((stream.controller.desiredSize ?? 0) > 0) {
			stream.controller.enqueue(encoder.encode(text));
		} else {
			this.#forget(session);
			stream.controller.error(new Error('The client does not read its stream.'));
		}
	}

	#close(session: string): void {
		const stream = this.#streams.get(session);
		this.#forget(session);
		stream?.controller.close();
	}

	#forget(session: string): void {
		this.#streams.delete(session);
		if (this.#streams.size > 0 || this.#timer === null) return;
		clearInterval(this.#timer);
		this.#timer = null;
	}

	#longestIdle(): string {
		const byAge = [...this.#streams].sort(([, a], [, b]) => a.lastMessageAtMs - b.lastMessageAtMs);
		return byAge[0]?.[0] ?? '';
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}

/** What our own refusals are on a stream, where there is no HTTP status. @returns null for a message that has no answer */
function errorAnswer(message: unknown, refusal: unknown): string | null {
	const id = valueAt(message, 'id');
	if (typeof id !== 'string' && typeof id !== 'number') return null;
	const said = valueAt(refusal, 'message');
	const error = { code: -32000, message: typeof said === 'string' ? said : 'Something failed on our side.' };
	return JSON.stringify({ jsonrpc: '2.0', id, error });
}
