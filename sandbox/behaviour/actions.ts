// The vendor's operations with a meaning of their own, by verb and path; what has none gets a plausible answer.

import type { ApiAnswer, ApiRequest } from '../http/answers.ts';
import { answerList, answerObject, parseObject } from '../http/answers.ts';
import { picture } from '../http/files.ts';
import type { Place } from '../schema/collections.ts';
import { isOnItem, placeOf, referenceTarget, resourceOf } from '../schema/collections.ts';
import type { Endpoint } from '../schema/endpoints.ts';
import { invalidObject } from '../schema/errors.ts';
import { normalPath } from '../schema/facts.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import type { SchemaName } from '../schema/schemas.ts';
import { schemaOf } from '../schema/schemas.ts';
import { ACCOUNTING } from './accounting.ts';
import type { Action, Handler, Handlers } from './action.ts';
import { NO_CONTENT, readBody, requireOne, shown, success } from './action.ts';
import { APPROVALS } from './approvals.ts';
import { BULK } from './bulk.ts';
import { CONVERSIONS } from './conversions.ts';
import { COPIES } from './copies.ts';
import { DOCUMENTS } from './documents.ts';
import { FORECAST_HANDLERS } from './forecasts.ts';
import { requireAncestors, requireAt } from './generic.ts';
import { present } from './present.ts';
import { createRecord, deleteRecord, saveRecord } from './records.ts';
import { RELATED_LISTS } from './related.ts';
import { REPORT_HANDLERS } from './reports.ts';
import { sampleRecord } from './samples.ts';
import type { Stored } from './store.ts';
import type { Context } from './writing.ts';

