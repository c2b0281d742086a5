// One record made from another: opportunities and orders become agreements, projects, orders and tickets; tickets move
// between service and projects; templates become projects and tickets.

import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { Action, Handler, Handlers } from './action.ts';
import { NO_CONTENT, readArray, readBody, refuse, requireOne, shown, success } from './action.ts';
import { presentReference } from './present.ts';
import { createRecord, saveRecord } from './records.ts';
import type { Stored } from './store.ts';
import type { Context } from './writing.ts';
import { formatDate } from './writing.ts';

const DAY_MS = 86_400_000;

type Source = { collection: '/sales/opportunities' | '/sales/orders'; field: 'opportunity' | 'salesOrder' };

const OPPORTUNITY: Source = { collection: '/sales/opportunities', field: 'opportunity' };
const ORDER: Source = { collection: '/sales/orders', field: 'salesOrder' };

/** What a made record takes over from where it comes from. */
function shared(source: Stored): JsonObject {
	const { company, contact, site } = source;
	return { company: company ?? null, ...(contact && { contact }), ...(site && { site }) };
}

const given = (body: JsonObject, ...names: string[]): JsonObject =>
	Object.fromEntries(names.flatMap((name) => ((body[name] ?? null) === null ? [] : [[name, body[name] ?? null]])));

const sourceName = (source: Stored): string => String(source.name ?? source.description ?? `Order ${source.id}`);

function contactOf({ store }: Context, source: Stored): Json {
	if (source.contact) return source.contact;
	return store.get('companies', Number(at(source.company, 'id')))?.defaultContact ?? null;
}

/** Products of the source go along unless the call says otherwise. */
function takeProducts({ store }: Context, { field }: Source, source: Stored, body: JsonObject, to: JsonObject): void {
	if (body.includeAllProductsFlag === false && !Array.isArray(body.includeProductIds)) return;
	const chosen =
		Array.isArray(body.includeProductIds) && body.includeAllProductsFlag !== true ? body.includeProductIds : null;
	for (const product of store.where('/procurement/products', field, source.id)) {
		if (!chosen || chosen.includes(product.id)) store.put('/procurement/products', { ...product, ...to });
	}
}

/** Remembers what became of the source, and closes an opportunity as won. */
function settle(context: Context, { collection, field }: Source, source: Stored, kind: string, made: Stored): void {
	const changes: JsonObject = { convertedTo: { id: made.id, name: kind } };
	if (field === 'opportunity') {
		const won = context.store.find('/sales/opportunities/statuses', ({ wonFlag }) => wonFlag === true);
		Object.assign(changes, { closedDate: formatDate(context.nowMs), ...(won && { status: { id: won.id } }) });
	}
	saveRecord(context, collection, { ...source, ...changes }, `converted to ${kind} ${made.id}`);
}

function toAgreement(from: Source): Handler {
	return (action) => {
		const { context, ids } = action;
		const source = requireOne(context, from.collection, ids[0]);
		const body = readBody(action, 'agreement');
		const existing = body.agreementId ? requireOne(context, '/finance/agreements', Number(body.agreementId)) : null;
		const made =
			existing ??
			createRecord(context, '/finance/agreements', null, {
				name: sourceName(source),
				type: { id: 1 },
				...shared(source),
				contact: contactOf(context, source),
				startDate: formatDate(context.nowMs),
				...given(body, 'name', 'type', 'startDate', 'endDate', 'noEndingDateFlag'),
				...(from.field === 'opportunity' && { opportunity: { id: source.id } }),
				...(body.billCycleId ? { billingCycle: { id: body.billCycleId } } : {}),
			});
		takeProducts(context, from, source, body, { agreement: { id: made.id } });
		settle(context, from, source, 'Agreement', made);
		return shown(context, '/finance/agreements', made);
	};
}

