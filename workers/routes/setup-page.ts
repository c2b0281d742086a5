// The page that a person sees who opens a server's link in a browser: how to connect each client to it. It knows the link
// alone: it holds no secret and no name, and looks the same for a server that does not exist.
import { connectUrl, type ServerAddress } from '../contracts/addresses.ts';
import { clientName, describeSnippets, type Snippet } from '../management/snippets.ts';
import { copyable, escapeHtml, htmlPage } from '../oauth/html.ts';

const SCRIPT_PATH = '/js/setup.js';

/** A browser asks for HTML and has no token; MCP clients ask for JSON or an event stream. */
export function wantsSetupPage({ method, headers }: Request): boolean {
	const accept = headers.get('accept') ?? '';
	return method === 'GET' && !headers.has('authorization') && /\btext\/html\b/i.test(accept);
}

export function setupPage(request: Request, address: ServerAddress): Response {
	const requestUrl = new URL(request.url);
	const oauthUrl = connectUrl(requestUrl, address);
	const snippets = describeSnippets({
		name: clientName(`patchbay ${address.serverId.slice(-6)}`),
		oauthUrl,
		needsApiToken: true,
		isLocal: requestUrl.protocol === 'http:',
	}).filter(({ oauth }) => oauth !== null);
	const chosen = snippets.find(({ unsupported }) => unsupported === null) ?? snippets[0];
	const main = `<p class="brand">Patchbay</p>
<h1>Connect your AI client</h1>
<p>With this link your AI client can work in the systems of whoever sent it to you. Choose your client below. It will ask
you to sign in: with your organisation's account where Patchbay is connected to it, else with an API token. If you have
neither, ask the person who sent you the link.</p>
<p class="label">Server URL</p>
${copyable(oauthUrl)}
<fieldset class="clients"><legend>Your client</legend>
${snippets.map((snippet) => clientPanel(snippet, snippet === chosen)).join('\n')}
</fieldset>
<details class="qr-code" hidden><summary>Open this page on another device</summary>
<figure><figcaption>The code holds the URL above and no secret.</figcaption></figure>
</details>`;
	const headers = new Headers({ vary: 'Accept', 'x-robots-tag': 'noindex' });
	return htmlPage('Connect your AI client', main, { headers, script: SCRIPT_PATH });
}

/** A radio button that shows the panel after it, without a script. */
function clientPanel({ client, label, oauth, limit, unsupported }: Snippet, isChosen: boolean): string {
	const { steps = [], file = null, command = null, install = null } = oauth ?? {};
	const id = `client-${client}`;
	const parts = [
		unsupported && `<p class="warning">${escapeHtml(unsupported)}</p>`,
		install && `<div><a class="button primary" href="${escapeHtml(install)}">Add to ${escapeHtml(label)}</a></div>`,
		install && '<p>Or by hand:</p>',
		`<ol>${steps.map((step) => `<li>${escapeHtml(step)}</li>`).join('')}</ol>`,
		file && `<p class="label">${escapeHtml(file.path)}</p>${copyable(file.content.trimEnd())}`,
		command && copyable(command),
		limit && `<p class="note">${escapeHtml(limit)}</p>`,
	];
	return `<input type="radio" name="client" id="${id}"${isChosen ? ' checked' : ''}><label for="${id}">${escapeHtml(label)}</label>
<section class="panel" aria-label="${escapeHtml(label)}">${parts.filter(Boolean).join('\n')}</section>`;
}
