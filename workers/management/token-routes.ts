// Routes of API tokens.
import * as apiTokens from './api-tokens.ts';
import type { Route } from './route.ts';

const TOKEN = '/api-token/:token_id';

export const TOKEN_ROUTES: readonly Route[] = [
	{
		method: 'POST',
		path: '/api-token',
		takesBody: true,
		handle: apiTokens.createApiToken,
	},
	{
		method: 'GET',
		path: '/api-token',
		handle: apiTokens.listApiTokens,
	},
	{
		method: 'GET',
		path: TOKEN,
		handle: apiTokens.readApiToken,
	},
	{
		method: 'PATCH',
		path: TOKEN,
		takesBody: true,
		handle: apiTokens.updateApiToken,
	},
	{
		method: 'DELETE',
		path: TOKEN,
		handle: apiTokens.revokeApiToken,
	},
];
