// The link of an invitation in a browser: what it opens, and after a click what it has become. Opening the link uses nothing
// up, because mail filters and chat apps open every link that they see.
import { listReach, type ReachedServer } from '../access/reached-servers.ts';
import { signInPath } from '../access/sign-in/attempt.ts';
import { signInLabel } from '../access/sign-in/settings.ts';
import type { Env } from '../contracts/env.ts';
import type { InvitationRecord } from '../contracts/records.ts';
import { ApiError, logError } from '../lib/errors.ts';
import { accept, type Opened, requireInvitation } from '../management/accept-invitation.ts';
import { copyable, escapeHtml, htmlPage } from '../oauth/html.ts';

/** @returns undefined for what is no browser: the management API answers it */
export async function showInvitation(request: Request, secret: string, env: Env): Promise<Response | undefined> {
	const { method, headers } = request;
	if (!/\btext\/html\b/i.test(headers.get('accept') ?? '') || !['GET', 'HEAD', 'POST'].includes(method))
		return undefined;
	const url = new URL(request.url);
	try {
		const invitation = await requireInvitation(env, request, secret, Date.now());
		if (method !== 'POST') return invitationPage(env, invitation, url, await listReach(env, url, invitation));
		const opened = await accept(env, secret);
		return acceptedPage(opened, await listReach(env, url, opened.apiToken));
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		if (error.status >= 500) logError(error);
		return refusalPage(error);
	}
}

function invitationPage(env: Env, invitation: InvitationRecord, url: URL, servers: readonly ReachedServer[]): Response {
	const main = `<p class="brand">Patchbay</p>
<h1>You are invited</h1>
<p>This link is for <strong>${escapeHtml(invitation.name)}</strong>. With it your AI client, such as ChatGPT or Claude, can
work in the systems below.</p>
${serverList(servers, { areLinked: false })}
${invitation.ends_as === 'sign_in' ? signInPart(env, url) : tokenPart(url)}
<p class="note">The link works once, until ${escapeHtml(momentText(invitation.expires_at))}.</p>`;
	return htmlPage('You are invited', main, { headers: hidden() });
}

function tokenPart({ pathname }: URL): string {
	return `<p>Accept when you are at the computer where you use your AI client: you get an API token, which is shown once.</p>
<form method="post" action="${escapeHtml(pathname)}">
<div class="buttons"><button class="primary">Accept the invitation</button></div>
</form>`;
}

function signInPart(env: Env, { pathname }: URL): string {
	return `<p>Accept by signing in. From then on you are let in with the same sign-in, without this link.</p>
<div class="buttons"><a class="button primary" href="${signInPath(pathname)}">Sign in with ${escapeHtml(signInLabel(env) ?? 'your account')}</a></div>`;
}

function acceptedPage({ apiToken, token }: Opened, servers: readonly ReachedServer[]): Response {
	const main = `<p class="brand">Patchbay</p>
<h1>Copy your API token now</h1>
<p>You will not see it again, and the link you came by is used up. Keep it in your password manager, and give it to nobody.</p>
${copyable(token)}
${apiToken.expires_at === null ? '' : `<p class="note">It works until ${escapeHtml(momentText(apiToken.expires_at))}.</p>`}
<h2>Connect your AI client</h2>
<p>Open the page of a server and follow the steps for your client. When it asks you to sign in, enter this token.</p>
${serverList(servers)}`;
	return htmlPage('Copy your API token', main, { headers: hidden(), script: '/js/setup.js' });
}

function refusalPage(error: ApiError): Response {
	const main = `<p class="brand">Patchbay</p>
<h1>This invitation cannot be opened</h1>
<p class="fault" role="alert">${escapeHtml(error.message)}</p>`;
	return htmlPage('This invitation cannot be opened', main, { status: error.status, headers: hidden() });
}

/** Servers, as links to their setup pages unless told otherwise. */
export function serverList(servers: readonly ReachedServer[], { areLinked = true } = {}): string {
	if (servers.length === 0)
		return '<p class="warning">There is no MCP server yet that you may use. Ask the person who invited you.</p>';
	const items = servers.map(({ name, account, oauth_url }) => {
		const text = escapeHtml(name);
		const shown = areLinked ? `<a href="${escapeHtml(oauth_url)}">${text}</a>` : text;
		return `<li>${shown} <small>${escapeHtml(account)}</small></li>`;
	});
	return `<ul class="servers">${items.join('\n')}</ul>`;
}

function hidden(): Headers {
	return new Headers({ 'x-robots-tag': 'noindex' });
}

/** Writes a moment in UTC: without a script a page does not know its reader's time zone. */
function momentText(iso: string): string {
	return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
