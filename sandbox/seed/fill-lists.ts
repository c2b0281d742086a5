// Fills every list that the rest of the seed leaves empty, so that each of the vendor's endpoints has something to show:
// the setup lists by their names, the others with a few plausible records that refer to records which are there.

import { parentIdOf } from '../behaviour/record-views.ts';
import { sampleRecord } from '../behaviour/sample-records.ts';
import type { Collection } from '../schema/collections.ts';
import { COLLECTIONS, isCollection, referenceTarget, resourceOf } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Schema } from '../schema/record-schemas.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import type { Seeding } from './seeding.ts';
import setupLists from './setup-lists.json' with { type: 'json' };

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
	/^\/(?:project|service)\/tickets\/\*\/(?:activities|allNotes|configurations|documents|products|scheduleentries|timeentries)$|^\/finance\/agreementrecap$|^\/marketing\/campaigns\/\*\/(?:activities|opportunities)$|^\/system\/reports\/\*|^\/sales\/\w+\/conversions$|^\/system\/(?:audittrail|customFieldInfos)$/;

/** An entry of a setup list: a name, or a name with the fields that set the record apart. */
type Entry = string | (JsonObject & { name: string });

const LISTS = setupLists as unknown as Readonly<Record<string, readonly Entry[]>>;

/** Fills every list that the rows leave empty, each after the lists that its required references need. */
export function fillLists(seeding: Seeding): void {
	const started = new Set<Collection>();
	const fill = (collection: Collection): void => {
		if (started.has(collection) || ANSWERED_ELSEWHERE.test(collection)) return;
		started.add(collection);
		if (!collection.startsWith('/') || seeding.made(collection).length > 0) return;
		const { parent, schema } = resourceOf(collection);
		if (parent) fill(parent.collection);
		for (const { type, required } of schemaOf(schema).values()) {
			const target = type.kind === 'ref' ? referenceTarget(type.to) : null;
			if (required && target) fill(target.collection);
		}
		const entries = LISTS[collection];
		if (entries) fillNamed(seeding, collection, entries);
		else if (parent) fillChildren(seeding, collection, parent);
		else for (let number = 1; number <= RECORDS_OF_A_LIST; number++) addSample(seeding, collection, number, {});
	};
	for (const path of Object.keys(LISTS)) if (isCollection(path)) fill(path);
	for (const collection of COLLECTIONS) fill(collection);
}

function fillNamed(seeding: Seeding, collection: Collection, entries: readonly Entry[]): void {
	const schema = schemaOf(resourceOf(collection).schema);
	const flag = schema.get('defaultflag');
	let id = 0;
	for (const [index, entry] of entries.entries()) {
		const { name, ...details }: JsonObject & { name: string } = typeof entry === 'string' ? { name: entry } : entry;
		id = Number(details.id ?? id + 1);
		const sampling = { label: name, number: index + 1, nowMs: seeding.nowMs, refer: referrer(seeding, index + 1) };
		seeding.add(collection, {
			...sampleRecord(schema, sampling),
			...nameFields(schema, name),
			...(flag && { [flag.name]: false }),
			...details,
			id,
		});
	}
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
	seeding: Seeding,
	collection: Collection,
	parent: { collection: Collection; field: string },
): void {
	const parents = seeding.made(parent.collection);
	const named = NAMED[parent.collection] ?? [];
	const first = [...parents].sort((a, b) => a.id - b.id).slice(0, PARENTS_WITH_CHILDREN);
	const chosen = new Set([...first, ...parents.filter(({ id }) => named.includes(id))]);
	for (const { id } of chosen) {
		const reference = parent.field.endsWith('Id') ? id : { id };
		for (let number = 1; number <= CHILDREN; number++)
			addSample(seeding, collection, number, { [parent.field]: reference });
	}
}

function addSample(seeding: Seeding, collection: Collection, number: number, known: JsonObject): void {
	const { schema, label } = resourceOf(collection);
	const name = `${label} ${number}`;
	const sampling = { label: name, number, nowMs: seeding.nowMs, refer: referrer(seeding, number, known) };
	const id = seeding.made(collection).reduce((last, one) => Math.max(last, one.id), 0) + 1;
	seeding.add(collection, { ...sampleRecord(schemaOf(schema), sampling), ...known, id });
}

/** Chooses the records that samples refer to: within the board, company or project of the record, where it has one. */
function referrer(seeding: Seeding, number: number, known: JsonObject = {}) {
	return ({ name, type }: { name: string; type: { to: string } }, record: JsonObject): number | null => {
		const target = referenceTarget(type.to);
		// Kinds that the sandbox holds no records of take any id.
		if (!target) return number;
		let choice = seeding.made(target.collection);
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
