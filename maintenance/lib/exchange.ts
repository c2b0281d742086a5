// One HTTP request over connections that are kept, for programs that send many.
import { type Agent, request } from 'node:http';

export interface Exchange {
	method: string;
	url: string;
	/** JSON text or whatever else; empty for none. */
	body?: string | Buffer;
	headers?: Record<string, string>;
}

export interface Exchanged {
	status: number;
	text: string;
}

export function exchange(agent: Agent, { method, url, body = '', headers = {} }: Exchange): Promise<Exchanged> {
	const hasBody = body.length > 0;
	const sent = {
		accept: 'application/json, text/event-stream',
		...(hasBody ? { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) } : {}),
		...headers,
	};
	return new Promise((resolve, reject) => {
		const outgoing = request(url, { method, agent, headers: sent }, (answer) => {
			const chunks: Buffer[] = [];
			answer.on('data', (chunk: Buffer) => chunks.push(chunk));
			answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
			answer.on('error', reject);
		});
		outgoing.on('error', reject);
		outgoing.end(body);
	});
}
