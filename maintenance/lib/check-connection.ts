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
	checkAddresses(file, say);
	checkPatterns(file, say);
	checkSignature(file, say);
	checkPaging(file.paging, (message) => say('paging', message));
	for (const name of placeholdersOf(file.constants))
		if (!name.startsWith('setting:') && !/^[a-z0-9_]+$/.test(name)) say('constants', `{{${name}}} is no placeholder`);
	for (const { path } of [file.probe])
		for (const name of placeholdersOf(path))
			if (!name.startsWith('setting:')) say('probe.path', `{{${name}}} is not filled in: only {{setting:name}} is`);
}

/** Every address that an account may be given is one that it may use. */
function checkAddresses({ base_url }: IntegrationFile, say: (member: string, message: string) => void): void {
	const { sites, template, example, path, hosts, discover } = base_url;
	for (const [name, site] of Object.entries(sites))
		if (!URL.canParse(site) || new URL(site).origin !== site.replace(/\/$/, ''))
			say(`base_url.sites.${name}`, 'is the address of a host alone, e.g. https://api.example.com: path says the rest');
	if (!example.startsWith('https://') || !example.endsWith(path))
		say('base_url.example', `must begin with https:// and end in ${path || 'the host'}, as a base_url does`);
	const ofSites = Object.entries(sites).map(([name, site]) => [`sites.${name}`, site] as const);
	for (const [member, address] of [
		...ofSites,
		['template', template] as const,
		['discover.template', discover?.template] as const,
		['example', example] as const,
	])
		if (hosts && address !== undefined && !hosts.some((pattern) => mayBeAt(pattern, address)))
			say(`base_url.${member}`, `is at none of the hosts: ${hosts.join(', ')}`);
}

/** Compares from the end; a setting may be any part of a host. */
function mayBeAt(pattern: string, address: string): boolean {
	const labels = (address.replace(/^https:\/\//, '').split(/[/:?#]/)[0] ?? '').split('.').reverse();
	const wanted = pattern.replace(/^\*\./, '').split('.').reverse();
	if (labels.some((label) => label.includes('{{')))
		return wanted.every((label, index) => labels[index]?.includes('{{') !== false || labels[index] === label);
	const isLongEnough = pattern.startsWith('*.') ? labels.length > wanted.length : labels.length === wanted.length;
	return isLongEnough && wanted.every((label, index) => labels[index] === label);
}

function checkPatterns({ credentials, errors }: IntegrationFile, say: (member: string, message: string) => void): void {
	const patterns = Object.entries(credentials).map(([name, { pattern }]) => [`credentials.${name}.pattern`, pattern]);
	for (const [member = '', pattern] of [...patterns, ['errors.unknown_field.pattern', errors.unknown_field?.pattern]])
		if (pattern !== undefined && !isPattern(pattern)) say(member, 'is no regular expression');
}

export function isPattern(text: string): boolean {
	try {
		return new RegExp(text) instanceof RegExp;
	} catch {
		return false;
	}
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
		else if (/^(content-type|content-length|host)$/i.test(name))
			say('headers', `"${name}" is what each request writes: content_type says that of bodies`);
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
