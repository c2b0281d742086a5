// Where an account's calls may go.
import { describe, it } from 'vitest';
import { isPrivateHost } from '../../../workers/lib/hosts.ts';
import { normalizeBaseUrl } from '../../../workers/vendor/target.ts';
import { requireConnectWise } from '../integration/integrations.ts';

const { file } = await requireConnectWise();
const PATH = '/v4_6_release/apis/3.0';
const NA = `https://api-na.myconnectwise.net${PATH}`;

/** On a deployment; `given` without a path gets the API's. */
const normalize = (given: string, isLocal = false) => normalizeBaseUrl(file, given, { isLocal });

describe('a base_url is stored', () => {
	const cases: { name: string; given: string; stored: string; isLocal?: true }[] = [
		{ name: 'as it is', given: NA, stored: NA },
		{ name: 'without slashes at its end', given: `${NA}///`, stored: NA },
		{ name: 'with the API’s host for a sign-in host', given: `https://na.myconnectwise.net${PATH}`, stored: NA },
		{
			name: 'with the API’s host for each sign-in host',
			given: `https://staging.connectwisedev.com${PATH}`,
			stored: `https://api-staging.connectwisedev.com${PATH}`,
		},
		{
			name: 'in lower case where case says nothing',
			given: `HTTPS://API-NA.MyConnectWise.NET/V4_6_Release/APIs/3.0`,
			stored: NA,
		},
		{
			name: 'repaired although in upper case',
			given: `https://EU.MYCONNECTWISE.NET${PATH}`,
			stored: `https://api-eu.myconnectwise.net${PATH}`,
		},
		{
			name: 'of a server of one’s own',
			given: `https://psa.example.com${PATH}`,
			stored: `https://psa.example.com${PATH}`,
		},
		{
			name: 'of another port',
			given: `https://psa.example.com:8443${PATH}/`,
			stored: `https://psa.example.com:8443${PATH}`,
		},
		{
			name: 'without the port that goes without saying',
			given: `https://psa.example.com:443${PATH}`,
			stored: `https://psa.example.com${PATH}`,
		},
		{
			name: 'without the dot of a rooted name',
			given: `https://psa.example.com.${PATH}`,
			stored: `https://psa.example.com${PATH}`,
		},
		{ name: 'repaired although rooted', given: `https://na.myconnectwise.net.${PATH}`, stored: NA },
		{ name: 'of a public IPv4 address', given: `https://8.8.8.8${PATH}`, stored: `https://8.8.8.8${PATH}` },
		{
			name: 'of a public IPv6 address',
			given: `https://[2606:4700::1111]${PATH}`,
			stored: `https://[2606:4700::1111]${PATH}`,
		},
		{
			name: 'of a name in another script, as the network spells it',
			given: `https://bücher.example${PATH}`,
			stored: `https://xn--bcher-kva.example${PATH}`,
		},
		{
			name: 'with dot segments resolved',
			given: `https://psa.example.com/x/..${PATH}/.`,
			stored: `https://psa.example.com${PATH}`,
		},
		{ name: 'without white space around it', given: ` ${NA}\n`, stored: NA },
		{
			name: 'of this machine, on a local start',
			given: `http://localhost:8788${PATH}`,
			stored: `http://localhost:8788${PATH}`,
			isLocal: true,
		},
		{
			name: 'of this machine by its address',
			given: `http://127.0.0.1:8788${PATH}`,
			stored: `http://127.0.0.1:8788${PATH}`,
			isLocal: true,
		},
		{
			name: 'of this machine by its IPv6 address',
			given: `http://[::1]:8788${PATH}`,
			stored: `http://[::1]:8788${PATH}`,
			isLocal: true,
		},
		{
			name: 'of this machine over https',
			given: `https://localhost${PATH}`,
			stored: `https://localhost${PATH}`,
			isLocal: true,
		},
		{ name: 'of the cloud, on a local start', given: NA, stored: NA, isLocal: true },
	];
	for (const { name, given, stored, isLocal } of cases) {
		it(`${name}: ${given.trim()}`, ({ expect }) => {
			expect(normalize(given, isLocal)).toEqual({ url: stored, fault: null });
			// What is stored is taken as it is.
			expect(normalize(stored, isLocal).url).toBe(stored);
		});
	}
});

