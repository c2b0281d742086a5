// One API request from start to answer: credentials, route, action. Everything below `/{codebase}/apis/3.0`.

import { runAction } from '../behaviour/actions.ts';
import { mergeCompanies } from '../behaviour/company-merge.ts';
import { createDocument } from '../behaviour/documents.ts';
import { answerGeneric } from '../behaviour/generic.ts';
import { deactivateMember } from '../behaviour/member-deactivation.ts';
import { hrefOf, present } from '../behaviour/present.ts';
import {
	createRecord,
	deleteRecord,
	patchRecord,
	replaceRecord,
	requireRecord,
	saveRecord,
	transferReferences,
} from '../behaviour/records.ts';
import { activitiesOn, productsOn } from '../behaviour/related.ts';
import type { Store, Stored } from '../behaviour/store.ts';
import {
	attachChildren,
	copyTicket,
	listAllNotes,
	mergeTickets,
	requireTicket,
	scheduledOn,
	timeOnTicket,
} from '../behaviour/tickets.ts';
import type { Context } from '../behaviour/writing.ts';
import { resourceOf } from '../schema/collections.ts';
import type { EndpointMatch } from '../schema/endpoints.ts';
import { findEndpoints } from '../schema/endpoints.ts';
import { invalidObject, noEndpoint, notFound, wrongMethod } from '../schema/errors.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import { schemaOf } from '../schema/schemas.ts';
import type { ApiAnswer, ApiRequest } from './answers.ts';
import {
	answerCount,
	answerList,
	answerObject,
	answerRecord,
	checkFields,
	parseBody,
	parseObject,
	recordsOf,
} from './answers.ts';
import { API_MEMBER, checkCredentials } from './auth.ts';
import { listRecords, normaliseQuery } from './lists.ts';
import type { ActionName, Route } from './routes.ts';
import { findRoute } from './routes.ts';

/** Deleting a contact can hand what refers to it to another one. */
function transferContact(context: Context, contact: Stored, url: URL): void {
	const heir = Number(url.searchParams.get('transferContactId') ?? 0);
	// To itself is to nobody: then what refers to it keeps it from being deleted.
	if (heir === 0 || heir === contact.id) return;
	requireRecord(context, 'contacts', null, heir);
	transferReferences(context, 'contacts', contact.id, heir);
}

function handleItem(request: ApiRequest, context: Context, route: Route & { kind: 'item' }): ApiAnswer {
	const { collection, parentId, id } = route;
	const { store } = context;
	const record = requireRecord(context, collection, parentId, id);
	checkFields(request, resourceOf(collection).schema);
	switch (request.method) {
		case 'PUT':
			return answerRecord(request, store, collection, replaceRecord(context, collection, record, parseBody(request)));
		case 'PATCH':
			return answerRecord(request, store, collection, patchRecord(context, collection, record, parseBody(request)));
		case 'DELETE':
			if (collection === 'contacts') transferContact(context, record, request.url);
			deleteRecord(context, collection, record);
			return { status: 204 };
		default:
			return answerRecord(request, store, collection, record);
	}
}

/** The lists below a ticket that hold references only, by the action that asks for them. */
const REFERENCE_LISTS = {
	ticketActivities: 'ActivityReference',
	ticketConfigurations: 'ConfigurationReference',
	ticketDocuments: 'DocumentReference',
	ticketProducts: 'ProductReference',
	ticketScheduleEntries: 'ScheduleEntryReference',
	ticketTimeEntries: 'TimeEntryReference',
} as const;

const COUNTED_LISTS = {
	countTicketActivities: 'ticketActivities',
	countTicketConfigurations: 'ticketConfigurations',
	countTicketDocuments: 'ticketDocuments',
	countTicketProducts: 'ticketProducts',
	countTicketScheduleEntries: 'ticketScheduleEntries',
	countTicketTimeEntries: 'ticketTimeEntries',
} as const;

