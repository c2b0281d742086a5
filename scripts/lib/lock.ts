// One start at a time on one state: two runtimes on the same SQLite files would damage them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isListening } from './ports.ts';
import { writePrivateFile } from './private-file.ts';

export interface Lock {
	pid: number;
	port: number;
	started_at_ms: number;
}

/** Ports open within this time of a start; until then a lock counts by its process alone. */
const STARTING_MS = 15_000;
/** A look at the lock takes a second at most: that long a port is waited for. */
const TURN_MS = 5_000;
const TURN = 'start.lock.turn.';

/** The start that runs on this state, or null. A lock that a killed start left behind counts for nothing. */
export async function findRunningStart(patchbayDir: string): Promise<Lock | null> {
	const lock = readLock(patchbayDir);
	if (!lock || lock.pid === process.pid || !isAlive(lock.pid)) return null;
	// The number of a dead process is used again: the port tells whether it is really ours.
	const isYoung = Date.now() - lock.started_at_ms < STARTING_MS;
	return isYoung || (await isListening(lock.port)) ? lock : null;
}

/**
 * Ends the runtime that a start killed by force (SIGKILL, out of memory) left behind on this state, holding its ports.
 *
 * @returns whether there was one
 */
export async function endOrphanedRuntime(patchbayDir: string): Promise<boolean> {
	const lock = readLock(patchbayDir);
	if (!lock || isAlive(lock.pid) || !(await isListening(lock.port))) return false;
	// Known by its parent, which is gone, and by the socket that this state's last start gave it.
	const orphans = listProcesses().filter(
		({ parent, command }) =>
			parent === 1 && command.includes('workerd') && command.includes(`=127.0.0.1:${lock.port} `),
	);
	for (const { pid } of orphans) endProcess(pid);
	for (let waits = 0; waits < 40 && orphans.length > 0 && (await isListening(lock.port)); waits++) {
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
	return orphans.length > 0;
}

function endProcess(pid: number): void {
	try {
		process.kill(pid, 'SIGKILL');
	} catch (error) {
		// Another start was quicker.
		if (codeOf(error) !== 'ESRCH') throw error;
	}
}

export function listProcesses(): { pid: number; parent: number; command: string }[] {
	try {
		const text = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,args='], { encoding: 'utf8', maxBuffer: 2 ** 26 });
		return text.split('\n').flatMap((line) => {
			const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
			return pid && parent && command ? [{ pid: Number(pid), parent: Number(parent), command: `${command} ` }] : [];
		});
	} catch {
		return []; // No `ps` on this machine: the taken port is reported instead.
	}
}

/**
 * Takes the lock of this state, which one start alone can have, however many begin at once.
 *
 * @returns a function that gives it back; or the start that has it
 */
export async function takeLock(patchbayDir: string, port: number): Promise<(() => void) | Lock> {
	// Private to this user: credentials lie here, encrypted under a key that lies elsewhere.
	mkdirSync(patchbayDir, { recursive: true, mode: 0o700 });
	const leaveTurn = await takeTurn(patchbayDir);
	try {
		const running = await findRunningStart(patchbayDir);
		if (running) return running;
		const lock: Lock = { pid: process.pid, port, started_at_ms: Date.now() };
		writePrivateFile(lockPath(patchbayDir), JSON.stringify(lock));
	} finally {
		leaveTurn();
	}
	return () => {
		if (readLock(patchbayDir)?.pid === process.pid) rmSync(lockPath(patchbayDir), { force: true });
	};
}

/**
 * Waits for the turn to look at the lock and take it: one start at a time.
 *
 * Turns are numbered files. A killed start leaves one behind; once it is old the next number may be taken, by one start
 * only, since the file is created exclusively. Nobody deletes an old turn that another start may have replaced: whoever
 * took the next number deletes all of them, the lowest first, when the turn ends.
 *
 * @returns a function that ends the turn
 */
async function takeTurn(patchbayDir: string): Promise<() => void> {
	const path = (index: number) => join(patchbayDir, `${TURN}${index}`);
	for (;;) {
		const last = findLastTurn(patchbayDir);
		const index = last ? last.index + 1 : 0;
		if ((!last || Date.now() - last.mtimeMs > TURN_MS) && createExclusively(path(index))) {
			// Meanwhile another start may have had this turn and ended it.
			if (!last || isSameTurn(last, findTurn(patchbayDir, last.index)))
				return () => {
					for (let ended = 0; ended <= index; ended++) rmSync(path(ended), { force: true });
				};
			rmSync(path(index), { force: true });
		}
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
}

interface Turn {
	index: number;
	ino: number;
	mtimeMs: number;
}

function findLastTurn(patchbayDir: string): Turn | null {
	const indexes = readdirSync(patchbayDir)
		.filter((name) => name.startsWith(TURN))
		.map((name) => Number(name.slice(TURN.length)));
	return indexes.length > 0 ? findTurn(patchbayDir, Math.max(...indexes)) : null;
}

function findTurn(patchbayDir: string, index: number): Turn | null {
	const stat = statSync(join(patchbayDir, `${TURN}${index}`), { throwIfNoEntry: false });
	return stat ? { index, ino: stat.ino, mtimeMs: stat.mtimeMs } : null;
}

/** File systems use an inode again at once, so its time is compared too. */
function isSameTurn(one: Turn, other: Turn | null): boolean {
	return one.ino === other?.ino && one.mtimeMs === other.mtimeMs;
}

function createExclusively(path: string): boolean {
	try {
		writeFileSync(path, '', { flag: 'wx' });
		return true;
	} catch (error) {
		if (codeOf(error) !== 'EEXIST') throw error;
		return false;
	}
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

const lockPath = (patchbayDir: string) => join(patchbayDir, 'start.lock');

function readLock(patchbayDir: string): Lock | null {
	try {
		const lock: Lock = JSON.parse(readFileSync(lockPath(patchbayDir), 'utf8'));
		return Number.isInteger(lock.pid) && Number.isInteger(lock.port) ? lock : null;
	} catch {
		return null; // None, or one cut off by a full disk.
	}
}

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: alive, and someone else's.
		return codeOf(error) === 'EPERM';
	}
}