describe('a base_url is refused', () => {
	const NO_URL = /^must be a URL like https:/;
	const PRIVATE = 'must not point at a private, local or reserved address';
	const cases: { given: string; says: string | RegExp; isLocal?: true }[] = [
		{ given: '', says: NO_URL },
		{ given: 'na', says: NO_URL },
		{ given: 'api-na.myconnectwise.net', says: NO_URL },
		{ given: `//api-na.myconnectwise.net${PATH}`, says: NO_URL },
		{ given: `https://${PATH}`, says: /^must/ },
		{ given: `https://a b${PATH}`, says: NO_URL },
		{ given: `https://[::1${PATH}`, says: NO_URL },
		{ given: `https://1.2.3.256${PATH}`, says: NO_URL },
		{ given: `https://psa.example.com:99999${PATH}`, says: NO_URL },
		{ given: `http://api-na.myconnectwise.net${PATH}`, says: 'must start with https://' },
		{ given: `http://api-na.myconnectwise.net${PATH}`, says: 'must start with https://', isLocal: true },
		{ given: `ftp://api-na.myconnectwise.net${PATH}`, says: 'must start with https://' },
		{ given: `ws://localhost${PATH}`, says: 'must start with http:// or https://', isLocal: true },
		{ given: 'javascript:alert(1)', says: 'must start with https://' },
		{ given: `data:text/html,${PATH}`, says: 'must start with https://' },
		{ given: `file://${PATH}`, says: 'must start with https://' },
		{ given: `https://user@api-na.myconnectwise.net${PATH}`, says: 'must not contain credentials' },
		{ given: `https://user:password@api-na.myconnectwise.net${PATH}`, says: 'must not contain credentials' },
		{ given: `https://:password@api-na.myconnectwise.net${PATH}`, says: 'must not contain credentials' },
		{ given: `https://api-na.myconnectwise.net@evil.example${PATH}`, says: 'must not contain credentials' },
		{ given: `${NA}?x=1`, says: 'must not contain a query or a fragment' },
		{ given: `${NA}?`, says: 'must not contain a query or a fragment' },
		{ given: `${NA}#`, says: 'must not contain a query or a fragment' },
		{ given: `https://evil.example#@api-na.myconnectwise.net${PATH}`, says: 'must not contain a query or a fragment' },
		{ given: 'https://api-na.myconnectwise.net', says: `must end in ${PATH}, e.g. ${NA}` },
		{ given: 'https://api-na.myconnectwise.net/', says: /^must end in/ },
		{ given: `${NA}/service/tickets`, says: /^must end in/ },
		{ given: `https://psa.example.com/proxy${PATH}`, says: /^must end in/ },
		{ given: `https://psa.example.com/${PATH}`, says: /^must end in/ },
		{ given: `https://psa.example.com${PATH}/..`, says: /^must end in/ },
		{ given: `https://psa.example.com${PATH}%2f`, says: /^must end in/ },
		{ given: `http://localhost.${PATH}`, says: 'must start with https://', isLocal: true },
		{ given: `http://127.0.0.2${PATH}`, says: 'must start with https://', isLocal: true },
		{ given: `https://192.168.0.1${PATH}`, says: PRIVATE, isLocal: true },
		{ given: `https://localhost${PATH}`, says: PRIVATE },
		{ given: `https://[::1]${PATH}`, says: PRIVATE },
		{ given: `https://2130706433${PATH}`, says: PRIVATE },
		{ given: `https://0x7f000001${PATH}`, says: PRIVATE },
		{ given: `https://0177.0.0.1${PATH}`, says: PRIVATE },
		{ given: `https://0x7f.1${PATH}`, says: PRIVATE },
		{ given: `https://127.1${PATH}`, says: PRIVATE },
		{ given: `https://127.0.0.1.${PATH}`, says: PRIVATE },
		{ given: `https://①②⑦.⓪.⓪.①${PATH}`, says: PRIVATE },
		{ given: `https://127。0。0。1${PATH}`, says: PRIVATE },
		{ given: `https://LOCALHOST${PATH}`, says: PRIVATE },
		{ given: `https://ｌocalhost${PATH}`, says: PRIVATE },
		{ given: `https://%6c%6f%63%61%6c%68%6f%73%74${PATH}`, says: PRIVATE },
		{ given: `https://localhost.${PATH}`, says: PRIVATE },
		{ given: `https://169.254.169.254${PATH}`, says: PRIVATE },
		{ given: `https://[::ffff:169.254.169.254]${PATH}`, says: PRIVATE },
		{ given: `https://metadata.google.internal${PATH}`, says: PRIVATE },
		{ given: `https://metadata${PATH}`, says: PRIVATE },
		{ given: `https://2852039166${PATH}`, says: PRIVATE },
		{ given: `https://0xa9fea9fe${PATH}`, says: PRIVATE },
		{ given: `https://0xA9.0376.0xa9.254${PATH}`, says: PRIVATE },
		{ given: `https://10.1${PATH}`, says: PRIVATE },
		{ given: `https://[0:0:0:0:0:ffff:7f00:1]${PATH}`, says: PRIVATE },
		{ given: `https://[::127.0.0.1]${PATH}`, says: PRIVATE },
		{ given: `https://[64:ff9b::169.254.169.254]${PATH}`, says: PRIVATE },
		{ given: `https://[fd00:ec2::254]${PATH}`, says: PRIVATE },
		{ given: `https://127.0.0.1.nip.io${PATH}`, says: PRIVATE },
		{ given: `https://10-0-0-1.sslip.io${PATH}`, says: PRIVATE },
		{ given: `https://localtest.me${PATH}`, says: PRIVATE },
		{ given: `https://psa.example.com:22${PATH}`, says: 'must use port 443 or one from 1024 on' },
		{ given: `https://psa.example.com:80${PATH}`, says: 'must use port 443 or one from 1024 on' },
		{ given: `https://psa.example.com:0${PATH}`, says: 'must use port 443 or one from 1024 on' },
		{ given: `https://psa.example.com/${'x'.repeat(500)}${PATH}`, says: 'must have at most 500 characters' },
	];
	for (const { given, says, isLocal } of cases) {
		it(`${JSON.stringify(given)}${isLocal ? ' on a local start' : ''}`, ({ expect }) => {
			const { url, fault } = normalize(given, isLocal);
			expect(url).toBeNull();
			expect(fault?.path).toBe('base_url');
			if (typeof says === 'string') expect(fault?.message).toBe(says);
			else expect(fault?.message).toMatch(says);
		});
	}
});

