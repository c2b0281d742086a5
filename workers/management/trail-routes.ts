// Routes of an auditor: trails, and what has ended.
import * as outputs from './outputs.ts';
import type { Route } from './route.ts';
import * as trails from './trails.ts';

const ACCOUNT = '/integrated-account/:id';
const PULLED = {
	after: 'newest_cursor of an earlier answer, or the header next-cursor: only what came since',
	format: 'json; ndjson: one entry a line',
};

export const TRAIL_ROUTES: readonly Route[] = [
	{
		method: 'GET',
		path: `${ACCOUNT}/trail`,
		summary: 'Who managed an account and its servers, oldest first, for 30 days past its end',
		query: PULLED,
		status: 200,
		answer: outputs.trailPage,
		handle: trails.readTrail,
	},
	{
		method: 'GET',
		path: '/trail',
		summary: 'Who made, claimed and revoked API tokens, oldest first, for 30 days',
		query: PULLED,
		status: 200,
		answer: outputs.trailPage,
		handle: trails.readInstallationTrail,
	},
	{
		method: 'GET',
		path: `${ACCOUNT}/ended-servers`,
		summary: 'Servers of an account that have ended, whose logs are still kept',
		query: { limit: 'Records per page, 1 to 200', cursor: 'next_cursor of the last page' },
		status: 200,
		answer: outputs.pageOf(outputs.endedServer),
		handle: trails.listEndedServers,
	},
	{
		method: 'GET',
		path: '/ended-accounts',
		summary: 'Accounts that have been deleted, whose trails are still kept',
		status: 200,
		answer: outputs.pageOf(outputs.endedAccount),
		handle: trails.listEndedAccounts,
	},
];
