// Paging: whatever the sizes, the cuts and the limits, no record is lost and none comes twice.
import { describe, it } from 'vitest';
import { nextPosition, planPage, START } from '../../../workers/vendor/paging.ts';
import {
	type Arguments,
	call,
	connectWise,
	type PrepareOptions,
	prepare,
	requireCall,
	type SimulatedAnswer,
} from '../calls/calls.ts';

type Page = { result: { id: number }[]; next_cursor: string | null; result_count: number; notice?: string };

describe('a page plan', () => {
	const cases: {
		name: string;
		offset: number;
		limit?: number;
		fitted?: number;
		page: number;
		size: number;
		skip: number;
	}[] = [
		{ name: 'starts at page 1 with 25', offset: 0, page: 1, size: 25, skip: 0 },
		{ name: 'takes the limit for the size', offset: 0, limit: 1000, page: 1, size: 1000, skip: 0 },
		{ name: 'never asks for more than the vendor gives', offset: 0, limit: 5000, page: 1, size: 1000, skip: 0 },
		{ name: 'goes on at the next page', offset: 50, page: 3, size: 25, skip: 0 },
		{ name: 'follows a limit that changed', offset: 50, limit: 10, page: 6, size: 10, skip: 0 },
		{ name: 'finds a smaller size that begins exactly there', offset: 18, limit: 25, page: 2, size: 18, skip: 0 },
		{ name: 'begins a little before where no size fits', offset: 31, limit: 25, page: 3, size: 15, skip: 1 },
		{ name: 'asks for about what fitted after a cut', offset: 30, limit: 1000, fitted: 30, page: 2, size: 30, skip: 0 },
		{
			name: 'goes on one by one where one record fills an answer',
			offset: 7,
			limit: 1000,
			fitted: 1,
			page: 8,
			size: 1,
			skip: 0,
		},
	];
	for (const { name, offset, limit, fitted, page, size, skip } of cases) {
		it(name, ({ expect }) => {
			const plan = planPage(connectWise.file.paging, { offset, ...(fitted === undefined ? {} : { fitted }) }, limit);
			expect(Object.fromEntries(plan.query)).toEqual({ page: String(page), pageSize: String(size) });
			expect({ size: plan.size, skip: plan.skip }).toEqual({ size, skip });
		});
	}

	it('always covers the position, with room for at least half of what is wanted', ({ expect }) => {
		for (let offset = 0; offset < 3_000; offset += 7) {
			for (const limit of [1, 2, 3, 7, 25, 100, 999, 1000]) {
				const { size, skip, query } = planPage(connectWise.file.paging, { offset }, limit);
				const page = Number(Object.fromEntries(query).page);
				expect((page - 1) * size + skip).toBe(offset);
				expect(size).toBeLessThanOrEqual(limit);
				expect(size).toBeGreaterThanOrEqual(Math.ceil(limit / 2));
				expect(skip).toBeLessThan(size);
			}
		}
	});
});

