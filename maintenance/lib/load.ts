// Load on a running Patchbay: many clients read and create through servers that are rotated, revoked, narrowed and
// paused meanwhile. Afterwards the sandbox's records are compared with what the clients were told.
import { changeDoors, dropAnswers, openDoor } from './load-changes.ts';
import { useOpenDoors, useShutDoors } from './load-clients.ts';
import { type LoadOptions, type LoadReport, LoadRun, type LoadTarget, type Write } from './load-run.ts';
import { startSlowRelay } from './slow-relay.ts';

export type { LoadReport } from './load-run.ts';

const SERVERS_PER_ACCOUNT = 4;
/** Bounds of what a lookup of a name waits, in milliseconds. */
const LOOKUP_MS = { min: 100, max: 1_500 };

/** Runs for `seconds` or a little longer and stops by itself. @throws Error for a target that is not on this machine */
export async function runLoad(target: LoadTarget, options: LoadOptions): Promise<LoadReport> {
	for (const url of [target.url, target.sandboxUrl]) requireLoopback(url);
	const run = new LoadRun(target, options);
	const relay = await startSlowRelay({
		to: target.sandboxUrl,
		quickPath: '/service/tickets',
		lookupMs: LOOKUP_MS,
		onPost: (body) => run.noteArrival(body),
	});
	const accountIds = Array.from({ length: options.accounts }, (_, index) => `${run.name}-${index}`);
	try {
		for (const id of accountIds) await connectAccount(run, target, id, relay.url);
		run.begin();
		await Promise.all([
			changeDoors(run),
			dropAnswers(run, target.sandboxUrl),
			...Array.from({ length: options.clients }, () => useOpenDoors(run)),
			...Array.from({ length: Math.ceil(options.clients / 3) }, () => useShutDoors(run)),
		]);
		run.finish();
		await run.http('DELETE', `${target.sandboxUrl}/sandbox/control`, undefined);
		compare(run.writes, await storedTickets(target.sandboxUrl, run.name), run.report);
		for (const id of accountIds) await run.manage('DELETE', `/integrated-account/${id}`);
		return run.report;
	} finally {
		run.close();
		await relay.stop();
	}
}

/** Connects an account to the sandbox behind the slow relay, with its servers. */
async function connectAccount(run: LoadRun, target: LoadTarget, id: string, relayUrl: string): Promise<void> {
	const base_url = `${relayUrl}/v4_6_release/apis/3.0`;
	await run.manage('POST', '/integrated-account', { ...target.account, base_url, id });
	for (let index = 0; index < SERVERS_PER_ACCOUNT; index++) run.slots.push(await openDoor(run, id));
}

function compare(writes: Write[], stored: Map<string, number[]>, report: LoadReport): void {
	for (const { mark, isLate, outcome, id } of writes) {
		const ids = stored.get(mark) ?? [];
		if (outcome === 'made') report.acknowledged++;
		if (outcome === 'unknown') report.unknown++;
		if (ids.length > 1) report.doubled.push(`${mark}: ${ids.join(', ')}`);
		if (outcome === 'made' && ids.length === 0) report.lost.push(mark);
		if (outcome === 'made' && ids.length > 0 && !ids.includes(id ?? -1)) report.wrong.push(`${mark} was told as ${id}`);
		if (outcome === 'refused' && ids.length > 0) report.wrong.push(`${mark} was refused`);
		if (isLate && ids.length > 0) report.late.push(`in the sandbox: ${mark}`);
	}
	const known = new Set(writes.map(({ mark }) => mark));
	for (const mark of stored.keys()) if (!known.has(mark)) report.wrong.push(`${mark} was sent by nobody`);
}

/** Ids by summary, read from the sandbox itself. */
async function storedTickets(sandboxUrl: string, run: string): Promise<Map<string, number[]>> {
	const found = new Map<string, number[]>();
	for (let page = 1; ; page++) {
		const query = new URLSearchParams({
			conditions: `summary like "${run} %"`,
			fields: 'id,summary',
			orderBy: 'id',
			pageSize: '1000',
			page: String(page),
		});
		const answer = await fetch(`${sandboxUrl}/v4_6_release/apis/3.0/service/tickets?${query}`, {
			headers: {
				authorization: `Basic ${btoa('patchbay+sandboxPublicKey:sandboxPrivateKey')}`,
				clientId: '0d0f1e5a-6c1b-4b8e-9a57-2f4f6f3f9c11',
			},
		});
		if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}: ${await answer.text()}`);
		const tickets = (await answer.json()) as { id: number; summary: string }[];
		for (const { id, summary } of tickets) found.set(summary, [...(found.get(summary) ?? []), id]);
		if (tickets.length < 1000) return found;
	}
}

function requireLoopback(url: string): void {
	const { hostname } = new URL(url);
	if (hostname !== 'localhost' && hostname !== '127.0.0.1')
		throw new Error(`load goes to this machine only, not ${hostname}`);
}
