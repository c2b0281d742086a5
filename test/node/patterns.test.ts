// No text makes us slow: every regular expression of the Workers takes time in proportion to its input, and so does what
// is built from them. Times are compared with each other alone: four times the text may take about four times as long.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { spellingsOf, withoutCredentialsIn } from '../../workers/calls/untrusted-text/credentials.ts';
import { redact } from '../../workers/calls/untrusted-text/redact.ts';
import { checkConditions } from '../../workers/conditions/check-conditions.ts';
import { scrub } from '../../workers/lib/errors.ts';
import { withoutHidden } from '../../workers/lib/hidden-characters.ts';
import { isPrivateHost, withoutTrailing } from '../../workers/lib/hosts.ts';
import { downloadedFile } from '../../workers/vendor/files.ts';
import { rateLimitHeaders } from '../../workers/vendor/rate-limit.ts';
import { PROJECT_ROOT } from './support.ts';

/** Linear is 4, squared is 16. */
const MOST_FOR_FOUR_TIMES = 10;
/** Looks at a suspicion before it counts: another program may have had the processor. */
const LOOKS = 5;
/** What takes less tells nothing but how the machine is doing. */
const NOISE_MS = 4;
const SHORT = 2_000;
const LONG = SHORT * 4;

function timeOf(run: () => unknown): number {
	let best = Number.POSITIVE_INFINITY;
	for (let round = 0; round < 3; round++) {
		const startedAt = performance.now();
		run();
		best = Math.min(best, performance.now() - startedAt);
	}
	return best;
}

/** @returns how many times as long the long text takes; 1 when that is too short to tell */
function growth(run: (text: string) => unknown, textOf: (length: number) => string): number {
	const long = textOf(LONG);
	const startedAt = performance.now();
	run(long);
	if (performance.now() - startedAt < NOISE_MS) return 1;
	const longMs = timeOf(() => run(long));
	if (longMs < NOISE_MS) return 1;
	const short = textOf(SHORT);
	return longMs / timeOf(() => run(short));
}

/** Pieces that a hostile text repeats: all that the patterns look for, whole and begun. */
const PIECES = [
	' ',
	'\t',
	'\n',
	'\r\n',
	'a',
	'A',
	'0',
	'_',
	'-',
	'.',
	'/',
	'\\',
	':',
	'=',
	',',
	';',
	'"',
	"'",
	'<',
	'<a',
	'</',
	'[',
	']',
	'(',
	')',
	'{',
	'{{',
	'{{a',
	'@',
	'%',
	'*',
	'#',
	'&',
	'+',
	'|',
	'\u200d',
	'\u200b',
	'\ufe0f',
	'😀',
	'é',
	'a ',
	' a',
	'0 ',
	'0-',
	'1 2',
	'a.',
	'a/',
	'a@',
	'a:',
	'a,',
	'a=',
	'="',
	'"a',
	"''",
	'a"',
	';rel=',
	'; rel = "',
	'next ',
	'filename=',
	'filename="',
	"filename*=utf-8''",
	'Bearer ',
	'Basic a',
	'password',
	'password for a ',
	'password (',
	'password: ',
	'pw ',
	'api key ',
	'token=',
	'eyJ',
	'eyJaaaaaaaaa.',
	'-eyJ',
	'.eyJaaaaaaaa',
	'sk-',
	'-sk-',
	'pb_',
	'AKIA',
	'http://a:',
	'a+b://',
	'-----BEGIN ',
	'-----BEGIN PRIVATE KEY-----',
	'PRIVATE KEY',
	'verification code ',
	'mfa ',
	'123456 is your ',
	'use code 1',
	'123456-',
	'4111 ',
	'4111111111111111',
	'cvv ',
	'[redacted:',
	'not ',
	'and (',
	'like "',
	'text:',
	'mcp_',
	'wachtwoord is nu naar ',
	'passwort für a b ',
	'пароль на ',
	'creds: a/',
	'net use ',
	'net use /user:a ',
	'-u a:',
	'mysql -',
	'totp seed ',
	'jbsw ',
	'recovery codes: a1 ',
	'otpauth://a?b=c&',
	'</td><td>',
	'password | ',
	'password\t',
	'password\n\n',
	'password: abc def ',
	'paѕѕ',
	'\\\\u0041',
	'%41',
	'&#x41;',
	'sup3rS3cret+Priv/9Xw=',
	'sup3rS3c…',
];

const isSource = (name: string) => name.endsWith('.ts');