function toProject(from: Source): Handler {
	return (action) => {
		const { context, ids } = action;
		const { nowMs } = context;
		const source = requireOne(context, from.collection, ids[0]);
		const body = readBody(action, 'project');
		const existing = body.projectId ? requireOne(context, '/project/projects', Number(body.projectId)) : null;
		const made =
			existing ??
			createRecord(context, '/project/projects', null, {
				name: sourceName(source),
				billingMethod: 'ActualRates',
				board: { id: 6 },
				status: { id: 1 },
				estimatedStart: formatDate(nowMs),
				estimatedEnd: formatDate(nowMs + 30 * DAY_MS),
				...shared(source),
				...given(body, 'name', 'status', 'board', 'manager', 'estimatedStart', 'estimatedEnd'),
				...(from.field === 'opportunity' && { opportunity: { id: source.id } }),
			});
		takeProducts(context, from, source, body, { project: { id: made.id } });
		settle(context, from, source, 'Project', made);
		return shown(context, '/project/projects', made);
	};
}

function toTicket(from: Source): Handler {
	return (action) => {
		const { context, ids } = action;
		const source = requireOne(context, from.collection, ids[0]);
		const body = readBody(action, 'ticket');
		const existingId = body.ticketId ?? body.serviceTicketRecId;
		const existing = existingId ? requireOne(context, 'tickets', Number(existingId)) : null;
		const made =
			existing ??
			createRecord(context, 'tickets', null, {
				summary: sourceName(source).slice(0, 100),
				...shared(source),
				...given(body, 'summary'),
			});
		takeProducts(context, from, source, body, { ticket: { id: made.id }, chargeToId: made.id, chargeToType: 'Ticket' });
		settle(context, from, source, 'Service Ticket', made);
		return shown(context, 'tickets', made);
	};
}

function toOrder(action: Action) {
	const { context, ids } = action;
	const source = requireOne(context, OPPORTUNITY.collection, ids[0]);
	const body = readBody(action, 'order');
	const existing = body.salesOrderId ? requireOne(context, '/sales/orders', Number(body.salesOrderId)) : null;
	const made =
		existing ??
		createRecord(context, '/sales/orders', null, {
			...shared(source),
			status: { id: 1 },
			salesRep: source.primarySalesRep ?? null,
			opportunity: { id: source.id },
			orderDate: formatDate(context.nowMs),
			description: String(body.name ?? source.name ?? ''),
			...given(source, 'billingTerms', 'taxCode'),
		});
	takeProducts(context, OPPORTUNITY, source, body, { salesOrder: { id: made.id } });
	settle(context, OPPORTUNITY, source, 'Sales Order', made);
	return shown(context, '/sales/orders', made);
}

/** What a record became; one that was never converted says only what it is. */
function conversionOf({ collection, field }: Source): Handler {
	return ({ context, ids }) => {
		const source = requireOne(context, collection, ids[0]);
		const parentType = field === 'opportunity' ? 'Opportunity' : 'SalesOrder';
		return { status: 200, body: { parentType, ...(source.convertedTo && { convertedTo: source.convertedTo }) } };
	};
}

/** A service ticket moves into a phase of a project, under its own number. */
function ticketToProject(action: Action) {
	const { context, ids } = action;
	const { store } = context;
	const ticket = requireOne(context, 'tickets', ids[0]);
	const body = readBody(action, 'convertToProject');
	const phase = requireOne(context, '/project/projects/*/phases', Number(at(body.phase, 'id')));
	const { board, status, company, contact, site, type, owner, priority, summary, source, agreement } = ticket;
	store.remove('tickets', ticket.id);
	saveRecord(
		context,
		'/project/tickets',
		{
			id: ticket.id,
			summary: summary ?? '',
			isIssueFlag: body.recordType === 'ProjectIssue',
			project: { id: Number(phase.projectId) },
			phase: { id: phase.id },
			wbsCode: body.wbsCode ?? null,
			closedFlag: false,
			...given(
				{ board: board ?? null, status: status ?? null, company: company ?? null },
				'board',
				'status',
				'company',
			),
			...(contact && { contact }),
			...(site && { site }),
			...(type && { type }),
			...(owner && { owner }),
			...(priority && { priority }),
			...(source && { source }),
			...(agreement && { agreement }),
		},
		'converted to a project ticket',
	);
	return success(`Ticket ${ticket.id} is in phase ${phase.id} now.`);
}

