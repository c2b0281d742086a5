// Clients that introduce themselves by a URL (client ID metadata documents): whom we fetch such a document from. The
// library bounds its size and time; it follows redirects and asks nobody whether it should fetch at all.
import { isPrivateHost } from '../lib/hosts.ts';

const PATIENCE_MS = 5_000;

/** Is this client known by a document, not by a registration? */
export function isDocumentUrl(clientId: string): boolean {
	return /^\s*https:/i.test(clientId) && URL.canParse(clientId);
}

/**
 * The reason not to fetch the document; null when there is none.
 *
 * The page names the host of the URL as the app's publisher. If redirects were followed, an app could name any host that
 * has an open redirect (draft-ietf-oauth-client-id-metadata-document, "must not follow redirects"). A host that answers
 * with a redirect now and with a document a moment later belongs to the app.
 */
export async function documentFault(clientId: string): Promise<string | null> {
	if (isPrivateHost(new URL(clientId).hostname)) return 'is at an address that is not public';
	try {
		const { status, body } = await fetch(clientId, {
			headers: { accept: 'application/json' },
			redirect: 'manual',
			signal: AbortSignal.timeout(PATIENCE_MS),
		});
		await body?.cancel();
		return status >= 300 && status < 400 ? 'leads to another address, which is not followed' : null;
	} catch {
		return 'could not be read';
	}
}
