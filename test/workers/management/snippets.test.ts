// How clients are connected: what GET …/connect answers for which server. That the snippets work is shown in test/node.
import { describe, it } from 'vitest';
import { clientName, describeSnippets, type Snippet, type SnippetInput } from '../../../workers/management/snippets.ts';
import { api, connectAccount, createServer, serverPath, setUp } from '../support.ts';

setUp();

const INPUT: SnippetInput = { name: 'desk', oauthUrl: null, needsApiToken: false, isLocal: false };
const OAUTH_URL = 'https://patchbay.example/connect/a/b';

function snippet(client: string, more: Partial<SnippetInput> = {}): Snippet {
	const found = describeSnippets({ ...INPUT, ...more }).find((one) => one.client === client);
	if (!found) throw new Error(`no snippet for ${client}`);
	return found;
}

describe('GET …/connect', () => {
	it('describes every client, without the secret URL', async ({ expect }) => {
		await connectAccount('connect');
		const server = await createServer('connect');
		const { status, text, body } = await api<{ clients: Snippet[] }>('GET', `${serverPath(server)}/connect`);
		expect(status).toBe(200);
		expect(text).not.toContain(server.token);
		expect(body.clients.map(({ client }) => client)).toEqual(describeSnippets(INPUT).map(({ client }) => client));
		for (const { label, steps } of body.clients) {
			expect(label).not.toBe('');
			expect(steps.length, label).toBeGreaterThan(0);
		}
	});

	it('puts the API token into the snippets of a server that wants it', async ({ expect }) => {
		await connectAccount('connect-2');
		const server = await createServer('connect-2', { require_api_token_auth: true });
		const { body } = await api<{ clients: Snippet[] }>('GET', `${serverPath(server)}/connect`);
		for (const { client, file, command } of body.clients.filter((one) => one.file ?? one.command))
			expect(`${file?.content}${command}`, client).toContain('Bearer <API token>');
	});

	it('is 404 for a server that is not there', async ({ expect }) => {
		await connectAccount('connect-3');
		expect((await api('GET', '/integrated-account/connect-3/mcp/mcp_cwp_000000000000/connect')).status).toBe(404);
	});
});

describe('a snippet', () => {
	for (const client of ['chatgpt', 'claude']) {
		it(`for ${client} goes by the secret URL, and by OAuth where there is it`, ({ expect }) => {
			expect(snippet(client).steps.join(' ')).toContain('<url>');
			const both = snippet(client, { oauthUrl: OAUTH_URL }).steps.join(' ');
			expect(both).toContain('<url>');
			expect(both).toContain(OAUTH_URL);
			expect(snippet(client).unsupported).toBeNull();
		});

		it(`for ${client} with a second factor goes by OAuth alone, or not at all`, ({ expect }) => {
			const secured = snippet(client, { needsApiToken: true, oauthUrl: OAUTH_URL });
			expect(secured.steps.join(' ')).not.toContain('<url>');
			expect(secured).toMatchObject({ unsupported: null });
			const without = snippet(client, { needsApiToken: true });
			expect(without).toMatchObject({ steps: [], unsupported: expect.stringMatching(/no field for an API token/) });
		});

		it(`for ${client} says that a local server is out of its reach`, ({ expect }) => {
			expect(snippet(client, { isLocal: true }).unsupported).toMatch(/deploy/);
		});
	}

	it('that is a file holds JSON', ({ expect }) => {
		for (const needsApiToken of [true, false])
			for (const isLocal of [true, false])
				for (const { file } of describeSnippets({ ...INPUT, needsApiToken, isLocal }))
					if (file) expect(JSON.parse(file.content)).toBeTypeOf('object');
	});

	it('for mcp-remote lets plain http through on this machine alone', ({ expect }) => {
		expect(snippet('mcp-remote', { isLocal: true }).file?.content).toContain('--allow-http');
		expect(snippet('mcp-remote').file?.content).not.toContain('--allow-http');
	});
});

describe('the name of a server in a client', () => {
	for (const [label, name] of [
		['ConnectWise PSA', 'connectwise-psa'],
		['Ünïversal & Sons’ Very Long Desk of Things', 'n-versal-sons-very-long'],
		['!!!', 'patchbay'],
	] as const)
		it(`of ${label} is ${name}`, ({ expect }) => expect(clientName(label)).toBe(name));
});
