// Messages to a server that speaks MCP over its standard input and output, in place of a connection over HTTP.
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Channel } from './connection.ts';

const HEAD = 'HTTP/1.1 200 OK\r\n\r\n';

/** @returns opens a channel; all of them share the one process, which tells answers apart by their ids */
export function stdioChannels(child: ChildProcess): () => Channel {
	const waiting = new Map<number, (answer: Buffer) => void>();
	if (!child.stdin || !child.stdout) throw new Error('the process has no pipes');
	const { stdin } = child;
	createInterface({ input: child.stdout }).on('line', (line) => {
		const id = idOf(line);
		const resolve = waiting.get(id);
		waiting.delete(id);
		resolve?.(Buffer.from(HEAD + line));
	});
	return () => ({
		send: (request) =>
			new Promise((resolve) => {
				const body = request.toString('utf8', request.indexOf('\r\n\r\n') + 4);
				waiting.set(idOf(body), resolve);
				stdin.write(`${body}\n`);
			}),
		close: () => {},
	});
}

/** The id is the message's own or stands at its end; arguments and records hold none of this form before it. */
function idOf(line: string): number {
	return Number((/^\{"jsonrpc":"2\.0","id":(\d+)/.exec(line) ?? /"id":(\d+)\}$/.exec(line))?.[1]);
}
