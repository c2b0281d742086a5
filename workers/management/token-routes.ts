// Routes of API tokens.
import * as apiTokens from './api-tokens.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import * as outputs from './outputs.ts';
import * as inputs from './people-inputs.ts';
import { IF_MATCH } from './preconditions.ts';
import type { Route } from './route.ts';

const TOKEN = '/api-token/:token_id';

export const TOKEN_ROUTES: readonly Route[] = [
	{
		method: 'POST',
		path: '/api-token',
		summary: 'Make an API token',
		body: inputs.apiTokenInput(0),
		headers: IDEMPOTENCY_KEY,
		status: 201,
		answer: outputs.apiTokenWithSecret,
		handle: apiTokens.createApiToken,
	},
	{
		method: 'GET',
		path: '/api-token',
		summary: 'List API tokens',
		status: 200,
		answer: outputs.pageOf(outputs.apiTokenOutput),
		handle: apiTokens.listApiTokens,
	},
	{
		method: 'GET',
		path: TOKEN,
		summary: 'Read an API token; its secret never comes back',
		status: 200,
		answer: outputs.apiTokenOutput,
		handle: apiTokens.readApiToken,
	},
	{
		method: 'PATCH',
		path: TOKEN,
		summary: 'Rename an API token, renew it, or change when it ends',
		body: inputs.apiTokenPatch(0),
		headers: IF_MATCH,
		status: 200,
		answer: outputs.apiTokenOutput,
		handle: apiTokens.updateApiToken,
	},
	{ method: 'DELETE', path: TOKEN, summary: 'Revoke an API token', status: 204, handle: apiTokens.revokeApiToken },
];
