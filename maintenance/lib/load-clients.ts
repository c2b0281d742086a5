// Clients of a load run: they read and write through servers that are changed meanwhile, and note what they were told.
import type { Exchanged } from './exchange.ts';
import type { Door, LoadRun } from './load-run.ts';

const CREATE = 'create_a_connect_wise_psa_ticket';
const LIST = 'list_all_connect_wise_psa_tickets';
const GET = 'get_single_connect_wise_psa_ticket_by_id';
const BOARD_NAME = 'Help Desk';
const SHARE_OF_WRITES = 0.35;
const SHARE_OF_LISTS = 0.7;

interface ToolResult {
	isError?: boolean;
	structuredContent?: { id?: number; code?: string; statusCode?: number; is_remote_error?: boolean; message?: string };
}

interface ToolAnswer extends Exchanged {
	result: ToolResult | undefined;
}

/** Uses open servers until the run is over. */
export async function useOpenDoors(run: LoadRun): Promise<void> {
	while (!run.isOver()) {
		const door = oneOf(run.slots);
		if (door) await useDoor(run, door);
	}
}

/** Uses URLs that were closed. Refusals come late to who tries many, so these are clients of their own. */
export async function useShutDoors(run: LoadRun): Promise<void> {
	while (!run.isOver()) {
		const door = oneOf(run.shut);
		await (door ? useDoor(run, door) : run.pause(10));
	}
}

function oneOf<T>(list: readonly T[]): T | undefined {
	return list[Math.floor(Math.random() * list.length)];
}

const useDoor = (run: LoadRun, door: Door) => (Math.random() < SHARE_OF_WRITES ? write(run, door) : read(run, door));

async function call(run: LoadRun, door: Door, name: string, args: unknown): Promise<ToolAnswer> {
	const sentAt = performance.now();
	const params = { name, arguments: args };
	const answer = await run.http('POST', door.url, { jsonrpc: '2.0', id: 1, method: 'tools/call', params });
	run.calls++;
	// Counts only calls that may have an answer.
	if (!run.shut.includes(door)) run.latencies.push(performance.now() - sentAt);
	return { ...answer, result: (JSON.parse(answer.text) as { result?: ToolResult }).result };
}

/** Answers that say no, of which nothing reached the vendor. */
function isRefusal({ status, text, result }: ToolAnswer): boolean {
	return (
		status === 404 ||
		text.includes('-32602') ||
		(result?.isError === true && !result.structuredContent?.is_remote_error)
	);
}

/** No change was under way while the call was, so that a refusal has no reason. */
const isUntouched = (door: Door, epoch: number) => epoch % 2 === 0 && door.epoch === epoch;

/**
 * Begins with a call. The function that comes back tells whether the door forbade the call from its start to its
 * answer: one that is under way while a change is taken back may reach the Worker before or after that.
 */
function forbiddenBy(door: Door, right: 'mayRead' | 'mayWrite'): () => boolean {
	const { epoch } = door;
	const isForbidden = !door[right];
	return () => isForbidden && !door[right] && door.epoch === epoch;
}

async function read(run: LoadRun, door: Door): Promise<void> {
	const { report } = run;
	const isForbidden = forbiddenBy(door, 'mayRead');
	const { epoch } = door;
	const answer = await (Math.random() < SHARE_OF_LISTS
		? call(run, door, LIST, { limit: 10, conditions: 'closedFlag = false' })
		: call(run, door, GET, { id: 14_059 }));
	report.reads++;
	const isLate = isForbidden();
	if (isLate) report.afterChange++;
	if (answer.result?.structuredContent?.code === 'too_many_in_flight') report.heldBack++;
	else if (answer.result && !answer.result.isError) {
		if (isLate) report.late.push(`a read: ${answer.text.slice(0, 200)}`);
	} else if (!isRefusal(answer) || isUntouched(door, epoch)) report.unexpected.push(answer.text.slice(0, 300));
}

async function write(run: LoadRun, door: Door): Promise<void> {
	const { report } = run;
	const mark = run.mark(door);
	const isForbidden = forbiddenBy(door, 'mayWrite');
	const { epoch } = door;
	const isSlow = Math.random() < 0.5;
	const args = { summary: mark, company: { id: 102 }, board: isSlow ? BOARD_NAME : { id: 4 } };
	if (isSlow) report.slowWrites++;
	let answer = await call(run, door, CREATE, args);
	report.writes++;
	const isUnknown = () => answer.result?.isError === true && answer.result.structuredContent?.is_remote_error === true;
	const wasUnknown = isUnknown();
	// A model that got no answer asks again for the same.
	if (wasUnknown) answer = await call(run, door, CREATE, args);
	const isLate = isForbidden();
	if (isLate) report.afterChange++;
	const content = answer.result?.structuredContent;
	const isMade = answer.result !== undefined && !answer.result.isError;
	if (content?.code === 'too_many_in_flight') report.heldBack++;
	else if (!isMade && !wasUnknown && !isUnknown() && (!isRefusal(answer) || isUntouched(door, epoch)))
		report.unexpected.push(answer.text.slice(0, 300));
	const outcome = isMade && !wasUnknown ? 'made' : wasUnknown || isUnknown() ? 'unknown' : 'refused';
	run.writes.push({ mark, isLate, outcome, id: outcome === 'made' ? (content?.id ?? null) : null });
	if (isMade && isLate) report.late.push(`a write: ${mark}`);
}
