// `.dev.vars`: the secrets of a local run, made on first use and then kept. `npx wrangler dev` reads the same file.
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { Failure } from './failure.ts';
import { CURRENT_NAME, mintSecret, otherSlot, SLOT_NAMES } from './key-slots.ts';
import { writePrivateFile } from './private-file.ts';

/** Bindings of the Worker: the current slot's keys, the other slot's where it is filled, LOCAL, and settings of sign-in. */
export type LocalSecrets = Record<string, string>;

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
	const current = found.get(CURRENT_NAME) || 'a';
	if (current !== 'a' && current !== 'b') {
		throw new Failure(
			`${CURRENT_NAME} in ${path} must be "a" or "b", not "${current}".`,
			'Name the slot that the good keys lie in: TOKEN_KEY and ENCRYPTION_KEY are a, those with _B are b.',
		);
	}
	const secrets: LocalSecrets = {};
	for (const name of SLOT_NAMES[current]) secrets[name] = foundOrMade(name, mintSecret);
	const other = SLOT_NAMES[otherSlot(current)];
	if (other.every((name) => found.get(name))) for (const name of other) secrets[name] = found.get(name) ?? '';
	if (found.has(CURRENT_NAME)) secrets[CURRENT_NAME] = current;
	secrets.LOCAL = 'true';
	for (const [name, value] of found) if (SIGN_IN_SETTING.test(name)) secrets[name] = value;
	for (const [name, value] of Object.entries(secrets)) {
		if (name.startsWith('TOKEN_KEY')) checkKey(path, name, value, (bytes) => bytes >= 32, 'at least 32 bytes');
		if (name.startsWith('ENCRYPTION_KEY')) checkKey(path, name, value, (bytes) => bytes === 32, 'exactly 32 bytes');
	}

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

/** Settings of an identity provider, which only the person at the keyboard can make. */
const SIGN_IN_SETTING = /^(OIDC|ACCESS)_[A-Z_]+$/;

/** Sets variables, or takes them out where the value is null. Everything else in the file stays. */
export function updateDevVars(path: string, changes: Record<string, string | null>): void {
	const kept = readFileSync(path, 'utf8')
		.split('\n')
		.filter((line) => !Object.hasOwn(changes, LINE.exec(line)?.[1] ?? ''));
	const set = Object.entries(changes).filter(([, value]) => value !== null);
	const lines = [kept.join('\n').trimEnd(), ...set.map(([name, value]) => `${name}=${value}`)];
	writePrivateFile(path, `${lines.filter((line) => line !== '').join('\n')}\n`);
}

/** True for a line that sets one of ours to something else: an empty key, or `LOCAL=false`. */
function isAbout(line: string, found: Map<string, string>, secrets: LocalSecrets): boolean {
	const name = LINE.exec(line)?.[1];
	return name !== undefined && name in secrets && found.get(name) !== secrets[name];
}

const LINE = /^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$/;

function parseDevVars(text: string, path: string): Map<string, string> {
	const values = new Map<string, string>();
	for (const [index, line] of text.split('\n').entries()) {
		if (/^\s*(#|$)/.test(line)) continue;
		const match = LINE.exec(line);
		if (!match?.[1]) {
			// The line itself may hold a secret, so the message gives only its number.
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
