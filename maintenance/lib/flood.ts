// Thread of `measure-flood.ts`: sends requests with unknown tokens at a steady rate until it is told to end.
import { randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { type Exchange, exchange } from './exchange.ts';
import { rpc } from './lone-worker.ts';
import type { Flood } from './measure-flood.ts';

const TURN_MS = 20;
/** Requests that wait at most: late answers would use up the sockets of the sender, so later requests give up. */
const WAITING_MAX = 4_000;

const { url, kind, addresses, perSecond } = workerData as Flood;
const agent = new Agent({ keepAlive: true });
const answers = new Map<string, number>();
let waiting = 0;
let sent = 0;

const secret = () => randomBytes(32).toString('base64url');
const addressOf = (n: number) => ({ 'cf-connecting-ip': `198.${18 + (n >> 16)}.${(n >> 8) & 255}.${n & 255}` });

function next(): Exchange {
	const headers = addressOf(sent++ % addresses);
	const list = rpc('tools/list', {});
	switch (kind) {
		case 'api':
			return {
				method: 'GET',
				url: `${url}/integrated-account`,
				headers: { ...headers, authorization: `Bearer pb_${secret()}` },
			};
		case 'session':
			return {
				method: 'POST',
				url: `${url}/session`,
				headers: { ...headers, origin: url },
				body: `{"token":"pb_${secret()}"}`,
			};
		case 'url':
			return { method: 'POST', url: `${url}/mcp/${secret()}`, headers, body: list };
		case 'oauth':
			return {
				method: 'POST',
				url,
				body: list,
				headers: { ...headers, authorization: `Bearer tok_0123456789ab:x:${secret()}` },
			};
		case 'factor':
			return { method: 'POST', url, body: list, headers: { ...headers, authorization: `Bearer pb_${secret()}` } };
	}
}

function note(answer: string): void {
	waiting--;
	answers.set(answer, (answers.get(answer) ?? 0) + 1);
}

let due = 0;
const timer = setInterval(() => {
	due += (perSecond * TURN_MS) / 1000;
	for (; due >= 1; due--) {
		if (waiting >= WAITING_MAX) continue;
		waiting++;
		exchange(agent, next()).then(
			({ status }) => note(String(status)),
			() => note('broken'),
		);
	}
}, TURN_MS);

// Connections are open and what is loaded once is loaded.
setTimeout(() => parentPort?.postMessage('ready'), 2_000);
parentPort?.once('message', () => {
	clearInterval(timer);
	parentPort?.postMessage([...answers, ['waiting', waiting]].map(([what, count]) => `${count} × ${what}`).join(', '));
});
