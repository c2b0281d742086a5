// `tools/call` beside the rivals: list, get, create and update.
import { type Comparison, compare, type Plan } from './compare.ts';
import { bodyOf, Connection, requireGood } from './connection.ts';
import type { Target } from './measure.ts';
import { type Call, callMessage, type Era, LEGACY, requestOf } from './messages.ts';
import { OBJECT, OBJECT_COMMITS, RELAY, type Running, STATIC } from './runtime.ts';

/** Its server is called as often as the machine can. */
const CONFIG = { tags: ['ticket'], tool_exposure: 'all', calls_per_minute: 1_000_000 };

/** Measures one kind of call. */
export async function measureCall(running: Running, call: Call, era: Era, plan: Plan): Promise<Comparison[]> {
	const url = await running.createServer(CONFIG);
	const at = (name: string) => `http://127.0.0.1:${running.port(name)}/${call}`;
	const target = (name: string, address: string, spoken: Era): Target => ({
		name,
		port: Number(new URL(address).port),
		pid: running.pid,
		request: (index) => requestOf(address, spoken, callMessage(call, index)),
	});
	const patchbay = target('Patchbay', url, era);
	await giveStaticAnswer(at(STATIC), await firstAnswer(patchbay));
	const isRead = call === 'list' || call === 'get';
	const rivals = [RELAY, OBJECT, ...(isRead ? [] : [OBJECT_COMMITS]), STATIC];
	return compare(call, era, [patchbay, ...rivals.map((name) => target(name, at(name), LEGACY))], plan);
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

/** Gives the static Worker what it answers at an address. */
export async function giveStaticAnswer(address: string, body: string): Promise<void> {
	const { ok, status } = await fetch(address, { method: 'PUT', body });
	if (!ok) throw new Error(`the static Worker answered ${status}`);
}
