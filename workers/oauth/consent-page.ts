// The page that asks a person: may this client work with this server, and with how much of it?
import type { ConsentDescription } from '@cloudflare/workers-oauth-provider';
import type { Within } from '../contracts/grants.ts';
import type { ServerConfig, StoredAccount, StoredServer } from '../contracts/records.ts';
import { matchesFilter } from '../integration/filter.ts';
import type { MethodClass } from '../integration/method-kind.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { withoutHidden } from '../lib/hidden-characters.ts';
import { escapeHtml, htmlPage } from './html.ts';

export interface Subject {
	account: StoredAccount;
	server: StoredServer;
	integration: IntegrationHead;
}

/** The choices on the page: what the server's filter leaves, with the number of tools. */
interface Offer {
	methods: Map<MethodClass, number>;
	tags: Map<string, number>;
}

/** The checked boxes of a page that is shown again, and the reason. */
export interface Attempt {
	within: { methods: string[]; tags: string[] };
	faults: string[];
}

/** Ways in which the person who looks at the page can say who they are. */
export interface Signing {
	/** The person who is signed in with this browser. */
	person: { name: string; mayUse: boolean } | null;
	/** The identity provider, and where to sign in with it. */
	provider: { label: string; path: string } | null;
}

const METHOD_CLASSES: Record<MethodClass, string> = {
	read: 'Read: list and get',
	write: 'Write: create, update and delete',
	custom: 'Everything else that can be done (merge, …)',
};

function offerOf({ headers, file }: IntegrationHead, config: ServerConfig): Offer {
	const served = headers.filter((header) => matchesFilter(header, config));
	const count = (matches: (header: (typeof served)[number]) => boolean) => served.filter(matches).length;
	const offered = <T>(names: T[], counted: (name: T) => number) =>
		new Map(names.map((name) => [name, counted(name)] as const).filter(([, tools]) => tools > 0));
	return {
		methods: offered(Object.keys(METHOD_CLASSES) as MethodClass[], (name) => count((header) => header.class === name)),
		tags: offered(Object.keys(file.tags), (name) => count((header) => header.selectingTags.has(name))),
	};
}

/**
 * Reads a form's boxes. A choice that is not on offer is refused, not dropped: that form did not come from this page.
 *
 * @returns the faults, or what to stay within
 */
export function readWithin(
	{ methods, tags }: Attempt['within'],
	integration: IntegrationHead,
	config: ServerConfig,
): Within | string[] {
	const offer = offerOf(integration, config);
	const faults: string[] = [];
	if (methods.length === 0) faults.push('Check at least one kind of tools.');
	const foreign = [
		...methods.filter((name) => !offer.methods.has(name as MethodClass)),
		...tags.filter((name) => !offer.tags.has(name)),
	];
	if (foreign.length > 0) faults.push('The server has changed meanwhile: check again what is allowed.');
	const within: Within = { methods: [...new Set(methods)], ...(tags.length > 0 ? { tags: [...new Set(tags)] } : {}) };
	const isEmpty = !integration.headers.some((header) => matchesFilter(header, { ...config, within }));
	if (faults.length === 0 && isEmpty) faults.push('No tool is of these kinds and in these areas: check more.');
	return faults.length > 0 ? faults : within;
}

