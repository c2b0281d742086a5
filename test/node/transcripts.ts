// What passes between a client and Patchbay, written down: a proxy on this machine that passes everything on, also
// streams as they come. Used where PATCHBAY_TRANSCRIPTS names a directory.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface Recorder {
	/** The same address, through the proxy. */
	through(url: string): string;
	/** Writes `<directory>/<name>.md`. */
	close(): Promise<void>;
}

const SHOWN_HEADERS = /^(accept|allow|authorization|content-type|mcp-.*|retry-after|user-agent|www-authenticate)$/;
const SHOWN_CHARACTERS = 2_000;

/** @returns a recorder that passes everything by where no transcripts are wanted */
export async function startRecorder(name: string, upstream: string): Promise<Recorder> {
	const directory = process.env.PATCHBAY_TRANSCRIPTS;
	if (!directory) return { through: (url) => url, close: async () => {} };
	const lines: string[] = [`# ${name}`, ''];
	const target = new URL(upstream);
	const server = createServer((incoming, outgoing) => passOn(incoming, outgoing, target, lines));
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
	return {
		through: (url) => url.replace(target.origin, origin),
		close: async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
			mkdirSync(directory, { recursive: true });
			const file = join(directory, `${name.replace(/[^a-z0-9]+/gi, '-').toLowerCase()}.md`);
			writeFileSync(file, scrub(lines.join('\n')));
		},
	};
}

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, target: URL, lines: string[]): void {
	const { method = '', url: path = '', headers } = incoming;
	const sent: Buffer[] = [];
	const asked = request(
		{
			host: target.hostname,
			port: target.port,
			method,
			path,
			headers: { ...headers, host: target.host, 'accept-encoding': 'identity' },
		},
		(answer) => {
			const got: Buffer[] = [];
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			outgoing.flushHeaders();
			answer.on('data', (chunk: Buffer) => {
				got.push(chunk);
				outgoing.write(chunk);
			});
			answer.on('close', () => {
				outgoing.end();
				lines.push(
					`## ${method} ${path}`,
					...shown(headers),
					'',
					...block(Buffer.concat(sent)),
					`→ ${answer.statusCode}`,
					...shown(answer.headers),
					'',
					...block(Buffer.concat(got)),
				);
			});
		},
	);
	asked.on('error', () => outgoing.destroy());
	incoming.on('data', (chunk: Buffer) => sent.push(chunk));
	incoming.pipe(asked);
	outgoing.on('close', () => asked.destroy());
}

function shown(headers: IncomingMessage['headers']): string[] {
	return Object.entries(headers)
		.filter(([name]) => SHOWN_HEADERS.test(name))
		.map(([name, value]) => `- ${name}: ${String(value)}`);
}

function block(body: Buffer): string[] {
	const text = body.toString();
	if (text === '') return [];
	const cut = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}… (${body.byteLength} bytes)` : text;
	return ['```', cut, '```', ''];
}

/** Tokens and sessions are 43 characters of base64url. */
function scrub(text: string): string {
	return text.replace(/\b[A-Za-z0-9_-]{43}\b/g, '<secret>').replace(/(Bearer) [^\s,]+/g, '$1 <secret>');
}
