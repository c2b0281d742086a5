// Decides where an account's calls may go: checks and repairs base_url, and checks it again before a request goes out.
import type { IntegrationFile } from '../integration/format.ts';
import type { Fault } from '../lib/errors.ts';
import { addressFault, isLoopback, withoutTrailing } from '../lib/hosts.ts';

export interface TargetPolicy {
	/** A local start: http to this machine is allowed. */
	isLocal: boolean;
}

/** Characters of a base_url, at most. */
const MAX_URL_LENGTH = 500;

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
		const end = file.base_url.path === '' ? 'end in the host' : `end in ${file.base_url.path}`;
		return refuse(`must ${end}, e.g. ${file.base_url.example}`);
	}
	const name = withoutTrailing(url.hostname, '.');
	const host = file.base_url.host_repairs?.[name] ?? name;
	return { url: `${url.protocol}//${host}${url.port ? `:${url.port}` : ''}${file.base_url.path}`, fault: null };
}

/** Returns the reason why credentials must not be sent there; null when there is none. */
export function targetFault(file: IntegrationFile, url: URL, policy: TargetPolicy): string | null {
	const fault = addressFault(url, policy);
	if (fault !== null || (policy.isLocal && isLoopback(url))) return fault;
	const { hosts } = file.base_url;
	if (hosts && !hosts.some((pattern) => matchesHost(pattern, withoutTrailing(url.hostname, '.'))))
		return `must be at one of the allowed hosts: ${hosts.join(', ')}`;
	return null;
}

/** @param pattern  a host, or `*.` and a domain for every host below it */
function matchesHost(pattern: string, host: string): boolean {
	return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern;
}
