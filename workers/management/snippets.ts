// How to connect each client to a server: what to click, and the file or the command to copy. One table for the API and
// for docs/clients.md, which a test holds against it.

/** Stands for the server's secret URL, which nobody can tell after the server was made. */
export const URL_PLACEHOLDER = '<url>';
export const TOKEN_PLACEHOLDER = '<API token>';

export interface SnippetInput {
	/** What a client calls the server: lowercase letters, digits and hyphens. */
	name: string;
	/** The server's URL without a secret, for clients that speak OAuth; null where there is none. */
	oauthUrl: string | null;
	/** The URL alone is not enough. */
	needsApiToken: boolean;
	/** The server runs on this machine, without TLS. */
	isLocal: boolean;
}

export interface Snippet {
	client: string;
	label: string;
	/** What to do, one step each. */
	steps: string[];
	/** A file of the client's, whole. */
	file: { path: string; content: string } | null;
	command: string | null;
	/** Why it cannot work as things are; null when it can. */
	unsupported: string | null;
}

type Describe = (input: SnippetInput) => Omit<Snippet, 'client' | 'label'>;

const FROM_INTERNET = 'calls from the internet, and this server runs on your machine: deploy Patchbay first.';

const CLIENTS: readonly { client: string; label: string; describe: Describe }[] = [
	{
		client: 'chatgpt',
		label: 'ChatGPT',
		describe: (input) =>
			hosted(input, 'ChatGPT', (address, authentication) => [
				'Settings → Apps → Advanced settings: turn on Developer mode.',
				`Add a server: name ${input.name}, MCP server URL ${address}, authentication ${authentication}.`,
				'Open the server in a chat. After a change of its tools press Refresh in its settings.',
			]),
	},
	{
		client: 'claude',
		label: 'Claude (web, desktop)',
		describe: (input) =>
			hosted(input, 'Claude', (address, authentication) => [
				`Settings → Connectors → Add custom connector: name ${input.name}, URL ${address}.`,
				authentication === 'None' ? 'Leave the OAuth fields empty.' : 'Press Connect and give an API token once.',
			]),
	},
	{
		client: 'claude-code',
		label: 'Claude Code',
		describe: (input) => ({
			steps: ['Run the command in a terminal, then /mcp in Claude Code shows the server.'],
			file: null,
			command: `claude mcp add --transport http ${input.name} ${URL_PLACEHOLDER}${
				input.needsApiToken ? ` --header "${bearer().join(': ')}"` : ''
			}`,
			unsupported: null,
		}),
	},
	{
		client: 'cursor',
		label: 'Cursor',
		describe: (input) => ({
			steps: ['Save the file in the project (or as ~/.cursor/mcp.json), then turn the server on under Settings → MCP.'],
			file: {
				path: '.cursor/mcp.json',
				content: json({ mcpServers: { [input.name]: { url: URL_PLACEHOLDER, ...headers(input) } } }),
			},
			command: null,
			unsupported: null,
		}),
	},
	{
		client: 'vscode',
		label: 'VS Code',
		describe: (input) => ({
			steps: ['Save the file in the workspace and press Start above the server in it.'],
			file: {
				path: '.vscode/mcp.json',
				content: json({ servers: { [input.name]: { type: 'http', url: URL_PLACEHOLDER, ...headers(input) } } }),
			},
			command: null,
			unsupported: null,
		}),
	},
	{
		client: 'mcp-remote',
		label: 'stdio only',
		describe: (input) => ({
			steps: [
				'Add the server to the client’s own file, for example claude_desktop_config.json, and restart the client.',
			],
			file: {
				path: 'claude_desktop_config.json',
				content: json({ mcpServers: { [input.name]: throughRemote(input) } }),
			},
			command: null,
			unsupported: null,
		}),
	},
	{
		client: 'curl',
		label: 'curl',
		describe: (input) => ({
			steps: ['Run the command: it lists the tools.'],
			file: null,
			command: [
				`curl -s ${URL_PLACEHOLDER} -H 'content-type: application/json'`,
				...(input.needsApiToken ? [`-H '${bearer().join(': ')}'`] : []),
				`-d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
			].join(' '),
			unsupported: null,
		}),
	},
];

export function describeSnippets(input: SnippetInput): Snippet[] {
	return CLIENTS.map(({ client, label, describe }) => ({ client, label, ...describe(input) }));
}

/** @returns lowercase words with hyphens, short enough to stand before a tool's name */
export function clientName(label: string): string {
	const words = label.toLowerCase().match(/[a-z0-9]+/g) ?? ['patchbay'];
	return words.join('-').slice(0, 23).replace(/-$/, '');
}

/** Clients that run at their vendor's: they need a public address, and have no field for an API token. */
function hosted(
	{ oauthUrl, needsApiToken, isLocal }: SnippetInput,
	label: string,
	steps: (address: string, authentication: 'None' | 'OAuth') => string[],
): ReturnType<Describe> {
	const unsupported = isLocal
		? `${label} ${FROM_INTERNET}`
		: needsApiToken && !oauthUrl
			? `${label} has no field for an API token: use a server without require_api_token_auth.`
			: null;
	const withSecret = needsApiToken ? [] : steps(URL_PLACEHOLDER, 'None');
	const withOauth = oauthUrl ? steps(oauthUrl, 'OAuth') : [];
	const both = withSecret.length > 0 && withOauth.length > 0;
	return {
		steps: [...withSecret, ...(both ? ['Or, without a secret in the URL:'] : []), ...withOauth],
		file: null,
		command: null,
		unsupported,
	};
}

function bearer(): [string, string] {
	return ['Authorization', `Bearer ${TOKEN_PLACEHOLDER}`];
}

function headers({ needsApiToken }: SnippetInput): { headers?: Record<string, string> } {
	return needsApiToken ? { headers: Object.fromEntries([bearer()]) } : {};
}

/** The header's value comes from the environment: clients on Windows break arguments at spaces. */
function throughRemote({ needsApiToken, isLocal }: SnippetInput): Record<string, unknown> {
	const [header, value] = bearer();
	return {
		command: 'npx',
		args: [
			...['-y', 'mcp-remote', URL_PLACEHOLDER],
			...(isLocal ? ['--allow-http'] : []),
			...(needsApiToken ? ['--header', `${header}:\${AUTH_HEADER}`] : []),
		],
		...(needsApiToken ? { env: { AUTH_HEADER: value } } : {}),
	};
}

function json(value: unknown): string {
	return `${JSON.stringify(value, null, 2)}\n`;
}
