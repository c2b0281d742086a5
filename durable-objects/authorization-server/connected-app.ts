// An OAuth grant as an operator sees it: which app, since when, with how much.
import type { ConnectedApp, GrantMetadata } from '../../workers/contracts/grants.ts';
import { valueAt } from '../../workers/lib/json-path.ts';
import { GRANT_IDLE_SECONDS } from '../../workers/oauth/create-authorization-server.ts';

/**
 * @param grant  the library's record
 * @returns null for one that was agreed to and whose code was not exchanged
 */
export function connectedApp(grant: unknown): ConnectedApp | null {
	const { id, userId, clientId, createdAt, expiresAt, refreshTokenId } = (grant ?? {}) as Record<string, unknown>;
	if (typeof id !== 'string' || typeof userId !== 'string' || refreshTokenId === undefined) return null;
	const metadata = (valueAt(grant, 'metadata') ?? {}) as Partial<GrantMetadata>;
	return {
		id,
		client_id: String(clientId),
		client_name: metadata.client_name ?? String(clientId),
		redirect_host: metadata.redirect_host ?? null,
		within: metadata.within ?? {},
		api_token_id: userId,
		created_at: iso(createdAt),
		// Each refresh puts the end off by as much.
		last_refreshed_at: typeof expiresAt === 'number' ? iso(expiresAt - GRANT_IDLE_SECONDS) : iso(createdAt),
		expires_at: typeof expiresAt === 'number' ? iso(expiresAt) : null,
	};
}

function iso(seconds: unknown): string {
	return new Date(Number(seconds) * 1000).toISOString();
}
