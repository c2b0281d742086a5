// Chat apps and the agents of office suites: a person adds a server in their menus. Menu names as the vendors' pages had them in
// November 2026.
import { bearer, type Client, onlyFor, TAKES_ALL, type Target } from './client.ts';

export const ALLOW = 'On the page that opens, enter an API token once and press Allow.';

export const CHAT_CLIENTS: readonly Client[] = [
	{
		client: 'chatgpt',
		label: 'ChatGPT',
		isHosted: true,
		takes: { oauth: true, secretUrl: true, apiToken: false },
		limit:
			'Tools that write need ChatGPT Business, Enterprise or Edu, and an admin may have to allow them. Company knowledge and deep research use only search and fetch.',
		way: (target) => ({
			steps: [
				'In ChatGPT on the web, open Plugins, press + and choose Add custom MCP server.',
				`Name ${target.name}, MCP server URL ${target.url}, authentication ${target.authentication}.`,
				...onlyFor('OAuth', target, ALLOW),
				'Choose the server in a chat. After its tools have changed, press Refresh in its settings.',
			],
		}),
	},
	{
		client: 'claude',
		label: 'Claude (web, desktop)',
		isHosted: true,
		takes: { oauth: true, secretUrl: true, apiToken: false },
		limit:
			'An answer may have about 150,000 characters. Research mode calls tools without asking: give it a server that only reads.',
		way: (target) => ({
			steps: [
				'Open Customize → Connectors, press + and choose Add custom connector. On Team and Enterprise an owner does this first.',
				`Name ${target.name}, URL ${target.url}.`,
				...(target.authentication === 'OAuth' ? [`Press Connect. ${ALLOW}`] : ['Leave the OAuth fields empty.']),
			],
		}),
	},
	{
		client: 'copilot-studio',
		label: 'Copilot Studio',
		isHosted: true,
		takes: TAKES_ALL,
		limit: 'An agent takes 128 tools; Microsoft advises 25 to 30. It ignores prompts.',
		way: (target) => ({
			steps: [
				'Open your agent → Tools → Add a tool → New tool → Model Context Protocol. Generative orchestration must be on.',
				`Server name ${target.name}, Server URL ${target.url}, and a short description.`,
				copilotAuthentication(target),
				'Press Create, then Add to agent.',
			],
		}),
	},
	{
		client: 'gemini-enterprise',
		label: 'Gemini Enterprise',
		isHosted: true,
		takes: { oauth: true, secretUrl: false, apiToken: false },
		limit: 'At most 100 actions can be enabled. An organization policy must allow custom MCP servers.',
		way: ({ url }) => ({
			steps: [
				'In the Google Cloud console, open your Gemini Enterprise app → Connected data stores → New data store → Custom MCP server.',
				'Register it once with the command. Put in the redirect URI that the console shows; the answer holds the client ID and the client secret.',
				`MCP server URL ${url}, authorization URL ${url}/authorize, token URL ${url}/token.`,
				'Press Login and allow the access, then enable the actions that you need.',
			],
			command: [
				`curl -s ${url}/register -H 'content-type: application/json'`,
				`-d '{"client_name":"Gemini Enterprise","redirect_uris":["<redirect URI>"]}'`,
			].join(' \\\n  '),
		}),
	},
];

function copilotAuthentication({ authentication }: Target): string {
	if (authentication === 'OAuth') return `Authentication OAuth 2.0, type Dynamic discovery. ${ALLOW}`;
	if (authentication === 'None') return 'Authentication None.';
	const [header, value] = bearer();
	return `Authentication API key, type Header, name ${header}, value ${value}.`;
}
