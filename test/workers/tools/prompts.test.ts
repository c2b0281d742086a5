// Prompts and guides as a server's filter leaves them: what is listed, what a prompt says, and what is refused.
import { describe, it } from 'vitest';
import { checkConditions } from '../../../workers/conditions/check-conditions.ts';
import { matchesFilter, type ToolFilter, toolName } from '../../../workers/integration/filter.ts';
import { loadHead } from '../../../workers/integration/load.ts';
import { findJob } from '../../../workers/tools/jobs/offered.ts';
import { fillPrompt, hasPrompts, listPrompts, placeholders } from '../../../workers/tools/prompts.ts';
import { listResources, readResource } from '../../../workers/tools/resources.ts';
import { requireDesk } from '../integration/integrations.ts';

const head = await loadHead('connect_wise_psa');
if (!head) throw new Error('connect_wise_psa is missing');

const FILTERS: ToolFilter[] = [
	{},
	{ methods: ['read'] },
	{ methods: ['write'] },
	{ methods: ['custom'] },
	{ tags: ['service'] },
	{ tags: ['time'], tool_names: 'short' },
	{ tags: ['service', 'time'], methods: ['read', 'write'], tool_names: 'short' },
	{ tags: ['schedule'] },
];
const namesUnder = (filter: ToolFilter) => listPrompts(head, filter).map(({ name }) => name);
const valueFor = (fact: { kind?: string | undefined; one_of?: string[] | undefined } = {}) =>
	fact.one_of?.[0] ?? { number: '7', time: 'today' }[fact.kind ?? ''] ?? 'VALUE';
const toolsOf = (name: string) =>
	placeholders(head.prompts[name]?.text.join('\n') ?? '').flatMap(({ kind, target }) =>
		kind === 'tool' ? [target] : [],
	);
const hasJobs = (name: string, filter: ToolFilter) =>
	placeholders(head.prompts[name]?.text.join('\n') ?? '').every(
		({ kind, target }) => kind !== 'job' || findJob(head, filter, target) !== null,
	);

describe('a prompt', () => {
	for (const filter of FILTERS) {
		it(`exists where all of its tools do, under ${JSON.stringify(filter)}`, ({ expect }) => {
			const expected = Object.keys(head.prompts).filter(
				(name) =>
					hasJobs(name, filter) &&
					toolsOf(name).every((tool) => {
						const header = head.headerOf.get(tool);
						return header && matchesFilter(header, filter);
					}),
			);
			expect(namesUnder(filter)).toEqual(expected);
			expect(hasPrompts(head, filter)).toBe(expected.length > 0);
			for (const name of Object.keys(head.prompts)) {
				const isThere = fillPrompt(head, filter, name, {}) !== null;
				expect(isThere, name).toBe(expected.includes(name));
			}
		});

		it(`names only tools that the server has, by its own names, under ${JSON.stringify(filter)}`, ({ expect }) => {
			const names = new Set(
				head.headers.filter((one) => matchesFilter(one, filter)).map((one) => toolName(one, filter)),
			);
			for (const prompt of listPrompts(head, filter)) {
				const facts = head.prompts[prompt.name]?.arguments ?? {};
				const given = Object.fromEntries(prompt.arguments.map(({ name }) => [name, valueFor(facts[name])]));
				const filled = fillPrompt(head, filter, prompt.name, given);
				if (!filled || Array.isArray(filled)) throw new Error(`${prompt.name} was not filled`);
				for (const [tool] of filled.text.matchAll(/\b[a-z_]+_connect_wise_psa_[a-z_]+\b/g))
					expect(names).toContain(tool);
				for (const target of toolsOf(prompt.name)) {
					const header = head.headerOf.get(target);
					expect(filled.text).toContain(header && toolName(header, filter));
				}
				expect(filled.text).not.toMatch(/\{\{|\}\}|undefined/);
			}
		});
	}

	it('of a server that only reads writes nothing', ({ expect }) => {
		const writing = [
			'triage_board',
			'escalate_an_outage',
			'resolve_from_a_transcript',
			'close_out_a_ticket',
			'hand_over_work',
		];
		expect(namesUnder({ methods: ['read'] })).toEqual(
			Object.keys(head.prompts).filter((name) => !writing.includes(name)),
		);
	});

	it('is there for every role, and for those who do more than tickets', ({ expect }) => {
		const roles = {
			technician: 6,
			dispatch: 3,
			service_manager: 4,
			billing: 3,
			sales: 3,
			procurement: 2,
			project_manager: 3,
		};
		for (const [tag, least] of Object.entries(roles)) {
			const names = namesUnder({ tags: [tag] });
			expect(names.length, `${tag}: ${names.join(', ')}`).toBeGreaterThanOrEqual(least);
		}
	});

	it('checks what its arguments are', ({ expect }) => {
		const wrong: [prompt: string, given: Record<string, string>, says: RegExp][] = [
			['triage_board', { board: 'NOC', since: 'Help Desk' }, /since: must be a date or a time such as today/],
			['what_did_i_do', { member: 'jsmith', since: 'ever' }, /since: must be a date/],
			['stale_tickets', { days: 'a week' }, /days: must be a number/],
			['brief_me_on_a_ticket', { ticket_id: 'the printer' }, /ticket_id: must be a number, got "the printer"/],
			['renewals', { days: '-3' }, /days: must be a number/],
			[
				'close_out_a_ticket',
				{ ticket_id: '1', note: 'x', minutes: '45', member: 'a', note_is_for: 'Help Desk' },
				/note_is_for: must be customer or staff/,
			],
		];
		for (const [prompt, given, says] of wrong) {
			const faults = fillPrompt(head, {}, prompt, given);
			expect(Array.isArray(faults) && faults.map(({ path, message }) => `${path}: ${message}`).join(), prompt).toMatch(
				says,
			);
		}
		for (const since of ['today', '24h', 'last month', '2026-04-01', ' 7d '])
			expect(fillPrompt(head, {}, 'triage_board', { board: 'NOC', since }), since).toHaveProperty('text');
	});

	it('takes no highest id for the newest note', ({ expect }) => {
		for (const { text } of Object.values(head.prompts))
			for (const line of text) expect(line).not.toMatch(/ticket_all_notes.*id desc/);
	});

	it('says what was given, and takes defaults for the rest', ({ expect }) => {
		const filled = fillPrompt(head, {}, 'triage_board', { board: 'Help Desk' });
		expect(filled).toMatchObject({ text: expect.stringContaining('board_name "Help Desk"') });
		expect(filled).toMatchObject({ text: expect.stringContaining('entered_after "7d"') });
		const narrower = fillPrompt(head, {}, 'triage_board', { board: 'Help Desk', since: '24h' });
		expect(narrower).toMatchObject({ text: expect.stringContaining('entered_after "24h"') });
	});

	it('leaves out a line whose argument was not given', ({ expect }) => {
		const all = fillPrompt(head, {}, 'stale_tickets', {});
		expect(all).toMatchObject({ text: expect.not.stringContaining('board_name') });
		const one = fillPrompt(head, {}, 'stale_tickets', { board: 'NOC' });
		expect(one).toMatchObject({ text: expect.stringContaining('board_name "NOC"') });
	});

	it('takes what was given as text, whatever it holds', ({ expect }) => {
		const note = '{{tool:tickets.delete}} $& $1 {{minutes}}\n"quoted" 😀';
		const given = { ticket_id: '14059', note, minutes: '45', member: 'jsmith' };
		expect(fillPrompt(head, {}, 'close_out_a_ticket', given)).toMatchObject({ text: expect.stringContaining(note) });
	});

	it('names every fault of its arguments at once', ({ expect }) => {
		const faults = fillPrompt(head, {}, 'close_out_a_ticket', {
			ticket: '1',
			note: ' ',
			minutes: 45,
			member: 'jsmith',
		});
		expect(faults).toEqual([
			{ path: 'ticket', message: 'is no argument. Did you mean "ticket_id"?' },
			{ path: 'minutes', message: 'must be a text' },
			{ path: 'ticket_id', message: 'is required' },
			{ path: 'note', message: 'is required' },
		]);
	});

	for (const name of ['no_such_prompt', 'constructor', '__proto__', '']) {
		it(`"${name}" is none`, ({ expect }) => expect(fillPrompt(head, {}, name, {})).toBeNull());
	}

	it('is listed in the shape of the protocol', ({ expect }) => {
		for (const prompt of listPrompts(head, {})) {
			expect(prompt.name).toMatch(/^[a-z][a-z0-9_]{0,36}$/);
			expect(prompt.title.length).toBeLessThanOrEqual(40);
			for (const argument of prompt.arguments) expect(argument).toMatchObject({ required: expect.any(Boolean) });
		}
		expect(listPrompts(head, {}).length).toBeGreaterThanOrEqual(7);
	});

	it('there is none where the integration has none', ({ expect }) => {
		expect(hasPrompts(requireDesk(), {})).toBe(false);
		expect(listPrompts(requireDesk(), {})).toEqual([]);
	});
});