describe('a host', () => {
	const hosts = (isPrivate: boolean, list: string[]) => list.map((host) => ({ host, isPrivate }));
	const cases = [
		...hosts(true, [
			'0.0.0.0',
			'0.1.2.3',
			'10.0.0.1',
			'10.255.255.255',
			'100.64.0.1',
			'100.127.255.255',
			'127.0.0.1',
			'127.255.255.255',
			'169.254.0.1',
			'172.16.0.1',
			'172.31.255.255',
			'192.0.0.1',
			'192.0.2.1',
			'192.168.0.1',
			'198.18.0.1',
			'198.19.255.255',
			'198.51.100.1',
			'203.0.113.1',
			'168.63.129.16',
			'192.88.99.1',
			'224.0.0.1',
			'239.1.1.1',
			'240.0.0.1',
			'255.255.255.255',
		]),
		...hosts(false, [
			'1.1.1.1',
			'9.255.255.255',
			'11.0.0.1',
			'100.63.255.255',
			'100.128.0.1',
			'126.255.255.255',
			'128.0.0.1',
			'169.253.0.1',
			'172.15.255.255',
			'172.32.0.1',
			'192.0.1.1',
			'192.1.0.1',
			'192.167.0.1',
			'198.17.0.1',
			'198.20.0.1',
			'203.0.114.1',
			'223.255.255.255',
		]),
		...hosts(true, [
			'[::]',
			'[::1]',
			'[::ffff:7f00:1]',
			'[::ffff:808:808]',
			'[::7f00:1]',
			'[64:ff9b::7f00:1]',
			'[100::1]',
			'[fc00::1]',
			'[fd12:3456::1]',
			'[fe80::1]',
			'[fec0::1]',
			'[ff02::1]',
			'[2001::1]',
			'[2001:0:4136:e378::1]',
			'[2001:db8::1]',
			'[2001:2::1]',
			'[2001:20::1]',
			'[2001:1ff::1]',
			'[2002:7f00:1::]',
			'[2002:a00:1::1]',
			'[2002:c0a8:1::1]',
			'[4000::1]',
			'[3fff::1]',
		]),
		...hosts(false, [
			'[2606:4700:4700::1111]',
			'[2a00:1450:4001:801::200e]',
			'[2001:4860:4860::8888]',
			'[2001:200::1]',
			'[2600::1]',
			'[3ffe::1]',
		]),
		...hosts(true, [
			'localhost',
			'LOCALHOST',
			'localhost.',
			'localhost..',
			'x.localhost',
			'printer',
			'printer.',
			'nas.local',
			'a.b.internal',
			'x.intranet',
			'router.lan',
			'x.home',
			'x.corp',
			'1.0.0.127.in-addr.arpa',
			'x.home.arpa',
			'x.test',
			'x.invalid',
			'x.onion',
			'host.localdomain',
			'metadata.packet.net',
			'192.168.1.1.nip.io',
			'app.lvh.me',
			'',
			'.',
		]),
		...hosts(false, [
			'api-na.myconnectwise.net',
			'api-na.myconnectwise.net.',
			'localhost.example.com',
			'local.example',
			'internal.example.com',
			'mylocal.net',
			'xn--bcher-kva.example',
			'test.com',
			'10.example.com',
			'nip.io.example.com',
			'notnip.io',
			'lvh.me.uk',
		]),
	];
	for (const { host, isPrivate } of cases) {
		// security: S-18
		it(`${JSON.stringify(host)} is ${isPrivate ? 'private' : 'public'}`, ({ expect }) =>
			expect(isPrivateHost(host)).toBe(isPrivate));
	}
});

