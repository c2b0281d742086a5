// The project manager's side: projects with phases, tickets, team, notes and time.

import type { Stored } from '../behaviour/store.ts';
import { formatDate } from '../behaviour/writing.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Sheets } from './seed-basics.ts';
import { addProduct, siteOf } from './seed-procurement.ts';
import type { Seeding } from './seed-support.ts';
import { customFields, DAY_MS, day, HOUR_MS, refersTo, stamps, USD } from './seed-support.ts';

/** `name|company|status|type|starts in days|lasts days|billing|amount|percent`; the first is project 901. */
const PROJECTS = [
	'Move e-mail to the cloud|102|2|1|-40|70|FixedFee|18500|55',
	'Network refresh, Orlando plant|103|2|3|-25|60|NotToExceed|32000|30',
	'Clinic opening: phones and network|109|1|4|12|45|FixedFee|14200|0',
	'Server replacement|107|4|1|-160|50|FixedFee|12800|100',
	'Onboarding of Cedar Point Hotels|114|2|2|-12|30|ActualRates|0|20',
	'Wi-Fi for the warehouse|116|3|3|-60|40|ActualRates|0|45',
	'Backup to the cloud|108|4|1|-210|30|FixedFee|6400|100',
	'Office move, second floor|123|1|4|30|20|NotToExceed|9500|0',
] as const;
const PHASES = ['Plan and order', 'Prepare', 'Carry out', 'Hand over and document'];
const TASKS: readonly string[][] = [
	['Agree on scope and dates', 'Order hardware and licenses'],
	['Take stock of what is there', 'Build and test the new setup'],
	['Cut over', 'Support the first days'],
	['Write the documentation', 'Review with the customer'],
];
const FIRST_PROJECT = 901;
const MANAGER = 158;
const ENGINEERS = [151, 152, 157];
/** Above every service ticket: both kinds count in one series. */
const FIRST_PROJECT_TICKET = 20_001;
const BOARD = { id: 6 };

export function addProjects(seeding: Seeding, sheets: Sheets): void {
	const { nowMs, add, made } = seeding;
	PROJECTS.forEach((line, index) => {
		const [name = '', company, status, type, starts, lasts, billingMethod = '', amount, percent] = line.split('|');
		const companyId = Number(company);
		const startDays = Number(starts);
		const endDays = startDays + Number(lasts);
		const done = Number(percent);
		const contact = made('contacts').find((one) => refersTo(one.company, companyId));
		const site = siteOf(made('sites'), companyId);
		const isClosed = status === '4';
		const project = add('/project/projects', {
			id: FIRST_PROJECT + index,
			name,
			company: { id: companyId },
			contact: contact ? { id: contact.id } : null,
			site,
			billToCompany: { id: companyId },
			billToSite: site,
			shipToCompany: { id: companyId },
			agreement: { id: 200 + companyId },
			board: BOARD,
			status: { id: Number(status) },
			closedFlag: isClosed,
			type: { id: Number(type) },
			manager: { id: MANAGER },
			timeApprover: { id: MANAGER },
			expenseApprover: { id: MANAGER },
			location: { id: 11 },
			department: { id: 3 },
			billingMethod,
			billingRateType: 'WorkRole',
			billingAmount: Number(amount),
			billingTerms: { id: 1 },
			billTime: billingMethod === 'FixedFee' ? 'NoCharge' : 'Billable',
			billExpenses: 'Billable',
			billProducts: 'Billable',
			budgetAnalysis: 'ActualHours',
			budgetFlag: true,
			budgetHours: 64,
			estimatedHours: 64,
			scheduledHours: 64,
			estimatedStart: day(nowMs, startDays),
			estimatedEnd: day(nowMs, endDays),
			...(startDays < 0 && { actualStart: day(nowMs, startDays) }),
			...(isClosed && { actualEnd: day(nowMs, endDays) }),
			percentComplete: done / 100,
			estimatedTimeRevenue: 64 * 180,
			estimatedTimeCost: 64 * 60,
			currency: USD,
			taxCode: { id: 8 },
			description: `${name} for this customer, as quoted.`,
			customFields: customFields('/project/projects', {}),
			_info: stamps(nowMs + Math.min(startDays - 14, -1) * DAY_MS, 'schen'),
		});
		addTeam(seeding, project);
		const hours = addPhases(seeding, sheets, project, startDays, Number(lasts), done);
		project.actualHours = hours;
	});
	const on = { chargeToType: 'Project', chargeToId: FIRST_PROJECT + 1, project: { id: FIRST_PROJECT + 1 } };
	addProduct(seeding, { identifier: 'SW-24P', quantity: 4, on, companyId: 103 });
	addProduct(seeding, { identifier: 'AP-6', quantity: 12, on, companyId: 103 });
	const task = made('/project/tickets')[0];
	const device = made('configurations').find(({ company }) => refersTo(company, 102));
	if (!task || !device) return;
	task.configurationIds = [device.id];
	const charged = { chargeToType: 'ProjectTicket', chargeToId: task.id, ticket: { id: task.id } };
	addProduct(seeding, { identifier: 'CLOUD-BIZ', quantity: 30, on: charged, companyId: 102 });
	add('documents', {
		id: 802,
		title: 'Plan of the migration',
		fileName: 'migration-plan.pdf',
		owner: 'schen',
		linkFlag: false,
		imageFlag: false,
		publicFlag: true,
		readOnlyFlag: false,
		size: 612,
		createdOnDate: day(nowMs, -30),
		guid: seeding.random.guid(),
		recordType: 'ProjectTicket',
		recordId: task.id,
		_info: stamps(nowMs - 30 * DAY_MS, 'schen'),
	});
}

