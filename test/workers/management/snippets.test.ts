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
		for (const { label, steps, oauth } of body.clients) {
			expect(label).not.toBe('');
			expect((oauth?.steps ?? steps).length, label).toBeGreaterThan(0);
		}
	});

	it('puts the API token into the snippets of a server that wants it', async ({ expect }) => {
		await connectAccount('connect-2');
		const server = await createServer('connect-2', { require_api_token_auth: true });
		const { body } = await api<{ clients: Snippet[] }>('GET', `${serverPath(server)}/connect`);
		for (const { client, steps, file, command } of body.clients.filter((one) => one.file ?? one.command))
			expect(`${steps}${file?.content}${command}`, client).toContain('<API token>');
	});

	it('names the server in a client after the server', async ({ expect }) => {
		await connectAccount('connect-4');
		const path = '/integrated-account/connect-4/mcp';
		const { body } = await api<{ id: string }>('POST', path, { name: 'Help desk, read only', config: {} });
		const { text } = await api('GET', `${path}/${body.id}/connect`);
		expect(text).toContain('help-desk-read-only');
	});

	it('is 404 for a server that is not there', async ({ expect }) => {
		await connectAccount('connect-3');
		expect((await api('GET', '/integrated-account/connect-3/mcp/mcp_cwp_000000000000/connect')).status).toBe(404);
	});
});

describe('a snippet', () => {
	const hosted = ['chatgpt', 'claude'];
	for (const client of hosted) {
		it(`for ${client} keeps the secret URL and OAuth apart`, ({ expect }) => {
			const { steps, oauth, unsupported } = snippet(client, { oauthUrl: OAUTH_URL });
			expect(steps.join(' ')).toContain('<url>');
			expect(steps.join(' ')).not.toContain(OAUTH_URL);
			expect(oauth?.steps.join(' ')).toContain(OAUTH_URL);
			expect(oauth?.steps.join(' ')).not.toContain('<url>');
			expect(unsupported).toBeNull();
			expect(snippet(client).oauth).toBeNull();
		});

		it(`for ${client} goes by OAuth alone where an API token is required, or not at all`, ({ expect }) => {
			const secured = snippet(client, { needsApiToken: true, oauthUrl: OAUTH_URL });
			expect(secured).toMatchObject({ steps: [], unsupported: null });
			expect(secured.oauth?.steps.length).toBeGreaterThan(1);
			const without = snippet(client, { needsApiToken: true });
			expect(without).toMatchObject({ oauth: null, unsupported: expect.stringMatching(/no field for an API token/) });
		});
	}

	const all = describeSnippets({ ...INPUT, oauthUrl: OAUTH_URL });
	it('is there for every client that people ask for', ({ expect }) => {
		const wanted = ['codex', 'gemini-cli', 'windsurf', 'zed', 'copilot-studio', 'gemini-enterprise', 'n8n'];
		const names = all.map(({ client }) => client);
		expect(names).toEqual(expect.arrayContaining([...wanted, 'openai-api', 'anthropic-api', ...hosted]));
		expect(new Set(names).size).toBe(names.length);
	});

	for (const { client, oauth } of all)
		it(`for ${client} holds no secret where it goes by OAuth, and names the server where it does not`, ({ expect }) => {
			const { steps, file, command, install } = snippet(client, { oauthUrl: OAUTH_URL });
			if (oauth) expect(JSON.stringify(oauth)).not.toMatch(/<url>|API token>/);
			expect(install).toBeNull();
			if (steps.length > 0) expect(`${steps}${file?.content}${command}`).toContain('<url>');
		});

	for (const { client } of all)
		it(`for ${client} says that a local server is out of its reach, or is for this machine`, ({ expect }) => {
			const { unsupported } = snippet(client, { isLocal: true, oauthUrl: OAUTH_URL });
			if (unsupported !== null) expect(unsupported).toMatch(/deploy/);
			else expect(hosted).not.toContain(client);
		});

	it('installs itself in Cursor and VS Code', ({ expect }) => {
		const link = (client: string) => new URL(snippet(client, { oauthUrl: OAUTH_URL }).oauth?.install ?? '');
		const cursor = link('cursor');
		expect(cursor.href).toMatch(/^cursor:\/\/anysphere\.cursor-deeplink\/mcp\/install\?/);
		expect(cursor.searchParams.get('name')).toBe('desk');
		expect(JSON.parse(atob(cursor.searchParams.get('config') ?? ''))).toEqual({ url: OAUTH_URL });
		const code = link('vscode');
		expect(code.href).toMatch(/^vscode:mcp\/install\?/);
		expect(JSON.parse(decodeURIComponent(code.search.slice(1)))).toEqual({
			name: 'desk',
			type: 'http',
			url: OAUTH_URL,
		});
	});

	it('that is a file holds JSON, and lies outside of projects', ({ expect }) => {
		for (const needsApiToken of [true, false])
			for (const isLocal of [true, false])
				for (const { file, oauth } of describeSnippets({ name: 'desk', oauthUrl: OAUTH_URL, needsApiToken, isLocal }))
					for (const one of [file, oauth?.file])
						if (one) {
							expect(JSON.parse(one.content)).toBeTypeOf('object');
							expect(one.path).not.toMatch(/^\./);
						}
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
