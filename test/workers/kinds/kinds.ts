// Kinds of questions and clients that once got a wrong answer or none, each with the call that shows it and what is
// right. `KINDS_TABLE=1 npx vitest run test/workers/kinds` prints what happens now.
import { afterAll, inject, it } from 'vitest';
import { createVendor } from '../../sandbox/vendor.ts';
import { type Desk, openDesk, type Request } from '../jobs/desk.ts';
import { type Json, setUp } from '../support.ts';

export interface Row {
	kind: string;
	tool: string;
	args: Json;
	/** The server works for a member. */
	acting?: true;
	/** The same call has been made before, in this form. */
	after?: { tool?: string; args: Json };
	/** What the vendor answers to requests of the method that the call ends in, instead of the sandbox. */
	answer?: (request: Request, index: number) => Response | null;
	right: Right;
}

/** What must hold; everything that is not named may be as it is. */
export interface Right {
	/** The call is refused, or failed, in words like these. */
	error?: RegExp;
	/** The answer's notice. */
	notice?: RegExp;
	/** The answer has no notice. */
	quiet?: true;
	/** Names by what was resolved. */
	resolved?: Record<string, string>;
	/** Members of the answer. */
	has?: Json;
	/** A list or count holds something (true) or nothing (false). */
	finds?: boolean;
	/** Of every record of the list. */
	every?: (record: Json) => boolean;
	/** Requests that reached the vendor, at most. */
	requests?: number;
	/** Writes that reached the vendor. */
	writes?: number;
	/** Members of the body of the first write. */
	body?: Json | Json[];
	/** Conditions that were sent. */
	sent?: RegExp;
}

export interface Told {
	content: Json;
	isError: boolean;
	requests: Request[];
}

const TOLD_MAX = 160;

/** One line on what a model reads. */
export function summarize({ content, isError }: Told): string {
	const { message, notice, result, count, resolved, not_taken_over } = content;
	const names = Object.values((resolved ?? {}) as Record<string, { name: string }>).map(({ name }) => name);
	const parts = [
		isError ? String(message) : '',
		Array.isArray(result) ? `${result.length} records` : '',
		count === undefined ? '' : `count ${count}`,
		names.length > 0 ? `resolved: ${names.join(', ')}` : '',
		Array.isArray(not_taken_over) ? `not taken over: ${not_taken_over.join(', ')}` : '',
		notice === undefined ? '' : String(notice),
	].filter(Boolean);
	const text = parts.length > 0 ? parts.join('; ') : JSON.stringify(content);
	return text.length > TOLD_MAX ? `${text.slice(0, TOLD_MAX)}…` : text;
}

const isAsked = inject('kindsTable');
const table: string[] = [];

export function tell(kind: string, call: string, now: string): void {
	if (isAsked) table.push(`| ${[kind, call, now].map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`);
}

export function printAtEnd(): void {
	afterAll(() => {
		if (table.length > 0) console.log(['| kind | call | now |', '| --- | --- | --- |', ...table].join('\n'));
		table.length = 0;
	});
}

/** Each row is a test. @param shares  rows that only read share the vendor's records */
export function runRows(rows: readonly Row[], { shares = false } = {}): void {
	setUp();
	printAtEnd();
	const vendor = shares ? createVendor(Date.now()) : undefined;
	for (const { kind, tool, args, acting, after, answer, right } of rows)
		it(`${kind}: ${tool} ${JSON.stringify(args).slice(0, 120)}`, async ({ expect }) => {
			const config = { tool_exposure: 'all' as const, ...(acting ? { acts_for: 'dwilson' } : {}) };
			const desk: Desk = await openDesk(config, vendor);
			if (after) await desk.call(after.tool ?? tool, after.args);
			desk.sent.length = 0;
			if (answer) desk.fault.answer = answer;
			const told: Told = { ...(await desk.call(tool, args)), requests: desk.sent };
			tell(kind, `${tool} ${JSON.stringify(args)}`, summarize(told));
			judge(expect, told, right);
		});
}

type Expect = typeof import('vitest')['expect'];

function judge(expect: Expect, { content, isError, requests }: Told, right: Right): void {
	const text = JSON.stringify(content);
	expect(isError, text).toBe(right.error !== undefined);
	if (right.error) expect(content.message).toMatch(right.error);
	if (right.notice) expect(content.notice, text).toMatch(right.notice);
	if (right.quiet) expect(content).not.toHaveProperty('notice');
	if (right.has) expect(content).toMatchObject(right.has);
	const records = (content.result ?? []) as Json[];
	if (right.finds !== undefined) expect(((content.count ?? records.length) as number) > 0, text).toBe(right.finds);
	if (right.every) expect(records.filter((record) => !right.every?.(record))).toEqual([]);
	if (right.resolved) {
		const said = (content.resolved ?? {}) as Record<string, { name: string }>;
		expect(Object.fromEntries(Object.entries(said).map(([key, { name }]) => [key, name]))).toEqual(right.resolved);
	}
	const writes = requests.filter(({ method }) => method !== 'GET');
	if (right.requests !== undefined) expect(requests.length, text).toBeLessThanOrEqual(right.requests);
	if (right.error && right.writes === undefined) expect(writes).toEqual([]);
	if (right.writes !== undefined) expect(writes.length).toBe(right.writes);
	if (right.body) expect(writes[0]?.body).toMatchObject(right.body);
	if (right.sent) expect(JSON.stringify(content.sent)).toMatch(right.sent);
}