function ticketReferences({ store }: Context, id: number, name: keyof typeof REFERENCE_LISTS): JsonObject[] {
	const ticket = requireTicket(store, id);
	const info = (collection: Collection, record: Stored, link: string): JsonObject => ({
		[`${link}_href`]: hrefOf(store, collection, record),
	});
	switch (name) {
		case 'ticketTimeEntries':
			return timeOnTicket(store, id).map((one) => ({ id: one.id, _info: info('timeEntries', one, 'timeEntry') }));
		case 'ticketScheduleEntries':
			return scheduledOn(store, id).map((one) => ({
				id: one.id,
				description: one.name ?? '',
				_info: info('scheduleEntries', one, 'schedule'),
			}));
		case 'ticketDocuments':
			return store
				.where('documents', 'recordId', id)
				.filter((document) => document.recordType === 'Ticket')
				.map((one) => ({ id: one.id, name: one.title ?? '', _info: info('documents', one, 'document') }));
		case 'ticketConfigurations':
			return attachedIds(ticket).map((configurationId) => configurationReference(store, configurationId));
		case 'ticketActivities':
			return activitiesOn(store, id);
		case 'ticketProducts':
			return productsOn(store, id);
	}
}

const attachedIds = (ticket: Stored): number[] =>
	Array.isArray(ticket.configurationIds) ? ticket.configurationIds.map(Number) : [];

function configurationReference(store: Store, id: number): JsonObject {
	const device = store.get('configurations', id);
	if (!device) return { id };
	const { deviceIdentifier, name } = device;
	return {
		id,
		...(typeof deviceIdentifier === 'string' && { deviceIdentifier }),
		_info: { name: name ?? '', configuration_href: hrefOf(store, 'configurations', device) },
	};
}

function attachConfiguration(context: Context, ticketId: number, body: JsonObject): JsonObject {
	const ticket = requireTicket(context.store, ticketId);
	const found = context.store.find('configurations', (one) => {
		return one.id === body.id || (one.deviceIdentifier !== undefined && one.deviceIdentifier === body.deviceIdentifier);
	});
	const fault = (code: string, message: string) =>
		invalidObject('configuration', [{ code, message, resource: 'configuration', field: 'id' }]);
	if (!body.id && !body.deviceIdentifier) throw fault('MissingRequiredField', 'id or deviceIdentifier is required.');
	if (!found) throw fault('NotFound', `configuration ${body.id ?? body.deviceIdentifier} not found`);
	const configurationIds = [...new Set([...attachedIds(ticket), found.id])];
	saveRecord(context, 'tickets', { ...ticket, configurationIds }, `configuration ${found.id} attached`);
	return configurationReference(context.store, found.id);
}

function detachConfiguration(context: Context, ticketId: number, id: number): void {
	const ticket = requireTicket(context.store, ticketId);
	if (!attachedIds(ticket).includes(id)) throw notFound('Configuration', id);
	const configurationIds = attachedIds(ticket).filter((attached) => attached !== id);
	saveRecord(context, 'tickets', { ...ticket, configurationIds }, `configuration ${id} detached`);
}

/** The caller's own member, in its own schema: a little less than a Member. */
function myMember(store: Store): JsonObject {
	const member = store.find('members', (one) => one.identifier === API_MEMBER);
	if (!member) throw notFound('Member', API_MEMBER);
	const schema = schemaOf('MyMember');
	const shown = Object.entries(present(store, 'members', member)).filter(
		([name]) => name === '_info' || schema.has(name.toLowerCase()),
	);
	return Object.fromEntries(shown);
}

function searchTickets(request: ApiRequest, store: Store): ApiAnswer {
	const body = parseObject(request);
	const byName = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
	const text = (name: string): string => {
		const value = byName.get(name);
		return typeof value === 'string' ? value.trim() : '';
	};
	const query = {
		conditions: text('conditions'),
		childConditions: text('childconditions'),
		customFieldConditions: text('customfieldconditions'),
		orderBy: text('orderby'),
	};
	const url = normaliseQuery(request.url);
	const records = recordsOf(store, 'tickets', null, url);
	const { body: found, link } = listRecords(records, 'Ticket', query, url, request.headers);
	return { status: 200, body: found, link };
}

const SYSTEM_INFO: JsonObject = {
	version: 'v2025.16.sandbox',
	isCloud: true,
	serverTimeZone: 'Eastern Standard Time',
	licenseBits: [{ name: 'ServiceDesk', activeFlag: true }],
	cloudRegion: 'NA',
	maxWorkFlowRecordsAllowed: 1000,
};

