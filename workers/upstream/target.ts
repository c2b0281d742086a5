// Where an account's calls may go: checks and repairs of base_url.
import type { IntegrationFile } from '../compiler/format.ts';
import type { Fault } from '../errors.ts';

export interface TargetPolicy {
	/** A local start: http to this machine is allowed. */
	isLocal: boolean;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

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
	let url: URL;
	try {
		url = new URL(text);
	} catch {
		return refuse(`must be a URL like ${file.base_url.example}`);
	}
	if (url.username || url.password) return refuse('must not contain credentials');
	if (url.search || url.hash || text.includes('?') || text.includes('#'))
		return refuse('must not contain a query or a fragment');
	const isLoopback = LOOPBACK.has(url.hostname);
	if (!(policy.isLocal && isLoopback)) {
		if (url.protocol !== 'https:') return refuse('must start with https://');
		if (isPrivateHost(url.hostname)) return refuse('must not point at a private, local or reserved address');
	} else if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		return refuse('must start with http:// or https://');
	}
	const path = url.pathname.replace(/\/+$/, '');
	if (path.toLowerCase() !== file.base_url.path.toLowerCase()) {
		return refuse(`must end in ${file.base_url.path}, e.g. ${file.base_url.example}`);
	}
	const host = file.base_url.host_repairs?.[url.hostname] ?? url.hostname;
	return { url: `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}${file.base_url.path}`, fault: null };
}

/** Addresses and names that never are a vendor's public API. @param host as `URL.hostname` spells it */
export function isPrivateHost(host: string): boolean {
	const name = host.replace(/\.+$/, '').toLowerCase();
	if (name.startsWith('[')) return isPrivateIpv6(name.slice(1, -1));
	const octets = /^(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(name)?.slice(1).map(Number);
	if (octets) return isPrivateIpv4(octets);
	if (!name.includes('.')) return true;
	return /(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa|test|invalid|onion)$/.test(name);
}

/** Special-purpose blocks. Source: IANA IPv4 Special-Purpose Address Registry. */
function isPrivateIpv4([a = 0, b = 0, c = 0]: number[]): boolean {
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
		(a === 198 && (b === 18 || b === 19)) ||
		(a === 198 && b === 51 && c === 100) ||
		(a === 203 && b === 0 && c === 113)
	);
}

/** Only global unicast (2000::/3) passes, and of that no documentation or IPv4-carrying block. */
function isPrivateIpv6(address: string): boolean {
	const first = Number.parseInt(address.split(':')[0] || '0', 16);
	if ((first & 0xe000) !== 0x2000) return true;
	return (
		first === 0x2002 || first === 0x3fff || /^2001:(0*:|db8:|0*0?:)/i.test(address) || address.startsWith('2001::')
	);
}
