// Whatever a model sends: a fault that says so or a request that stays where it belongs; nothing throws, nothing hangs.
import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { checkIntegration } from '../../../maintenance/check-integration.ts';
import { type CheckedCall, checkArguments } from '../../../workers/calls/check.ts';
import { checkConditions } from '../../../workers/conditions/check-conditions.ts';
import { validateArguments } from '../../../workers/tools/validate.ts';
import { decodeCursor, encodeCursor } from '../../../workers/vendor/paging.ts';
import { describeRequest } from '../../../workers/vendor/request.ts';
import { CURSOR_KEY, connectWise, NOW_MS } from '../calls/calls.ts';
import { deskFiles } from '../integration/integrations.ts';
import { awkwardJson, holds, reportCases, spoiled } from './fuzz.ts';

reportCases('pure functions');

describe('arguments', () => {
	const operation = fc.constantFrom(...connectWise.operations);
	const call = operation.chain((one) => {
		const names = [...one.places.keys(), 'unknown', '__proto__'];
		const example = one.documentation.example;
		const args = fc.dictionary(fc.constantFrom(...names), awkwardJson, { maxKeys: 6 });
		return fc.record({ one: fc.constant(one), args: example ? fc.oneof(args, spoiled(example)) : args });
	});
	const options = {
		listFormat: 'records' as const,
		budgetBytes: 60_000,
		serverId: 'mcp_cwp_1',
		cursorKey: CURSOR_KEY,
		nowMs: NOW_MS,
	};

	// security: S-21
	it('of any shape are refused with faults, or become one request to the tool’s own path', async ({ expect }) => {
		await holds(call, 4_000, ({ one, args }) => {
			const prepared = checkArguments(connectWise.file, one, args, options);
			if (Array.isArray(prepared)) {
				expect(prepared.length).toBeGreaterThan(0);
				return;
			}
			const { operation, args: values, page } = prepared as CheckedCall;
			const { path, verb } = describeRequest(connectWise.file, operation, values, page);
			const { pathname } = new URL(`https://vendor.example${path}`);
			const own = new RegExp(`^${one.fact.path.replace(/\{\{\w+\}\}/g, '[^/]+')}(/search)?$`);
			expect(pathname, `${verb} ${path}`).toMatch(own);
		});
	});

	it('are never changed by being looked at', async ({ expect }) => {
		await holds(call, 500, ({ one, args }) => {
			const before = JSON.stringify(args);
			validateArguments(one, args, 'utc_seconds');
			expect(JSON.stringify(args)).toBe(before);
			expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		});
	});
});

describe('cursors', () => {
	const operation = 'list_all_connect_wise_psa_tickets';
	const scope = { serverId: 'mcp_cwp_1', operation, args: { board_name: 'x' }, key: CURSOR_KEY };

	// security: S-22
	it('made up or damaged open nothing', async ({ expect }) => {
		const good = encodeCursor({ offset: 25 }, scope);
		const damaged = fc
			.tuple(fc.nat(good.length - 1), fc.constantFrom(...'ABCxyz019-_.~'))
			.map(([at, character]) => good.slice(0, at) + character + good.slice(at + 1))
			.filter((text) => text !== good);
		await holds(fc.oneof(damaged, fc.string({ maxLength: 120 }), fc.base64String()), 2_000, (text) => {
			expect(decodeCursor(text, scope)).toBeNull();
		});
	});

	it('come back as they went out, and only for their own query', async ({ expect }) => {
		await holds(fc.tuple(fc.nat(), fc.string(), awkwardJson), 1_000, ([offset, name, other]) => {
			const cursor = encodeCursor({ offset }, { ...scope, args: { name } });
			expect(decodeCursor(cursor, { ...scope, args: { name } })).toEqual({ offset });
			if (JSON.stringify(other) !== JSON.stringify(name))
				expect(decodeCursor(cursor, { ...scope, args: { name: other } })).toBeNull();
		});
	});
});

describe('conditions', () => {
	const pieces = fc.constantFrom(
		...[
			'(',
			')',
			'[',
			']',
			'"',
			"'",
			'\\',
			'=',
			'!=',
			'==',
			'<',
			'>=',
			' and ',
			' OR ',
			'not ',
			' in ',
			'like',
			'contains',
		],
		...[
			'board/name',
			'id',
			'closedFlag',
			'true',
			'null',
			'5',
			'-1.5',
			'2026-04-01',
			'[2026-04-01T00:00:00Z]',
			' ',
			',',
		],
	);
	const text = fc.oneof(
		fc.array(pieces, { maxLength: 40 }).map((parts) => parts.join('')),
		fc.string({ unit: 'binary', maxLength: 200 }),
	);

	it('of any kind are judged, and what is proposed instead is not refused again', async ({ expect }) => {
		const known = { arrayFields: new Set<string>() };
		await holds(text, 4_000, (conditions) => {
			const { fault } = checkConditions(conditions, 'top', known);
			const corrected = fault?.corrected;
			if (corrected) expect(checkConditions(corrected, 'top', known).fault, corrected).toBeNull();
		});
	});
});

describe('the JSON of an integration', () => {
	it('with anything wrong in it gives faults and nothing else', async ({ expect }) => {
		const { file: integration, modules: files } = deskFiles();
		const good = { integration, modules: Object.fromEntries(files.map(({ module, ...rest }) => [module, rest])) };
		await holds(spoiled(good), 500, (folder) => {
			const { integration: file, modules } = Object(folder) as { integration: unknown; modules: unknown };
			const faults = checkIntegration({
				name: 'tidewater_desk',
				integration: file,
				modules: (typeof modules === 'object' && modules !== null ? modules : {}) as never,
			});
			expect(Array.isArray(faults)).toBe(true);
		});
	});
});
