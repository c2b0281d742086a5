// Editors and terminal agents. Every file is the user's own: a project's file is easily committed with the secret in it.
import { bearer, type Client, headerOption, headers, json, onlyFor, TAKES_ALL, type Target } from './client.ts';

const OWN_CLIENT = { isHosted: false, takes: TAKES_ALL };

export const EDITOR_CLIENTS: readonly Client[] = [
	{
		...OWN_CLIENT,
		client: 'claude-code',
		label: 'Claude Code',
		limit: null,
		way: (target) => ({
			steps: [
				'Run the command in a terminal.',
				target.authentication === 'OAuth'
					? 'In Claude Code, open /mcp, choose the server and press Authenticate.'
					: 'In Claude Code, /mcp shows the server.',
			],
			command: `claude mcp add --transport http --scope user ${target.name} ${target.url}${headerOption(target)}`,
		}),
	},
	{
		...OWN_CLIENT,
		client: 'cursor',
		label: 'Cursor',
		limit: 'Cursor uses about 40 tools at a time, of all servers together.',
		way: (target) => {
			const server = { url: target.url, ...headers(target) };
			return {
				steps: [
					'Add the server to ~/.cursor/mcp.json, which is your own file for all projects.',
					'Turn it on under Settings → Tools & MCP.',
					...onlyFor('OAuth', target, 'Press Connect beside it and allow the access.'),
				],
				file: { path: '~/.cursor/mcp.json', content: json({ mcpServers: { [target.name]: server } }) },
				install: `cursor://anysphere.cursor-deeplink/mcp/install?name=${target.name}&config=${encodeURIComponent(btoa(JSON.stringify(server)))}`,
			};
		},
	},
	{
		...OWN_CLIENT,
		client: 'vscode',
		label: 'VS Code',
		limit: 'A chat request takes 128 tools, of all servers together.',
		way: (target) => {
			const server = { type: 'http', url: target.url, ...headers(target) };
			return {
				steps: [
					'Run “MCP: Open User Configuration” from the Command Palette and add the server to that mcp.json.',
					'Press Start above the server.',
					...onlyFor('OAuth', target, 'Allow the access on the page that opens.'),
				],
				file: { path: 'User/mcp.json', content: json({ servers: { [target.name]: server } }) },
				install: `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name: target.name, ...server }))}`,
			};
		},
	},
	{
		...OWN_CLIENT,
		client: 'codex',
		label: 'Codex',
		limit: null,
		way: (target) => ({
			steps: [
				...onlyFor('API token', target, `Set the environment variable PATCHBAY_TOKEN to ${bearer()[1].slice(7)}.`),
				'Run the command in a terminal.',
				...onlyFor('OAuth', target, `Run codex mcp login ${target.name} and allow the access.`),
				'In Codex, /mcp shows the server.',
			],
			command: `codex mcp add ${target.name} --url ${target.url}${
				target.authentication === 'API token' ? ' --bearer-token-env-var PATCHBAY_TOKEN' : ''
			}`,
		}),
	},
	{
		...OWN_CLIENT,
		client: 'gemini-cli',
		label: 'Gemini CLI',
		limit: null,
		way: (target) => ({
			steps: [
				'Run the command in a terminal.',
				target.authentication === 'OAuth'
					? `In Gemini CLI, run /mcp auth ${target.name} and allow the access.`
					: 'In Gemini CLI, /mcp shows the server.',
			],
			command: `gemini mcp add --scope user --transport http${headerOption(target)} ${target.name} ${target.url}`,
		}),
	},
	{
		...OWN_CLIENT,
		client: 'windsurf',
		label: 'Windsurf',
		limit: 'Cascade uses 100 tools at a time, of all servers together.',
		way: (target) => ({
			steps: [
				'Add the server to ~/.codeium/windsurf/mcp_config.json.',
				'Press Refresh under Settings → Cascade → MCP servers.',
				...onlyFor('OAuth', target, 'Allow the access on the page that opens.'),
			],
			file: {
				path: '~/.codeium/windsurf/mcp_config.json',
				content: json({ mcpServers: { [target.name]: { serverUrl: target.url, ...headers(target) } } }),
			},
		}),
	},
	{
		...OWN_CLIENT,
		client: 'zed',
		label: 'Zed',
		limit: null,
		way: (target) => ({
			steps: [
				'Run “zed: open settings file” and add the server.',
				...onlyFor('OAuth', target, 'Allow the access on the page that opens.'),
			],
			file: {
				path: '~/.config/zed/settings.json',
				content: json({ context_servers: { [target.name]: { url: target.url, ...headers(target) } } }),
			},
		}),
	},
	{
		...OWN_CLIENT,
		client: 'mcp-remote',
		label: 'stdio only',
		limit: null,
		way: (target) => ({
			steps: [
				'Add the server to the client’s own file, for example claude_desktop_config.json, and restart the client.',
				...onlyFor('OAuth', target, 'Allow the access on the page that opens.'),
			],
			file: {
				path: 'claude_desktop_config.json',
				content: json({ mcpServers: { [target.name]: throughRemote(target) } }),
			},
		}),
	},
];

/** The header's value comes from the environment: clients on Windows break arguments at spaces. */
function throughRemote({ url, authentication, isLocal }: Target): Record<string, unknown> {
	const [header, value] = bearer();
	const needsHeader = authentication === 'API token';
	return {
		command: 'npx',
		args: [
			...['-y', 'mcp-remote', url],
			...(isLocal ? ['--allow-http'] : []),
			...(needsHeader ? ['--header', `${header}:\${AUTH_HEADER}`] : []),
		],
		...(needsHeader ? { env: { AUTH_HEADER: value } } : {}),
	};
}