/** The literals of a source, found where an expression may begin. */
function literalsIn(source: string): RegExp[] {
	const found: RegExp[] = [];
	const code = source
		.split('\n')
		.filter((line) => !/^\s*(?:\/\/|\*|\/\*\*)/.test(line))
		.join('\n');
	for (const [, body = '', flags = ''] of code.matchAll(
		/(?<=[(,=:[!&|?{};>\n]\s*|return\s)\/((?![*/])(?:[^\\/\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)(?=[\s.,;)\]}:])/g,
	)) {
		try {
			found.push(new RegExp(body, flags));
		} catch {
			// A division, or a path in a text.
		}
	}
	return found;
}

const folder = join(PROJECT_ROOT, 'workers');
const literals = readdirSync(folder, { recursive: true, encoding: 'utf8' })
	.map((name) => name.replaceAll('\\', '/'))
	.filter(isSource)
	.flatMap((name) => literalsIn(readFileSync(join(folder, name), 'utf8')).map((pattern) => ({ name, pattern })));

/** What stands before the repeated piece: where a pattern is anchored, or wants a beginning. */
const BEGINNINGS = ['', 'a', '"', 'x="', 'a: ', '<'];
const END = '\u0001';

describe('every regular expression of the Workers', () => {
	it('was found', ({ expect }) => {
		expect(literals.length).toBeGreaterThan(100);
		// Of the ways to write one: after an operator, in a call, with a class that holds a slash.
		const sources = literals.map(({ pattern }) => pattern.source);
		expect(sources).toContain('[/\\\\?#%\\u0000-\\u001f]');
		expect(sources.some((source) => source.startsWith('(?<![\\w+.-])([a-z]'))).toBe(true);
	});

	it('would be told from one that is slow', ({ expect }) => {
		for (const slow of [/<[^>]*>/g, /\s+$/, /\/+$/]) expect(slowest(slow)).toBeGreaterThan(MOST_FOR_FOUR_TIMES);
	});

	for (const { name, pattern } of literals) {
		it(`${name}: ${String(pattern).slice(0, 80)}`, ({ expect }) => {
			expect(slowest(pattern)).toBeLessThan(MOST_FOR_FOUR_TIMES);
		});
	}

	/** The worst growth over all texts; a suspicion is looked at several times. */
	function slowest(pattern: RegExp): number {
		let worst = 1;
		for (const piece of PIECES) {
			for (const beginning of BEGINNINGS) {
				const textOf = (length: number) => beginning + piece.repeat(Math.ceil(length / piece.length)) + END;
				const run = (text: string) => {
					pattern.lastIndex = 0;
					return pattern.global ? text.replace(pattern, '') : pattern.test(text);
				};
				let grown = growth(run, textOf);
				for (let look = 0; look < LOOKS && grown >= MOST_FOR_FOUR_TIMES; look++)
					grown = Math.min(grown, growth(run, textOf));
				worst = Math.max(worst, grown);
				if (worst >= MOST_FOR_FOUR_TIMES) return worst;
			}
		}
		return worst;
	}
});

const CREDENTIAL = 'sup3rS3cret+Priv/9Xw==';

describe('what is built from them', () => {
	const runs: [name: string, run: (text: string) => unknown][] = [
		['redaction', (text) => redact(text)],
		['credentials', (text) => withoutCredentialsIn(`${CREDENTIAL.slice(0, 12)} ${text}`, spellingsOf([CREDENTIAL]))],
		['hidden characters', (text) => withoutHidden(text)],
		['scrubbing of logs', (text) => scrub(text)],
		[
			'names of files',
			(text) => downloadedFile('/x', new Headers({ 'content-disposition': latin(text) }), new Uint8Array(1)),
		],
		['limits of a vendor', (text) => rateLimitHeaders(new Headers({ 'retry-after': latin(text) }), 0, true)],
		// 8,000 characters are the most that it is given.
		['conditions', (text) => checkConditions(text.slice(0, 8_000), 'top', { arrayFields: new Set() })],
		['hosts', (text) => isPrivateHost(text)],
		['trailing slashes', (text) => withoutTrailing(`${text}x`, '/')],
	];
	for (const [name, run] of runs) {
		it(`takes time in proportion: ${name}`, ({ expect }) => {
			for (const piece of PIECES) {
				const textOf = (length: number) => piece.repeat(Math.ceil(length / piece.length)) + END;
				let grown = growth(run, textOf);
				for (let look = 0; look < LOOKS && grown >= MOST_FOR_FOUR_TIMES; look++)
					grown = Math.min(grown, growth(run, textOf));
				expect(grown, JSON.stringify(piece)).toBeLessThan(MOST_FOR_FOUR_TIMES);
			}
		});
	}

	/** As a header can carry it. */
	function latin(text: string): string {
		return text.replace(/[^\x20-\x7e]/g, 'x');
	}
});
