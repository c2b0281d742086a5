// Copies of records: everything of the record, and what lies below it, under new ids.

import { COLLECTIONS, resourceOf } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { FieldType } from '../schema/schemas.ts';
import { schemaOf } from '../schema/schemas.ts';
import type { Handler, Handlers } from './action.ts';
import { readBody, requireOne, shown } from './action.ts';
import { createRecord, saveRecord } from './records.ts';
import type { Stored } from './store.ts';
import type { Context } from './writing.ts';

/** Children that a copy leaves behind: what happened to the record, not what it is. */
const LEFT_BEHIND = /\/(?:audits|notes|results|workplan)$/;

/** Copies a record with all that lies below it. `changes` are what is different about the copy. */
export function copyRecord(context: Context, collection: Collection, source: Stored, changes: JsonObject = {}): Stored {
	const { store } = context;
	const { _info, ...rest } = source;
	const record: Stored = { ...rest, ...copyName(collection, source), ...changes, id: store.nextId(collection) };
	if ('defaultFlag' in record) record.defaultFlag = false;
	if ('mobileGuid' in record) record.mobileGuid = crypto.randomUUID();
	const copy = saveRecord(context, collection, record, `copied from ${source.id}`);
	for (const child of COLLECTIONS) {
		const { parent } = resourceOf(child);
		if (parent?.collection !== collection || LEFT_BEHIND.test(child)) continue;
		const reference = parent.field.endsWith('Id') ? copy.id : { id: copy.id };
		for (const one of store.where(child, parent.field, source.id)) {
			const { _info: _stamps, ...kept } = one;
			// Names below a copy stay as they are.
			const nameless: JsonObject = { ...kept, [parent.field]: reference };
			copyChild(context, child, one, nameless);
		}
	}
	return copy;
}

function copyChild(context: Context, collection: Collection, source: Stored, kept: JsonObject): void {
	const own = Object.fromEntries(
		['name', 'identifier', 'description'].flatMap((n) => (n in kept ? [[n, kept[n] ?? null]] : [])),
	);
	copyRecord(context, collection, source, { ...kept, ...own });
}

const longest = (type: FieldType | undefined): number => (type?.kind === 'text' ? (type.maxLength ?? 4000) : 4000);

/** `Copy of …` where the record has a name; identifiers must differ, so they get an ending. */
function copyName(collection: Collection, source: Stored): JsonObject {
	const schema = schemaOf(resourceOf(collection).schema);
	const changed: JsonObject = {};
	const { name, identifier } = source;
	if (typeof name === 'string') changed.name = `Copy of ${name}`.slice(0, longest(schema.get('name')?.type));
	if (typeof identifier === 'string') {
		const limit = longest(schema.get('identifier')?.type);
		changed.identifier = `${identifier.slice(0, limit - 5)}-COPY`;
	}
	return changed;
}

const copyOf =
	(collection: Collection, changes: (source: Stored, context: Context) => JsonObject = () => ({})): Handler =>
	({ context, ids }) => {
		const source = requireOne(context, collection, ids.at(-1));
		return shown(context, collection, copyRecord(context, collection, source, changes(source, context)), 201);
	};

/** A copy whose body names the source and what the copy is called. */
const copyNamed =
	(collection: Collection): Handler =>
	(action) => {
		const { context } = action;
		const { id, name } = readBody(action, resourceOf(collection).noun);
		const source = requireOne(context, collection, Number(id));
		const changes: JsonObject = typeof name === 'string' ? { name } : {};
		return shown(context, collection, copyRecord(context, collection, source, changes), 201);
	};

/** A copy that the body describes as a whole; where it names no source, it is simply a new record. */
const copyWhole =
	(collection: Collection): Handler =>
	(action) => {
		const { context } = action;
		const body = readBody(action, resourceOf(collection).noun);
		const source = context.store.get(collection, Number(body.id ?? 0));
		const copy = source
			? copyRecord(context, collection, source, { ...body, name: body.name ?? source.name ?? null })
			: createRecord(context, collection, null, body);
		return shown(context, collection, copy, 201);
	};

/** Only what was ordered is copied: nothing of it has come yet. */
function purchaseOrder(_source: Stored, { store }: Context): JsonObject {
	return { poNumber: `PO-${store.nextId('/procurement/purchaseorders') + 1800}`, status: { id: 1 }, closedFlag: false };
}

export const COPIES: Handlers = {
	'POST /finance/agreements/*/copy': copyOf('/finance/agreements'),
	'POST /finance/agreements/types/*/copy': copyOf('/finance/agreements/types'),
	'POST /finance/taxcodes/*/copy': copyOf('/finance/taxCodes'),
	'POST /procurement/catalog/*/copy': copyOf('/procurement/catalog'),
	'POST /procurement/purchaseorders/*/copy': copyOf('/procurement/purchaseorders', purchaseOrder),
	'POST /schedule/calendars/*/copy': copyOf('/schedule/calendars'),
	'POST /service/surveys/*/copy': copyOf('/service/surveys'),
	'POST /service/surveys/*/questions/*/copy': copyOf('/service/surveys/*/questions'),
	'POST /system/surveys/*/copy': copyOf('/system/surveys'),
	'POST /system/workflows/*/copy': copyOf('/system/workflows'),
	'POST /system/workflows/*/events/*/copy': copyOf('/system/workflows/*/events'),
	'POST /company/companies/*/servicetemplates/*/copy': copyOf('/company/companies/*/serviceTemplates'),
	'POST /service/boards/copy': copyNamed('boards'),
	'POST /company/configurations/types/copy': copyNamed('configurationTypes'),
	'POST /schedule/holidaylists/copy': copyWhole('/schedule/holidayLists'),
	'POST /company/portalconfigurations/copy': copyWhole('/company/portalConfigurations'),
};
