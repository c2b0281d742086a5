// `tools/call` beside the rivals: list, get, create and update.
import { type Comparison, compare, type Plan } from './compare.ts';
import { bodyOf, Connection, requireGood } from './connection.ts';
import type { Target } from './measure.ts';
import { type Call, callMessage, type Era, LEGACY, type Message, requestOf } from './messages.ts';
import { type Json, OBJECT, OBJECT_COMMITS, RELAY, type Running, SDK, STATIC } from './runtime.ts';

/** Its server is called as often as the machine can. */
export const CALL_CONFIG = { tags: ['ticket'], tool_exposure: 'all', calls_per_minute: 1_000_000 };

/** A Worker that is asked one kind of message. */
export function targetAt(name: string, pid: number, address: string, era: Era, message: (index: number) => Message) {
	const port = Number(new URL(address).port);
	return { name, port, pid, request: (index) => requestOf(address, era, index, message(index)) } satisfies Target;
}

/** Measures one kind of call. @param others  rivals that run outside this workerd */
export async function measureCall(
	running: Running,
	call: Call,
	era: Era,
	plan: Plan,
	others: readonly Target[] = [],
): Promise<Comparison[]> {
	const url = await running.createServer(CALL_CONFIG);
	const at = (name: string) => `http://127.0.0.1:${running.port(name)}/${call}`;
	const target = (name: string, address: string, spoken: Era) =>
		targetAt(name, running.pid, address, spoken, (index) => callMessage(call, index));
	const patchbay = target('Patchbay', url, era);
	await put(at(STATIC), await firstAnswer(patchbay));
	const tools = await listTools(running, url);
	await put(at(SDK), JSON.stringify(tools.map(({ outputSchema: _notHeldTo, ...tool }) => tool)));
	const isRead = call === 'list' || call === 'get';
	const rivals = [RELAY, OBJECT, ...(isRead ? [] : [OBJECT_COMMITS]), STATIC];
	const targets = [
		patchbay,
		...rivals.map((name) => target(name, at(name), LEGACY)),
		target(SDK, at(SDK), era),
		...others,
	];
	return compare(call, era, targets, plan);
}

/** @returns the body that a target answers its first request with */
export async function firstAnswer(target: Target): Promise<string> {
	const connection = await Connection.open(target.port);
	try {
		const answer = await connection.send(target.request(0));
		requireGood(answer, target.name);
		return bodyOf(answer);
	} finally {
		connection.close();
	}
}

/** @returns the tools that a server of Patchbay lists */
export async function listTools({ pid }: Running, url: string): Promise<Json[]> {
	const target = targetAt('Patchbay', pid, url, LEGACY, () => ({ method: 'tools/list', params: {} }));
	return (JSON.parse(await firstAnswer(target)) as { result: { tools: Json[] } }).result.tools;
}

/** Gives a rival what it answers at an address. */
export async function put(address: string, body: string): Promise<void> {
	const { ok, status } = await fetch(address, { method: 'PUT', body });
	if (!ok) throw new Error(`PUT ${address}: ${status}`);
}
