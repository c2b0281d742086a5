// Load on a running Patchbay: many clients read and create through servers that are rotated, revoked, narrowed and
// paused meanwhile. Afterwards the sandbox's records are compared with the answers that the clients got.
import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { startSlowRelay } from './slow-relay.ts';

export interface LoadTarget {
	/** Address of the gateway; nothing is sent unless it is on this machine. */
	url: string;
	apiToken: string;
	sandboxUrl: string;
	/** A connection to the sandbox, as `POST /integrated-account` takes it, without its id. */
	account: Record<string, unknown>;
}

export interface LoadOptions {
	/** The least; a slow machine takes longer until every kind of thing has happened once. */
	seconds: number;
	/** Clients that use open URLs; a third as many more use URLs that were closed. */
	clients: number;
	/** Each has four servers. */
	accounts: number;
}

export interface LoadReport {
	seconds: number;
	reads: number;
	writes: number;
	/** Refused because too much was under way already: an answer, and the client's turn to wait. */
	heldBack: number;
	callsPerSecond: number;
	latencyMs: { median: number; p99: number; longest: number };
	changes: Record<Change, number>;
	/** Acknowledged writes. */
	acknowledged: number;
	/** Writes whose answer was dropped on the way from the sandbox, and that the client then sent once more. */
	unknown: number;
	/** Writes that named their board: a lookup of 0.1 to 1.5 seconds stands before them. */
	slowWrites: number;
	/** Calls that started after the answer to a change that forbids them. */
	afterChange: number;
	/** Everything below must be empty. */
	lost: string[];
	doubled: string[];
	/** Writes that are in the sandbox although they were refused, or under another id than the answer gave. */
	wrong: string[];
	/**
	 * Answered by the vendor although the call started after the change that forbids it, or written: a write must not even
	 * arrive at the vendor after the change was answered, whenever its call started.
	 */
	late: string[];
	/** Answers that nothing above explains. */
	unexpected: string[];
}

type Change = 'rotate' | 'revoke' | 'narrow' | 'pause';

const CREATE = 'create_a_connect_wise_psa_ticket';
const LIST = 'list_all_connect_wise_psa_tickets';
const GET = 'get_single_connect_wise_psa_ticket_by_id';
const BOARD_NAME = 'Help Desk';
const CONFIG = { tags: ['service'], calls_per_minute: 1_000_000 };
const SERVERS_PER_ACCOUNT = 4;
/** A run ends after this many times its seconds, whatever it has seen. */
const LONGEST_FACTOR = 30;

/** One URL, and what may be done with it. A change that forbids something is noted when it has been answered. */
interface Door {
	url: string;
	path: string;
	mayRead: boolean;
	mayWrite: boolean;
	/** Grows when a change begins and when it has ended: odd while one is under way. */
	epoch: number;
}

interface Write {
	mark: string;
	/** Forbidden when it was sent. */
	isLate: boolean;
	outcome: 'made' | 'refused' | 'unknown';
	id: number | null;
}

interface ToolResult {
	isError?: boolean;
	structuredContent?: { id?: number; code?: string; statusCode?: number; is_remote_error?: boolean; message?: string };
}

