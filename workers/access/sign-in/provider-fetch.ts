// Requests to an identity provider: to addresses that upstreams may have too, without redirects, bounded in time and size.
import { readBounded } from '../../lib/bounded-text.ts';
import { ApiError } from '../../lib/errors.ts';
import { addressFault } from '../../lib/hosts.ts';

const PATIENCE_MS = 10_000;
const MAX_ANSWER_BYTES = 512 * 1024;

export interface ProviderPolicy {
	/** A local start: http to this machine is allowed. */
	isLocal: boolean;
}

/** @throws ApiError upstream_unavailable */
export async function fetchFromProvider(url: string, init: RequestInit, policy: ProviderPolicy): Promise<Response> {
	requireProviderAddress(url, policy);
	const failed = (cause: unknown) => {
		throw new ApiError('upstream_unavailable', `The identity provider (${new URL(url).host}) does not answer.`, {
			cause,
		});
	};
	const signal = AbortSignal.timeout(PATIENCE_MS);
	const response = await fetch(url, { ...init, redirect: 'manual', signal }).catch(failed);
	const text = await readBounded(response, MAX_ANSWER_BYTES).catch(failed);
	if (text === null)
		throw new ApiError('upstream_unavailable', `The identity provider (${new URL(url).host}) answers too much.`);
	return new Response(text === '' ? null : text, { status: response.status, headers: response.headers });
}

/** The provider's own description names its endpoints: they are checked as the issuer is. @throws ApiError sign_in_refused */
export function requireProviderAddress(url: string, policy: ProviderPolicy): void {
	const fault = URL.canParse(url) ? addressFault(new URL(url), policy) : 'must be a URL';
	if (fault !== null)
		throw new ApiError('sign_in_refused', `The identity provider names an address that is not used: it ${fault}.`);
}
