// The setup page: what a browser gets at /connect/<account>/<server>, and what it must not tell.
import { describe, it } from 'vitest';
import { connectAccount, createServer, ORIGIN, send, setUp } from '../support.ts';

setUp();

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

async function open(path: string, headers: Record<string, string> = { accept: BROWSER }) {
	const response = await send(new Request(`${ORIGIN}${path}`, { headers }));
	return { response, text: await response.text() };
}

describe('the setup page', () => {
	it('says how to connect, and tells neither a name nor a secret', async ({ expect }) => {
		await connectAccount('setup');
		const server = await createServer('setup');
		const { response, text } = await open(`/connect/setup/${server.id}`);
		expect(response.status).toBe(200);
		expect(response.headers.get('content-type')).toMatch(/^text\/html/);
		expect(response.headers.get('vary')).toBe('Accept');
		expect(response.headers.get('cache-control')).toBe('no-store');
		expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'self'; script-src 'self';/);
		expect(text).toContain(`${ORIGIN}/connect/setup/${server.id}`);
		for (const part of [
			'cursor://anysphere.cursor-deeplink/mcp/install',
			'vscode:mcp/install',
			'class="qr-code"',
			'Claude Code',
		])
			expect(text).toContain(part);
		for (const secret of [server.token, server.name, '&#60;url&#62;', 'Bearer']) expect(text).not.toContain(secret);
	});

	it('is the same for a server that is not there', async ({ expect }) => {
		await connectAccount('setup-2');
		const server = await createServer('setup-2');
		// The links in it are encoded, so the lengths are compared where the ids differ.
		const there = await open(`/connect/setup-2/${server.id}`);
		const id = server.id.replace(/.{12}$/, '0'.repeat(12));
		const gone = await open(`/connect/setup-2/${id}`);
		const without = (text: string, serverId: string) =>
			text
				.replaceAll(serverId, '')
				.replaceAll(serverId.slice(-6), '')
				.replace(/config=[\w%]+/, '');
		expect(gone.response.status).toBe(there.response.status);
		expect(without(gone.text, id)).toBe(without(there.text, server.id));
	});

	for (const [what, headers] of [
		['asks for an event stream', { accept: 'text/event-stream' }],
		['asks for anything', { accept: '*/*' }],
		['has a token', { accept: BROWSER, authorization: 'Bearer x' }],
	] as const)
		it(`is not for a client that ${what}`, async ({ expect }) => {
			const { response } = await open('/connect/setup/mcp_cwp_000000000000', headers);
			expect(response.headers.get('content-type')).toMatch(/^application\/json/);
			expect(response.status).toBe(404);
		});

	it('is not at an address that cannot be a server', async ({ expect }) => {
		for (const path of ['/connect/A/b', '/connect/a/b<c', '/connect/a'])
			expect((await open(path)).response.headers.get('content-type')).toMatch(/^application\/json/);
	});
});
