// The trail of management: who changed what of an account, or of the installation.

/** Whoever asked for a change. */
export interface Actor {
	/** `system`: Patchbay itself, e.g. at a server's end. */
	via: 'api_token' | 'session' | 'invitation' | 'sign_in' | 'system';
	api_token_id: string | null;
	/** Id of the dashboard's sign-in. */
	session_id: string | null;
}

/** Somebody who opened a link; its entry names the invitation. */
export const INVITED: Actor = { via: 'invitation', api_token_id: null, session_id: null };

/** Somebody whom an identity provider vouches for. */
export const SIGNING_IN: Actor = { via: 'sign_in', api_token_id: null, session_id: null };

export const SYSTEM: Actor = { via: 'system', api_token_id: null, session_id: null };

export interface TrailEntry extends Actor {
	at: string;
	/** Null for what belongs to the installation: API tokens, invitations. */
	account_identity: string | null;
	action:
		| 'api_token.created'
		| 'api_token.claimed'
		| 'api_token.changed'
		| 'api_token.revoked'
		| 'invitation.created'
		| 'invitation.accepted'
		| 'invitation.revoked'
		| 'sign_in_rules.changed'
		| 'account.connected'
		| 'account.changed'
		| 'account.deleted'
		| 'server.created'
		| 'server.changed'
		| 'server.rotated'
		| 'server.revoked'
		| 'server.expired'
		| 'app.connected'
		| 'app.ended'
		| 'webhook.created'
		| 'webhook.changed'
		| 'webhook.deleted';
	account_id: string | null;
	server_id: string | null;
	/** Members that changed, as they were and as they are. Never credentials, tokens or their hashes. */
	before: Record<string, unknown> | null;
	after: Record<string, unknown> | null;
}

/** Oldest first, each entry as JSON. `last` is the position to ask from next. */
export interface TrailPage {
	entries: string[];
	last: number;
}
