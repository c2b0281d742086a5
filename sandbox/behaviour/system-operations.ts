// The vendor's own facts and the members: system info, the caller's member, custom fields, the audit trail.

import type { Collection } from '../schema/collections.ts';
import { CUSTOM_FIELDS } from '../schema/custom-fields.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import { schemaOf } from '../schema/record-schemas.ts';
import { badRequest, invalidObject, notFound } from '../schema/vendor-errors.ts';
import { answerCount, answerList, answerObject } from './answers.ts';
import { picture } from './files.ts';
import type { Handler, Handlers, OperationCall } from './operation-call.ts';
import { requireOne, shown } from './operation-call.ts';
import { missingField } from './record-input.ts';
import { nameOf, present } from './record-views.ts';

/** Zone of the vendor's server, named as Windows names it. */
const SERVER_TIME_ZONE = 'Eastern Standard Time';

const SYSTEM_INFO: JsonObject = {
	version: 'v2025.16.sandbox',
	isCloud: true,
	serverTimeZone: SERVER_TIME_ZONE,
	licenseBits: [{ name: 'ServiceDesk', activeFlag: true }],
	cloudRegion: 'NA',
	maxWorkFlowRecordsAllowed: 1000,
};

/** The caller's own member, in its own schema: a little less than a Member. */
const myMember: Handler = ({ request, context: { store, member: identifier } }) => {
	const member = store.find('members', (one) => one.identifier === identifier);
	if (!member) throw notFound('Member', identifier);
	const schema = schemaOf('MyMember');
	const fields = Object.entries(present(store, 'members', member)).filter(
		([name]) => name === '_info' || schema.has(name.toLowerCase()),
	);
	return answerObject(request, Object.fromEntries(fields), 'MyMember');
};

const memberByIdentifier: Handler = ({ request, context, values }) => {
	const wanted = (values[0] ?? '').toLowerCase();
	const member = context.store.find('members', ({ identifier }) => String(identifier).toLowerCase() === wanted);
	const found = member ?? requireOne(context, 'members', Number(wanted) || 0);
	return answerObject(request, present(context.store, 'members', found), 'Member');
};

const imageOf =
	(collection: 'contacts' | 'members' | 'priorities'): Handler =>
	({ context, ids }) => {
		requireOne(context, collection, ids[0]);
		return { status: 200, file: picture('image.png') };
	};

const POD_OF: readonly string[] = Object.keys(CUSTOM_FIELDS);

function customFieldInfos(): JsonObject[] {
	return Object.entries(CUSTOM_FIELDS).flatMap(([collection, definitions]) =>
		(definitions ?? []).map(
			(definition, index): JsonObject => ({
				...definition,
				podId: String(POD_OF.indexOf(collection) + 1),
				screenId: collection.replace(/^.*\//, ''),
				rowNum: index + 1,
				displayOnScreenFlag: true,
				userDefinedFieldRecId: definition.id,
			}),
		),
	);
}

/** Kinds that the audit trail can be asked for, and whose records they are. */
const AUDITED: Readonly<Record<string, Collection>> = {
	agreement: '/finance/agreements',
	company: 'companies',
	configuration: 'configurations',
	contact: 'contacts',
	expense: '/expense/entries',
	invoice: '/finance/invoices',
	member: 'members',
	opportunity: '/sales/opportunities',
	project: '/project/projects',
	purchaseorder: '/procurement/purchaseorders',
	service: 'tickets',
	ticket: 'tickets',
	time: 'timeEntries',
};

/** Two entries for each record: who made it and who changed it last. Only the fields of real entries are known. */
function auditTrail({ request, context }: OperationCall): JsonObject[] {
	const query = new Map([...request.url.searchParams].map(([name, value]) => [name.toLowerCase(), value]));
	const type = query.get('type') ?? '';
	const id = Number(query.get('id') ?? 0);
	const faults = [...(type === '' ? ['type'] : []), ...(id > 0 || query.has('deviceidentifier') ? [] : ['id'])];
	if (faults.length > 0)
		throw invalidObject(
			'auditTrail',
			faults.map((field) => missingField('auditTrail', field)),
		);
	const collection = AUDITED[type.toLowerCase()];
	if (!collection) throw badRequest(`type must be one of ${Object.keys(AUDITED).join(', ')}.`);
	const record = requireOne(context, collection, id);
	const entry = (text: string, when: Json, who: Json, subType: string): JsonObject => ({
		text,
		enteredDate: when,
		enteredBy: who,
		auditType: 'Record',
		auditSubType: subType,
		auditSource: 'Application',
	});
	const stamp = (name: string): Json => at(record._info, name);
	const name = nameOf(record);
	return [
		entry(`"${name}" was created.`, stamp('dateEntered'), stamp('enteredBy'), 'Created'),
		entry(`"${name}" was last changed.`, stamp('lastUpdated'), stamp('updatedBy'), 'Updated'),
	];
}

export const SYSTEM_OPERATIONS: Handlers = {
	'GET /system/info': ({ request }) => answerObject(request, SYSTEM_INFO, 'Info'),
	'GET /system/mymembers': myMember,
	'GET /system/members/*': memberByIdentifier,
	'GET /system/info/members/*': memberByIdentifier,
	'GET /company/contacts/*/image': imageOf('contacts'),
	'GET /system/members/*/image': imageOf('members'),
	'GET /service/priorities/*/image': imageOf('priorities'),
	'GET /service/knowledgebasesettings': ({ context }) =>
		shown(context, '/service/knowledgebasesettings', requireOne(context, '/service/knowledgebasesettings', 1)),
	'GET /system/customfieldinfos': ({ request }) => answerList(request, customFieldInfos(), 'CustomFieldInfo'),
	'GET /system/audittrail': (call) => answerList(call.request, auditTrail(call), 'AuditTrailEntry'),
	'GET /system/audittrail/count': (call) => answerCount(call.request, auditTrail(call), 'AuditTrailEntry'),
};
