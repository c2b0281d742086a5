// The status of the installation in one request, from the summaries that accounts send to the directory.
import * as z from 'zod';
import { directoryObject, storageUnavailable } from '../access/access.ts';
import type { SummarizedAccount } from '../contracts/objects.ts';
import type { AccountRecord } from '../contracts/records.ts';
import type { Alert } from '../contracts/webhooks.ts';
import { VERSION } from '../lib/version.ts';
import * as outputs from './outputs.ts';
import type { Route, RouteRequest } from './route.ts';
import { deliveriesOutput } from './webhook-outputs.ts';

const ENDING_WITHIN_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
const ALERTS_FOR_MS = 2 * DAY_MS;

const moment = z.string().meta({ format: 'date-time' });
const ending = z.array(z.object({ id: z.string(), name: z.string(), expires_at: moment }));

export const statusOutput = z.object({
	version: z.string(),
	storage: z.literal('ok').meta({ description: 'Otherwise the answer is 503' }),
	accounts: z.record(z.string(), z.int()).meta({ description: 'How many there are in each state' }),
	servers: z.int(),
	webhooks: z
		.array(deliveriesOutput.extend({ id: z.string(), host: z.string() }))
		.optional()
		.meta({ description: 'For an API token that is bound to no account: how deliveries stand' }),
	ending_servers: z
		.array(ending.element.extend({ integrated_account_id: z.string() }))
		.meta({ description: `Servers that end within ${ENDING_WITHIN_DAYS} days, the soonest first` }),
});

/** The most urgent first. */
const ATTENTION = [
	'needs_reauth',
	'unreachable',
	'error_rate',
	'write_budget_reached',
	'servers_ending',
	'unverified',
] as const;

export const overviewOutput = z.object({
	result: z.array(
		outputs.accountOutput.extend({
			servers: z.int().nullable().meta({ description: 'Null until the account has sent its summary' }),
			paused_servers: z.int().nullable(),
			ending_servers: ending,
			usage: z
				.object({ calls: z.int(), errors: z.int(), last_used_at: moment.nullable(), at: moment })
				.nullable()
				.meta({
					description: 'Calls of the 24 hours before `at`, which is at most a quarter of an hour before the last call',
				}),
			alerts: z
				.array(z.object({ type: z.string(), at: moment, data: z.record(z.string(), z.unknown()) }))
				.meta({ description: 'Error rates, spent write budgets and new apps of the last two days' }),
			attention: z.array(z.enum(ATTENTION)).meta({ description: 'What needs attention, the most urgent first' }),
		}),
	),
	next_cursor: z.null(),
});

export const STATUS_ROUTES: readonly Route[] = [
	{
		method: 'GET',
		path: '/status',
		summary: 'Version, accounts by state, servers that end within 7 days: of what the API token may touch',
		status: 200,
		answer: statusOutput,
		handle: readStatus,
	},
	{
		method: 'GET',
		path: '/overview',
		summary: 'All accounts with a summary of their servers, what needs attention first',
		status: 200,
		answer: overviewOutput,
		handle: readOverview,
	},
];

async function readStatus(request: RouteRequest): Promise<Response> {
	const summaries = await readSummaries(request);
	const accounts: Record<string, number> = {};
	for (const { account } of summaries) accounts[account.state] = (accounts[account.state] ?? 0) + 1;
	const ending_servers = summaries
		.flatMap((one) =>
			endingSoon(one, request.now).map((server) => ({ ...server, integrated_account_id: one.account.id })),
		)
		.sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at));
	const servers = summaries.reduce((total, { summary }) => total + (summary?.servers ?? 0), 0);
	const webhooks = request.apiToken.accounts === '*' ? { webhooks: await readWebhooks(request) } : {};
	return Response.json({ version: VERSION, storage: 'ok', accounts, servers, ...webhooks, ending_servers });
}

async function readWebhooks({ env }: RouteRequest) {
	const webhooks = await directoryObject(env).listWebhooks().catch(storageUnavailable);
	return webhooks.map(({ id, host, deliveries }) => ({ id, host, ...deliveries }));
}

async function readOverview(request: RouteRequest): Promise<Response> {
	const result = (await readSummaries(request)).map((one) => {
		const ending_servers = endingSoon(one, request.now);
		const alerts = (one.summary?.alerts ?? []).filter(
			({ at }) => Date.parse(at) > request.now.getTime() - ALERTS_FOR_MS,
		);
		return {
			...one.account,
			servers: one.summary?.servers ?? null,
			paused_servers: one.summary?.paused ?? null,
			ending_servers,
			usage: one.summary?.usage ?? null,
			alerts: alerts.map(({ key: _key, ...alert }) => alert),
			attention: attentionOf(one.account, ending_servers.length > 0, alerts),
		};
	});
	// The sort is stable: among equals the newest account stays first.
	return Response.json({ result: result.sort((a, b) => urgency(b) - urgency(a)), next_cursor: null });
}

type Attention = (typeof ATTENTION)[number];

function attentionOf({ state }: AccountRecord, isEnding: boolean, alerts: readonly Alert[]): Attention[] {
	const found = new Set<string>([state, ...alerts.map(({ type }) => type.replace('server.', ''))]);
	if (isEnding) found.add('servers_ending');
	return ATTENTION.filter((one) => found.has(one));
}

/** Whoever has the more urgent matter comes first, however many lesser ones another has. */
function urgency({ attention }: { attention: Attention[] }): number {
	return attention.reduce((sum, one) => sum + 2 ** (ATTENTION.length - ATTENTION.indexOf(one)), 0);
}

function readSummaries({ env, apiToken }: RouteRequest): Promise<SummarizedAccount[]> {
	return directoryObject(env).listSummaries(apiToken).catch(storageUnavailable);
}

function endingSoon({ summary }: SummarizedAccount, now: Date) {
	const untilMs = now.getTime() + ENDING_WITHIN_DAYS * DAY_MS;
	return (summary?.ending ?? []).filter(({ expires_at }) => {
		const endMs = Date.parse(expires_at);
		return endMs > now.getTime() && endMs <= untilMs;
	});
}
