// The address of one request: the account's base URL, the settings in a path, a next page that the vendor named.
import { settingsIn } from '../integration/method-wire.ts';
import { UpstreamFailure } from './failure.ts';

export interface AddressParts {
	baseUrl: string;
	settings: Readonly<Record<string, string>>;
	/** Below the base URL, with `{{setting:name}}`. */
	path: string;
	/** Address of the next page as the vendor named it, in place of the path. */
	link?: string | undefined;
	/** Query parameters that sign the request. */
	signature?: readonly (readonly [string, string])[];
}

/** @throws UpstreamFailure for a next page at another address: the credentials would go there */
export function requestUrl({ baseUrl, settings, path, link, signature = [] }: AddressParts): string {
	const own = baseUrl + fillSettings(path, settings);
	const url = link === undefined ? own : linkedUrl(baseUrl, own, link);
	if (signature.length === 0) return url;
	const signed = new URL(url);
	for (const [name, value] of signature) signed.searchParams.set(name, value);
	return signed.href;
}

function linkedUrl(baseUrl: string, own: string, link: string): string {
	const elsewhere = new UpstreamFailure('forbidden', 'names a next page at another address', { status: 200 });
	if (!URL.canParse(link, own)) throw elsewhere;
	const next = new URL(link, own);
	const base = new URL(baseUrl);
	const below = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
	if (next.origin !== base.origin || next.username || next.password || !next.pathname.startsWith(below))
		throw elsewhere;
	return next.href;
}

/** Settings in an address, encoded as one segment or value. */
function fillSettings(text: string, settings: Readonly<Record<string, string>>): string {
	if (!text.includes('{{')) return text;
	return settingsIn(text).reduce(
		(filled, name) => filled.replaceAll(`{{setting:${name}}}`, encodeURIComponent(settings[name] ?? '')),
		text,
	);
}

/** A link without what signs it: a cursor is signed, not encrypted, and shows what it holds. */
export function withoutParameters(link: string, names: readonly string[]): string {
	const [path = '', query, ...rest] = link.split('?');
	if (names.length === 0 || query === undefined || rest.length > 0) return link;
	const kept = query.split('&').filter((part) => !names.includes(decodeName(part.split('=', 1)[0] ?? '')));
	return kept.length > 0 ? `${path}?${kept.join('&')}` : path;
}

function decodeName(name: string): string {
	try {
		return decodeURIComponent(name.replaceAll('+', ' '));
	} catch {
		return name;
	}
}
