// The URL of a server that holds no secret: /connect/<account>/<server>. It is the resource of RFC 8707 and RFC 9728
// and, as one authorization server serves one MCP server, the issuer of RFC 8414 as well: nothing of one is good at
// another, and nothing stands in the root documents, which clients of secret URLs would take for an invitation.

export interface ServerAddress {
	accountId: string;
	serverId: string;
}

const PREFIX = '/connect';
export const INVITE_PREFIX = '/invite';
const ACCOUNT_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;
const SERVER_ID = /^[a-z0-9_-]{1,80}$/;
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @param url  of the request: a Worker has no other way to know where it is reached */
export function connectUrl(url: URL, { accountId, serverId }: ServerAddress): string {
	return `${publicOrigin(url)}${PREFIX}/${accountId}/${serverId}`;
}

/** The link of an invitation, which opens once. @param secret  43 base64url characters */
export function inviteUrl(url: URL, secret: string): string {
	return `${publicOrigin(url)}${INVITE_PREFIX}/${secret}`;
}

/** OAuth knows no plain http but on one's own machine. */
function publicOrigin({ protocol, hostname, host, origin }: URL): string {
	return protocol === 'http:' && !LOOPBACK_HOSTS.has(hostname) ? `https://${host}` : origin;
}

/** @returns null where the ids cannot be any */
export function readAddress(params: Record<string, string | undefined>): ServerAddress | null {
	const { account = '', server = '' } = params;
	return ACCOUNT_ID.test(account) && SERVER_ID.test(server) ? { accountId: account, serverId: server } : null;
}

/** Name of the object that keeps a server's authorizations. */
export function authorizationServerName({ accountId, serverId }: ServerAddress): string {
	return `${accountId}/${serverId}`;
}