const byIdentifier: Handler = ({ request, context, values }) => {
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

/** A member joins a team of the board that the body names; the team keeps its members by id. */
function joinTeam(action: Action): ApiAnswer {
	const { context } = action;
	const { store } = context;
	const body = readBody(action, 'teamMember');
	const team = requireOne(context, 'teams', Number(at(body.team, 'id')));
	const memberId = Number(at(body.member, 'id'));
	const members = [...new Set([...[team.members ?? []].flat().map(Number), memberId])];
	const teamLeader: JsonObject = body.teamLeaderFlag === true ? { teamLeader: { id: memberId } } : {};
	saveRecord(context, 'teams', { ...team, members, ...teamLeader }, `member ${memberId} joined`);
	const view = present(store, 'teams', team);
	return {
		status: 201,
		body: {
			id: memberId,
			board: { id: Number(team.boardId) },
			team: { id: team.id, name: view.name ?? null },
			member: at(shown(context, 'members', requireOne(context, 'members', memberId)).body, 'identifier')
				? { id: memberId }
				: null,
			teamLeaderFlag: body.teamLeaderFlag ?? false,
		},
	};
}

/** In a marketing group, an entry has the id of the company or contact that it stands for. */
const joinGroup =
	(collection: '/marketing/groups/*/companies' | '/marketing/groups/*/contacts'): Handler =>
	(action) => {
		const { context, ids } = action;
		const { store } = context;
		const groupId = ids[0] ?? 0;
		requireOne(context, '/marketing/groups', groupId);
		const { id: given, ...body } = readBody(action, resourceOf(collection).noun);
		if (!given) return shown(context, collection, createRecord(context, collection, groupId, body), 201);
		const noun = resourceOf(collection).noun;
		const owner = collection.endsWith('companies') ? 'companies' : 'contacts';
		const id = Number(given);
		const fault = (code: string, message: string) =>
			invalidObject(noun, [{ code, message, resource: noun, field: 'id' }]);
		if (!store.get(owner, id))
			throw fault('NotFound', `${owner === 'companies' ? 'company' : 'contact'} ${id} not found`);
		if (store.get(collection, id)?.groupId === groupId) throw fault('ObjectExists', `${id} is in the group already.`);
		return shown(context, collection, saveRecord(context, collection, { ...body, id, groupId }, 'joined'), 201);
	};

function projectRecap({ context, ids }: Action): ApiAnswer {
	const { store } = context;
	const project = requireOne(context, '/project/projects', ids[0]);
	const { company, status, billingMethod } = present(store, '/project/projects', project);
	const revenueEstimate = Number(project.estimatedTimeRevenue ?? 0);
	const costEstimate = Number(project.estimatedTimeCost ?? 0);
	const hours = Number(project.actualHours ?? 0);
	const recap: JsonObject = {
		treeID: `P${project.id}`,
		iD: project.id,
		recID: project.id,
		displayID: String(project.id),
		description: project.name ?? null,
		companyName: at(company, 'name'),
		status: at(status, 'name'),
		isProject: true,
		isPhase: false,
		isTicket: false,
		isIssue: false,
		billingMethod: billingMethod ?? null,
		billingAmount: String(project.billingAmount ?? 0),
		revenueEstimate,
		revenueActual: hours * 180,
		revenueBilled: 0,
		revenueUnbilled: hours * 180,
		costEstimate,
		costActual: hours * 60,
		grossMarginEstimate: revenueEstimate - costEstimate,
	};
	return { status: 200, body: Object.fromEntries(Object.entries(recap).filter(([, value]) => value !== null)) };
}

/** A list whose query comes in the body, under names in lower case. */
function searchProjectTickets({ request, context }: Action): ApiAnswer {
	const { store } = context;
	const asked = new URL(request.url);
	for (const [name, value] of Object.entries(parseObject(request))) {
		if (typeof value === 'string' && value.trim() !== '') asked.searchParams.set(name, value);
	}
	const records = store.all('/project/tickets').sort((a, b) => a.id - b.id);
	const views = records.map((record) => present(store, '/project/tickets', record));
	return answerList({ ...request, url: asked }, views, 'facts:ProjectTicket');
}

const MORE: Handlers = {
	'POST /project/tickets/search': searchProjectTickets,
	'DELETE /schedule/entries/*/*': ({ context, ids }) => {
		deleteRecord(context, 'scheduleEntries', requireOne(context, 'scheduleEntries', ids[0]));
		return NO_CONTENT;
	},
	'GET /system/members/*': byIdentifier,
	'GET /system/info/members/*': byIdentifier,
	'GET /company/contacts/*/image': imageOf('contacts'),
	'GET /system/members/*/image': imageOf('members'),
	'GET /service/priorities/*/image': imageOf('priorities'),
	'POST /service/teammembers': joinTeam,
	'POST /marketing/groups/*/companies': joinGroup('/marketing/groups/*/companies'),
	'POST /marketing/groups/*/contacts': joinGroup('/marketing/groups/*/contacts'),
	'GET /project/projects/*/projectrecap': projectRecap,
	'GET /service/knowledgebasesettings': ({ context }) =>
		shown(context, '/service/knowledgebasesettings', requireOne(context, '/service/knowledgebasesettings', 1)),
};

const HANDLERS: ReadonlyMap<string, Handler> = new Map(
	Object.entries({
		...RELATED_LISTS,
		...REPORT_HANDLERS,
		...DOCUMENTS,
		...APPROVALS,
		...CONVERSIONS,
		...COPIES,
		...ACCOUNTING,
		...FORECAST_HANDLERS,
		...BULK,
		...MORE,
	}),
);

/** Methods that every list has: `generic.ts` answers them. */
const USUAL = new Set(
	'list get create update replace delete count list_info get_info count_info list_usages list_usage_records'.split(' '),
);

/** Answers an operation that is none of those that every list has; null when it is one of those. */
export async function runAction(
	request: ApiRequest,
	context: Context,
	endpoint: Endpoint,
	values: readonly string[],
): Promise<ApiAnswer | null> {
	const action: Action = { request, context, endpoint, values, ids: values.map(Number) };
	const { fact, method, place } = endpoint;
	const handler = HANDLERS.get(`${fact.verb} ${normalPath(fact.path)}`);
	if (handler) return handler(action);
	const isUsual = USUAL.has(method) && place !== null && (method !== 'get' || isOnItem(fact));
	return isUsual ? null : plausible(action, place);
}

/** What an operation without a meaning here answers: what its record would look like, of the record that it is about. */
function plausible(action: Action, place: Place | null): ApiAnswer {
	const { context, endpoint, ids, request } = action;
	const { fact } = endpoint;
	const record = place && subject(action, place);
	if (place && !record)
		requireAncestors(
			context,
			place,
			ids.filter((id) => Number.isInteger(id)),
		);
	if (fact.answers === 'binary') return { status: 200, file: picture('file.png') };
	const { returns } = fact;
	if (!returns) return NO_CONTENT;
	if (returns === 'SuccessResponse') return success('Done.');
	if (returns === 'Count') return { status: 200, body: { count: countBehind(action) } };
	const schema: SchemaName = `facts:${returns}`;
	const body = fact.verb === 'GET' ? {} : bodyOf(action);
	if (record && place && resourceOf(place.collection).schema === schema) {
		const changed =
			Object.keys(body).length > 0
				? saveRecord(context, place.collection, { ...record, ...body }, endpoint.method)
				: record;
		return answerObject(request, present(context.store, place.collection, changed), schema);
	}
	const sample = sampleRecord(schemaOf(schema), {
		label: resourceLabel(returns),
		number: 1,
		nowMs: context.nowMs,
		refer: ({ type }) => {
			const target = referenceTarget(type.to);
			return target ? (context.store.all(target.collection)[0]?.id ?? null) : 1;
		},
	});
	const answer: JsonObject = { ...(schemaOf(schema).has('id') && { id: 1 }), ...sample, ...body };
	return endpoint.method.startsWith('list') ? { status: 200, body: [answer] } : answerObject(request, answer, schema);
}

/** How many records a list has whose count stands under another resource than the list. */
function countBehind({ context, endpoint }: Action): number {
	const place = placeOf(endpoint.fact.path.replace(/(?:\/info)?\/count\/?$/i, ''));
	return place ? context.store.all(place.collection).length : 0;
}

const resourceLabel = (record: string): string => record.replace(/([a-z])([A-Z])/g, '$1 $2');

/** The record that an action is about: named by the last id of its path, or the first of a list that has defaults. */
function subject({ context, endpoint, ids }: Action, place: Place): Stored | null {
	const { path } = endpoint.fact;
	if (/\/default$/.test(path)) return context.store.all(place.collection)[0] ?? null;
	const depth = (resourceOf(place.collection).path.match(/\{parentId\}/g) ?? []).length;
	return ids.length === depth + 1 ? requireAt(context, place, ids) : null;
}

/** The body, as far as it is an object of the record that the operation takes. */
function bodyOf(action: Action): JsonObject {
	if (action.request.body.byteLength === 0) return {};
	const type = action.request.headers.get('content-type') ?? '';
	if (type.toLowerCase().startsWith('multipart/')) return {};
	const values: Json = readBody(action, action.endpoint.resource);
	return isObject(values) ? Object.fromEntries(Object.entries(values).filter(([name]) => name !== 'id')) : {};
}