function addTeam({ add, made }: Seeding, project: Stored): void {
	const projectId = project.id;
	[MANAGER, ...ENGINEERS.slice(0, 1 + (project.id % 3))].forEach((memberId, index) => {
		add('/project/projects/*/teamMembers', {
			id: made('/project/projects/*/teamMembers').length + 1,
			projectId,
			member: { id: memberId },
			projectRole: { id: index === 0 ? 1 : 2 },
			workRole: { id: index === 0 ? 5 : 2 },
			hours: index === 0 ? 12 : 26,
			startDate: project.estimatedStart ?? null,
			endDate: project.estimatedEnd ?? null,
		});
	});
	add('/project/projects/*/notes', {
		id: made('/project/projects/*/notes').length + 1,
		projectId,
		text: 'Weekly call with the customer on Tuesdays at ten.',
		type: { id: 1 },
		flagged: false,
	});
	const contactId = (project.contact as JsonObject | null)?.id;
	if (contactId === undefined) return;
	add('/project/projects/*/contacts', {
		id: made('/project/projects/*/contacts').length + 1,
		projectId,
		contact: { id: contactId },
	});
}

function addPhases(
	seeding: Seeding,
	sheets: Sheets,
	project: Stored,
	startDays: number,
	lasts: number,
	done: number,
): number {
	const { nowMs, add, made } = seeding;
	let total = 0;
	PHASES.forEach((description, index) => {
		const from = startDays + Math.floor((lasts * index) / PHASES.length);
		const to = startDays + Math.floor((lasts * (index + 1)) / PHASES.length) - 1;
		const isDone = done >= (index + 1) * 25;
		const isRunning = !isDone && done > index * 25;
		const phase = add('/project/projects/*/phases', {
			id: 1201 + made('/project/projects/*/phases').length,
			projectId: project.id,
			description,
			board: BOARD,
			status: { id: isDone ? 3 : isRunning ? 2 : 1 },
			wbsCode: String(index + 1),
			markAsMilestoneFlag: index === 3,
			billTime: 'NoDefault',
			billExpenses: 'NoDefault',
			billProducts: 'NoDefault',
			budgetHours: 16,
			scheduledHours: 16,
			scheduledStart: day(nowMs, from),
			scheduledEnd: day(nowMs, to),
			deadlineDate: day(nowMs, to),
			locationId: 11,
			businessUnitId: 3,
			customFields: [],
		});
		let hours = 0;
		(TASKS[index] ?? []).forEach((summary, number) => {
			const ticket = addProjectTicket(seeding, project, phase, { summary, number, isDone, isRunning, to });
			if (!isDone && !(isRunning && number === 0)) return;
			hours += addTime(seeding, sheets, project, phase, ticket, Math.min(from + number, -1));
		});
		phase.actualHours = hours;
		total += hours;
	});
	return total;
}

type Task = { summary: string; number: number; isDone: boolean; isRunning: boolean; to: number };

