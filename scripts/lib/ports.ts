// Ports on this machine: which are free, and whether something listens on one.
import { randomInt } from 'node:crypto';
import { connect, createServer } from 'node:net';

export const DEFAULT_PORT = 8787;

/**
 * Picked ports lie below the range that Linux (32768) and macOS (49152) take outgoing connections from: a port from
 * that range may be gone between the moment it is found free and the moment it is listened on.
 */
const FIRST_PICKED_PORT = 10_000;
const LAST_PICKED_PORT = 32_000;

/** True when something answers on `port` of this machine, by IPv4 or IPv6. */
export async function isListening(port: number): Promise<boolean> {
	const answers = await Promise.all(['127.0.0.1', '::1'].map((host) => canConnect(host, port)));
	return answers.includes(true);
}

/** True when a server can be opened on `port`. */
export async function isFree(port: number): Promise<boolean> {
	if (await isListening(port)) return false;
	const opened = await Promise.all(['127.0.0.1', '::1'].map((host) => canListen(host, port)));
	return opened.every((error) => error === null || error === 'EADDRNOTAVAIL' || error === 'EAFNOSUPPORT');
}

/** Two neighbouring free ports, for runs that do not care which. */
export async function findFreePorts(): Promise<{ port: number; sandboxPort: number }> {
	for (let attempt = 0; attempt < 50; attempt++) {
		const port = randomInt(FIRST_PICKED_PORT, LAST_PICKED_PORT);
		if ((await isFree(port)) && (await isFree(port + 1))) return { port, sandboxPort: port + 1 };
	}
	throw new Error('no two neighbouring free ports found in 50 attempts');
}

function canConnect(host: string, port: number): Promise<boolean> {
	return new Promise((resolve) => {
		const socket = connect({ host, port, timeout: 1000 });
		const end = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => end(true));
		socket.once('error', () => end(false));
		socket.once('timeout', () => end(false));
	});
}

/** Null when it worked, otherwise the system's error code. */
function canListen(host: string, port: number): Promise<string | null> {
	return new Promise((resolve) => {
		const server = createServer();
		server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'UNKNOWN'));
		server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
	});
}
