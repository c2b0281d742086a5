// Every page that a browser can get, from the real thing: what its headers forbid.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { PROJECT_ROOT, startForTests, type TestPatchbay } from './support.ts';

let patchbay: TestPatchbay;
let pages: { name: string; url: string }[];

beforeAll(async () => {
	patchbay = await startForTests();
	const server = await patchbay.createServer();
	const connect = `${patchbay.url}/connect/demo/${server.id}`;
	const registered = await fetch(`${connect}/register`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ client_name: 'Pages', redirect_uris: ['https://client.example/callback'] }),
	});
	const { client_id } = (await registered.json()) as { client_id: string };
	const query = new URLSearchParams({
		response_type: 'code',
		client_id,
		redirect_uri: 'https://client.example/callback',
		code_challenge: 'a'.repeat(43),
		code_challenge_method: 'S256',
		resource: connect,
	});
	pages = [
		{ name: 'the dashboard', url: `${patchbay.url}/` },
		{ name: 'the consent page', url: `${connect}/authorize?${query}` },
		{ name: 'the page of a client that cannot be connected', url: `${connect}/authorize?client_id=unknown` },
	];
});

afterAll(() => patchbay.stop());

/** Directive → sources. */
function policyOf(headers: Headers): Map<string, string> {
	const policy = headers.get('content-security-policy') ?? '';
	return new Map(
		policy.split(';').map((directive) => {
			const [name = '', ...sources] = directive.trim().split(/\s+/);
			return [name, sources.join(' ')];
		}),
	);
}

describe('every page', () => {
	// security: S-29
	it('runs no script but its own, is never framed, and tells nobody where it was', async ({ expect }) => {
		expect(pages.length).toBe(3);
		for (const { name, url } of pages) {
			const { headers } = await fetch(url);
			expect([name, headers.get('content-type')]).toEqual([name, 'text/html; charset=utf-8']);
			const policy = policyOf(headers);
			expect([name, policy.get('default-src')]).toEqual([name, "'self'"]);
			expect([name, policy.get('script-src') ?? "'self'"]).toEqual([name, expect.stringMatching(/^'(self|none)'$/)]);
			for (const directive of ['frame-ancestors', 'base-uri', 'object-src'])
				expect([name, directive, policy.get(directive)]).toEqual([name, directive, "'none'"]);
			expect([name, headers.get('content-security-policy')]).not.toEqual([name, expect.stringContaining('unsafe')]);
			expect([name, headers.get('x-content-type-options')]).toEqual([name, 'nosniff']);
			expect([name, headers.get('x-frame-options')]).toEqual([name, 'DENY']);
			expect([name, headers.get('referrer-policy')]).toEqual([name, 'no-referrer']);
		}
	});

	it('is one of these: nothing else makes HTML', ({ expect }) => {
		const makers = ['workers', 'durable-objects'].flatMap((folder) =>
			readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
				.map((file) => join(folder, file))
				.filter((file) => file.endsWith('.ts'))
				.filter((file) => /['"]text\/html/.test(readFileSync(join(PROJECT_ROOT, file), 'utf8'))),
		);
		expect(makers).toEqual(['workers/oauth/html.ts']);
		const files = readdirSync(join(PROJECT_ROOT, 'dashboard'), { recursive: true, encoding: 'utf8' });
		expect(files.filter((file) => file.endsWith('.html'))).toEqual(['index.html']);
	});

	it('is none where something went wrong: errors are JSON for everybody', async ({ expect }) => {
		for (const path of ['/nothing', '/mcp/x', '/integrated-account', '/.well-known/oauth-authorization-server']) {
			const { status, headers } = await fetch(patchbay.url + path, { headers: { accept: 'text/html' } });
			expect([path, status >= 400, headers.get('content-type')]).toEqual([path, true, 'application/json']);
		}
	});
});
