// Automation and code. The model vendors' APIs call the server by themselves; they and curl cannot sign in by OAuth.
import { ALLOW } from './chat-clients.ts';
import { bearer, type Client, TAKES_ALL, type Target, TOKEN_PLACEHOLDER } from './client.ts';

const BY_SECRET_URL = { oauth: false, secretUrl: true, apiToken: true };
const QUESTION = 'Which tickets are new?';

export const CODE_CLIENTS: readonly Client[] = [
	{
		client: 'n8n',
		label: 'n8n',
		isHosted: false,
		takes: TAKES_ALL,
		limit: 'Choose the tools that the workflow needs in the node.',
		way: (target) => ({
			steps: [
				'Add the node MCP Client Tool to an AI Agent.',
				`Endpoint ${target.url}, server transport HTTP Streamable.`,
				n8nAuthentication(target),
			],
		}),
	},
	{
		client: 'openai-api',
		label: 'OpenAI API',
		isHosted: true,
		takes: BY_SECRET_URL,
		limit: 'allowed_tools narrows the list for one request.',
		way: (target) => ({
			steps: ['Send the server along as a tool. Put in the name of a model.'],
			command: post('https://api.openai.com/v1/responses', ['"Authorization: Bearer $OPENAI_API_KEY"'], {
				model: '<model>',
				input: QUESTION,
				tools: [
					{
						type: 'mcp',
						server_label: target.name,
						server_url: target.url,
						...token(target, 'authorization'),
						require_approval: 'always',
					},
				],
			}),
		}),
	},
	{
		client: 'anthropic-api',
		label: 'Anthropic API',
		isHosted: true,
		takes: BY_SECRET_URL,
		limit: 'Only tools are used: no prompts and no resources.',
		way: (target) => ({
			steps: ['Send the server along with the message. Put in the name of a model.'],
			command: post(
				'https://api.anthropic.com/v1/messages',
				[
					'"x-api-key: $ANTHROPIC_API_KEY"',
					"'anthropic-version: 2023-06-01'",
					"'anthropic-beta: mcp-client-2025-11-20'",
				],
				{
					model: '<model>',
					max_tokens: 1024,
					messages: [{ role: 'user', content: QUESTION }],
					mcp_servers: [{ type: 'url', name: target.name, url: target.url, ...token(target, 'authorization_token') }],
					tools: [{ type: 'mcp_toolset', mcp_server_name: target.name }],
				},
			),
		}),
	},
	{
		client: 'curl',
		label: 'curl',
		isHosted: false,
		takes: BY_SECRET_URL,
		limit: null,
		way: ({ url, authentication }) => ({
			steps: ['Run the command: it lists the tools.'],
			command: [
				`curl -s ${url} -H 'content-type: application/json'`,
				...(authentication === 'API token' ? [`-H '${bearer().join(': ')}'`] : []),
				`-d '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'`,
			].join(' '),
		}),
	},
];

function token({ authentication }: Target, member: string): Record<string, string> {
	return authentication === 'API token' ? { [member]: TOKEN_PLACEHOLDER } : {};
}

/** @param quoted  header lines in the shell's quotes */
function post(url: string, quoted: string[], body: unknown): string {
	const options = [...quoted, "'content-type: application/json'"].map((header) => `-H ${header}`);
	return [`curl -s ${url}`, ...options, `-d '${JSON.stringify(body, null, 2)}'`].join(' \\\n  ');
}

function n8nAuthentication({ authentication }: Target): string {
	if (authentication === 'OAuth')
		return `Authentication MCP OAuth2, with Use Dynamic Client Registration on. Press Connect my account. ${ALLOW}`;
	if (authentication === 'None') return 'Authentication None.';
	const [header, value] = bearer();
	return `Authentication Header Auth, name ${header}, value ${value}.`;
}
