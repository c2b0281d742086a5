// Host names and addresses: this machine, private networks, the public internet.

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True when the URL points at this machine. */
export function isLoopback({ hostname }: URL): boolean {
	return LOOPBACK.has(hostname);
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
 * The address behind a public name is unknown here. The runtime resolves it on the public internet at each request and
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

/** Below it, services listen that are not the web's, apart from 443. */
const FIRST_FREE_PORT = 1024;

/**
 * Returns the reason why a secret must not be sent there; null when there is none.
 *
 * @param isLocal  a local start: http to this machine is allowed
 */
export function addressFault(url: URL, { isLocal }: { isLocal: boolean }): string | null {
	if (url.username || url.password) return 'must not contain credentials';
	if (isLocal && isLoopback(url))
		return url.protocol === 'https:' || url.protocol === 'http:' ? null : 'must start with http:// or https://';
	if (url.protocol !== 'https:') return 'must start with https://';
	if (isPrivateHost(url.hostname)) return 'must not point at a private, local or reserved address';
	if (url.port !== '' && Number(url.port) < FIRST_FREE_PORT)
		return `must use port 443 or one from ${FIRST_FREE_PORT} on`;
	return null;
}

/** A regular expression would start anew at each of many such characters. */
export function withoutTrailing(text: string, character: string): string {
	let end = text.length;
	while (end > 0 && text[end - 1] === character) end--;
	return text.slice(0, end);
}
