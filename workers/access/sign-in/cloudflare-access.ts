// Sign-in by Cloudflare Access, which stands in front of Patchbay and sends along who has passed it. The header is
// worth nothing by itself: whoever reaches the Worker another way can write it.
// Source: developers.cloudflare.com/cloudflare-one, "Validate JWTs".
import { createRemoteJWKSet, customFetch, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Identity } from '../../contracts/people.ts';
import { identityOf } from './identity.ts';
import { checked } from './oidc.ts';
import { fetchFromProvider, type ProviderPolicy } from './provider-fetch.ts';
import { type CloudflareAccessSettings, issuerText } from './settings.ts';

const HEADER = 'cf-access-jwt-assertion';

/** Key sets of teams, per isolate. */
const keySets = new Map<string, JWTVerifyGetKey>();

/**
 * @returns null where Access did not send anybody along
 * @throws ApiError sign_in_refused for what is not its own; upstream_unavailable
 */
export async function accessIdentity(
	settings: CloudflareAccessSettings,
	request: Request,
	policy: ProviderPolicy,
): Promise<Identity | null> {
	const assertion = request.headers.get(HEADER);
	if (!assertion) return null;
	return checked(async () => {
		const issuer = issuerText(settings.issuer);
		const { payload } = await jwtVerify(assertion, keysOf(issuer, policy), {
			issuer,
			audience: settings.audience,
			algorithms: ['RS256'],
			requiredClaims: ['exp', 'iat'],
		});
		return identityOf(payload, { issuer, address: 'email', isVerified: true, groups: groupsIn(payload, settings) });
	});
}

/** Groups come along where the identity provider's claim was added to the application's token. */
function groupsIn(payload: JWTPayload, { groupsClaim }: CloudflareAccessSettings): unknown {
	const custom = (payload.custom ?? {}) as Record<string, unknown>;
	return custom[groupsClaim] ?? payload[groupsClaim];
}

function keysOf(issuer: string, policy: ProviderPolicy): JWTVerifyGetKey {
	const key = `${issuer} ${policy.isLocal}`;
	const keys =
		keySets.get(key) ??
		createRemoteJWKSet(new URL(`${issuer}/cdn-cgi/access/certs`), {
			[customFetch]: (url, init) => fetchFromProvider(url, init, policy),
		});
	keySets.set(key, keys);
	return keys;
}
