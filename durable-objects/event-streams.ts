// The streams of HTTP+SSE (MCP 2024-11-05), one object per server token: mailboxes that the Worker puts answers into and
// a client reads. Everything lives in memory and ends with its stream.
import { DurableObject } from 'cloudflare:workers';
import { enter } from '../workers/access/enter.ts';
import { urlTokenDoor } from '../workers/access/url-token-door.ts';
import type { Env } from '../workers/contracts/env.ts';
import type { EventStreamsObject } from '../workers/contracts/objects.ts';
import { ApiError, logError } from '../workers/lib/errors.ts';
import { mintToken } from '../workers/lib/secrets.ts';

/** Proxies end a connection that is silent for longer than about this. */
export const TICK_MS = 25_000;
const IDLE_MS = 10 * 60_000;
/** The stream without a message for the longest time ends when one more is opened. */
const MAX_STREAMS = 20;
const MAX_IN_FLIGHT = 16;
/** A client that leaves more than this unread is cut off. One message on top may be as large as any answer. */
const MAX_UNREAD_BYTES = 256 * 1024;

interface Stream {
	/** Headers and URL of the request that opened it, under which it must stay allowed. */
	opened: Request;
	token: string;
	controller: ReadableStreamDefaultController<Uint8Array>;
	lastMessageAtMs: number;
	inFlight: number;
}

const encoder = new TextEncoder();

export class EventStreams extends DurableObject<Env> implements EventStreamsObject {
	/** Keyed by session id, an unguessable part of the address that the stream's messages are posted to. */
	readonly #streams = new Map<string, Stream>();
	#timer: ReturnType<typeof setInterval> | null = null;

	/** Opens a stream. @param request  a GET of `/mcp/:token/sse`, let in by the door already */
	override async fetch(request: Request): Promise<Response> {
		return this.#open(request, new URL(request.url).pathname.split('/')[2] ?? '', Date.now());
	}

	#open(request: Request, token: string, nowMs: number): Response {
		const session = mintToken();
		if (this.#streams.size >= MAX_STREAMS) this.close(this.#longestIdle());
		const body = new ReadableStream<Uint8Array>(
			{
				start: (controller) => {
					const opened = new Request(request.url, { headers: request.headers });
					this.#streams.set(session, { opened, token, controller, lastMessageAtMs: nowMs, inFlight: 0 });
					this.#write(session, event('endpoint', `/mcp/${token}/sse/${session}`));
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

	/** Announces an answer, which must follow by `send`. */
	expect(session: string): 'taken' | 'gone' | 'busy' {
		const stream = this.#streams.get(session);
		if (!stream) return 'gone';
		if (stream.inFlight >= MAX_IN_FLIGHT) return 'busy';
		stream.inFlight++;
		stream.lastMessageAtMs = Date.now();
		return 'taken';
	}

	/** @param text  the announced answer; null when the message has none */
	send(session: string, text: string | null): void {
		const stream = this.#streams.get(session);
		if (!stream) return;
		stream.inFlight--;
		stream.lastMessageAtMs = Date.now();
		if (text !== null) this.#write(session, event('message', text));
	}

	/** Ends a stream. Safe to call again. */
	close(session: string): void {
		const stream = this.#streams.get(session);
		this.#forget(session);
		stream?.controller.close();
	}

	/** Ends streams that are idle, unread or no longer allowed; keeps the rest alive. Runs by itself while there are streams. */
	async tick(nowMs: number): Promise<void> {
		const streams = [...this.#streams];
		for (const [session, { inFlight, lastMessageAtMs }] of streams) {
			if (inFlight === 0 && nowMs - lastMessageAtMs >= IDLE_MS) this.close(session);
			else this.#write(session, ': keep-alive\n\n');
		}
		await Promise.all(
			streams.map(async ([session, { opened, token }]) => {
				if (this.#streams.has(session) && !(await this.#isAllowed(opened, token, nowMs))) this.close(session);
			}),
		);
	}

	async #isAllowed(opened: Request, token: string, nowMs: number): Promise<boolean> {
		try {
			await enter(urlTokenDoor(opened, token, this.env), this.env, nowMs);
			return true;
		} catch (error) {
			// Storage that fails is no answer: the next tick asks again.
			return !(error instanceof ApiError) || error.status >= 500;
		}
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

/** One server-sent event (HTML Standard, section 9.2.5). */
function event(name: 'endpoint' | 'message', data: string): string {
	const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
	return `event: ${name}\n${lines.join('')}\n`;
}
