// The base URL of an account whose operator gives none: made of its settings, or asked of the vendor.
import type { Credentials } from '../contracts/keys.ts';
import type { IntegrationFile } from '../integration/format.ts';
import type { Fault } from '../lib/errors.ts';
import { valueAt } from '../lib/json-path.ts';
import { parseJson } from '../lib/parse-json.ts';
import { fillTemplate } from '../lib/template.ts';
import { signatureOf } from './auth.ts';
import { UpstreamFailure } from './failure.ts';
import { send } from './send.ts';
import { normalizeBaseUrl, targetFault } from './target.ts';

/** A person waits for the account. */
const TIMEOUT_MS = 15_000;

type Found = { url: string; fault: null } | { url: null; fault: Fault };

export function findsBaseUrl({ base_url }: IntegrationFile): boolean {
	return base_url.template !== undefined || base_url.discover !== undefined;
}

/** Asks the vendor at most once. What it answers is held to the integration's hosts like an address that was entered. */
export async function findBaseUrl(file: IntegrationFile, credentials: Credentials, isLocal: boolean): Promise<Found> {
	const { template, discover } = file.base_url;
	if (!discover) return normalizeBaseUrl(file, fillAddress(template ?? '', credentials), { isLocal });
	const refuse = (message: string): Found => ({ url: null, fault: { path: 'base_url', message } });
	const ask = `${file.label} did not tell where this account lives`;
	try {
		const url = fillAddress(discover.url, credentials);
		const isAllowed = URL.canParse(url) && targetFault(file, new URL(url), { isLocal }) === null;
		if (!isAllowed) return refuse('cannot be found out with these settings: enter it');
		const ending = new AbortController();
		const connection = {
			integration: file,
			accountIdentity: url,
			baseUrl: new URL(url).origin,
			credentials,
			revision: 0,
		};
		const headers = discover.signed ? (await signatureOf(connection, ending)).headers : { accept: 'application/json' };
		const answer = await send({ url, verb: 'GET', headers }, ending, TIMEOUT_MS);
		const value = answer.status === 200 ? valueAt(parseJson(answer.text), discover.value_path) : undefined;
		if (typeof value !== 'string' || value === '')
			return refuse(`${ask} (status ${answer.status}): check the credentials, or enter the address`);
		const told = discover.template?.replace('{{value}}', () => encodeURIComponent(value)) ?? value;
		return normalizeBaseUrl(file, told, { isLocal });
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return refuse(`${ask}: it ${error.message}. Enter the address, or try again`);
	}
}

function fillAddress(template: string, credentials: Credentials): string {
	return fillTemplate(template, (name) => encodeURIComponent((credentials[name] ?? '').trim()));
}
