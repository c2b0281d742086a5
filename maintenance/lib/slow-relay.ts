// A relay in front of the sandbox that answers lookups of names slowly, and tells when a write arrives.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlowRelay {
	url: string;
	stop(): Promise<void>;
}

export interface RelayOptions {
	/** Origin that everything is passed on to. */
	to: string;
	/** Path whose requests are quick; a GET of any other is a lookup. */
	quickPath: string;
	/** Bounds of what a lookup waits. */
	lookupMs: { min: number; max: number };
	/** Called when the body of a POST has arrived. */
	onPost: (body: string) => void;
}

export async function startSlowRelay({ to, quickPath, lookupMs, onPost }: RelayOptions): Promise<SlowRelay> {
	const server = createServer(async (incoming, outgoing) => {
		const chunks: Buffer[] = [];
		for await (const chunk of incoming) chunks.push(chunk as Buffer);
		const body = Buffer.concat(chunks);
		if (incoming.method === 'POST') onPost(body.toString());
		const isLookup = incoming.method === 'GET' && !incoming.url?.includes(quickPath);
		if (isLookup) {
			const waitMs = lookupMs.min + Math.random() * (lookupMs.max - lookupMs.min);
			await new Promise((resolve) => setTimeout(resolve, waitMs));
		}
		const { host: _host, ...headers } = incoming.headers;
		const forwarded = request(`${to}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.on('error', () => outgoing.destroy()).pipe(outgoing);
		});
		// An answer that the sandbox drops is dropped here as well.
		forwarded.on('error', () => outgoing.destroy()).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		stop: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}
