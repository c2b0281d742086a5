// Steps, files, commands and links that connect each client to a server. The API, the setup page and docs/clients.md
// show the same.
import { CHAT_CLIENTS } from './clients/chat-clients.ts';
import { type Client, type Target, TOKEN_PLACEHOLDER, URL_PLACEHOLDER, type Way } from './clients/client.ts';
import { CODE_CLIENTS } from './clients/code-clients.ts';
import { EDITOR_CLIENTS } from './clients/editor-clients.ts';

export { TOKEN_PLACEHOLDER, URL_PLACEHOLDER };

export interface SnippetInput {
	/** The server's name in a client: lowercase letters, digits and hyphens. */
	name: string;
	/** The server's URL without a secret, for clients that speak OAuth; null where there is none. */
	oauthUrl: string | null;
	/** The URL alone is not enough. */
	needsApiToken: boolean;
	/** The server runs on this machine, without TLS. */
	isLocal: boolean;
}

/** The members of the way itself go by the secret URL. */
export interface Snippet extends Way {
	client: string;
	label: string;
	/** The better way, without a secret, where the client speaks OAuth. */
	oauth: Way | null;
	limit: string | null;
	/** Reason why the client cannot be connected as things are; null when it can. */
	unsupported: string | null;
}

const NO_WAY: Way = { steps: [], file: null, command: null, install: null };

const CLIENTS: readonly Client[] = [...CHAT_CLIENTS, ...EDITOR_CLIENTS, ...CODE_CLIENTS];

export function describeSnippets(input: SnippetInput): Snippet[] {
	return CLIENTS.map((client) => {
		const oauth = oauthWay(client, input);
		const secret = secretWay(client, input);
		return {
			client: client.client,
			label: client.label,
			...(secret ?? NO_WAY),
			oauth,
			limit: client.limit,
			unsupported: reasonAgainst(client, input, oauth !== null || secret !== null),
		};
	});
}

function oauthWay(client: Client, { name, oauthUrl, isLocal }: SnippetInput): Way | null {
	if (oauthUrl === null || !client.takes.oauth) return null;
	return wayTo(client, { name, url: oauthUrl, authentication: 'OAuth', isLocal });
}

/** Leaves out the install link: it would hold the secret, which is not known here. */
function secretWay(client: Client, { name, needsApiToken, isLocal }: SnippetInput): Way | null {
	if (needsApiToken ? !client.takes.apiToken : !client.takes.secretUrl) return null;
	const authentication = needsApiToken ? 'API token' : 'None';
	return { ...wayTo(client, { name, url: URL_PLACEHOLDER, authentication, isLocal }), install: null };
}

function wayTo(client: Client, target: Target): Way {
	return { ...NO_WAY, ...client.way(target) };
}

function reasonAgainst({ label, isHosted }: Client, { isLocal }: SnippetInput, hasWay: boolean): string | null {
	if (isHosted && isLocal)
		return `${label} calls from the internet, and this server runs on your machine: deploy Patchbay first.`;
	if (!hasWay) return `${label} has no field for an API token: use a server without require_api_token_auth.`;
	return null;
}

/** @returns lowercase words with hyphens, short enough to stand before a tool's name */
export function clientName(label: string): string {
	const words = label.toLowerCase().match(/[a-z0-9]+/g) ?? ['patchbay'];
	return words.join('-').slice(0, 23).replace(/-$/, '');
}
