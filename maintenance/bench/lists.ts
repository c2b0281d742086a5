// The handshake and `tools/list`, beside a static answer of the same bytes and the official SDK's own server.
import { firstAnswer, listTools, put, targetAt } from './calls.ts';
import { type Comparison, compare, type Plan } from './compare.ts';
import type { Target } from './measure.ts';
import { type Era, handshake, LEGACY, LIST_TOOLS, type Message } from './messages.ts';
import { type Json, type Running, SDK, STATIC } from './runtime.ts';

/** Configurations that leave about 40 tools, about 400, and all. */
const SIZES: Json[] = [
	{ tags: ['service'], methods: ['read'] },
	{ tags: ['service', 'company', 'time', 'schedule'] },
	{},
];

const limits = { tool_exposure: 'all', calls_per_minute: 1_000_000 };

/** Measures the handshake, with the fewest tools. */
export async function measureHandshake(
	running: Running,
	era: Era,
	plan: Plan,
	others: readonly Target[] = [],
): Promise<Comparison[]> {
	const url = await running.createServer({ ...SIZES[0], ...limits });
	const message = handshake(era);
	return compare(message.method, era, [...(await targets(running, url, era, message)), ...others], plan);
}

/** Measures `tools/list` of a size; warm-ups are bounded in time, so a large list gets fewer. */
export async function measureLists(running: Running, era: Era, plan: Plan): Promise<Comparison[]> {
	const rows: Comparison[] = [];
	for (const config of SIZES) {
		const url = await running.createServer({ ...config, ...limits });
		const { length } = await listTools(running, url);
		rows.push(...(await compare(`tools/list of ${length}`, era, await targets(running, url, era, LIST_TOOLS), plan)));
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
