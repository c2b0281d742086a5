// The lock of a local state: however many starts begin at once, one has it, also where a killed start has left one behind.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';

let root: string;
beforeAll(() => {
	root = mkdtempSync(join(tmpdir(), 'patchbay-lock-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Says "ready", takes the lock when it is told to, says what came of it, and keeps it until its input ends. */
const TAKER = `
	import { takeLock } from ${JSON.stringify(join(PROJECT_ROOT, 'scripts/lib/lock.ts'))};
	const [dir] = process.argv.slice(1);
	process.stdin.once('data', async () => {
		const taken = await takeLock(dir, 1);
		console.log(typeof taken === 'function' ? 'taken' : 'refused by ' + taken.pid);
		process.stdin.once('end', () => { if (typeof taken === 'function') taken(); }).resume();
	});
	console.log('ready');
`;

function startTaker(dir: string) {
	const child = spawn(process.execPath, ['--input-type=module', '-e', TAKER, dir], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const lines: string[] = [];
	const waiting: (() => void)[] = [];
	child.stdout.on('data', (chunk: Buffer) => {
		lines.push(...String(chunk).trim().split('\n'));
		for (const wake of waiting.splice(0)) wake();
	});
	const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
	return {
		pid: child.pid,
		go: () => child.stdin.write('go\n'),
		line: async (index: number) => {
			while (lines[index] === undefined) await new Promise<void>((resolve) => waiting.push(resolve));
			return lines[index];
		},
		end: () => {
			child.stdin.end();
			return ended;
		},
	};
}

/** Starts that begin at the same moment. @returns what came of each, while all of them still run */
async function race(dir: string, count: number) {
	const takers = Array.from({ length: count }, () => startTaker(dir));
	await Promise.all(takers.map((taker) => taker.line(0)));
	for (const taker of takers) taker.go();
	const outcomes = await Promise.all(takers.map((taker) => taker.line(1)));
	return { takers, outcomes, end: () => Promise.all(takers.map((taker) => taker.end())) };
}

describe('the lock of a local state', () => {
	const before: { name: string; leave(dir: string): void }[] = [
		{ name: 'none was there', leave: () => {} },
		{
			name: 'a killed start has left one',
			leave: (dir) => {
				mkdirSync(dir);
				const lock = { pid: 2 ** 22 + 1, port: 1, started_at_ms: 0 };
				writeFileSync(join(dir, 'start.lock'), JSON.stringify(lock));
			},
		},
		{
			name: 'a start was killed while it took it',
			leave: (dir) => {
				mkdirSync(dir);
				writeFileSync(join(dir, 'start.lock.turn.0'), '');
				utimesSync(join(dir, 'start.lock.turn.0'), 1, 1);
			},
		},
		{
			name: 'two starts were killed, one after the other, while they took it',
			leave: (dir) => {
				mkdirSync(dir);
				for (const index of [0, 1]) {
					writeFileSync(join(dir, `start.lock.turn.${index}`), '');
					utimesSync(join(dir, `start.lock.turn.${index}`), 1, 1);
				}
			},
		},
		{
			name: 'half of one is there',
			leave: (dir) => {
				mkdirSync(dir);
				writeFileSync(join(dir, 'start.lock'), '{"pid":');
			},
		},
	];
	for (const [index, { name, leave }] of before.entries()) {
		// security: S-38
		it(`is had by one of six starts, the others are told by whom: ${name}`, async ({ expect }) => {
			const dir = join(root, String(index));
			leave(dir);
			const { takers, outcomes, end } = await race(dir, 6);
			const winner = takers[outcomes.indexOf('taken')];
			expect(outcomes.filter((outcome) => outcome === 'taken')).toHaveLength(1);
			expect(new Set(outcomes)).toEqual(new Set(['taken', `refused by ${winner?.pid}`]));
			expect(readdirSync(dir)).toEqual(['start.lock']);
			await end();
			expect(readdirSync(dir)).toEqual([]);
		});
	}

	it('and what lies beside it is for its owner only', async ({ expect }) => {
		const dir = join(root, 'private');
		const { end } = await race(dir, 1);
		expect(statSync(dir).mode & 0o777).toBe(0o700);
		expect(statSync(join(dir, 'start.lock')).mode & 0o777).toBe(0o600);
		await end();
	});
});