describe('an integration that names its hosts', () => {
	const closed = { ...file, base_url: { ...file.base_url, hosts: ['psa.example.com', '*.myconnectwise.net'] } };
	const cases: { host: string; isAllowed: boolean }[] = [
		{ host: 'psa.example.com', isAllowed: true },
		{ host: 'PSA.example.com.', isAllowed: true },
		{ host: 'api-na.myconnectwise.net', isAllowed: true },
		{ host: 'a.b.myconnectwise.net', isAllowed: true },
		{ host: 'myconnectwise.net', isAllowed: false },
		{ host: 'evilmyconnectwise.net', isAllowed: false },
		{ host: 'psa.example.com.evil.example', isAllowed: false },
		{ host: 'x.psa.example.com', isAllowed: false },
		{ host: '8.8.8.8', isAllowed: false },
	];
	for (const { host, isAllowed } of cases) {
		it(`${isAllowed ? 'allows' : 'refuses'} ${host}`, ({ expect }) => {
			const { fault } = normalizeBaseUrl(closed, `https://${host}${PATH}`, { isLocal: false });
			expect(fault?.message ?? null).toBe(
				isAllowed ? null : 'must be at one of the allowed hosts: psa.example.com, *.myconnectwise.net',
			);
		});
	}

	it('still lets a local start reach this machine, and no further', ({ expect }) => {
		const at = (url: string) => normalizeBaseUrl(closed, url + PATH, { isLocal: true }).fault?.message ?? null;
		expect(at('http://localhost:8788')).toBeNull();
		expect(at('https://other.example')).toMatch(/allowed hosts/);
	});
});
