// What a person has agreed to on the consent page.

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
	/** Of the server's tools these alone. */
	within: Within;
}
