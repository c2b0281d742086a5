// `.dev.vars`: what is made, what is kept, what is refused.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { ensureLocalSecrets, updateDevVars } from '../../scripts/lib/dev-vars.ts';

const KEY = 'MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';
const OTHER_KEY = 'OTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=';

let dir: string;
let path: string;

beforeEach(() => {
	dir = mkdtempSync(join(tmpdir(), 'patchbay-dev-vars-'));
	path = join(dir, '.dev.vars');
});

afterEach(() => rmSync(dir, { recursive: true }));

describe('the secrets of a local run', () => {
	it('are made once, for their owner only', ({ expect }) => {
		const first = ensureLocalSecrets(path);
		expect(first.made).toBe(true);
		expect(Buffer.from(first.secrets.TOKEN_KEY ?? '', 'base64')).toHaveLength(32);
		expect(first.secrets.ENCRYPTION_KEY).not.toBe(first.secrets.TOKEN_KEY);
		expect(statSync(path).mode & 0o777).toBe(0o600);
		expect(ensureLocalSecrets(path)).toEqual({ secrets: first.secrets, made: false });
	});

	const kept = [
		{ name: 'bare', text: `TOKEN_KEY=${KEY}\nENCRYPTION_KEY=${OTHER_KEY}\n` },
		{
			name: 'quoted, exported, with a comment',
			text: `export TOKEN_KEY = "${KEY}" # mine\nENCRYPTION_KEY='${OTHER_KEY}'\r\n`,
		},
	];
	for (const { name, text } of kept) {
		it(`are kept when they are there: ${name}`, ({ expect }) => {
			writeFileSync(path, text);
			const { secrets, made } = ensureLocalSecrets(path);
			expect(made).toBe(false);
			expect(secrets).toEqual({ TOKEN_KEY: KEY, ENCRYPTION_KEY: OTHER_KEY, LOCAL: 'true' });
		});
	}

	it('bring the settings of an identity provider along, and no other variable', ({ expect }) => {
		const keys = `TOKEN_KEY=${KEY}\nENCRYPTION_KEY=${OTHER_KEY}\n`;
		writeFileSync(path, `${keys}OIDC_ISSUER="https://login.example.com"\nACCESS_AUD=tag\nOTHER=1\nMY_OIDC_X=1\n`);
		const { secrets } = ensureLocalSecrets(path);
		expect(secrets).toEqual({
			TOKEN_KEY: KEY,
			ENCRYPTION_KEY: OTHER_KEY,
			LOCAL: 'true',
			OIDC_ISSUER: 'https://login.example.com',
			ACCESS_AUD: 'tag',
		});
	});

	it('leave comments and other variables alone, and fill in what is empty', ({ expect }) => {
		writeFileSync(path, `# mine\nOTHER=1\nTOKEN_KEY=""\nENCRYPTION_KEY=${KEY}\nLOCAL=false\n`, { mode: 0o644 });
		const { secrets, made } = ensureLocalSecrets(path);
		expect(made).toBe(true);
		const lines = readFileSync(path, 'utf8').trim().split('\n');
		expect(lines).toEqual([
			'# mine',
			'OTHER=1',
			`ENCRYPTION_KEY=${KEY}`,
			`TOKEN_KEY=${secrets.TOKEN_KEY}`,
			'LOCAL=true',
		]);
		expect(statSync(path).mode & 0o777).toBe(0o600);
	});

	it('are those of the slot that counts; a filled other slot goes along, a half-filled one does not', ({ expect }) => {
		writeFileSync(path, `TOKEN_KEY_B=${KEY}\nENCRYPTION_KEY_B=${OTHER_KEY}\nCURRENT_KEYS=b\nTOKEN_KEY=${OTHER_KEY}\n`);
		const b = { TOKEN_KEY_B: KEY, ENCRYPTION_KEY_B: OTHER_KEY, CURRENT_KEYS: 'b', LOCAL: 'true' };
		expect(ensureLocalSecrets(path)).toEqual({ secrets: b, made: false });
		updateDevVars(path, { ENCRYPTION_KEY: KEY });
		const both = { ...b, TOKEN_KEY: OTHER_KEY, ENCRYPTION_KEY: KEY };
		expect(ensureLocalSecrets(path)).toEqual({ secrets: both, made: false });
		updateDevVars(path, { TOKEN_KEY: null, ENCRYPTION_KEY: null });
		expect(ensureLocalSecrets(path)).toEqual({ secrets: b, made: false });
	});

	const refused = [
		{
			name: 'a slot that there is not',
			text: `TOKEN_KEY=${KEY}\nENCRYPTION_KEY=${KEY}\nCURRENT_KEYS=c\n`,
			message: /^CURRENT_KEYS in .* must be "a" or "b", not "c"/,
		},
		{
			name: 'a line that is no assignment',
			text: 'TOKEN_KEY\n',
			message: /^Line 1 of .* is not of the form NAME=value/,
		},
		{
			name: 'a key that is too short',
			text: 'TOKEN_KEY=c2hvcnQ=\n',
			message: /^TOKEN_KEY in .* must be base64 of at least 32 bytes/,
		},
		{
			name: 'a key that is no base64',
			text: `ENCRYPTION_KEY=${'§'.repeat(50)}\n`,
			message: /^ENCRYPTION_KEY in .* exactly 32 bytes/,
		},
	];
	for (const { name, text, message } of refused) {
		it(`refuses ${name}, without showing or changing it`, ({ expect }) => {
			writeFileSync(path, text);
			expect(() => ensureLocalSecrets(path)).toThrow(message);
			expect(readFileSync(path, 'utf8')).toBe(text);
		});
	}
});
