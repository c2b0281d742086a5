// Projects as a whole: the recap in money, the plan of phases, and templates that fill the plan.

import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { ApiAnswer } from './answers.ts';
import type { Context } from './context.ts';
import type { Handlers, OperationCall } from './operation-call.ts';
import { readBody, requireOne, shown } from './operation-call.ts';
import { createRecord } from './record-changes.ts';
import { present, presentReference } from './record-views.ts';

function projectRecap({ context, ids }: OperationCall): ApiAnswer {
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

/** Phases and tickets of a project, as its plan shows them. */
function workplanOf({ store }: Context, projectId: number): JsonObject {
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

function templateFromProject(call: OperationCall): ApiAnswer {
	const { context, ids } = call;
	const project = requireOne(context, '/project/projects', ids[0]);
	const body = call.request.body.byteLength > 0 ? readBody(call, 'projectTemplate') : {};
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

export const PROJECT_OPERATIONS: Handlers = {
	'GET /project/projects/*/projectrecap': projectRecap,
	'GET /project/projects/*/projectworkplan': ({ context, ids: [id = 0] }) => {
		requireOne(context, '/project/projects', id);
		return { status: 200, body: workplanOf(context, id) };
	},
	'POST /project/projects/*/applytemplate/*': ({ context, ids: [id = 0, templateId = 0] }) => {
		applyTemplate(context, id, templateId);
		return { status: 200, body: workplanOf(context, id) };
	},
	'POST /project/projecttemplates/createfromproject/*': templateFromProject,
};
