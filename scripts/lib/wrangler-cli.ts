// Runs the project's wrangler as a command: the one way to the user's Cloudflare account, with the login it keeps.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Failure } from './failure.ts';
import { COMPILE_CACHE } from './places.ts';

export interface WranglerResult {
	ok: boolean;
	/** stdout alone, for answers in JSON. */
	stdout: string;
	/** stdout and stderr, without colours. */
	output: string;
}

export type Wrangler = (args: string[], env?: Record<string, string>) => Promise<WranglerResult>;

/** A runner in the project at `root`; wrangler asks no question, as it has no terminal. */
export function findWrangler(root: string): Wrangler {
	const manifest = createRequire(import.meta.url).resolve('wrangler/package.json');
	const script = join(dirname(manifest), 'bin/wrangler.js');
	return (args, env = {}) => {
		const child = spawn(process.execPath, [script, ...args], {
			cwd: root,
			env: {
				...process.env,
				WRANGLER_SEND_METRICS: 'false',
				WRANGLER_HIDE_BANNER: 'true',
				// Its answers are lines of its log: somebody's own `WRANGLER_LOG=error` would hide them.
				WRANGLER_LOG: 'log',
				// Wrangler is 15 MB of JavaScript, and one deploy runs it half a dozen times.
				NODE_COMPILE_CACHE: COMPILE_CACHE,
				FORCE_COLOR: '0',
				NO_COLOR: '1',
				...env,
			},
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		return new Promise((resolve, reject) => {
			const all: Buffer[] = [];
			const out: Buffer[] = [];
			child.stdout.on('data', (chunk: Buffer) => {
				all.push(chunk);
				out.push(chunk);
			});
			child.stderr.on('data', (chunk: Buffer) => all.push(chunk));
			child.once('error', reject);
			child.once('close', (code) => {
				resolve({ ok: code === 0, stdout: textOf(out), output: textOf(all) });
			});
		});
	};
}

function textOf(chunks: Buffer[]): string {
	return stripVTControlCharacters(Buffer.concat(chunks).toString());
}

/** Hands the result on when wrangler succeeded; otherwise says what it said, and the way out. */
export function requireOk(result: WranglerResult, step: string, wayOut: string): WranglerResult {
	if (result.ok) return result;
	throw new Failure(`${step} failed. Wrangler says:\n${indent(result.output)}`, wayOut);
}

/** JSON that wrangler printed, which may have a notice before it. */
export function parseOutput<T>(result: WranglerResult, step: string): T {
	const start = result.stdout.search(/[[{]/);
	try {
		return JSON.parse(result.stdout.slice(start)) as T;
	} catch {
		throw new Failure(
			`${step}: wrangler's answer is not the JSON it should be:\n${indent(result.output)}`,
			'Is the installed wrangler the one of package-lock.json? `npm ci` puts it back.',
		);
	}
}

function indent(text: string): string {
	const lines = text.split('\n').filter((line) => line.trim() !== '');
	return lines.map((line) => `  ${line}`).join('\n');
}
