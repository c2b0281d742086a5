// One call's requests to the vendor: the account's address and credentials, checked and filled in once.
import { authHeaders, type Connection, forgetAccessToken, requireTarget, secretTexts } from './auth.ts';
import { answerBytes, type Share } from './byte-budget.ts';
import type { UpstreamRequest } from './request.ts';
import { send, type UpstreamAnswer } from './send.ts';

export interface VendorClient {
	/** @throws UpstreamFailure for everything that is no complete HTTP answer */
	send(request: UpstreamRequest, options?: { maxFileBytes?: number | undefined }): Promise<UpstreamAnswer>;
	/** Credentials, which must not come back in the vendor's words. */
	secrets(): string[];
	/** Gives back the room that its answers took, once they have been dealt with. */
	close(): void;
}

/**
 * @param ending  ends whatever of the call is on its way
 * @throws UpstreamFailure when the address is not allowed, or no access token is given
 */
export async function openClient(connection: Connection, ending: AbortController): Promise<VendorClient> {
	requireTarget(connection);
	const headers = await authHeaders(connection, ending);
	const shares: Share[] = [];
	const takeRoom = async (bytes: number) => {
		const share = await answerBytes.take(connection.accountIdentity, bytes, ending.signal);
		shares.push(share);
		return share.shrinkTo;
	};
	return {
		send: async ({ verb, path, body }, { maxFileBytes } = {}) => {
			const answer = await send(
				{
					url: connection.baseUrl + path,
					verb,
					headers: typeof body === 'string' ? { ...headers, 'content-type': 'application/json' } : headers,
					body,
					maxFileBytes,
					takeRoom,
				},
				ending,
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
