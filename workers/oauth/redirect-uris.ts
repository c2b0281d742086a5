// Redirect URIs that a client may use: https, this machine, or the app of a client that is known to listen there.

/**
 * Schemes that desktop clients of MCP register with the operating system (RFC 8252 section 7.1). Anybody's app can take a
 * scheme, so PKCE is demanded, and the page says that access goes to an app on the person's computer.
 */
const NATIVE_SCHEMES: ReadonlySet<string> = new Set([
	'cursor:',
	'vscode:',
	'vscode-insiders:',
	'vscodium:',
	'windsurf:',
	'claude:',
	'zed:',
	'raycast:',
]);

export function isNativeRedirect(uri: string): boolean {
	return URL.canParse(uri) && NATIVE_SCHEMES.has(new URL(uri).protocol);
}

/** Would the authorize endpoint send a code there? */
export function isUsableRedirect(uri: string): boolean {
	if (!URL.canParse(uri)) return false;
	const { protocol, hostname } = new URL(uri);
	if (protocol === 'https:') return true;
	if (protocol === 'http:') return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/.test(hostname);
	return NATIVE_SCHEMES.has(protocol);
}
