// Checks how an integration connects: every placeholder is a setting, no secret stands in an address, no host is the
// operator's to choose, and paging can end.
import type { IntegrationFile, Paging } from '../../workers/integration/format.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import type { FolderFault } from './tolerant-parse.ts';

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;

export function checkConnection(file: IntegrationFile, faults: FolderFault[]): void {
	const say = (member: string, message: string) =>
		faults.push({ path: `integration.json ${member}`, message, at: member.split('.') });
	const { auth, base_url, credentials } = file;
	const settings = Object.keys(credentials);
	const requireSettings = (member: string, value: unknown, isAddress = false) => {
		for (const name of placeholdersOf(value)) {
			if (name === 'token' && member.startsWith('auth')) continue;
			if (name === 'value' && member === 'base_url.discover') continue;
			if (!settings.includes(name))
				say(member, `{{${name}}} is no setting under credentials.${didYouMean(name, settings)}`);
			else if (isAddress && credentials[name]?.secret)
				say(member, `puts the secret {{${name}}} into an address, where logs keep it`);
		}
	};
	requireSettings('auth', auth);
	requireSettings('headers', file.headers);
	requireSettings('base_url.template', base_url.template, true);
	requireSettings('base_url.discover', base_url.discover, true);
	if ('token_path' in auth) requireSettings('auth.token_path', auth.token_path, true);
	for (const [member, address] of [
		['base_url.template', base_url.template],
		['base_url.discover.url', base_url.discover?.url],
		['base_url.discover.template', base_url.discover?.template],
		['auth.token_path', 'token_path' in auth ? auth.token_path : undefined],
	] as const)
		if (address?.startsWith('https://') && !hasFixedDomain(address))
			say(member, 'must end its host in a fixed domain, e.g. https://{{subdomain}}.example.com');
	if (base_url.template && !base_url.template.endsWith(base_url.path))
		say('base_url.template', `must end in ${base_url.path}, the path of every base_url`);
	checkSignature(file, say);
	checkPaging(file.paging, (message) => say('paging', message));
	for (const name of placeholdersOf(file.constants))
		if (!name.startsWith('setting:') && !/^[a-z0-9_]+$/.test(name)) say('constants', `{{${name}}} is no placeholder`);
	for (const { path } of [file.probe])
		for (const name of placeholdersOf(path))
			if (!name.startsWith('setting:')) say('probe.path', `{{${name}}} is not filled in: only {{setting:name}} is`);
}

/** A secret takes part in every request, and nothing signs it twice. */
function checkSignature(
	{ auth, headers, credentials }: IntegrationFile,
	say: (member: string, message: string) => void,
) {
	const isSecret = (name: string) => credentials[name]?.secret === true;
	const signs = auth.scheme === 'headers' ? headers : auth;
	if (Object.keys(credentials).length > 0 && !placeholdersOf(signs).some(isSecret))
		say(auth.scheme === 'headers' ? 'headers' : 'auth', 'signs with no secret: no setting of "secret": true is used');
	const own = 'header' in auth && auth.header ? auth.header : 'authorization';
	const signed = auth.scheme === 'headers' || auth.scheme === 'query' ? [] : [own.toLowerCase()];
	for (const name of Object.keys(headers))
		if (signed.includes(name.toLowerCase())) say('headers', `"${name}" is what the scheme ${auth.scheme} writes`);
}

export function checkPaging(paging: Paging, say: (message: string) => void): void {
	if (paging.style === 'none') return;
	const { more } = paging;
	const counts = more !== undefined && !('flag' in more) && !('next' in more) && !('last' in more);
	if (counts && (paging.style === 'cursor' || paging.style === 'link'))
		say(`style ${paging.style} knows no place to compare a total with: more.flag, more.last or more.next`);
	if (paging.style === 'offset' && more !== undefined && 'pages' in more)
		say('style offset counts no pages: more.total');
	if (paging.style !== 'cursor') return;
	const ways = [paging.next_path, paging.next_header, paging.last_field].filter((way) => way !== undefined);
	if (ways.length !== 1) say('style cursor needs one of next_path, next_header and last_field');
}

function placeholdersOf(value: unknown): string[] {
	return [...(JSON.stringify(value) ?? '').matchAll(PLACEHOLDER)].map(([, name = '']) => name);
}

/** `https://{{subdomain}}.example.com/…`: at least two labels that no setting decides. */
function hasFixedDomain(address: string): boolean {
	const host = address.slice('https://'.length).split(/[/?#]/)[0] ?? '';
	const labels = host.split(':')[0]?.split('.') ?? [];
	const fixed = labels.slice(labels.findLastIndex((label) => label.includes('{{')) + 1);
	return fixed.length >= 2 && !fixed.some((label) => label.includes('@'));
}
