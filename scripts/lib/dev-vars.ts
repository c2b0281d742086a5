// `.dev.vars`: the secrets of a local run, made on first use and then kept. `npx wrangler dev` reads the same file.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { Failure } from './failure.ts';
import { writePrivateFile } from './private-file.ts';

export interface LocalSecrets {
	TOKEN_KEY: string;
	ENCRYPTION_KEY: string;
	LOCAL: string;
}

export const SECRET_NAMES = ['TOKEN_KEY', 'ENCRYPTION_KEY'] as const;

/** Base64 of 32 random bytes: what both TOKEN_KEY and ENCRYPTION_KEY are made of. */
export function mintSecret(): string {
	return randomBytes(32).toString('base64');
}

/**
 * The secrets in the file at `path`, after adding those that it lacks. Other variables and comments in it stay.
 *
 * @returns the secrets, and whether any key had to be made
 * @throws Failure for a line or a value that cannot be right; the file is then left as it is
 */
export function ensureLocalSecrets(path: string): { secrets: LocalSecrets; made: boolean } {
	const text = existsSync(path) ? readFileSync(path, 'utf8') : '# Made by `npm start`. Secrets of local runs only.\n';
	const found = parseDevVars(text, path);
	let made = false;
	const foundOrMade = (name: string, mint: () => string): string => {
		const value = found.get(name);
		if (value) return value;
		made = true;
		return mint();
	};
	const secrets: LocalSecrets = {
		TOKEN_KEY: foundOrMade('TOKEN_KEY', mintSecret),
		ENCRYPTION_KEY: foundOrMade('ENCRYPTION_KEY', mintSecret),
		LOCAL: 'true',
	};
	checkKey(path, 'TOKEN_KEY', secrets.TOKEN_KEY, (bytes) => bytes >= 32, 'at least 32 bytes');
	checkKey(path, 'ENCRYPTION_KEY', secrets.ENCRYPTION_KEY, (bytes) => bytes === 32, 'exactly 32 bytes');

	const kept = text.split('\n').filter((line) => !isAbout(line, found, secrets));
	const added = Object.entries(secrets).filter(([name, value]) => found.get(name) !== value);
	if (added.length > 0 || !existsSync(path)) {
		const lines = [kept.join('\n').trimEnd(), ...added.map(([name, value]) => `${name}=${value}`)];
		writePrivateFile(path, `${lines.filter((line) => line !== '').join('\n')}\n`);
	} else {
		chmodSync(path, 0o600);
	}
	return { secrets, made };
}

/** True for a line that sets one of ours to something else: an empty key, or `LOCAL=false`. */
function isAbout(line: string, found: Map<string, string>, secrets: LocalSecrets): boolean {
	const name = LINE.exec(line)?.[1];
	return name !== undefined && name in secrets && found.get(name) !== secrets[name as keyof LocalSecrets];
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;

function parseDevVars(text: string, path: string): Map<string, string> {
	const values = new Map<string, string>();
	for (const [index, line] of text.split('\n').entries()) {
		if (/^\s*(#|$)/.test(line)) continue;
		const match = LINE.exec(line);
		if (!match?.[1]) {
			// The line itself may hold a secret, so only its number is told.
			throw new Failure(
				`Line ${index + 1} of ${path} is not of the form NAME=value.`,
				'Correct the line, or remove the file: the next `npm start` makes a new one (`npm run reset` first, for what was stored under the old keys cannot be read without them).',
			);
		}
		values.set(match[1], unquote(match[2] ?? ''));
	}
	return values;
}

function unquote(value: string): string {
	const quoted = /^(['"`])(.*)\1(?:\s+#.*)?$/.exec(value);
	return quoted ? (quoted[2] ?? '') : value.replace(/(^|\s)#.*$/, '').trim();
}

function checkKey(
	path: string,
	name: string,
	value: string,
	isLongEnough: (bytes: number) => boolean,
	size: string,
): void {
	const bytes = Buffer.from(value, 'base64');
	if (/^[A-Za-z0-9+/]+={0,2}$/.test(value) && isLongEnough(bytes.length)) return;
	throw new Failure(
		`${name} in ${path} must be base64 of ${size}.`,
		`Put the old value back, or take the line out: the next start makes a good one (by hand: \`openssl rand -base64 32\`).`,
	);
}
