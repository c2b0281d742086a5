// Apps that people let in to a server by OAuth, as far as the trail and webhooks tell of them.
import type { AppChange } from '../../workers/contracts/grants.ts';
import type { Actor } from '../../workers/contracts/trail.ts';
import { mintIdSuffix } from '../../workers/lib/secrets.ts';
import type { Parts } from './account.ts';
import { raiseAlert } from './alerts.ts';
import { recordChange } from './trail.ts';

export async function noteApp(
	parts: Parts,
	serverId: string,
	{ action, app }: AppChange,
	by: Actor,
	nowMs: number,
): Promise<void> {
	const { store, mirror } = parts;
	const server = store.server(serverId)?.server;
	if (!server) return;
	const isNew = action === 'app.connected';
	const change = { before: isNew ? null : { ...app }, after: isNew ? { ...app } : null };
	const about = { account_id: server.integrated_account_id, server_id: serverId };
	store.change(nowMs, () => recordChange(store, server.account_identity, by, { action, ...about, ...change }, nowMs));
	if (!isNew) return;
	const data = {
		server_id: serverId,
		server_name: server.name,
		client_id: app.client_id,
		client_name: app.client_name,
		redirect_host: app.redirect_host,
		methods: app.within.methods ?? null,
		tags: app.within.tags ?? null,
		api_token_id: by.api_token_id,
	};
	raiseAlert(parts, { type: 'app.connected', key: mintIdSuffix(), data }, nowMs);
	await mirror.flush(nowMs);
}