describe('more pages are told by the Link header', () => {
	const url = 'https://api-na.myconnectwise.net/v4_6_release/apis/3.0/service/tickets?pageSize=25&page=2';
	const cases: { name: string; link: string | null; received: number; more: boolean }[] = [
		{ name: 'next and last', link: `<${url}>; rel="next", <${url}9>; rel="last"`, received: 25, more: true },
		{
			name: 'next behind others',
			link: `<${url}>; rel="first", <${url}>; rel="prev", <${url}>; rel="next"`,
			received: 25,
			more: true,
		},
		{ name: 'next without quotes', link: `<${url}>; rel=next`, received: 25, more: true },
		{ name: 'next in capitals, without a space', link: `<${url}>;REL="NEXT"`, received: 25, more: true },
		{ name: 'next with spaces around =', link: `<${url}>; rel = "next"`, received: 25, more: true },
		{ name: 'next among several relations', link: `<${url}>; rel="last next"`, received: 25, more: true },
		{ name: 'next after another parameter', link: `<${url}>; title="x"; rel="next"`, received: 25, more: true },
		{ name: 'only first and prev', link: `<${url}>; rel="first", <${url}>; rel="prev"`, received: 25, more: false },
		{ name: 'only last, on a full page', link: `<${url}>; rel="last"`, received: 25, more: false },
		{ name: 'another relation that begins alike', link: `<${url}>; rel="nextgen"`, received: 25, more: false },
		{
			name: 'the words in the address alone',
			link: `<${url}&conditions=summary="; rel="next"">; rel="last"`,
			received: 25,
			more: false,
		},
		{ name: 'a short page that has a next', link: `<${url}>; rel="next"`, received: 3, more: true },
		{ name: 'no header, a full page', link: null, received: 25, more: true },
		{ name: 'no header, a short page', link: null, received: 24, more: false },
		{ name: 'no header, nothing', link: null, received: 0, more: false },
		{ name: 'an empty header, a full page', link: '', received: 25, more: true },
	];
	for (const { name, link, received, more } of cases) {
		it(`${name}: ${more ? 'goes on' : 'ends'}`, ({ expect }) => {
			const plan = planPage(connectWise.file.paging, START, undefined);
			const next = nextPosition(connectWise.file.paging, plan, {
				received: Array(received).fill({}),
				delivered: received,
				headers: new Headers(link === null ? {} : { link }),
				body: [],
			});
			expect(next !== null).toBe(more);
			// The vendor counts pages, full or not: the next one begins behind this one.
			if (more) expect(next).toMatchObject({ offset: 25 });
		});
	}

	it('never asks for the same place twice', ({ expect }) => {
		// A vendor that says "next" for ever and sends nothing new.
		const plan = planPage(connectWise.file.paging, START, 10);
		const answer = { received: [], delivered: 0, headers: new Headers({ link: '<x>; rel="next"' }), body: [] };
		expect(nextPosition(connectWise.file.paging, plan, answer)).toBeNull();
	});

	it('that do not move end, and say so', ({ expect }) => {
		const page = Array.from({ length: 25 }, (_, index) => ({ id: index + 1 }));
		const answer = { body: page, headers: { link: '<x>; rel="next"' } };
		const first = call('tickets.list', {}, answer).structuredContent;
		expect(first.result_count).toBe(25);
		const next_cursor = String(first.next_cursor);
		expect(call('tickets.list', { next_cursor }, answer).structuredContent).toMatchObject({
			result: [],
			next_cursor: null,
			notice: expect.stringMatching(/answered the page before once more/),
		});
		const moved = { ...answer, body: page.map(({ id }) => ({ id: id + 25 })) };
		expect(call('tickets.list', { next_cursor }, moved).structuredContent.result_count).toBe(25);
	});
});

