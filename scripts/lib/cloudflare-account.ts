// Facts on the user's Cloudflare account that deploy and undeploy need, asked through wrangler.
import { Failure } from './failure.ts';
import { parseOutput, requireOk, type Wrangler } from './wrangler-cli.ts';

export const TRY_AGAIN =
	'Run the same command again when the cause is gone: what has been done already is left as it is.';

/** The account to work on. @throws Failure when nobody is logged in, or when several accounts are open to choose from */
export async function requireAccount(wrangler: Wrangler, configuredId: string | undefined): Promise<string> {
	const result = await wrangler(['whoami', '--json']);
	const LOG_IN =
		'Log in with `npx wrangler login`, which opens a browser; without one, set CLOUDFLARE_API_TOKEN to a token made from the template "Edit Cloudflare Workers" (dash.cloudflare.com/profile/api-tokens).';
	if (!result.ok && /not authenticated|not logged in|"loggedIn":\s*false/i.test(result.output)) {
		throw new Failure('Nobody is logged in to Cloudflare here.', LOG_IN);
	}
	requireOk(result, 'Asking Cloudflare who is logged in', LOG_IN);
	const { loggedIn, accounts = [] } = parseOutput<{ loggedIn: boolean; accounts?: { id: string; name: string }[] }>(
		result,
		'Asking Cloudflare who is logged in',
	);
	if (!loggedIn) throw new Failure('Nobody is logged in to Cloudflare here.', LOG_IN);
	const chosenId = process.env.CLOUDFLARE_ACCOUNT_ID || configuredId;
	if (chosenId) return accounts.find(({ id }) => id === chosenId)?.name ?? chosenId;
	const [only] = accounts;
	if (only && accounts.length === 1) return only.name;
	if (!only) throw new Failure('The login gives access to no Cloudflare account.', LOG_IN);
	const list = accounts.map(({ id, name }) => `  ${id}  ${name}`).join('\n');
	throw new Failure(
		`The login gives access to several accounts:\n${list}`,
		`Choose one: CLOUDFLARE_ACCOUNT_ID=${only.id} npm run …`,
	);
}

/** Names of the Worker's secrets, or null when there is no such Worker. */
export async function listSecretNames(wrangler: Wrangler, worker: string): Promise<string[] | null> {
	const step = `Listing the secrets of the Worker "${worker}"`;
	const result = await wrangler(['secret', 'list', '--name', worker, '--format', 'json']);
	if (!result.ok && /Worker "[^"]*" not found|\bcode: 10007\b/.test(result.output)) return null;
	requireOk(result, step, TRY_AGAIN);
	return parseOutput<{ name: string }[]>(result, step).map(({ name }) => name);
}

/** Id of the KV namespace with this id, or else with this title; null when the account has neither. */
export async function findNamespace(wrangler: Wrangler, title: string, id?: string): Promise<string | null> {
	const step = 'Listing the KV namespaces';
	const result = requireOk(await wrangler(['kv', 'namespace', 'list']), step, TRY_AGAIN);
	const namespaces = parseOutput<{ id: string; title: string }[]>(result, step);
	return namespaces.find((namespace) => (id ? namespace.id === id : namespace.title === title))?.id ?? null;
}
