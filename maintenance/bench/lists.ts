// The handshake and `tools/list`, beside a static answer of the same bytes and the official SDK's own server.
import { CALL_CONFIG, firstAnswer, listTools, put, targetAt } from './calls.ts';
import { type Comparison, compare, type Plan } from './compare.ts';
import type { Target } from './measure.ts';
import { type Era, handshake, LEGACY, LIST_TOOLS, type Message } from './messages.ts';
import { type Json, type Running, SDK, STATIC } from './runtime.ts';

const limits = { tool_exposure: 'all', calls_per_minute: 1_000_000 };
/** Configurations that leave about 40 tools, about 400, and all; and the one of the calls, which the generators have. */
const FEW = { ...limits, tags: ['service'], methods: ['read'] };
const SIZES: Json[] = [CALL_CONFIG, FEW, { ...limits, tags: ['service', 'company', 'time', 'schedule'] }, limits];

/** Measures the handshake, with the fewest tools. */
export async function measureHandshake(running: Running, era: Era, plan: Plan): Promise<Comparison[]> {
	const url = await running.createServer(FEW);
	const message = handshake(era);
	return compare(message.method, era, await targets(running, url, era, message), plan);
}

/**
 * Measures `tools/list` of each size; warm-ups are bounded in time, so a large list gets fewer.
 *
 * @param others  rivals that have the tools of the calls
 */
export async function measureLists(
	running: Running,
	era: Era,
	plan: Plan,
	others: readonly Target[],
): Promise<Comparison[]> {
	const rows: Comparison[] = [];
	for (const config of others.length > 0 ? SIZES : SIZES.slice(1)) {
		const url = await running.createServer(config);
		const { length } = await listTools(running, url);
		const compared = [...(await targets(running, url, era, LIST_TOOLS)), ...(config === CALL_CONFIG ? others : [])];
		rows.push(...(await compare(`tools/list of ${length}`, era, compared, plan)));
	}
	return rows;
}

async function targets(running: Running, url: string, era: Era, message: Message): Promise<Target[]> {
	const path = `/${message.method}/${new URL(url).pathname.slice(-8)}/${era}`;
	const at = (name: string) => `http://127.0.0.1:${running.port(name)}${path}`;
	const patchbay = targetAt('Patchbay', running.pid, url, era, () => message);
	await put(at(STATIC), await firstAnswer(patchbay));
	await put(at(SDK), JSON.stringify(await listTools(running, url)));
	return [
		patchbay,
		targetAt(STATIC, running.pid, at(STATIC), LEGACY, () => message),
		targetAt(SDK, running.pid, at(SDK), era, () => message),
	];
}