function handleAction(request: ApiRequest, context: Context, name: ActionName, ids: number[]): ApiAnswer {
	const { store } = context;
	const [id = 0, other = 0] = ids;
	switch (name) {
		case 'searchTickets':
			return searchTickets(request, store);
		case 'listTickets':
			return answerList(request, recordsOf(store, 'tickets', null, request.url), 'Ticket');
		case 'mergeTickets':
			return { status: 200, body: mergeTickets(context, id, parseObject(request)) };
		case 'attachChildren':
			return { status: 200, body: attachChildren(context, id, parseObject(request)) };
		case 'copyTicket':
			checkFields(request, 'Ticket');
			return answerRecord(request, store, 'tickets', copyTicket(context, id));
		case 'listAllNotes':
			return answerList(request, listAllNotes(store, id), 'ServiceTicketNote');
		case 'countAllNotes':
			return answerCount(request, listAllNotes(store, id), 'ServiceTicketNote');
		case 'ticketActivities':
		case 'ticketConfigurations':
		case 'ticketDocuments':
		case 'ticketProducts':
		case 'ticketScheduleEntries':
		case 'ticketTimeEntries':
			return answerList(request, ticketReferences(context, id, name), REFERENCE_LISTS[name]);
		case 'countTicketActivities':
		case 'countTicketConfigurations':
		case 'countTicketDocuments':
		case 'countTicketProducts':
		case 'countTicketScheduleEntries':
		case 'countTicketTimeEntries': {
			const list = COUNTED_LISTS[name];
			return answerCount(request, ticketReferences(context, id, list), REFERENCE_LISTS[list]);
		}
		case 'attachConfiguration':
			checkFields(request, 'ConfigurationReference');
			return answerObject(
				request,
				attachConfiguration(context, id, parseObject(request)),
				'ConfigurationReference',
				201,
			);
		case 'ticketConfiguration':
			if (!attachedIds(requireTicket(store, id)).includes(other)) throw notFound('Configuration', other);
			return answerObject(request, configurationReference(store, other), 'ConfigurationReference');
		case 'detachConfiguration':
			detachConfiguration(context, id, other);
			return { status: 204 };
		case 'systemInfo':
			return answerObject(request, SYSTEM_INFO, 'Info');
		case 'myMember':
			return answerObject(request, myMember(store), 'MyMember');
		case 'mergeCompanies':
			return { status: 200, body: mergeCompanies(context, id, parseObject(request)) };
		case 'deactivateMember':
			return { status: 200, body: deactivateMember(context, id, parseObject(request)) };
	}
}

async function handleList(
	request: ApiRequest,
	context: Context,
	route: Route & { kind: 'list' | 'count' },
): Promise<ApiAnswer> {
	const { collection, parentId } = route;
	const { store } = context;
	const { schema } = resourceOf(collection);
	checkFields(request, schema);
	if (request.method === 'POST') {
		const created =
			collection === 'documents'
				? await createDocument(request, context)
				: createRecord(context, collection, parentId, parseBody(request));
		return answerRecord(request, store, collection, created, 201);
	}
	const records = recordsOf(store, collection, parentId, request.url);
	return route.kind === 'count' ? answerCount(request, records, schema) : answerList(request, records, schema);
}

/** Answers one API request; throws a VendorError for every answer that is not a success. */
export async function handleApi(request: ApiRequest, store: Store, nowMs: number): Promise<ApiAnswer> {
	checkCredentials(request.headers);
	const context: Context = { store, nowMs, member: API_MEMBER };
	const route = findRoute(request.path);
	if (route?.methods.includes(request.method)) return handleRoute(request, context, route);
	const found = findEndpoints(request.path);
	const endpoint = found?.endpoints.get(request.method);
	if (found && endpoint) {
		return (
			(await runAction(request, context, endpoint, found.values)) ??
			answerGeneric(request, context, endpoint, found.values)
		);
	}
	if (!route && !found) throw noEndpoint();
	throw wrongMethod([...new Set([...(route?.methods ?? []), ...methodsOf(found)])]);
}

const methodsOf = (found: EndpointMatch | null): string[] => [...(found?.endpoints.keys() ?? [])];

function handleRoute(request: ApiRequest, context: Context, route: Route): ApiAnswer | Promise<ApiAnswer> {
	if (route.kind === 'action') {
		const name = route.actions[request.method];
		if (!name) throw noEndpoint();
		return handleAction(request, context, name, route.ids);
	}
	return route.kind === 'item' ? handleItem(request, context, route) : handleList(request, context, route);
}

/** What `GET /login/companyinfo/{companyId}` tells; JSON null for an unknown company. */
export function companyInfo(companyId: string, known: string): Json {
	if (companyId.toLowerCase() !== known) return null;
	return {
		CompanyName: 'Patchbay Managed Services',
		Codebase: 'v2025_1/',
		VersionCode: 'v2025.1',
		VersionNumber: 'v4.6.103550',
		CompanyID: known,
		IsCloud: true,
	};
}
