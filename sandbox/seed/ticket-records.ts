// Tickets, their notes, tasks and time entries. A row holds the decisions; all fields that follow from them are filled in
// here.

import type { Stored } from '../behaviour/store.ts';
import { TICKET_CONSTANTS } from '../behaviour/tickets.ts';
import { DAY_MS, formatDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import { HOUR_MS, MINUTE_MS } from './relative-dates.ts';
import { stamps } from './rows.ts';
import type { Seeding } from './seeding.ts';
import type { TimeSheets } from './time-sheets.ts';

/** Board of projects and onboarding: its tickets have tasks and a larger budget. */
const PROJECT_BOARD = 6;
const DISPATCHER = 159;
const QUARTER_MS = 15 * MINUTE_MS;
const FIRST_NOTE = 30_001;
const FIRST_TASK = 601;
const FIRST_TIME_ENTRY = 40_001;

const idOf = (reference: Json | undefined): number => Number(at(reference, 'id'));
const msOf = (date: Json | undefined): number => Date.parse(String(date));
const midnight = (ms: number): string => formatDate(Math.floor(ms / DAY_MS) * DAY_MS);

/** Adds a ticket from its row; `lastWork` is when it was closed or touched last. */
export function addTicket(seeding: Seeding, { lastWork, ...row }: Stored): void {
	const { get, add, guid, nowMs } = seeding;
	const enteredMs = msOf(at(row._info, 'dateEntered'));
	const closed = get('statuses', idOf(row.status))?.closedStatus === true;
	const owner = get('members', idOf(row.owner))?.identifier ?? null;
	const author = owner ?? get('members', DISPATCHER)?.identifier ?? null;
	const ticket = add('tickets', {
		...SEED_CONSTANTS,
		...row,
		...placeFields(seeding, row),
		...urgencyFields(row),
		...slaFields(enteredMs, closed, owner, lastWork ?? null),
		team: { id: seeding.made('teams').find(({ boardId }) => boardId === idOf(row.board))?.id ?? null },
		agreement: { id: 200 + idOf(row.company) },
		department: get('boards', idOf(row.board))?.department ?? { id: 1 },
		budgetHours: idOf(row.board) === PROJECT_BOARD ? 20 : 2,
		requiredDate: midnight(enteredMs + 5 * DAY_MS),
		estimatedStartDate: midnight(enteredMs),
		escalationStartDateUTC: formatDate(enteredMs),
		resources: owner,
		mobileGuid: guid(),
		_info: stamps(
			{
				dateEntered: formatDate(enteredMs),
				enteredBy: 'patchbay-api',
				...(owner !== null && { lastUpdated: lastWork ?? null, updatedBy: author }),
			},
			nowMs,
		),
	});
	if (idOf(ticket.board) === PROJECT_BOARD) addTasks(seeding, ticket);
	addNote(seeding, {
		id: 0,
		ticketId: ticket.id,
		text: `${ticket.summary}. Please help as soon as you can.`,
		shown: 'detailDescriptionFlag',
		dateCreated: formatDate(enteredMs),
		issueFlag: true,
	});
}

const SEED_CONSTANTS: JsonObject = {
	...TICKET_CONSTANTS,
	workRole: { id: 1 },
	workType: { id: 1 },
	agreementType: 'Managed Services',
	automaticEmailContactFlag: true,
	automaticEmailResourceFlag: true,
	duration: 1,
	location: { id: 11 },
	minutesWaiting: 0,
};

/** Copies the address from the company's main site and the caller's details from the contact. */
function placeFields({ made, get }: Seeding, row: Stored): JsonObject {
	const site = made('sites').find(({ company }) => idOf(company) === idOf(row.company));
	const contact = get('contacts', idOf(row.contact));
	if (!site || !contact) throw new Error(`ticket-records.ts: ticket ${row.id} has no site or contact`);
	return {
		site: { id: site.id },
		siteName: site.name ?? null,
		addressLine1: site.addressLine1 ?? null,
		city: site.city ?? null,
		stateIdentifier: get('companies', idOf(row.company))?.state ?? null,
		zip: site.zip ?? null,
		country: { id: 1 },
		contactName: `${contact.firstName} ${contact.lastName}`,
		contactPhoneNumber: contact.defaultPhoneNbr ?? null,
	};
}

function urgencyFields({ priority }: Stored): JsonObject {
	const level = idOf(priority);
	return { severity: level === 1 ? 'High' : 'Medium', impact: level <= 2 ? 'High' : level === 3 ? 'Medium' : 'Low' };
}

/** Response after 20 minutes if the ticket has an owner; resolution due two days after it came in. */
function slaFields(enteredMs: number, closed: boolean, owner: Json, lastWork: Json): JsonObject {
	const responded = owner === null ? null : formatDate(enteredMs + 20 * MINUTE_MS);
	const due = new Date(enteredMs + 2 * DAY_MS);
	const closedDate = closed ? lastWork : null;
	return {
		closedFlag: closed,
		closedDate,
		closedBy: closed ? owner : null,
		dateResolved: closedDate,
		resolvedBy: closed ? owner : null,
		resolveMinutes: closed ? Math.round((msOf(lastWork) - enteredMs) / MINUTE_MS) : 0,
		dateResplan: responded,
		dateResponded: responded,
		resPlanMinutes: responded ? 20 : 0,
		respondMinutes: responded ? 20 : 0,
		respondedHours: responded ? 0.33 : null,
		respondedBy: owner,
		slaStatus: closed
			? 'Resolved'
			: `Resolve by ${due.toUTCString().slice(0, 3)} ${due.getUTCMonth() + 1}/${due.getUTCDate()} 5:00 PM UTC-05`,
	};
}

function addTasks({ add, made }: Seeding, ticket: Stored): void {
	for (const notes of ['Agree on the date with the client', 'Carry out and document']) {
		const id = FIRST_TASK + made('ticketTasks').length;
		add('ticketTasks', { id, ticketId: ticket.id, notes, closedFlag: ticket.closedFlag ?? false, priority: 1 });
	}
}

/** Adds a note from its row; `shown` names the flag of the tab that it stands in, an issue is the contact's own. */
export function addNote(seeding: Seeding, { shown, ...row }: Stored): void {
	const { get, add, made, nowMs } = seeding;
	const ticket = get('tickets', Number(row.ticketId));
	const fromContact = row.issueFlag === true;
	const member = get('members', ticket?.owner ? idOf(ticket.owner) : DISPATCHER);
	const enteredBy = fromContact ? 'patchbay-api' : (member?.identifier ?? null);
	const internalFlag = shown === 'internalAnalysisFlag';
	add('ticketNotes', {
		...row,
		id: FIRST_NOTE + made('ticketNotes').length,
		detailDescriptionFlag: shown === 'detailDescriptionFlag',
		internalAnalysisFlag: internalFlag,
		resolutionFlag: shown === 'resolutionFlag',
		issueFlag: fromContact,
		...(fromContact ? { contact: ticket?.contact ?? null } : { member: { id: member?.id ?? DISPATCHER } }),
		createdBy: fromContact ? (ticket?.contactName ?? null) : enteredBy,
		internalFlag,
		externalFlag: !internalFlag,
		_info: stamps({ dateEntered: row.dateCreated ?? null, enteredBy }, nowMs),
	});
}

/** Adds a time entry from its row, to the sheet of its week and the hours of its ticket. */
export function addTimeEntry(seeding: Seeding, sheets: TimeSheets, row: Stored): void {
	const { get, add, made, guid, nowMs } = seeding;
	const ticket = get('tickets', Number(row.chargeToId)) ?? get('/project/tickets', Number(row.chargeToId));
	if (!ticket) throw new Error(`ticket-records.ts: no ticket ${row.chargeToId}`);
	const hours = Number(row.actualHours);
	// Nobody enters time that is still to come.
	const latestMs = Math.min(msOf(row.timeStart), nowMs - hours * HOUR_MS);
	const startMs = Math.floor(latestMs / QUARTER_MS) * QUARTER_MS;
	const timeEnd = formatDate(startMs + hours * HOUR_MS);
	const sheet = sheets.sheetFor(idOf(ticket.owner), startMs, hours);
	const own = ticket.project ? ofProject(seeding, ticket) : ofService(seeding, ticket, row);
	add('timeEntries', {
		...row,
		id: FIRST_TIME_ENTRY + made('timeEntries').length,
		company: ticket.company ?? null,
		companyType: 'Client',
		member: ticket.owner ?? null,
		agreement: ticket.agreement ?? null,
		ticket: { id: ticket.id },
		locationId: 11,
		location: { id: 11 },
		locationName: 'Tampa Office',
		timeStart: formatDate(startMs),
		timeEnd,
		hoursDeduct: 0,
		hoursBilled: hours,
		invoiceFlag: false,
		dateEntered: timeEnd,
		mobileGuid: guid(),
		timeSheet: { id: sheet.id },
		status: sheet.status,
		...own,
		invoiceHours: own.billableOption === 'Billable' ? hours : 0,
		...(!ticket.project && { _info: stamps({ dateEntered: timeEnd, enteredBy: own.enteredBy ?? null }, nowMs) }),
	});
	if (!ticket.project) ticket.actualHours = Number(ticket.actualHours) + hours;
}

function ofService({ get }: Seeding, ticket: Stored, row: Stored): JsonObject {
	const member = get('members', idOf(ticket.owner));
	return {
		chargeToType: 'ServiceTicket',
		billableOption: row.billableOption ?? null,
		businessUnitId: 1,
		department: { id: 1 },
		workRole: member?.workRole ?? null,
		hourlyRate: member?.hourlyRate ?? null,
		enteredBy: member?.identifier ?? null,
		addToDetailDescriptionFlag: true,
		addToInternalAnalysisFlag: false,
		addToResolutionFlag: false,
		emailResourceFlag: false,
		emailContactFlag: false,
		emailCcFlag: false,
		ticketBoard: get('boards', idOf(ticket.board))?.name ?? null,
		ticketStatus: get('statuses', idOf(ticket.status))?.name ?? null,
		ticketType: get('types', idOf(ticket.type))?.name ?? null,
		ticketSubType: get('subTypes', idOf(ticket.subType))?.name ?? null,
	};
}

function ofProject({ get }: Seeding, ticket: Stored): JsonObject {
	const project = get('/project/projects', idOf(ticket.project));
	return {
		chargeToType: 'ProjectTicket',
		billableOption: project?.billTime ?? 'Billable',
		businessUnitId: 3,
		department: { id: 3 },
		workType: { id: 1 },
		workRole: { id: 2 },
		hourlyRate: 150,
		enteredBy: 'schen',
		notes: ticket.summary ?? null,
		project: ticket.project ?? null,
		phase: ticket.phase ?? null,
		addToDetailDescriptionFlag: false,
		addToInternalAnalysisFlag: true,
		addToResolutionFlag: false,
		ticketBoard: get('boards', PROJECT_BOARD)?.name ?? null,
	};
}