function projectTicketTo(action: Action) {
	const { context, ids } = action;
	const { store } = context;
	const ticket = requireOne(context, '/project/tickets', ids[0]);
	const { recordType, phase } = readBody(action, 'convertItem');
	if (recordType === 'ServiceTicket') {
		const { id, summary, board, status, company, contact, site, owner, priority } = ticket;
		store.remove('/project/tickets', id);
		const kept: JsonObject = { board: board ?? null, status: status ?? null, company: company ?? null };
		const more: JsonObject = { contact: contact ?? null, site: site ?? null, owner: owner ?? null };
		const record = {
			id,
			summary: summary ?? '',
			recordType,
			closedFlag: false,
			...kept,
			...more,
			priority: priority ?? null,
		};
		saveRecord(context, 'tickets', record, 'converted to a service ticket');
	} else {
		const isIssueFlag = recordType === 'ProjectIssue';
		const moved: JsonObject = phase ? { phase } : {};
		saveRecord(context, '/project/tickets', { ...ticket, ...moved, isIssueFlag }, `converted to ${recordType}`);
	}
	return success(`Ticket ${ticket.id} is a ${recordType} now.`);
}

/** Phases and tickets of a project, as its plan shows them. */
export function workplanOf({ store }: Context, projectId: number): JsonObject {
	const phases = store.where('/project/projects/*/phases', 'projectId', projectId).map((phase): JsonObject => {
		const { id, description, wbsCode, budgetHours, actualHours, scheduledStart, scheduledEnd } = phase;
		const plan: JsonObject = {
			id,
			projectId,
			description: description ?? null,
			status: presentReference(store, 'PhaseStatus', phase.status ?? null),
			wbsCode: wbsCode ?? null,
			markAsMilestoneFlag: phase.markAsMilestoneFlag ?? false,
			budgetHours: budgetHours ?? null,
			actualHours: actualHours ?? null,
			scheduled_Start: scheduledStart ?? null,
			scheduled_End: scheduledEnd ?? null,
		};
		return Object.fromEntries(Object.entries(plan).filter(([, value]) => value !== null));
	});
	return { projectId, phases };
}

function applyTemplate(context: Context, projectId: number, templateId: number): void {
	const { store } = context;
	const project = requireOne(context, '/project/projects', projectId);
	requireOne(context, '/project/projectTemplates', templateId);
	const phases = store.where('/project/projectTemplates/*/projectTemplatePhases', 'templateRecId', templateId);
	const tickets = store.where('/project/projectTemplates/*/projectTemplateTickets', 'projectTemplateId', templateId);
	for (const template of phases) {
		const { description, wbsCode, budgetHours } = template;
		const phase = createRecord(context, '/project/projects/*/phases', projectId, {
			description: description ?? 'Phase',
			wbsCode: wbsCode ?? null,
			budgetHours: budgetHours ?? null,
		});
		for (const task of tickets.filter(({ projectTemplatePhaseId }) => projectTemplatePhaseId === template.id)) {
			createRecord(context, '/project/tickets', null, {
				summary: String(task.description ?? '').slice(0, 100),
				project: { id: projectId },
				phase: { id: phase.id },
				board: project.board ?? null,
				company: project.company ?? null,
				budgetHours: task.budgetHours ?? null,
			});
		}
	}
}