describe('cursors', () => {
	const conditions = 'closedFlag=false';
	const first = (key = 'tickets.list', args: Arguments = { conditions }, options: PrepareOptions = {}) => {
		const { structuredContent } = call(
			key,
			args,
			{ headers: { link: '<x>; rel="next"' }, body: Array.from({ length: 25 }, (_, id) => ({ id })) },
			options,
		);
		return String(structuredContent.next_cursor);
	};
	const FOREIGN = /^next_cursor belongs to another query or was changed: send it unchanged/;

	const accepted: { name: string; args: Arguments }[] = [
		{ name: 'with the same arguments', args: { conditions } },
		{ name: 'with another limit', args: { conditions, limit: 7 } },
		{ name: 'with the arguments in another order', args: { limit: 100, conditions } },
		{ name: 'with empty texts, which count as absent', args: { conditions, orderBy: '', fields: '' } },
	];
	for (const { name, args } of accepted) {
		it(`are taken ${name}`, ({ expect }) => {
			const prepared = prepare('tickets.list', { next_cursor: first(), ...args });
			expect(prepared).toMatchObject({ page: { position: { offset: 25 } } });
		});
	}

	const damage: { name: string; change: (cursor: string) => string }[] = [
		{ name: 'cut short', change: (cursor) => cursor.slice(0, -1) },
		{ name: 'longer', change: (cursor) => `${cursor}A` },
		{ name: 'with another signature', change: (cursor) => `${cursor.slice(0, -4)}AAAA` },
		{
			name: 'with another position',
			change: (cursor) => `${btoa('[1000000,null,null]').replaceAll('=', '')}.${cursor.split('.')[1]}`,
		},
		{ name: 'without a signature', change: (cursor) => cursor.split('.')[0] ?? '' },
		{ name: 'with three parts', change: (cursor) => `${cursor}.x` },
		{ name: 'that is no base64', change: (cursor) => `%%%.${cursor.split('.')[1]}` },
		{ name: 'a page number', change: () => '2' },
		{ name: 'JSON', change: () => '{"offset":25}' },
		{ name: 'the word null', change: () => 'null' },
		{ name: 'of 100 KB', change: () => 'A'.repeat(100_000) },
		{ name: 'in another script', change: () => 'ÄÖÜ.你好' },
	];
	for (const { name, change } of damage) {
		it(`are refused when damaged: ${name}`, ({ expect }) => {
			const faults = prepare('tickets.list', { conditions, next_cursor: change(first()) });
			expect(faults).toEqual([expect.stringMatching(FOREIGN)]);
		});
	}

	it('that are empty begin at the start', ({ expect }) => {
		const absent = requireCall('tickets.list', { conditions });
		expect(absent.page?.position).toEqual({ offset: 0 });
		expect(requireCall('tickets.list', { conditions, next_cursor: '' })).toEqual(absent);
	});

	const foreign: { name: string; key?: string; args?: Arguments; options?: PrepareOptions }[] = [
		{ name: 'of other conditions', args: { conditions: 'closedFlag=true' } },
		{ name: 'of no conditions', args: {} },
		{ name: 'of another order', args: { conditions, orderBy: 'id desc' } },
		{ name: 'of other fields', args: { conditions, fields: 'id' } },
		{ name: 'of another tool', key: 'companies.list' },
		{ name: 'of another server', options: { serverId: 'mcp_cwp_2' } },
		{ name: 'under another key', options: { cursorKey: new Uint8Array(32).fill(8) } },
	];
	for (const { name, key = 'tickets.list', args = { conditions }, options = {} } of foreign) {
		it(`${name} are refused`, ({ expect }) => {
			expect(prepare(key, { ...args, next_cursor: first() }, options)).toEqual([expect.stringMatching(FOREIGN)]);
		});
	}

	it('of another parent are refused', ({ expect }) => {
		const cursor = first('ticket_notes.list', { ticket_id: 1 });
		expect(prepare('ticket_notes.list', { ticket_id: 1, next_cursor: cursor })).toMatchObject({ page: {} });
		expect(prepare('ticket_notes.list', { ticket_id: 2, next_cursor: cursor })).toEqual([
			expect.stringMatching(FOREIGN),
		]);
	});

	it('are not judged while other arguments are wrong', ({ expect }) => {
		expect(prepare('tickets.list', { limit: 0, next_cursor: 'x' })).toEqual(['limit must be at least 1, got 0']);
	});

	it('as no text are a fault of type', ({ expect }) => {
		expect(prepare('tickets.list', { next_cursor: 25 })).toEqual(['next_cursor must be a string, got the number 25']);
	});

	it('say nothing of the query in clear', ({ expect }) => {
		const [payload = ''] = first().split('.');
		expect(atob(payload)).toMatch(/^\[25,null,null,null,"[\w-]{12}",null\]$/);
	});

	it('hold a vendor’s long cursor', ({ expect }) => {
		for (const length of [10, 1_000, 3_000, 8_000]) {
			const vendor = 'c'.repeat(length);
			const { structuredContent } = call(
				'cases.list',
				{},
				{ body: { data: { items: [{ id: 1 }] }, meta: { next: vendor } } },
			);
			const prepared = prepare('cases.list', { next_cursor: structuredContent.next_cursor });
			expect(prepared).toMatchObject({ page: { position: { vendor, offset: 0 } } });
		}
	});
});

/** A small generator with a seed (mulberry32), so that a failure can be repeated. */
function randomFrom(seed: number): (max: number) => number {
	let state = seed;
	return (max) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) % max;
	};
}

type Simulated = { key: string; answer: (records: { id: number }[], url: URL) => SimulatedAnswer };
const vendors: Record<string, Simulated> = {
	'pages with Link': {
		key: 'tickets.list',
		answer: (records, { searchParams }) => {
			const size = Number(searchParams.get('pageSize'));
			const end = Number(searchParams.get('page')) * size;
			const link =
				end < records.length
					? '<https://x/?page=2>; rel="next", <https://x/?page=9>; rel="last"'
					: '<https://x/>; rel="first"';
			return { headers: { link }, body: records.slice(end - size, end) };
		},
	},
	'pages without Link': {
		key: 'tickets.list',
		answer: (records, { searchParams }) => {
			const size = Number(searchParams.get('pageSize'));
			const end = Number(searchParams.get('page')) * size;
			return { body: records.slice(end - size, end) };
		},
	},
	"the vendor's cursors": {
		key: 'cases.list',
		answer: (records, { searchParams }) => {
			const start = Number(searchParams.get('after') ?? '0');
			const end = start + Number(searchParams.get('first'));
			return {
				body: { data: { items: records.slice(start, end) }, meta: { next: end < records.length ? end : null } },
			};
		},
	},
};