export function consentPage(
	subject: Subject,
	client: ConsentDescription,
	{ handle, headers, action, signing }: { handle: string; headers: Headers; action: string; signing: Signing },
	attempt?: Attempt,
): Response {
	const { account, server, integration } = subject;
	const offer = offerOf(integration, server.config);
	// A character that nobody sees, or that turns what follows around, has no place in a question.
	const clientName = withoutHidden(client.clientName).text.slice(0, 100);
	const name = escapeHtml(clientName);
	const box = (kind: 'method' | 'tag', value: string, text: string, tools: number, isChecked: boolean) =>
		`<label><input type="checkbox" name="${kind}" value="${escapeHtml(value)}"${isChecked ? ' checked' : ''}> ${escapeHtml(text)} <small>${tools === 1 ? '1 tool' : `${tools} tools`}</small></label>`;
	const methods = [...offer.methods].map(([value, tools]) =>
		box('method', value, METHOD_CLASSES[value], tools, attempt?.within.methods.includes(value) ?? true),
	);
	const tags = [...offer.tags].map(([value, tools]) =>
		box(
			'tag',
			value,
			`${value}: ${integration.file.tags[value] ?? ''}`,
			tools,
			attempt?.within.tags.includes(value) ?? false,
		),
	);
	const main = `<h1>May ${name} work in ${escapeHtml(account.name)}?</h1>
${(attempt?.faults ?? []).map((fault) => `<p class="fault" role="alert">${escapeHtml(fault)}</p>`).join('\n')}
<p>${
		client.clientDomain
			? `This app is published by <strong>${escapeHtml(client.clientDomain)}</strong>.`
			: 'This app gave itself its name; nobody has verified it.'
	} Go on only if you have just begun to connect it.</p>
<dl>
<dt>Access is sent to</dt><dd>${escapeHtml(client.redirectHost)}</dd>
<dt>Account</dt><dd>${escapeHtml(withSystem(account.name, integration.file.label))}</dd>
<dt>MCP server</dt><dd>${escapeHtml(server.name)}</dd>
</dl>
${client.redirectIsLoopback ? '<p class="warning">Access is sent to an app on your own computer.</p>' : ''}
<form method="post" action="${escapeHtml(action)}">
<input type="hidden" name="handle" value="${escapeHtml(handle)}">
<fieldset><legend>What it may do</legend>
${methods.join('\n')}
</fieldset>
<details${attempt?.within.tags.length ? ' open' : ''}><summary>Only in some areas</summary>
<small>Nothing checked: everywhere that this server reaches, also after it is changed.</small>
${tags.join('\n')}
</details>
${whoPart(signing)}
<div class="buttons"><button class="primary" name="decision" value="approve">Allow</button><button name="decision" value="deny" formnovalidate>Deny</button></div>
</form>`;
	return htmlPage(`Connect ${clientName}`, main, { status: attempt ? 400 : 200, headers });
}

const TOKEN_NOTE =
	'<small>Whoever manages Patchbay can give you one that may use this account. It is checked now and not kept. This access ends at once when the token or the server is revoked.</small>';

function whoPart({ person, provider }: Signing): string {
	const input = (isRequired: boolean) =>
		`<label class="token">${provider && isRequired ? 'Or an API token' : 'API token'} <input type="password" name="api_token" autocomplete="off" spellcheck="false"${isRequired ? ' required' : ''}></label>
${TOKEN_NOTE}`;
	if (person?.mayUse)
		return `<p>You are signed in as <strong>${escapeHtml(person.name)}</strong>.</p>
<details><summary>Use an API token instead</summary>${input(false)}</details>`;
	const stranger = person
		? `<p class="warning">You are signed in as ${escapeHtml(person.name)}, who may not use this server.</p>`
		: '';
	const offer = provider
		? `<div class="buttons"><a class="button primary" href="${escapeHtml(provider.path)}">Sign in with ${escapeHtml(provider.label)}</a></div>`
		: '';
	return `${stranger}${offer}${input(true)}`;
}

/** The account's name, with the system's unless the name has it already. */
function withSystem(name: string, system: string): string {
	return name.toLowerCase().includes(system.toLowerCase()) ? name : `${name} (${system})`;
}

/** Page for a person who cannot be sent back to a client. */
export function faultPage(message: string, status = 400): Response {
	return htmlPage(
		'Not connected',
		`<h1>This app could not be connected</h1>
<p class="fault" role="alert">${escapeHtml(message)}</p>
<p>Begin again from the app.</p>`,
		{ status },
	);
}
