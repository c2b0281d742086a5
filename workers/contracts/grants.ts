// Grants: the consent that a person gave on the consent page.

/** Narrows a server's tools: methods and tags as in its config. */
export interface Within {
	methods?: string[] | undefined;
	tags?: string[] | undefined;
}

/** Properties of an OAuth grant. It holds no secret: the API token is named, and asked about at each call. */
export interface Grant {
	account_id: string;
	account_identity: string;
	server_id: string;
	api_token_id: string;
	/** Narrows the grant to these of the server's tools. */
	within: Within;
}

/** Details of a grant for the operator to see. */
export interface GrantMetadata {
	client_name: string;
	redirect_host: string | null;
	within: Within;
}

/** An app that was let in to a server, or whose access was ended, for the trail. */
export interface AppChange {
	action: 'app.connected' | 'app.ended';
	app: GrantMetadata & { client_id: string };
}

/** An app that a person has let in to a server. */
export interface ConnectedApp {
	/** Id of its grant. */
	id: string;
	client_id: string;
	client_name: string;
	/** Redirect URI of its codes; null where that was not noted. */
	redirect_host: string | null;
	within: Within;
	/** The API token that the person gave. */
	api_token_id: string;
	created_at: string;
	last_refreshed_at: string;
	expires_at: string | null;
}