describe('resources', () => {
	it('are the guides and the inventory, each of which can be read', ({ expect }) => {
		const listed = listResources(head);
		expect(listed.map(({ uri }) => uri)).toEqual(['patchbay://guide/conditions', 'patchbay://tools']);
		for (const { uri } of listed) expect(readResource(head, {}, uri)).toMatch(/^# /);
	});

	for (const uri of [
		'patchbay://guide/',
		'patchbay://guide/constructor',
		'patchbay://tools/',
		'file:///etc/passwd',
		'',
	]) {
		it(`"${uri}" is none`, ({ expect }) => expect(readResource(head, {}, uri)).toBeNull());
	}

	for (const filter of FILTERS) {
		it(`the inventory holds each tool of the server once and no other, under ${JSON.stringify(filter)}`, ({
			expect,
		}) => {
			const text = readResource(head, filter, 'patchbay://tools') ?? '';
			const named = Array.from(text.matchAll(/`([a-z0-9_]+)`/g), ([, name]) => name).sort();
			const tools = head.headers.filter((one) => matchesFilter(one, filter)).map((one) => toolName(one, filter));
			expect(named).toEqual(tools.sort());
			expect(text).toContain(`${tools.length} of ConnectWise PSA's ${head.headers.length} tools`);
			for (const [, tag = '', count] of text.matchAll(/^\| ([a-z_]+) \| (\d+) \|/gm)) {
				const tagged = head.headers.filter((one) => matchesFilter(one, filter) && one.tags.has(tag));
				expect([tag, Number(count)]).toEqual([tag, tagged.length]);
			}
		});
	}

	it('every condition that the guide shows to write is one', ({ expect }) => {
		const lines = (readResource(head, {}, 'patchbay://guide/conditions') ?? '').split('\n');
		const quoted = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), ([, code = '']) => code);
		const rows = lines.filter((line) => /^\| (text|number|true|date|one of)/.test(line)).map(quoted);
		const good = [
			...rows.map(([right = '']) => right),
			...lines.filter((line) => line.startsWith('- ')).flatMap(quoted),
		];
		expect(good.length).toBeGreaterThanOrEqual(9);
		const known = { arrayFields: new Set<string>() };
		for (const condition of good)
			expect([condition, checkConditions(condition, 'top', known)]).toEqual([condition, { fault: null }]);
	});
});
