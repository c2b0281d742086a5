// The configuration of each client, as the API gives it and as docs/clients.md shows it, run as far as it can be here: commands
// are run, files are parsed and their servers connected to.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeSnippets, type Snippet } from '../../workers/management/snippets.ts';
import { CLIENT_INFO, type CreatedServer, PROJECT_ROOT, startForTests, type TestPatchbay } from './support.ts';

const run = promisify(execFile);
/** `createServer` calls its servers "Test". */
const NAME = 'test';

interface Configured {
	url?: string;
	type?: string;
	headers?: Record<string, string>;
	command?: string;
	args?: string[];
	env?: Record<string, string>;
}

let patchbay: TestPatchbay;
const servers: { name: string; server: CreatedServer; snippets: Snippet[] }[] = [];
let apiToken: string;

beforeAll(async () => {
	patchbay = await startForTests();
	const made = await patchbay.api<{ token: string }>('POST', '/api-token', { name: 'client', scope: 'use' });
	apiToken = made.body.token;
	for (const [name, config] of [
		['open', { tags: ['time'] }],
		['with a second factor', { tags: ['time'], require_api_token_auth: true }],
	] as const) {
		const server = await patchbay.createServer(config);
		const path = `/integrated-account/demo/mcp/${server.id}/connect`;
		const { body } = await patchbay.api<{ clients: Snippet[] }>('GET', path);
		servers.push({ name, server, snippets: body.clients });
	}
});
afterAll(() => patchbay?.stop());

/** What a person makes of a snippet. */
function filledIn(text: string, url: string): string {
	return text.replaceAll('<url>', url).replaceAll('<API token>', apiToken);
}

async function toolCount(transport: Transport): Promise<number> {
	const client = new Client(CLIENT_INFO);
	await client.connect(transport);
	const { tools } = await client.listTools();
	await client.close();
	return tools.length;
}

for (const [index, name] of ['open', 'with a second factor'].entries()) {
	describe(`for a server that is ${name}`, () => {
		const get = (client: string) => {
			const { server, snippets } = servers[index] as (typeof servers)[number];
			const snippet = snippets.find((one) => one.client === client);
			if (!snippet) throw new Error(`no snippet for ${client}`);
			const content = filledIn(snippet.file?.content ?? '{}', server.url);
			const file = JSON.parse(content) as Record<string, Record<string, Configured> | undefined>;
			return { server, command: filledIn(snippet.command ?? '', server.url), file };
		};

		it('curl’s command lists the tools', async ({ expect }) => {
			const { stdout } = await run('sh', ['-c', get('curl').command]);
			const { result } = JSON.parse(stdout) as { result: { tools: unknown[] } };
			expect(result.tools.length).toBeGreaterThan(5);
		});

		for (const [client, section] of [
			['cursor', 'mcpServers'],
			['vscode', 'servers'],
		] as const) {
			it(`${client}'s file names a server that can be connected to`, async ({ expect }) => {
				const { server, file } = get(client);
				const configured = file[section]?.[NAME];
				expect(configured?.url).toBe(server.url);
				const options = configured?.headers ? { requestInit: { headers: configured.headers } } : {};
				expect(await toolCount(new StreamableHTTPClientTransport(new URL(server.url), options))).toBeGreaterThan(5);
			});
		}

		it('the stdio file starts mcp-remote, which connects', async ({ expect }) => {
			const configured = get('mcp-remote').file.mcpServers?.[NAME];
			const [yes, script, ...args] = configured?.args ?? [];
			expect([configured?.command, yes, script]).toEqual(['npx', '-y', 'mcp-remote']);
			const transport = new StdioClientTransport({
				command: process.execPath,
				args: [join(PROJECT_ROOT, 'node_modules/mcp-remote/dist/proxy.js'), ...args],
				env: {
					PATH: process.env.PATH ?? '',
					HOME: patchbay.scratch,
					MCP_REMOTE_CONFIG_DIR: join(patchbay.scratch, '.mcp-auth'),
					...configured?.env,
				},
				stderr: 'ignore',
			});
			expect(await toolCount(transport)).toBeGreaterThan(5);
		});

		// `claude mcp add [options] <name> <commandOrUrl>`: -t/--transport stdio|sse|http, -s/--scope, -H/--header "Name: value".
		it('Claude Code’s command has the form that it takes', async ({ expect }) => {
			const { server, command } = get('claude-code');
			const { stdout } = await run('sh', ['-c', `claude() { printf '%s\\n' "$@"; }; ${command}`]);
			const [mcp, add, ...args] = stdout.trimEnd().split('\n');
			expect([mcp, add]).toEqual(['mcp', 'add']);
			const options = {
				transport: { type: 'string', short: 't' },
				header: { type: 'string', short: 'H', multiple: true },
				scope: { type: 'string', short: 's' },
			} as const;
			const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
			expect([values.transport, values.scope]).toEqual(['http', 'user']);
			expect(positionals).toEqual([NAME, server.url]);
			if (index === 1) expect(values.header).toEqual([`Authorization: Bearer ${apiToken}`]);
		});
	});
}

describe('docs/clients.md', () => {
	const [, ...parts] = readFileSync(join(PROJECT_ROOT, 'docs/clients.md'), 'utf8').split(/^## /m);
	const sections = new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part]));
	const oauthUrl = 'https://patchbay.example/connect/msp-1/mcp_cwp_0123456789ab';
	const snippets = describeSnippets({ name: 'technician', oauthUrl, needsApiToken: false, isLocal: false });

	for (const { label, oauth, limit, ...secret } of snippets) {
		it(`has a section for ${label}: its steps, its file or command, its limits`, ({ expect }) => {
			const section = sections.get(label) ?? '';
			const words = section.replace(/\s+/g, ' ');
			const { steps, file, command } = oauth ?? secret;
			for (const text of [...steps, ...(limit ? [limit] : [])]) expect(words).toContain(text);
			if (command) expect(section).toContain(`\`\`\`sh\n${command}\n\`\`\``);
			if (!file) return;
			expect(section).toContain(`\`${file.path}\``);
			const [, shown = ''] = /```json\n([\s\S]*?)\n```/.exec(section) ?? [];
			expect(JSON.parse(shown)).toEqual(JSON.parse(file.content));
		});
	}
});
