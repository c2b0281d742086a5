// Where an account's calls may go: checks and repairs of base_url, and the same check again before a request goes out.
import type { IntegrationFile } from '../integration/format.ts';
import type { Fault } from '../lib/errors.ts';

export interface TargetPolicy {
	/** A local start: http to this machine is allowed. */
	isLocal: boolean;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);
/** Longer is no base_url of anybody's. */
const MAX_URL_LENGTH = 500;
/** Below it, services listen that are not the web's, apart from this one. */
const FIRST_FREE_PORT = 1024;

/**
 * The base_url to store, without a trailing slash, with known sign-in hosts repaired to API hosts.
 *
 * Hosts are compared as the URL parser spells them, which turns decimal, octal and hex addresses into dotted ones.
 */
export function normalizeBaseUrl(
	file: IntegrationFile,
	text: string,
	policy: TargetPolicy,
): { url: string; fault: null } | { url: null; fault: Fault } {
	const refuse = (message: string) => ({ url: null, fault: { path: 'base_url', message } });
	if (text.length > MAX_URL_LENGTH) return refuse(`must have at most ${MAX_URL_LENGTH} characters`);
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		return refuse(`must be a URL like ${file.base_url.example}`);
	}
	if (url.search || url.hash || text.includes('?') || text.includes('#'))
		return refuse('must not contain a query or a fragment');
	const fault = targetFault(file, url, policy);
	if (fault) return refuse(fault);
	const path = withoutTrailing(url.pathname, '/');
	if (path.toLowerCase() !== file.base_url.path.toLowerCase()) {
		return refuse(`must end in ${file.base_url.path}, e.g. ${file.base_url.example}`);
	}
	const name = withoutTrailing(url.hostname, '.');
	const host = file.base_url.host_repairs?.[name] ?? name;
	return { url: `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}${file.base_url.path}`, fault: null };
}

/** This machine. */
export function isLoopback({ hostname }: URL): boolean {
	return LOOPBACK.has(hostname);
}

/** What speaks against sending credentials there; null when nothing does. */
export function targetFault(file: IntegrationFile, url: URL, { isLocal }: TargetPolicy): string | null {
	if (url.username || url.password) return 'must not contain credentials';
	if (isLocal && isLoopback(url))
		return url.protocol === 'https:' || url.protocol === 'http:' ? null : 'must start with http:// or https://';
	if (url.protocol !== 'https:') return 'must start with https://';
	if (isPrivateHost(url.hostname)) return 'must not point at a private, local or reserved address';
	if (url.port !== '' && Number(url.port) < FIRST_FREE_PORT)
		return `must use port 443 or one from ${FIRST_FREE_PORT} on`;
	const { hosts } = file.base_url;
	if (hosts && !hosts.some((pattern) => matchesHost(pattern, withoutTrailing(url.hostname, '.'))))
		return `must be at one of the allowed hosts: ${hosts.join(', ')}`;
	return null;
}

/** @param pattern  a host, or `*.` and a domain for every host below it */
function matchesHost(pattern: string, host: string): boolean {
	return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}

/** Names that serve metadata, or that resolve to whatever address they contain: a detour to a private one. */
const PRIVATE_DOMAINS = new Set([
	'localhost',
	'local',
	'localdomain',
	'internal',
	'intranet',
	'private',
	'lan',
	'home',
	'corp',
	'arpa',
	'test',
	'invalid',
	'onion',
	'nip.io',
	'sslip.io',
	'xip.io',
	'localtest.me',
	'lvh.me',
	'vcap.me',
	'metadata.packet.net',
]);

/**
 * Addresses and names that never are a vendor's public API.
 *
 * What a public name resolves to is not known here. The runtime resolves it on the public internet at each request and
 * refuses private addresses; `global_fetch_strictly_public` keeps such a request from this installation's own zone too.
 *
 * @param host  as `URL.hostname` spells it
 */
export function isPrivateHost(host: string): boolean {
	const name = withoutTrailing(host, '.').toLowerCase();
	if (name.startsWith('[')) return isPrivateIpv6(name.slice(1, -1));
	const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(name)?.slice(1).map(Number);
	if (octets) return isPrivateIpv4(octets);
	const labels = name.split('.');
	if (labels.length < 2) return true;
	return [1, 2, 3].some((count) => PRIVATE_DOMAINS.has(labels.slice(-count).join('.')));
}

/** Special-purpose blocks. Source: IANA IPv4 Special-Purpose Address Registry. */
function isPrivateIpv4([a = 0, b = 0, c = 0, d = 0]: number[]): boolean {
	return (
		a === 0 ||
		a === 10 ||
		a === 127 ||
		a >= 224 ||
		(a === 100 && b >= 64 && b <= 127) ||
		(a === 169 && b === 254) ||
		(a === 172 && b >= 16 && b <= 31) ||
		(a === 192 && b === 168) ||
		(a === 192 && b === 0 && (c === 0 || c === 2)) ||
		(a === 192 && b === 88 && c === 99) ||
		(a === 198 && (b === 18 || b === 19)) ||
		(a === 198 && b === 51 && c === 100) ||
		(a === 203 && b === 0 && c === 113) ||
		// Azure's own service to its virtual machines.
		(a === 168 && b === 63 && c === 129 && d === 16)
	);
}

/**
 * Only global unicast (2000::/3) passes, and of that no block for documentation, protocols or carrying IPv4.
 *
 * Source: IANA IPv6 Special-Purpose Address Registry. So no mapped, translated, unique-local or link-local address does.
 */
function isPrivateIpv6(address: string): boolean {
	const [first = 0, second = 0] = address.split(':').map((group) => Number.parseInt(group || '0', 16));
	if ((first & 0xe000) !== 0x2000) return true;
	const isProtocol = first === 0x2001 && (second < 0x200 || second === 0xdb8);
	return isProtocol || first === 0x2002 || first === 0x3fff;
}

/** A regular expression would start anew at each of many such characters. */
export function withoutTrailing(text: string, character: string): string {
	let end = text.length;
	while (end > 0 && text[end - 1] === character) end--;
	return text.slice(0, end);
}
