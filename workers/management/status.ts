// The status of the installation in one request, from the summaries that accounts send to the directory.
import { directoryObject, storageUnavailable } from '../access/access.ts';
import type { SummarizedAccount } from '../contracts/objects.ts';
import type { AccountRecord } from '../contracts/records.ts';
import type { Alert } from '../contracts/webhooks.ts';
import { VERSION } from '../lib/version.ts';
import type { Route, RouteRequest } from './route.ts';
import { ATTENTION, ENDING_WITHIN_DAYS } from './vocabulary.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const ALERTS_FOR_MS = 2 * DAY_MS;

export const STATUS_ROUTES: readonly Route[] = [
	{
		method: 'GET',
		path: '/status',
		handle: readStatus,
	},
	{
		method: 'GET',
		path: '/overview',
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