function addProjectTicket({ nowMs, random, add, made }: Seeding, project: Stored, phase: Stored, task: Task): Stored {
	const { summary, number, isDone, isRunning, to } = task;
	const ownerId = ENGINEERS[(phase.id + number) % ENGINEERS.length] ?? 151;
	const id = FIRST_PROJECT_TICKET + made('/project/tickets').length;
	const ticket = add('/project/tickets', {
		id,
		summary,
		isIssueFlag: false,
		board: BOARD,
		status: { id: isDone ? 66 : isRunning ? 63 : 62 },
		closedFlag: isDone,
		...(isDone && { closedDate: day(nowMs, Math.min(to, -1)), closedBy: 'schen' }),
		project: { id: project.id },
		phase: { id: phase.id },
		wbsCode: `${phase.wbsCode}.${number + 1}`,
		company: project.company ?? null,
		contact: project.contact ?? null,
		site: project.site ?? null,
		type: { id: 61 },
		owner: { id: ownerId },
		priority: { id: 3 },
		serviceLocation: { id: 2 },
		source: { id: 2 },
		agreement: project.agreement ?? null,
		budgetHours: 8,
		actualHours: 0,
		requiredDate: day(nowMs, to),
		approved: true,
		billTime: 'NoDefault',
		billExpenses: 'NoDefault',
		billProducts: 'NoDefault',
		location: { id: 11 },
		department: { id: 3 },
		workRole: { id: 2 },
		workType: { id: 1 },
		currency: USD,
		mobileGuid: random.guid(),
		customFields: [],
	});
	add('/project/tickets/*/notes', {
		id: 50_001 + made('/project/tickets/*/notes').length,
		ticketId: id,
		text: `${summary}: see the plan of the project.`,
		detailDescriptionFlag: true,
		internalAnalysisFlag: false,
		resolutionFlag: false,
		issueFlag: false,
		member: { id: MANAGER },
		dateCreated: day(nowMs, -20),
		createdBy: 'schen',
		internalFlag: false,
		externalFlag: true,
	});
	add('/project/tickets/*/tasks', {
		id: 8001 + made('/project/tickets/*/tasks').length,
		ticketId: id,
		notes: 'Agree on the date with the customer',
		closedFlag: isDone,
		priority: 1,
	});
	return ticket;
}

function addTime(
	{ nowMs, add, made, random }: Seeding,
	sheets: Sheets,
	project: Stored,
	phase: Stored,
	ticket: Stored,
	days: number,
): number {
	const hours = 2 + random.below(5);
	const startMs = (Math.floor(nowMs / DAY_MS) + days) * DAY_MS + 14 * HOUR_MS;
	const memberId = Number((ticket.owner as JsonObject).id);
	const sheet = sheets.sheetFor(memberId, startMs, hours);
	const last = made('timeEntries').at(-1)?.id ?? 40_000;
	add('timeEntries', {
		id: last + 1,
		company: project.company ?? null,
		companyType: 'Client',
		chargeToId: ticket.id,
		chargeToType: 'ProjectTicket',
		member: { id: memberId },
		locationId: 11,
		businessUnitId: 3,
		location: { id: 11 },
		department: { id: 3 },
		workType: { id: 1 },
		workRole: { id: 2 },
		agreement: project.agreement ?? null,
		project: { id: project.id },
		phase: { id: phase.id },
		ticket: { id: ticket.id },
		timeStart: formatDate(startMs),
		timeEnd: formatDate(startMs + hours * HOUR_MS),
		hoursDeduct: 0,
		actualHours: hours,
		hoursBilled: hours,
		invoiceHours: project.billTime === 'Billable' ? hours : 0,
		billableOption: project.billTime ?? 'Billable',
		notes: String(ticket.summary),
		addToDetailDescriptionFlag: false,
		addToInternalAnalysisFlag: true,
		addToResolutionFlag: false,
		enteredBy: 'schen',
		dateEntered: formatDate(startMs + hours * HOUR_MS),
		hourlyRate: 150,
		timeSheet: { id: sheet.id },
		status: sheet.status,
		ticketBoard: 'Projects & Onboarding',
		invoiceFlag: false,
		locationName: 'Tampa Office',
		mobileGuid: random.guid(),
	});
	ticket.actualHours = Number(ticket.actualHours) + hours;
	return hours;
}

export function addProjectTemplates({ add, made }: Seeding): void {
	['Cloud migration', 'Client onboarding', 'Network refresh'].forEach((name, index) => {
		const id = index + 1;
		add('/project/projectTemplates', { id, name, description: `${name}, as we always do it.`, type: { id } });
		PHASES.forEach((description, number) => {
			const phaseId = made('/project/projectTemplates/*/projectTemplatePhases').length + 1;
			add('/project/projectTemplates/*/projectTemplatePhases', {
				id: phaseId,
				hiddenParentId: id,
				templateRecId: id,
				description,
				budgetHours: 16,
				wbsCode: String(number + 1),
				markAsMilestone: number === 3,
			});
			for (const summary of TASKS[number] ?? []) {
				add('/project/projectTemplates/*/projectTemplateTickets', {
					id: made('/project/projectTemplates/*/projectTemplateTickets').length + 1,
					projectTemplateId: id,
					projectTemplatePhaseId: phaseId,
					description: summary,
					lineNumber: number + 1,
					wbsCode: `${number + 1}.1`,
					budgetHours: 8,
				});
			}
		});
	});
}