/** Runs for `seconds` or a little longer and stops by itself. @throws Error for a target that is not on this machine */
export async function runLoad(target: LoadTarget, options: LoadOptions): Promise<LoadReport> {
	for (const url of [target.url, target.sandboxUrl]) requireLoopback(url);
	const agent = new Agent({ keepAlive: true, maxSockets: options.clients * 2 + 8 });
	const run = `load-${randomBytes(4).toString('hex')}`;
	const http = (method: string, url: string, body: unknown, headers: Record<string, string> = {}) =>
		exchange(agent, method, url, body, headers);
	const manage = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
		const { status, text } = await http(method, target.url + path, body, {
			authorization: `Bearer ${target.apiToken}`,
		});
		if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${text.slice(0, 300)}`);
		return (text === '' ? null : JSON.parse(text)) as T;
	};

	/** Keyed by the mark of its write. */
	const doors = new Map<string, Door>();
	const relay = await startSlowRelay({
		to: target.sandboxUrl,
		quickPath: '/service/tickets',
		lookupMs: { min: 100, max: 1_500 },
		onPost: (body) => {
			const mark = (JSON.parse(body) as { summary?: string }).summary ?? '';
			if (doors.get(mark)?.mayWrite === false) report.late.push(`arrived at the vendor: ${mark}`);
		},
	});
	const account = { ...target.account, base_url: `${relay.url}/v4_6_release/apis/3.0` };

	const slots: Door[] = [];
	const shut: Door[] = [];
	const accountIds = Array.from({ length: options.accounts }, (_, index) => `${run}-${index}`);
	const open = async (accountId: string): Promise<Door> => {
		const path = `/integrated-account/${accountId}/mcp`;
		const { id, url } = await manage<{ id: string; url: string }>('POST', path, { name: run, config: CONFIG });
		return { url, path: `${path}/${id}`, mayRead: true, mayWrite: true, epoch: 0 };
	};
	for (const id of accountIds) {
		await manage('POST', '/integrated-account', { ...account, id });
		for (let index = 0; index < SERVERS_PER_ACCOUNT; index++) slots.push(await open(id));
	}

	const report: LoadReport = {
		seconds: 0,
		reads: 0,
		writes: 0,
		heldBack: 0,
		callsPerSecond: 0,
		latencyMs: { median: 0, p99: 0, longest: 0 },
		changes: { rotate: 0, revoke: 0, narrow: 0, pause: 0 },
		acknowledged: 0,
		unknown: 0,
		slowWrites: 0,
		afterChange: 0,
		lost: [],
		doubled: [],
		wrong: [],
		late: [],
		unexpected: [],
	};
	const writes: Write[] = [];
	const latencies: number[] = [];
	let calls = 0;
	const startedAt = performance.now();
	const isOver = () => {
		const passed = (performance.now() - startedAt) / (options.seconds * 1000);
		return passed > LONGEST_FACTOR || (passed > 1 && hasSeenAll(report, writes));
	};

	const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
	const call = async (door: Door, name: string, args: unknown) => {
		const sentAt = performance.now();
		const answer = await http('POST', door.url, {
			jsonrpc: '2.0',
			id: 1,
			method: 'tools/call',
			params: { name, arguments: args },
		});
		calls++;
		// Counts only calls that may have an answer.
		if (!shut.includes(door)) latencies.push(performance.now() - sentAt);
		const body = JSON.parse(answer.text) as { result?: ToolResult };
		return { status: answer.status, text: answer.text, result: body.result };
	};
	/** Answers that say no, of which nothing reached the vendor. */
	const isRefusal = ({ status, text, result }: Awaited<ReturnType<typeof call>>) =>
		status === 404 ||
		text.includes('-32602') ||
		(result?.isError === true && !result.structuredContent?.is_remote_error);

	/** No change was under way while the call was, so that a refusal has no reason. */
	const isUntouched = (door: Door, epoch: number) => epoch % 2 === 0 && door.epoch === epoch;
	/**
	 * Begins with a call. The function that comes back tells whether the door forbade the call from its start to its
	 * answer: one that is under way while a change is taken back may reach the Worker before or after that.
	 */
	const forbiddenBy = (door: Door, right: 'mayRead' | 'mayWrite') => {
		const { epoch } = door;
		const isForbidden = !door[right];
		return () => isForbidden && !door[right] && door.epoch === epoch;
	};

	const read = async (door: Door) => {
		const isForbidden = forbiddenBy(door, 'mayRead');
		const { epoch } = door;
		const answer = await (Math.random() < 0.7
			? call(door, LIST, { limit: 10, conditions: 'closedFlag = false' })
			: call(door, GET, { id: 14_059 }));
		report.reads++;
		const isLate = isForbidden();
		if (isLate) report.afterChange++;
		if (answer.result?.structuredContent?.code === 'too_many_in_flight') report.heldBack++;
		else if (answer.result && !answer.result.isError) {
			if (isLate) report.late.push(`a read: ${answer.text.slice(0, 200)}`);
		} else if (!isRefusal(answer) || isUntouched(door, epoch)) report.unexpected.push(answer.text.slice(0, 300));
	};

	let count = 0;
	const write = async (door: Door) => {
		const mark = `${run} ${++count}`;
		const isForbidden = forbiddenBy(door, 'mayWrite');
		const { epoch } = door;
		const isSlow = Math.random() < 0.5;
		const args = { summary: mark, company: { id: 102 }, board: isSlow ? BOARD_NAME : { id: 4 } };
		if (isSlow) report.slowWrites++;
		doors.set(mark, door);
		let answer = await call(door, CREATE, args);
		report.writes++;
		const isUnknown = () =>
			answer.result?.isError === true && answer.result.structuredContent?.is_remote_error === true;
		const wasUnknown = isUnknown();
		// A model that got no answer asks again for the same.
		if (wasUnknown) answer = await call(door, CREATE, args);
		const isLate = isForbidden();
		if (isLate) report.afterChange++;
		const content = answer.result?.structuredContent;
		const isMade = answer.result !== undefined && !answer.result.isError;
		if (content?.code === 'too_many_in_flight') report.heldBack++;
		else if (!isMade && !wasUnknown && !isUnknown() && (!isRefusal(answer) || isUntouched(door, epoch)))
			report.unexpected.push(answer.text.slice(0, 300));
		const outcome = isMade && !wasUnknown ? 'made' : wasUnknown || isUnknown() ? 'unknown' : 'refused';
		writes.push({ mark, isLate, outcome, id: outcome === 'made' ? (content?.id ?? null) : null });
		if (isMade && isLate) report.late.push(`a write: ${mark}`);
	};

	const useDoor = (door: Door) => (Math.random() < 0.35 ? write(door) : read(door));
	const client = async () => {
		while (!isOver()) {
			const door = slots[Math.floor(Math.random() * slots.length)];
			if (door) await useDoor(door);
		}
	};
	/** Somebody still has a URL that was closed. Refusals come late to who tries many, so these are clients of their own. */
	const ghost = async () => {
		while (!isOver()) {
			const door = shut[Math.floor(Math.random() * shut.length)];
			await (door ? useDoor(door) : pause(10));
		}
	};

	/** Closes a door for good once the change has been answered. */
	const close = (door: Door) => {
		door.mayRead = false;
		door.mayWrite = false;
		shut.push(door);
		if (shut.length > 40) shut.shift();
	};
	const changer = async () => {
		const kinds = Object.keys(report.changes) as Change[];
		while (!isOver()) {
			const index = Math.floor(Math.random() * slots.length);
			const door = slots[index] as Door;
			const kind = kinds[Math.floor(Math.random() * kinds.length)] as Change;
			door.epoch++;
			if (kind === 'rotate') {
				const { url } = await manage<{ url: string }>('POST', `${door.path}/rotate`);
				slots[index] = { ...door, url, epoch: 0 };
				close(door);
			} else if (kind === 'revoke') {
				await manage('DELETE', door.path);
				close(door);
				slots[index] = await open(door.path.split('/')[2] ?? '');
			} else {
				const narrowed = kind === 'pause' ? { paused: true } : { config: { methods: ['read'] } };
				const widened = kind === 'pause' ? { paused: false } : { config: { methods: null } };
				await manage('PATCH', door.path, narrowed);
				door.mayWrite = false;
				door.mayRead = kind !== 'pause';
				await pause(150);
				// From here on it may be either.
				door.mayRead = true;
				door.mayWrite = true;
				await manage('PATCH', door.path, widened);
				door.epoch++;
			}
			report.changes[kind]++;
			await pause(50);
		}
	};
	/** Now and then the sandbox does what it was asked, and its answer is lost. */
	const dropper = async () => {
		while (!isOver()) {
			await pause(400);
			const fault = { kind: 'drop', count: 1, method: 'POST', path: '/service/tickets' };
			await http('POST', `${target.sandboxUrl}/sandbox/control`, { fault });
		}
	};
	await Promise.all([
		changer(),
		dropper(),
		...Array.from({ length: options.clients }, client),
		...Array.from({ length: Math.ceil(options.clients / 3) }, ghost),
	]);
	report.seconds = (performance.now() - startedAt) / 1000;
	await http('DELETE', `${target.sandboxUrl}/sandbox/control`, undefined);

	const stored = await storedTickets(target.sandboxUrl, run);
	compare(writes, stored, report);
	for (const id of accountIds) await manage('DELETE', `/integrated-account/${id}`);
	agent.destroy();
	await relay.stop();

	latencies.sort((a, b) => a - b);
	const quantile = (part: number) =>
		latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))] ?? 0;
	report.latencyMs = { median: quantile(0.5), p99: quantile(0.99), longest: latencies.at(-1) ?? 0 };
	report.callsPerSecond = calls / report.seconds;
	return report;
}

/** Reads, writes that were answered and that were not, changes, and calls that came after one. */
function hasSeenAll({ reads, afterChange, changes }: LoadReport, writes: Write[]): boolean {
	const outcomes = new Set(writes.map(({ outcome }) => outcome));
	const changed = Object.values(changes).some((count) => count > 0);
	return reads > 0 && afterChange > 0 && changed && outcomes.has('made') && outcomes.has('unknown');
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

function exchange(
	agent: Agent,
	method: string,
	url: string,
	body: unknown,
	headers: Record<string, string>,
): Promise<{ status: number; text: string }> {
	const payload = body === undefined ? '' : JSON.stringify(body);
	return new Promise((resolve, reject) => {
		const outgoing = request(
			url,
			{
				method,
				agent,
				headers: {
					...headers,
					accept: 'application/json, text/event-stream',
					...(payload === ''
						? {}
						: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
				},
			},
			(answer) => {
				const chunks: Buffer[] = [];
				answer.on('data', (chunk: Buffer) => chunks.push(chunk));
				answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
				answer.on('error', reject);
			},
		);
		outgoing.on('error', reject);
		outgoing.end(payload);
	});
}