/** Walks a list of `count` records of random sizes; limits change on the way when `limit` is null. */
function walk(vendor: Simulated, count: number, seed: number, limit: number | null, listFormat: 'records' | 'table') {
	const random = randomFrom(seed);
	const most = [50, 600, 5_000, 40_000, 90_000][random(5)] as number;
	const records = Array.from({ length: count }, (_, id) => ({
		id,
		text: 'x'.repeat(random(count > 500 ? Math.min(most, 5_000) : most)),
	}));
	const max = vendor.key === 'cases.list' ? 100 : 1000;
	const ids: number[] = [];
	const seen = { answers: 0, cuts: 0, fetched: 0, biggest: 0, empty: 0 };
	let cursor: string | null = null;
	do {
		const asked = Math.min(max, limit ?? 1 + random(max));
		const args: Arguments = { limit: asked, ...(vendor.key === 'tickets.list' ? { fields: 'id,text' } : {}) };
		const { structuredContent, isError } = call(
			vendor.key,
			cursor === null ? args : { ...args, next_cursor: cursor },
			(url) => {
				const answer = vendor.answer(records, url);
				const list = Array.isArray(answer.body)
					? answer.body
					: (answer.body as { data: { items: unknown[] } }).data.items;
				seen.fetched += list.length;
				return answer;
			},
			{ listFormat },
		);
		if (isError) throw new Error(JSON.stringify(structuredContent));
		const page = structuredContent as unknown as Page & { rows?: [number, string][] };
		const delivered = page.rows ? page.rows.map(([id]) => id) : page.result.map(({ id }) => id);
		if (delivered.length !== page.result_count || delivered.length > asked) throw new Error('wrong result_count');
		ids.push(...delivered);
		seen.answers++;
		if (page.notice) seen.cuts++;
		if (delivered.length === 0) seen.empty++;
		const bytes = new TextEncoder().encode(JSON.stringify(structuredContent)).length;
		if (delivered.length > 1) seen.biggest = Math.max(seen.biggest, bytes);
		cursor = page.next_cursor;
	} while (cursor !== null && seen.answers <= count + 2);
	return { ids, seen };
}

describe('a list that the vendor does not page', () => {
	for (const count of [26, 40, 60, 300]) {
		it(`of ${count} records is delivered in pages all the same`, ({ expect }) => {
			const unpaged: Simulated = { key: 'ticket_documents.list', answer: (records) => ({ body: records }) };
			const all = Array.from({ length: count }, (_, id) => ({ id }));
			const ids: number[] = [];
			let cursor: string | null = null;
			for (let round = 0; round < 20; round++) {
				const args: Arguments = { ticket_id: 1, ...(cursor === null ? {} : { next_cursor: cursor }) };
				const { structuredContent } = call(unpaged.key, args, (url) => unpaged.answer(all, url));
				const page = structuredContent as unknown as Page;
				expect(page.result.length).toBeLessThanOrEqual(25);
				ids.push(...page.result.map(({ id }) => id));
				cursor = page.next_cursor;
				if (cursor === null) break;
			}
			expect(ids).toEqual(all.map(({ id }) => id));
		});
	}
});

describe('walking a list to its end', () => {
	const counts = [0, 1, 24, 25, 26, 51, 199, 2_000];
	for (const [name, vendor] of Object.entries(vendors)) {
		for (const count of counts) {
			it(`of ${count} records, by ${name}, brings each once and in order`, ({ expect }) => {
				const limits = count === 2_000 ? [null, 1000] : [null, null, null, 1, 2, 3, 7, 24, 25, 26, 100, 333, 999, 1000];
				for (const [index, limit] of limits.entries()) {
					for (const listFormat of ['records', 'table'] as const) {
						const seed = count * 1_000 + index * 10 + (listFormat === 'table' ? 1 : 0);
						const { ids, seen } = walk(vendor, count, seed, limit, listFormat);
						const repeat = `walk(${name}, ${count}, seed ${seed}, limit ${limit}, ${listFormat})`;
						expect(ids, repeat).toEqual(Array.from({ length: count }, (_, id) => id));
						expect(seen.biggest, repeat).toBeLessThanOrEqual(60_000);
						// What was cut off is not fetched over and over: the first page once too much, then little.
						expect(seen.fetched, repeat).toBeLessThanOrEqual(4 * count + 1_000);
						// Only a vendor that says nothing about the end is asked once too often.
						expect(seen.empty, repeat).toBeLessThanOrEqual(name === 'pages without Link' || count === 0 ? 1 : 0);
					}
				}
			});
		}
	}
});
