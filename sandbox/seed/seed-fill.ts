// Fills every list that the rest of the seed leaves empty, so that each of the vendor's endpoints has something to show:
// the setup lists by their names, the others with a few plausible records that refer to records which are there.

import { parentIdOf } from '../behaviour/present.ts';
import { sampleRecord } from '../behaviour/samples.ts';
import type { Stored } from '../behaviour/store.ts';
import { isCollection, referenceTarget, resourceOf } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { Schema } from '../schema/schemas.ts';
import { schemaOf } from '../schema/schemas.ts';
import { LIST_DETAILS } from './seed-list-details.ts';
import { LISTS } from './seed-lists.ts';

/** What the seed has made so far, and how it adds more. */
export type Filling = {
	nowMs: number;
	made(collection: Collection): readonly Stored[];
	add(collection: Collection, record: Stored): Stored;
};

/** Parents of a kind that get children, besides those that documentation and tests name. */
const PARENTS_WITH_CHILDREN = 4;
const CHILDREN = 2;
const NAMED: Readonly<Partial<Record<Collection, readonly number[]>>> = {
	tickets: [14059, 15992],
	companies: [102],
	contacts: [1001],
	members: [151],
};
const RECORDS_OF_A_LIST = 3;
const NAME_FIELDS = ['name', 'description', 'caption', 'title', 'identifier', 'salesteamidentifier'];

/** Lists that are answered from other records, so that they must hold none of their own. */
const ANSWERED_ELSEWHERE =
	/^\/(?:project|service)\/tickets\/\*\/(?:activities|allNotes|configurations|documents|products|scheduleentries|timeentries)$|^\/finance\/(?:closedInvoices|agreementrecap)$|^\/marketing\/campaigns\/\*\/(?:activities|opportunities)$|^\/system\/reports\/\*|^\/sales\/\w+\/conversions$|^\/system\/(?:audittrail|customFieldInfos)$/;

/** The lists that have names: what the rest of the seed refers to. */
export function fillNamedLists(fill: (collection: Collection) => void): void {
	for (const path of Object.keys(LISTS)) if (isCollection(path)) fill(path);
}

/** Fills one list once, after the lists that its required references need. */
export function createFiller(filling: Filling): (collection: Collection) => void {
	const started = new Set<Collection>();
	const fill = (collection: Collection): void => {
		if (started.has(collection) || ANSWERED_ELSEWHERE.test(collection)) return;
		started.add(collection);
		if (!collection.startsWith('/') || filling.made(collection).length > 0) return;
		const { parent, schema } = resourceOf(collection);
		if (parent) fill(parent.collection);
		for (const { type, required } of schemaOf(schema).values()) {
			const target = type.kind === 'ref' ? referenceTarget(type.to) : null;
			if (required && target) fill(target.collection);
		}
		const names = LISTS[collection as keyof typeof LISTS];
		if (names) fillNamed(filling, collection, names);
		else if (parent) fillChildren(filling, collection, parent);
		else for (let number = 1; number <= RECORDS_OF_A_LIST; number++) addSample(filling, collection, number, {});
	};
	return fill;
}

function fillNamed(filling: Filling, collection: Collection, names: string): void {
	const schema = schemaOf(resourceOf(collection).schema);
	const details = LIST_DETAILS[collection];
	let id = 0;
	names.split('|').forEach((entry, index) => {
		const [, fixed, star, name = ''] = /^(?:(\d+):)?(\*?)(.*)$/.exec(entry) ?? [];
		id = fixed ? Number(fixed) : id + 1;
		const number = index + 1;
		const record = sampleRecord(schema, {
			label: name,
			number,
			nowMs: filling.nowMs,
			refer: referrer(filling, number),
		});
		const flag = schema.get('defaultflag');
		filling.add(collection, {
			...record,
			...nameFields(schema, name),
			...(flag && { [flag.name]: star === '*' }),
			...details?.(name, index),
			id,
		});
	});
}

/** Every field that could hold the name: a setup record often has a short identifier and a description. */
function nameFields(schema: Schema, name: string): JsonObject {
	const fields = NAME_FIELDS.flatMap((field) => schema.get(field) ?? []).filter(({ type }) => type.kind === 'text');
	return Object.fromEntries(
		fields.map(({ name: field, type }) => {
			const text = type.kind === 'text' && type.maxLength !== undefined ? name.slice(0, type.maxLength) : name;
			return [field, text];
		}),
	);
}

function fillChildren(
	filling: Filling,
	collection: Collection,
	parent: { collection: Collection; field: string },
): void {
	const parents = filling.made(parent.collection);
	const named = NAMED[parent.collection] ?? [];
	const first = [...parents].sort((a, b) => a.id - b.id).slice(0, PARENTS_WITH_CHILDREN);
	const chosen = new Set([...first, ...parents.filter(({ id }) => named.includes(id))]);
	for (const { id } of chosen) {
		const reference = parent.field.endsWith('Id') ? id : { id };
		for (let number = 1; number <= CHILDREN; number++)
			addSample(filling, collection, number, { [parent.field]: reference });
	}
}

function addSample(filling: Filling, collection: Collection, number: number, known: JsonObject): void {
	const { schema, label } = resourceOf(collection);
	const name = `${label} ${number}`;
	const sampling = { label: name, number, nowMs: filling.nowMs, refer: referrer(filling, number, known) };
	const id = filling.made(collection).reduce((last, one) => Math.max(last, one.id), 0) + 1;
	filling.add(collection, { ...sampleRecord(schemaOf(schema), sampling), ...known, id });
}

/** Chooses the records that samples refer to: within the board, company or project of the record, where it has one. */
function referrer(filling: Filling, number: number, known: JsonObject = {}) {
	return ({ name, type }: { name: string; type: { to: string } }, record: JsonObject): number | null => {
		const target = referenceTarget(type.to);
		// Kinds that the sandbox holds no records of take any id.
		if (!target) return number;
		let choice = filling.made(target.collection);
		const { within } = target;
		if (within) {
			const owner = within === 'company' ? (/^(.+)Site$/.exec(name)?.[1] ?? '') : '';
			const scope = { ...record, ...known }[owner === '' ? within : `${owner}Company`];
			const ownerId = at(scope, 'id');
			if (ownerId !== null) choice = choice.filter((one) => parentIdOf(target.collection, one) === ownerId);
		}
		return choice[(number - 1) % Math.max(1, choice.length)]?.id ?? null;
	};
}