function templateFromProject(action: Action) {
	const { context, ids } = action;
	const project = requireOne(context, '/project/projects', ids[0]);
	const body = action.request.body.byteLength > 0 ? readBody(action, 'projectTemplate') : {};
	const made = createRecord(context, '/project/projectTemplates', null, {
		description: project.description ?? null,
		type: project.type ?? null,
		...body,
		name: body.name ?? project.name ?? null,
	});
	for (const phase of context.store.where('/project/projects/*/phases', 'projectId', project.id)) {
		createRecord(context, '/project/projectTemplates/*/projectTemplatePhases', made.id, {
			templateRecId: made.id,
			description: phase.description ?? null,
			wbsCode: phase.wbsCode ?? null,
			budgetHours: phase.budgetHours ?? null,
		});
	}
	return shown(context, '/project/projectTemplates', made, 201);
}

/** A service template becomes a ticket for its company, or for our own. */
function generateTicket({ context, ids }: Action) {
	const template = requireOne(context, '/service/templates', ids[0]);
	const { name, summary, board, type, priority, company, problem } = template;
	createRecord(context, 'tickets', null, {
		summary: String(summary ?? name ?? 'From a template').slice(0, 100),
		company: company ?? { id: 100 },
		...(board && { board }),
		...(type && { type }),
		...(priority && { priority }),
		...(typeof problem === 'string' && { initialDescription: problem }),
	});
	return { status: 200, body: { serviceCount: 1, scheduleCount: 0 } };
}

/** Bills an agreement once: an invoice of what its additions come to. */
function invoiceAgreement({ context, ids }: Action) {
	const { store, nowMs } = context;
	const agreement = requireOne(context, '/finance/agreements', ids[0]);
	if (agreement.cancelledFlag === true) refuse('agreement', 'id', `Agreement ${agreement.id} is cancelled.`);
	const additions = store.where('/finance/agreements/*/additions', 'agreementId', agreement.id);
	const billed = additions.filter(({ billCustomer }) => billCustomer === 'Billable');
	const amount = billed.reduce((sum, { extPrice }) => sum + Number(extPrice ?? 0), Number(agreement.billAmount ?? 0));
	createRecord(context, '/finance/invoices', null, {
		type: 'Agreement',
		company: agreement.company ?? null,
		agreement: { id: agreement.id },
		applyToType: 'Agreement',
		applyToId: agreement.id,
		date: formatDate(nowMs),
		agreementAmount: amount,
	});
	return NO_CONTENT;
}

export const CONVERSIONS: Handlers = {
	'POST /sales/opportunities/*/converttoagreement': toAgreement(OPPORTUNITY),
	'POST /sales/opportunities/*/converttoproject': toProject(OPPORTUNITY),
	'POST /sales/opportunities/*/converttosalesorder': toOrder,
	'POST /sales/opportunities/*/converttoserviceticket': toTicket(OPPORTUNITY),
	'POST /sales/orders/*/converttoagreement': toAgreement(ORDER),
	'POST /sales/orders/*/converttoproject': toProject(ORDER),
	'POST /sales/orders/*/converttoserviceticket': toTicket(ORDER),
	'GET /sales/opportunities/conversions/*': conversionOf(OPPORTUNITY),
	'GET /sales/orders/conversions/*': conversionOf(ORDER),
	'POST /service/tickets/*/convert': ticketToProject,
	'POST /project/tickets/*/convert': projectTicketTo,
	'GET /project/projects/*/projectworkplan': ({ context, ids }) => {
		requireOne(context, '/project/projects', ids[0]);
		return { status: 200, body: workplanOf(context, ids[0] ?? 0) };
	},
	'POST /project/projects/*/applytemplate/*': ({ context, ids }) => {
		applyTemplate(context, ids[0] ?? 0, ids[1] ?? 0);
		return { status: 200, body: workplanOf(context, ids[0] ?? 0) };
	},
	'POST /project/projects/*/applytemplates': (action) => {
		const { context, ids } = action;
		for (const template of readArray(action)) applyTemplate(context, ids[0] ?? 0, Number(at(template, 'id')));
		return { status: 200, body: [workplanOf(context, ids[0] ?? 0)] };
	},
	'POST /project/projecttemplates/createfromproject/*': templateFromProject,
	'POST /service/templates/*/generate': generateTicket,
	'POST /finance/agreements/*/invoice': invoiceAgreement,
};
