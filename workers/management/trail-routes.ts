// Routes of an auditor: trails, and what has ended.
import type { Route } from './route.ts';
import * as trails from './trails.ts';

const ACCOUNT = '/integrated-account/:id';
const PULLED = ['after', 'format'];

export const TRAIL_ROUTES: readonly Route[] = [
	{
		method: 'GET',
		path: `${ACCOUNT}/trail`,
		query: PULLED,
		handle: trails.readTrail,
	},
	{
		method: 'GET',
		path: '/trail',
		query: PULLED,
		handle: trails.readInstallationTrail,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/ended-servers`,
		query: ['limit', 'cursor'],
		handle: trails.listEndedServers,
	},
	{
		method: 'GET',
		path: '/ended-accounts',
		handle: trails.listEndedAccounts,
	},
];
