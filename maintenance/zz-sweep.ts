import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPlaces } from '../scripts/lib/places.ts';
import { findFreePorts } from '../scripts/lib/ports.ts';
import { loadSeeds } from '../scripts/lib/seed.ts';
import { startPatchbay } from '../scripts/lib/start-patchbay.ts';

const stateDir = mkdtempSync(join(tmpdir(), 'patchbay-sweep-'));
const ports = await findFreePorts();
const patchbay = await startPatchbay({ ...ports, stateDir, quiet: true });
const api = async (method: string, path: string, body?: unknown) => {
	const r = await fetch(patchbay.url + path, {
		method,
		headers: { authorization: `Bearer ${patchbay.apiToken}`, 'content-type': 'application/json' },
		body: body ? JSON.stringify(body) : null,
	});
	if (!r.ok) throw new Error(`${r.status} ${await r.text()}`);
	return r.status === 204 ? null : r.json();
};
try {
	const [seeded] = loadSeeds(findPlaces().seeds, ports.sandboxPort).accounts;
	await api('POST', '/integrated-account', { ...seeded, name: 'x', id: 'sweep' });
	const make = async (n: number, more: object) => {
		for (let i = 0; i < n; i += 20)
			await Promise.all(
				Array.from({ length: 20 }, () =>
					api('POST', '/integrated-account/sweep/mcp', { name: 'x', config: {}, ...more }),
				),
			);
	};
	const t0 = Date.now();
	await make(Number(process.argv[3] ?? 2000), {});
	const other: any = await api('POST', '/integrated-account/sweep/mcp', { name: 'other', config: {} });
	const endMs = Date.now() + 60_000 + Number(process.argv[2] ?? 1000) * 40;
	await make(Number(process.argv[2] ?? 1000), { expires_at: new Date(endMs).toISOString() });
	console.log('made in', (Date.now() - t0) / 1000, 's; ends in', (endMs - Date.now()) / 1000);
	const call = async () => {
		const s = performance.now();
		const r = await fetch(other.url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
			body: JSON.stringify({
				jsonrpc: '2.0',
				id: 1,
				method: 'tools/call',
				params: { name: 'list_all_connect_wise_psa_tickets', arguments: { limit: 1 } },
			}),
		});
		await r.text();
		return performance.now() - s;
	};
	for (let i = 0; i < 20; i++) await call();
	while (Date.now() < endMs - 3000) await new Promise((r) => setTimeout(r, 200));
	const before: number[] = [],
		during: number[] = [];
	const count = async () => {
		const kv = await fetch(`${patchbay.url}/health`);
		await kv.text();
	};
	while (Date.now() < endMs + 15_000) {
		const inside = Date.now() >= endMs - 50;
		const ms = await call();
		(inside ? during : before).push(ms);
		await new Promise((r) => setTimeout(r, 20));
	}
	const q = (a: number[], p: number) => a.sort((x, y) => x - y)[Math.floor((a.length - 1) * p)]?.toFixed(0);
	console.log(
		'before',
		before.length,
		q(before, 0.5),
		q(before, 0.99),
		q(before, 1),
		'during',
		during.length,
		q(during, 0.5),
		q(during, 0.99),
		q(during, 1),
	);
	await count();
	console.log('list', ((await api('GET', '/integrated-account/sweep/mcp?limit=1')) as any).result.length);
} finally {
	await patchbay.stop();
	rmSync(stateDir, { recursive: true, force: true });
}
