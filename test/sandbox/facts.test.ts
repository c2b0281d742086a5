// The simulated vendor against the vendor's  every operation is there, and the records of the seed are such as the
// facts allow.

import { beforeAll, describe, it } from 'vitest';
import { findMissing, readRecord } from '../../sandbox/behaviour/record-input.ts';
import { COLLECTIONS, referenceTarget, resourceOf } from '../../sandbox/schema/collections.ts';
import { findEndpoints } from '../../sandbox/schema/endpoints.ts';
import { isObject } from '../../sandbox/schema/json.ts';
import { schemaOf } from '../../sandbox/schema/record-schemas.ts';
import { RESOURCE_FACTS } from '../../sandbox/schema/vendor-facts.ts';
import { buildSeed } from '../../sandbox/seed/build-seed.ts';
import { createVendor, NOW_MS, type Vendor } from './vendor.ts';

const OPERATIONS = [...RESOURCE_FACTS].flatMap(([resource, { methods }]) =>
	Object.entries(methods).map(([method, fact]) => ({ key: `${resource}.${method}`, ...fact })),
);
const withIds = (path: string): string => path.replace(/\{\{(\w+)\}\}/g, (_, name) => (/id$/.test(name) ? '1' : 'x'));

/** Lists that are answered from other records, and so hold none. */
const HOLD_NOTHING =
	/\/(?:tickets\/\*\/\w+|campaigns\/\*\/(?:activities|opportunities)|conversions|columns)$|agreementrecap|closedInvoices|audittrail|customFieldInfos/;
/** Query that a list wants. */
const QUERY: Record<string, Record<string, string>> = {
	'/system/documents': { recordType: 'Ticket', recordId: '14059' },
	'/system/audittrail': { type: 'Ticket', id: '14059' },
};

let vendor: Vendor;
beforeAll(() => {
	vendor = createVendor();
});

describe('operations', () => {
	it('has all of the vendor’s', ({ expect }) => {
		const missing = OPERATIONS.filter(({ verb, path }) => !findEndpoints(withIds(path))?.endpoints.has(verb));
		expect(OPERATIONS.length).toBeGreaterThan(3000);
		expect(missing.map(({ key }) => key)).toEqual([]);
	});

	it('answers every list and count without ids with records', async ({ expect }) => {
		const lists = OPERATIONS.filter(({ key, verb, path, returns }) => {
			const isAsked = verb === 'GET' && /\.(?:list|count)$/.test(key) && returns !== undefined;
			return isAsked && !path.includes('{{');
		});
		const wrong: string[] = [];
		for (const { key, path } of lists) {
			const { status, body } = await vendor.get(path, QUERY[path.replace(/\/count$/, '')]);
			const found = Array.isArray(body) ? body.length : body?.count;
			if (status !== 200 || !(found > 0)) wrong.push(`${key} ${status} ${String(JSON.stringify(body)).slice(0, 120)}`);
		}
		expect(lists.length).toBeGreaterThan(400);
		expect(wrong).toEqual([]);
	});

	it('refuses records that are not there, and never falls over', async ({ expect }) => {
		const wrong: string[] = [];
		for (const { key, verb, path } of OPERATIONS) {
			const { status } = await vendor.call(
				verb,
				path.replace(/\{\{\w+\}\}/g, '987654321'),
				verb === 'GET' ? undefined : {},
			);
			const kept = findEndpoints(withIds(path))?.endpoints.get(verb)?.place ?? null;
			if (kept && path.includes('{{id}}') && verb !== 'GET' && status !== 404 && status !== 400 && status !== 415) {
				wrong.push(`${key} ${status}`);
			}
		}
		expect(wrong).toEqual([]);
		vendor = createVendor();
	});
});

describe('the seed', () => {
	it('is the same for the same moment', ({ expect }) => {
		expect(buildSeed(NOW_MS)).toEqual(buildSeed(NOW_MS));
	});

	for (const moment of [
		'2026-11-30T00:00:00Z',
		'2027-01-01T00:00:01Z',
		'2027-03-14T07:30:00Z',
		'2028-02-29T23:59:59Z',
	]) {
		it(`dates its records from the moment of seeding: ${moment}`, ({ expect }) => {
			const texts = (value: unknown): string[] =>
				typeof value === 'string' ? [value] : isObject(value) ? Object.values(value).flatMap(texts) : [];
			const seed = buildSeed(Date.parse(moment));
			const unresolved = seed
				.flatMap(([, record]) => texts(record))
				.filter((text) => /^@(?![\w-]+\.example$)|NaN|Invalid/.test(text));
			expect(unresolved).toEqual([]);
			const early = seed.filter(([, { _info }]) => isObject(_info) && String(_info.dateEntered) > moment);
			expect(early.map(([collection, { id }]) => `${collection} ${id}`)).toEqual([]);
			expect(seed.length).toBeGreaterThan(5000);
		});
	}

	it('has something in every list', ({ expect }) => {
		const empty = COLLECTIONS.filter((name) => vendor.store.all(name).length === 0 && !HOLD_NOTHING.test(name));
		expect(empty).toEqual([]);
	});

	it('holds only what could have been written: types, lengths, enums, references, what is required', ({ expect }) => {
		const context = { store: vendor.store, nowMs: NOW_MS, member: 'patchbay-api' };
		const faults = COLLECTIONS.flatMap((collection) =>
			vendor.store.all(collection).flatMap((record) => {
				const found = [...readRecord(context, collection, record).faults, ...findMissing(collection, record)];
				return found.map(({ field, message }) => `${collection} ${record.id} ${field}: ${message}`);
			}),
		);
		expect(faults).toEqual([]);
	});

	it('names no id twice in a list, and no parent that is not there', ({ expect }) => {
		const seed = buildSeed(NOW_MS);
		expect(new Set(seed.map(([collection, { id }]) => `${collection} ${id}`)).size).toBe(seed.length);
		const orphans = seed.filter(([collection, record]) => {
			const { parent } = resourceOf(collection);
			if (!parent) return false;
			const value = record[parent.field];
			return !vendor.store.get(parent.collection, Number(isObject(value) ? value.id : value));
		});
		expect(orphans.map(([collection, { id }]) => `${collection} ${id}`)).toEqual([]);
	});

	it('knows where references of nearly every kind lead', ({ expect }) => {
		const kinds = new Set(
			COLLECTIONS.flatMap((name) =>
				[...schemaOf(resourceOf(name).schema).values()].flatMap(({ type }) => (type.kind === 'ref' ? [type.to] : [])),
			),
		);
		const loose = [...kinds].filter((kind) => referenceTarget(kind) === null && !kind.endsWith('Revenue'));
		expect(kinds.size).toBeGreaterThan(150);
		expect(loose.length).toBeLessThan(30);
	});
});
