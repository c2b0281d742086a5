// One call's requests to the vendor: the account's address and credentials, checked and filled in once.

import type { Share } from '../lib/byte-budget.ts';
import { forgetAccessToken } from './access-token.ts';
import { requestUrl } from './address.ts';
import { answerBytes } from './answer-bytes.ts';
import { type Connection, requireTarget, secretTexts, signatureOf } from './auth.ts';
import type { UpstreamRequest } from './request.ts';
import { send, type UpstreamAnswer } from './send.ts';

export interface VendorClient {
	/** @throws UpstreamFailure for everything that is no complete HTTP answer */
	send(request: UpstreamRequest, options?: { maxFileBytes?: number | undefined }): Promise<UpstreamAnswer>;
	/** Credentials, which must not come back in the vendor's words. */
	secrets(): readonly string[];
	/** Gives back the room that its answers took, once they have been dealt with. */
	close(): void;
}

/**
 * @param ending  ends whatever of the call is on its way, in time too (`endAfter`)
 * @throws UpstreamFailure when the address is not allowed, or no access token is given
 */
export async function openClient(connection: Connection, ending: AbortController): Promise<VendorClient> {
	requireTarget(connection);
	const { headers, query } = await signatureOf(connection, ending);
	const { baseUrl, credentials } = connection;
	const shares: Share[] = [];
	const takeRoom = async (bytes: number) => {
		const share = await answerBytes.take(connection.accountIdentity, bytes, ending.signal);
		shares.push(share);
		return share.shrinkTo;
	};
	return {
		send: async ({ verb, path, link, headers: own = {}, body, contentType }, { maxFileBytes } = {}) => {
			const answer = await send(
				{
					url: requestUrl({ baseUrl, settings: credentials, path, link, signature: query }),
					verb,
					headers: {
						...headers,
						...fillHeaders(own, credentials),
						...(typeof body === 'string' ? { 'content-type': contentType ?? 'application/json' } : {}),
					},
					body,
					maxFileBytes,
					takeRoom,
				},
				ending,
				// Whoever opened the client ends the call as a whole.
				null,
			);
			// The vendor took the access token back before its end.
			if (answer.status === 401) forgetAccessToken(connection);
			return answer;
		},
		secrets: () => secretTexts(connection, { isError: true }),
		close: () => {
			for (const share of shares.splice(0)) share.release();
		},
	};
}

/** Headers with the account's settings filled in. */
function fillHeaders(headers: Record<string, string>, settings: Connection['credentials']): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [
			name,
			value.replace(/\{\{setting:([a-z0-9_]+)\}\}/g, (_, setting: string) => settings[setting] ?? ''),
		]),
	);
}
