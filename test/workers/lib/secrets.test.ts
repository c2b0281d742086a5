// Comparing what a caller sends with a secret.
import { describe, it } from 'vitest';
import apiTokens from '../../../workers/access/api-tokens.ts?raw';
import attempt from '../../../workers/access/sign-in/attempt.ts?raw';
import confirm from '../../../workers/calls/jobs/confirm.ts?raw';
import { isSameSecret } from '../../../workers/lib/secrets.ts';
import { decodeCursor, encodeCursor } from '../../../workers/vendor/paging.ts';
import paging from '../../../workers/vendor/paging.ts?raw';

describe('a comparison with a secret', () => {
	const secret = 'aZ09-_aZ09-_aZ09';
	const others = [
		'',
		secret.slice(1),
		`${secret}a`,
		secret.toLowerCase(),
		...Array.from(secret, (_, at) => `${secret.slice(0, at)}!${secret.slice(at + 1)}`),
	];
	it('is true of the same text alone', ({ expect }) => {
		expect(isSameSecret(secret, secret)).toBe(true);
		expect(others.filter((other) => isSameSecret(secret, other) || isSameSecret(other, secret))).toEqual([]);
	});

	const places: [what: string, source: string, compared: RegExp][] = [
		['a cursor', paging, /isSameSecret\(seal\(/],
		['a confirmation', confirm, /isSameSecret\(macOf\(/],
		['a sign-in', attempt, /isSameSecret\(attempt\.state, state\)/],
		['the first API token', apiTokens, /isSameSecret\(token, env\.FIRST_API_TOKEN/],
	];
	for (const [what, source, compared] of places) {
		// security: S-84, S-85
		it(`takes the same time wherever texts differ: ${what}`, ({ expect }) => {
			expect(source).toMatch(compared);
			expect(source).not.toMatch(
				/(?:mac|state|FIRST_API_TOKEN)\w* *[!=]==? *(?!undefined|null|'')|[!=]== *(?:mac|state|seal\()/,
			);
		});
	}

	// security: S-84
	it('has 96 bits of a cursor to compare, every one of which counts', async ({ expect }) => {
		const key = crypto.getRandomValues(new Uint8Array(32));
		const scope = { serverId: 's', operation: 'tickets.list', args: {}, timeZone: 'UTC', key };
		const cursor = encodeCursor({ offset: 25 }, scope);
		const [payload = '', mac = ''] = cursor.split('.');
		expect(mac).toMatch(/^[A-Za-z0-9_-]{16}$/);
		expect(decodeCursor(cursor, scope)).toEqual({ offset: 25 });
		for (let at = 0; at < mac.length; at++) {
			const other = mac[at] === 'A' ? 'B' : 'A';
			expect(decodeCursor(`${payload}.${mac.slice(0, at)}${other}${mac.slice(at + 1)}`, scope)).toBeNull();
		}
	});
});
