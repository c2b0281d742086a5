// `search` and `fetch` as ChatGPT calls them, on the running server: from words to a record, with links that lead there.
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type AnyClient, call, connectV1, connectV2, startForTests, type TestPatchbay } from './support.ts';

interface Found {
	results: { id: string; title: string; url: string }[];
	notice?: string;
}

let patchbay: TestPatchbay;
const clients: { era: string; client: AnyClient; close: () => Promise<void> }[] = [];

beforeAll(async () => {
	patchbay = await startForTests();
	const { url } = await patchbay.createServer({ search_and_fetch: true, methods: ['read'] });
	const [older, modern] = await Promise.all([connectV1(url), connectV2(url, 'auto')]);
	// The clients hold answers against the output schemas of a list that they have seen.
	await Promise.all([older.listTools(), modern.listTools()]);
	clients.push({ era: '2025', client: older, close: () => older.close() });
	clients.push({ era: '2026-07-28', client: modern, close: () => modern.close() });
});
afterAll(async () => {
	for (const { close } of clients) await close();
	await patchbay?.stop();
});

for (const [index, era] of ['2025', '2026-07-28'].entries()) {
	describe(`in the era of ${era}`, () => {
		const ask = <T>(name: string, args: Record<string, unknown>) =>
			call<T>((clients[index] as (typeof clients)[number]).client, name, args);

		it('a ticket is found by words of its summary and company, and read with its conversation', async ({ expect }) => {
			const ticket = await patchbay.sandbox.get<{ summary: string; company: { name: string } }>(
				'/service/tickets/14059',
			);
			const { data, isError } = await ask<Found>('search', { query: `${ticket.summary} ${ticket.company.name}` });
			expect(isError).toBe(false);
			const [first] = data.results;
			expect(first?.id).toBe('ticket:14059');
			expect(first?.title).toContain(ticket.summary);
			expect(first?.url).toMatch(/service_recid=14059&companyName=/);
			const fetched = await ask<{ id: string; text: string; url: string }>('fetch', { id: first?.id });
			expect(fetched.data.text).toContain(ticket.summary);
			expect(fetched.data.url).toBe(first?.url);
			const notes = await patchbay.sandbox.get<{ text: string }[]>('/service/tickets/14059/allNotes');
			for (const { text } of notes) expect(fetched.data.text).toContain(text);
		});

		it('a company is found by its name', async ({ expect }) => {
			const { data } = await ask<Found>('search', { query: 'acme' });
			expect(data.results.map(({ id }) => id)).toContain('company:102');
			expect(data.notice).toBeUndefined();
		});

		it('one source that fails is told, and the others answer', async ({ expect }) => {
			await patchbay.sandbox.fault({ kind: 'error', status: 403, path: '/company/companies', count: 2 });
			const { data, isError } = await ask<Found>('search', { query: 'printer' });
			await patchbay.sandbox.clearFaults();
			expect(isError).toBe(false);
			expect(data.results.length).toBeGreaterThan(0);
			expect(data.notice).toMatch(/Companies could not be searched/);
		});
	});
}
