// Sign-in by Cloudflare Access, which stands in front of Patchbay and sends along who has passed it. The header is
// worth nothing by itself: whoever reaches the Worker another way can write it.
// Source: developers.cloudflare.com/cloudflare-one, "Validate JWTs".
import type { AuthorizationServer, IDToken } from 'oauth4webapi';
import type { Identity } from '../../contracts/people.ts';
import { identityOf } from './identity.ts';
import { checked, verifiedClaims } from './oidc.ts';
import type { ProviderPolicy } from './provider-fetch.ts';
import { type CloudflareAccessSettings, issuerText } from './settings.ts';

const HEADER = 'cf-access-jwt-assertion';

/** Descriptions of teams, per isolate. The library keeps the keys of each. */
const teams = new Map<string, AuthorizationServer>();

/**
 * The person whom Access has let pass. The header holds an ID token, which is checked like one from a token endpoint.
 *
 * @returns null where Access did not send anybody along
 * @throws ApiError sign_in_refused for what is not its own; upstream_unavailable
 */
export async function accessIdentity(
	settings: CloudflareAccessSettings,
	request: Request,
	policy: ProviderPolicy,
): Promise<Identity | null> {
	const id_token = request.headers.get(HEADER);
	if (!id_token) return null;
	const issuer = issuerText(settings.issuer);
	const asked = { server: teamOf(issuer), client: { client_id: settings.audience }, nonce: null };
	return checked(async () => {
		const answer = Response.json({ id_token, token_type: 'bearer', access_token: 'none' });
		const claims = await verifiedClaims(asked, answer, policy);
		return identityOf(claims, { issuer, address: 'email', isVerified: true, groups: groupsIn(claims, settings) });
	});
}

/** Groups come along where the identity provider's claim was added to the application's token. */
function groupsIn(claims: IDToken, { groupsClaim }: CloudflareAccessSettings): unknown {
	const custom = (claims.custom ?? {}) as Record<string, unknown>;
	return custom[groupsClaim] ?? claims[groupsClaim];
}

function teamOf(issuer: string): AuthorizationServer {
	const team = teams.get(issuer) ?? { issuer, jwks_uri: `${issuer}/cdn-cgi/access/certs` };
	teams.set(issuer, team);
	return team;
}
