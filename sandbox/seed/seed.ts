// Fills an empty sandbox: the same records every time (fixed random seed), with dates counted back from now.

import type { Stored } from '../behaviour/store.ts';
import { NO_ESTIMATES } from '../behaviour/ticket-defaults.ts';
import { formatDate } from '../behaviour/writing.ts';
import { COLLECTIONS } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { Sheets } from './seed-basics.ts';
import { addProbabilities, addStates, addSubcategories, addVendors, createSheets, stateId } from './seed-basics.ts';
import { addExpenses, addUnpostedExpenses } from './seed-expense.ts';
import { createFiller, fillNamedLists } from './seed-fill.ts';
import { addAgreements, addInvoices, addUnposted } from './seed-finance.ts';
import { addCatalog, addPurchaseOrders, addTicketProducts, addWarehouses } from './seed-procurement.ts';
import { addProjects, addProjectTemplates } from './seed-projects.ts';
import { addActivities, addCampaigns, addGroups, addOpportunities, addOrders, addQuotas } from './seed-sales.ts';
import {
	addAssociations,
	addCompanyTeams,
	addHolidays,
	addKnowledge,
	addSurveys,
	addTargets,
	addTemplates,
} from './seed-service.ts';
import { BOARD_SETUPS, setupRows } from './seed-setup.ts';
import type { Random, Seeding } from './seed-support.ts';
import {
	ACME,
	createRandom,
	customFields,
	DAY_MS,
	FIRST_COMPANY,
	FIRST_MEMBER,
	HOUR_MS,
	JANE_DOE,
	MINUTE_MS,
	refersTo,
	stamps,
	US,
	USD,
} from './seed-support.ts';
import {
	addApiMembers,
	addCallbacks,
	addCustomFieldSetup,
	addLinks,
	addPeople,
	addRecipients,
	addReports,
	addTexts,
} from './seed-system.ts';
import {
	ALERT_ISSUES,
	COMPANIES,
	FIRST_NAMES,
	HELP_DESK_ISSUES,
	JOB_TITLES,
	LAST_NAMES,
	MEMBERS,
	NETWORK_ISSUES,
	NOTE_TEXTS,
	PROJECT_ISSUES,
	RESOLUTIONS,
} from './seed-words.ts';

const TICKETS = 400;
const NEWEST_TICKET = 15992;
const ACME_TICKET = 14059;
const XYZ = 103;
const API_MEMBER_ID = 170;

function addMembers({ random, nowMs, add }: Seeding): void {
	const hired = nowMs - 900 * DAY_MS;
	const common = {
		inactiveFlag: false,
		country: US,
		defaultEmail: 'Office',
		defaultPhone: 'Office',
		securityRole: { id: 63 },
		timeZone: { id: 1 },
		defaultLocation: { id: 11 },
		defaultDepartment: { id: 1 },
		workType: { id: 1 },
		dailyCapacity: 8,
		enableMobileFlag: true,
		includeInUtilizationReportingFlag: true,
		requireTimeSheetEntryFlag: true,
		serviceDefaultLocation: { id: 11 },
		serviceDefaultDepartment: { id: 1 },
		serviceDefaultBoard: { id: 1 },
		hireDate: formatDate(hired),
		_info: stamps(hired, 'admin'),
	};
	MEMBERS.forEach((line, index) => {
		const [identifier = '', firstName = '', lastName = '', title = '', role, rate] = line.split('|');
		add('members', {
			...common,
			id: FIRST_MEMBER + index,
			identifier,
			licenseClass: 'F',
			firstName,
			lastName,
			title,
			officeEmail: `${identifier}@patchbay.example`,
			primaryEmail: `${identifier}@patchbay.example`,
			officePhone: `8135550${String(110 + index)}`,
			workRole: { id: Number(role) },
			hourlyRate: Number(rate),
			hourlyCost: Math.round(Number(rate) / 3),
			adminFlag: identifier === 'klee',
			mobilePhone: `8135551${String(110 + random.below(800))}`,
		});
	});
	add('members', {
		...common,
		id: API_MEMBER_ID,
		identifier: 'patchbay-api',
		licenseClass: 'A',
		firstName: 'Patchbay',
		lastName: 'API',
		title: 'API Member',
		officeEmail: 'api@patchbay.example',
		workRole: { id: 1 },
		hourlyRate: 125,
		adminFlag: false,
	});
}

function addCompanies({ random, nowMs, add }: Seeding): void {
	let associationId = 1;
	COMPANIES.forEach((line, index) => {
		const [identifier = '', name = '', city = '', state = '', zip = ''] = line.split('|');
		const id = FIRST_COMPANY + index;
		const enteredMs = nowMs - (1200 - index * 30) * DAY_MS;
		const street = `${100 + random.below(900)} ${random.pick(['Main St', 'Oak Ave', 'Harbor Blvd', 'Market St'])}`;
		const phone = `${random.pick(['813', '407', '503', '312'])}555${String(1000 + random.below(9000))}`;
		const website = `www.${identifier.toLowerCase()}.example`;
		const mainSite = 200 + index * 2;
		add('companies', {
			id,
			identifier,
			name,
			status: { id: index === 24 ? 2 : index === 19 ? 3 : 1 },
			addressLine1: street,
			city,
			state,
			zip,
			country: US,
			phoneNumber: phone,
			faxNumber: '',
			website,
			territory: { id: 11 },
			accountNumber: `A${1000 + id}`,
			defaultContact: id === ACME ? { id: JANE_DOE } : { id: 1001 + index * 3 },
			dateAcquired: formatDate(enteredMs),
			annualRevenue: random.below(50) * 100_000,
			numberOfEmployees: 5 + random.below(200),
			timeZoneSetup: { id: 1 },
			leadFlag: false,
			unsubscribeFlag: false,
			taxCode: { id: 8 },
			billingTerms: { id: 1 },
			billToCompany: { id },
			invoiceDeliveryMethod: { id: 1 },
			deletedFlag: false,
			mobileGuid: random.guid(),
			currency: USD,
			isVendorFlag: false,
			territoryManager: { id: FIRST_MEMBER + 3 },
			site: { id: mainSite },
			customFields: customFields('companies', {
				15: id === ACME ? 'PB-0102' : null,
				16: random.pick(['North', 'South', 'East', 'West']),
			}),
			_info: stamps(enteredMs, 'klee', nowMs - random.below(200) * DAY_MS),
		});
		add('companyTypeAssociations', { id: associationId++, type: { id: index === 0 ? 4 : 1 }, company: { id } });
		const siteNames = index % 3 === 2 ? ['Main', 'Branch Office'] : ['Main'];
		siteNames.forEach((siteName, siteIndex) => {
			add('sites', {
				id: mainSite + siteIndex,
				name: siteName,
				addressLine1: siteIndex === 0 ? street : `${10 + random.below(90)} Branch Rd`,
				city,
				stateReference: { id: stateId(state) },
				zip,
				country: US,
				phoneNumber: phone,
				primaryAddressFlag: siteIndex === 0,
				defaultShippingFlag: siteIndex === 0,
				defaultBillingFlag: siteIndex === 0,
				defaultMailingFlag: siteIndex === 0,
				inactiveFlag: false,
				billSeparateFlag: false,
				mobileGuid: random.guid(),
				company: { id },
				_info: stamps(enteredMs, 'klee'),
			});
		});
		if (index % 4 === 2) {
			add('companyNotes', {
				id: index + 1,
				text: `${name}: call the front desk before any visit on site.`,
				type: { id: 1 },
				flagged: false,
				enteredBy: 'klee',
				company: { id },
				_info: stamps(enteredMs, 'klee'),
			});
		}
	});
}

function addContacts({ random, nowMs, add }: Seeding): void {
	let communicationId = 5001;
	let associationId = 1;
	COMPANIES.forEach((line, index) => {
		const [identifier = ''] = line.split('|');
		const companyId = FIRST_COMPANY + index;
		for (let number = 0; number < 3; number++) {
			// Three contacts per company; Acme's first is Jane Doe, who has the first id.
			const swapped = companyId === ACME ? 0 : index < 2 ? index + 1 : index;
			const id = JANE_DOE + swapped * 3 + number;
			const jane = id === JANE_DOE;
			const firstName = jane ? 'Jane' : random.pick(FIRST_NAMES);
			const lastName = jane ? 'Doe' : random.pick(LAST_NAMES);
			const phone = jane
				? '8135550142'
				: `${random.pick(['813', '407', '503'])}555${String(1000 + random.below(9000))}`;
			const email = `${firstName}.${lastName}@${identifier}.example`.toLowerCase();
			const enteredMs = nowMs - (100 + random.below(800)) * DAY_MS;
			add('contacts', {
				id,
				firstName,
				lastName,
				company: { id: companyId },
				site: { id: 200 + index * 2 },
				inactiveFlag: !jane && random.below(15) === 0,
				title: jane ? 'Operations Manager' : random.pick(JOB_TITLES),
				marriedFlag: false,
				childrenFlag: false,
				portalSecurityLevel: 6,
				disablePortalLoginFlag: true,
				unsubscribeFlag: false,
				mobileGuid: random.guid(),
				defaultPhoneType: 'Direct',
				defaultPhoneNbr: phone,
				defaultBillingFlag: number === 1,
				defaultFlag: number === 0,
				companyLocation: { id: 11 },
				customFields: customFields('contacts', { 22: random.pick(['Phone', 'Email', null]), 23: jane ? true : null }),
				_info: stamps(enteredMs, 'klee', enteredMs + 30 * DAY_MS, 'bjohnson'),
			});
			const item = (type: number, communicationType: string, value: string, more: JsonObject): void => {
				add('communications', {
					id: communicationId++,
					contactId: id,
					type: { id: type },
					value,
					defaultFlag: true,
					mobileGuid: random.guid(),
					communicationType,
					...more,
					_info: stamps(enteredMs, 'klee'),
				});
			};
			item(2, 'Phone', phone, jane ? { extension: '401' } : {});
			item(1, 'Email', email, { domain: email.slice(email.indexOf('@')) });
			add('contactTypeAssociations', { id: associationId++, type: { id: number === 0 ? 1 : 3 }, contact: { id } });
			if (jane) {
				add('contactNotes', {
					id: 1,
					contactId: id,
					text: 'Prefers a call before ten in the morning.',
					type: { id: 1 },
					flagged: false,
					enteredBy: 'bjohnson',
					_info: stamps(enteredMs, 'bjohnson'),
				});
			}
		}
	});
}

function addConfigurations({ random, nowMs, add }: Seeding): void {
	const kinds = ['WS', 'SRV', 'FW', 'PRN'];
	for (let index = 0; index < COMPANIES.length * 2; index++) {
		const companyIndex = Math.floor(index / 2);
		const [identifier = ''] = (COMPANIES[companyIndex] ?? '').split('|');
		const kind = random.below(kinds.length);
		const enteredMs = nowMs - (60 + random.below(700)) * DAY_MS;
		add('configurations', {
			id: 301 + index,
			name: `${identifier.slice(0, 8).toUpperCase()}-${kinds[kind]}${String(1 + (index % 2)).padStart(2, '0')}`,
			type: { id: kind + 1 },
			status: { id: 1 },
			company: { id: FIRST_COMPANY + companyIndex },
			site: { id: 200 + companyIndex * 2 },
			locationId: 11,
			businessUnitId: 1,
			deviceIdentifier: `DEV-${7000 + index}`,
			serialNumber: random.guid().slice(0, 8).toUpperCase(),
			modelNumber: random.pick(['OptiPlex 7090', 'PowerEdge R450', 'FortiGate 60F', 'LaserJet M404']),
			installationDate: formatDate(enteredMs),
			warrantyExpirationDate: formatDate(enteredMs + 1095 * DAY_MS),
			ipAddress: `10.0.${companyIndex}.${10 + index}`,
			billFlag: true,
			activeFlag: true,
			mobileGuid: random.guid(),
			needsRenewalFlag: false,
			_info: stamps(enteredMs, 'jsmith'),
		});
	}
}

/** Ticket ids in rising order with gaps, through 14059 and up to 15992. */
function ticketIds(random: Random): number[] {
	const steps = Array.from({ length: TICKETS - 1 }, () => 1 + random.below(14));
	const ids = [NEWEST_TICKET];
	for (const step of steps) ids.push((ids.at(-1) ?? 0) - step);
	ids.reverse();
	const at = ids.findIndex((id) => id >= ACME_TICKET);
	ids[at] = ACME_TICKET;
	return ids;
}

type Plan = {
	id: number;
	enteredMs: number;
	boardId: number;
	companyId: number;
	issue: string;
	statusId: number;
	closed: boolean;
	ownerId: number | null;
	priorityId: number;
};

const ISSUES: Record<number, readonly string[]> = {
	1: HELP_DESK_ISSUES,
	4: NETWORK_ISSUES,
	6: PROJECT_ISSUES,
	7: ALERT_ISSUES,
};

/** Decides what a ticket is about; the three that documentation names are fixed. */
function planTicket(random: Random, nowMs: number, id: number, index: number): Plan {
	// The newest is 25 minutes old, the oldest about 120 days; half of them are from the last month.
	const age = (TICKETS - 1 - index) / TICKETS;
	const enteredMs = nowMs - 25 * MINUTE_MS - Math.round(age ** 2 * 120 * DAY_MS);
	const named = id === ACME_TICKET || id === NEWEST_TICKET;
	const forXyz = index % 8 === 5;
	const boardId = named ? 1 : random.pick([1, 1, 1, 1, 4, 4, 6, 7]);
	const setup = BOARD_SETUPS.find((board) => board.id === boardId) ?? BOARD_SETUPS[0];
	const statuses = Object.entries(setup?.statuses ?? {});
	// The older, the likelier closed. XYZ keeps its tickets open, so that a list of them needs more than one page.
	const closed = !named && !forXyz && random.below(100) < 25 + age * 70;
	const choice = statuses.filter(([, name]) => name.endsWith('!') === closed);
	const fixedStatus = id === NEWEST_TICKET ? 11 : id === ACME_TICKET ? 12 : null;
	const statusId = fixedStatus ?? Number(random.pick(choice)[0]);
	const companyId = named ? ACME : forXyz ? XYZ : FIRST_COMPANY + 1 + random.below(COMPANIES.length - 1);
	const team = Object.values(setup?.teams ?? {}).flatMap(({ members }) => members);
	const isNew = statuses.some(([status, name]) => Number(status) === statusId && name.startsWith('*'));
	return {
		id,
		enteredMs,
		boardId,
		companyId,
		issue:
			id === NEWEST_TICKET
				? '14/18/23|Line of business database down'
				: id === ACME_TICKET
					? '11/11/11|Outlook keeps asking for password'
					: random.pick(ISSUES[boardId] ?? HELP_DESK_ISSUES),
		statusId,
		closed,
		ownerId:
			id === ACME_TICKET
				? FIRST_MEMBER
				: id === NEWEST_TICKET || (isNew && random.below(2) === 0)
					? null
					: random.pick(team),
		priorityId: id === NEWEST_TICKET ? 3 : id === ACME_TICKET ? 2 : random.pick([1, 2, 2, 3, 3, 3, 3, 4]),
	};
}

function ticketRecord(random: Random, plan: Plan, closedMs: number, contact: Stored, site: Stored): Stored {
	const { id, enteredMs, boardId, companyId, closed } = plan;
	const [codes = '', summary = ''] = plan.issue.split('|');
	const [type, subType, item] = codes.split('/').map(Number);
	const setup = BOARD_SETUPS.find((board) => board.id === boardId);
	const teams = Object.keys(setup?.teams ?? {}).map(Number);
	const owner = MEMBERS[(plan.ownerId ?? 0) - FIRST_MEMBER]?.split('|')[0] ?? null;
	const respondedMs = enteredMs + 20 * MINUTE_MS;
	const due = new Date(enteredMs + 2 * DAY_MS);
	const answered = plan.ownerId !== null;
	return {
		id,
		summary,
		recordType: 'ServiceTicket',
		board: { id: boardId },
		status: { id: plan.statusId },
		workRole: { id: 1 },
		workType: { id: 1 },
		company: { id: companyId },
		site: { id: site.id },
		siteName: site.name ?? null,
		addressLine1: site.addressLine1 ?? null,
		city: site.city ?? null,
		stateIdentifier: COMPANIES[companyId - FIRST_COMPANY]?.split('|')[3] ?? null,
		zip: site.zip ?? null,
		country: US,
		contact: { id: contact.id },
		contactName: `${contact.firstName} ${contact.lastName}`,
		contactPhoneNumber: contact.defaultPhoneNbr ?? null,
		type: { id: type ?? null },
		subType: { id: subType ?? null },
		item: { id: item ?? null },
		team: { id: teams[0] ?? null },
		owner: plan.ownerId === null ? null : { id: plan.ownerId },
		priority: { id: plan.priorityId },
		serviceLocation: { id: random.pick([1, 2, 2, 2]) },
		source: { id: boardId === 7 ? 4 : random.pick([1, 1, 2, 3]) },
		requiredDate: formatDate(Math.floor((enteredMs + 5 * DAY_MS) / DAY_MS) * DAY_MS),
		budgetHours: boardId === 6 ? 20 : 2,
		agreement: { id: 200 + companyId },
		agreementType: 'Managed Services',
		severity: plan.priorityId === 1 ? 'High' : 'Medium',
		impact: plan.priorityId <= 2 ? 'High' : plan.priorityId === 3 ? 'Medium' : 'Low',
		allowAllClientsPortalView: false,
		customerUpdatedFlag: random.below(10) === 0,
		automaticEmailContactFlag: true,
		automaticEmailResourceFlag: true,
		automaticEmailCcFlag: false,
		closedDate: closed ? formatDate(closedMs) : null,
		closedBy: closed ? owner : null,
		closedFlag: closed,
		actualHours: 0,
		approved: true,
		...NO_ESTIMATES,
		dateResolved: closed ? formatDate(closedMs) : null,
		dateResplan: answered ? formatDate(respondedMs) : null,
		dateResponded: answered ? formatDate(respondedMs) : null,
		resolveMinutes: closed ? Math.round((closedMs - enteredMs) / MINUTE_MS) : 0,
		resPlanMinutes: answered ? 20 : 0,
		respondMinutes: answered ? 20 : 0,
		isInSla: true,
		resources: owner,
		hasChildTicket: false,
		hasMergedChildTicketFlag: false,
		billTime: 'NoDefault',
		billExpenses: 'NoDefault',
		billProducts: 'NoDefault',
		estimatedStartDate: formatDate(Math.floor(enteredMs / DAY_MS) * DAY_MS),
		duration: 1,
		location: { id: 11 },
		department: { id: setup?.departmentId ?? 1 },
		mobileGuid: random.guid(),
		sla: { id: 3 },
		slaStatus: closed
			? 'Resolved'
			: `Resolve by ${due.toUTCString().slice(0, 3)} ${due.getUTCMonth() + 1}/${due.getUTCDate()} 5:00 PM UTC-05`,
		requestForChangeFlag: false,
		currency: USD,
		escalationStartDateUTC: formatDate(enteredMs),
		escalationLevel: closed ? 0 : random.below(4) * 10,
		minutesBeforeWaiting: 0,
		respondedSkippedMinutes: 0,
		resplanSkippedMinutes: 0,
		respondedHours: answered ? 0.33 : null,
		respondedBy: owner,
		resolvedBy: closed ? owner : null,
		minutesWaiting: 0,
		customFields: customFields('tickets', {
			7: random.pick(['Yes', 'No', null]),
			41: closed ? random.pick(['User Training', 'Hardware Failure', 'Configuration']) : null,
		}),
	};
}

function addTickets({ random, nowMs, add, made }: Seeding, sheets: Sheets): void {
	const contacts = made('contacts');
	const sites = made('sites');
	const devices = made('configurations');
	let noteId = 30001;
	let entryId = 40001;
	let scheduleId = 2001;
	let taskId = 601;
	ticketIds(random).forEach((id, index) => {
		const plan = planTicket(random, nowMs, id, index);
		const { enteredMs, companyId, boardId } = plan;
		const ofCompany = (record: Stored): boolean => refersTo(record.company, companyId);
		const named = id === ACME_TICKET || id === NEWEST_TICKET;
		const people = contacts.filter(ofCompany);
		const contact = named ? contacts.find((one) => one.id === JANE_DOE) : random.pick(people);
		const site = sites.find(ofCompany);
		if (!contact || !site) throw new Error(`seed.ts: company ${companyId} has no contact or site`);
		const lastMs = Math.min(nowMs - 5 * MINUTE_MS, enteredMs + (2 + random.below(60)) * HOUR_MS);
		const ticket = ticketRecord(random, plan, lastMs, contact, site);
		const author = plan.ownerId ?? 159;
		const authorName = MEMBERS[author - FIRST_MEMBER]?.split('|')[0] ?? 'bjohnson';
		const between = (part: number): number => Math.round(enteredMs + (lastMs - enteredMs) * part);

		const addNote = (text: string, flag: string, createdMs: number, fromContact: boolean): void => {
			add('ticketNotes', {
				id: noteId++,
				ticketId: id,
				text,
				detailDescriptionFlag: flag === 'detailDescriptionFlag',
				internalAnalysisFlag: flag === 'internalAnalysisFlag',
				resolutionFlag: flag === 'resolutionFlag',
				issueFlag: fromContact,
				...(fromContact ? { contact: { id: contact.id } } : { member: { id: author } }),
				dateCreated: formatDate(createdMs),
				createdBy: fromContact ? String(ticket.contactName) : authorName,
				internalFlag: flag === 'internalAnalysisFlag',
				externalFlag: flag !== 'internalAnalysisFlag',
				_info: stamps(createdMs, fromContact ? 'patchbay-api' : authorName),
			});
		};
		addNote(`${ticket.summary}. Please help as soon as you can.`, 'detailDescriptionFlag', enteredMs, true);
		if (plan.ownerId !== null && random.below(2) === 0) {
			addNote(
				random.pick(NOTE_TEXTS),
				random.pick(['detailDescriptionFlag', 'internalAnalysisFlag']),
				between(0.5),
				false,
			);
		}
		if (plan.closed) addNote(random.pick(RESOLUTIONS), 'resolutionFlag', lastMs, false);

		const entries =
			plan.ownerId === null ? 0 : plan.closed ? 1 + random.below(2) : id === ACME_TICKET ? 1 : random.below(2);
		let hours = 0;
		for (let number = 0; number < entries; number++) {
			const startMs = Math.floor(between(0.2 + number * 0.4) / (15 * MINUTE_MS)) * 15 * MINUTE_MS;
			const spent = (1 + random.below(6)) / 4;
			hours += spent;
			const sheet = sheets.sheetFor(author, startMs, spent);
			add('timeEntries', timeEntry(random, plan, entryId++, startMs, spent, authorName, sheet));
		}
		if (boardId === 6) {
			for (const notes of ['Agree on the date with the client', 'Carry out and document']) {
				add('ticketTasks', { id: taskId++, ticketId: id, notes, closedFlag: plan.closed, priority: 1 });
			}
		}
		if (!plan.closed && plan.ownerId !== null && random.below(6) === 0) {
			const startMs = Math.floor(nowMs / HOUR_MS) * HOUR_MS + (1 + random.below(72)) * HOUR_MS;
			add('scheduleEntries', {
				id: scheduleId++,
				objectId: id,
				name: `${COMPANIES[companyId - FIRST_COMPANY]?.split('|')[1]} / ${ticket.summary}`.slice(0, 250),
				member: { id: plan.ownerId },
				where: { id: 2 },
				dateStart: formatDate(startMs),
				dateEnd: formatDate(startMs + HOUR_MS),
				status: { id: 2 },
				type: { id: 4 },
				doneFlag: false,
				acknowledgedFlag: false,
				ownerFlag: true,
				meetingFlag: false,
				ticketType: 'ServiceTicket',
				hours: 1,
				startTimeSet: true,
				endTimeSet: true,
				mobileGuid: random.guid(),
				_info: stamps(nowMs - 2 * HOUR_MS, 'bjohnson'),
			});
		}
		const device = named || random.below(5) === 0 ? devices.find(ofCompany) : undefined;
		const untouched = plan.ownerId === null;
		add('tickets', {
			...ticket,
			actualHours: hours,
			...(device && { configurationIds: [device.id] }),
			_info: stamps(enteredMs, 'patchbay-api', untouched ? enteredMs : lastMs, untouched ? 'patchbay-api' : authorName),
		});
	});
	add('documents', {
		id: 801,
		title: 'Screenshot of the password prompt',
		fileName: 'outlook-prompt.png',
		owner: 'jsmith',
		linkFlag: false,
		imageFlag: true,
		publicFlag: true,
		readOnlyFlag: false,
		size: 48213,
		createdOnDate: formatDate(nowMs - 3 * DAY_MS),
		guid: random.guid(),
		recordType: 'Ticket',
		recordId: ACME_TICKET,
		_info: stamps(nowMs - 3 * DAY_MS, 'jsmith'),
	});
}

function timeEntry(
	random: Random,
	plan: Plan,
	id: number,
	startMs: number,
	hours: number,
	enteredBy: string,
	sheet: { id: number; status: string },
): Stored {
	const setup = BOARD_SETUPS.find((board) => board.id === plan.boardId);
	const [, , , , role, rate] = MEMBERS[(plan.ownerId ?? FIRST_MEMBER) - FIRST_MEMBER]?.split('|') ?? [];
	const endMs = startMs + hours * HOUR_MS;
	const billableOption = random.pick(['Billable', 'Billable', 'NoCharge']);
	const [type = 0, subType = 0] = plan.issue.split('|')[0]?.split('/').map(Number) ?? [];
	return {
		id,
		company: { id: plan.companyId },
		companyType: 'Client',
		chargeToId: plan.id,
		chargeToType: 'ServiceTicket',
		member: { id: plan.ownerId },
		locationId: 11,
		businessUnitId: 1,
		location: { id: 11 },
		department: { id: 1 },
		workType: { id: random.pick([1, 1, 2]) },
		workRole: { id: Number(role) },
		agreement: { id: 200 + plan.companyId },
		timeStart: formatDate(startMs),
		timeEnd: formatDate(endMs),
		hoursDeduct: 0,
		actualHours: hours,
		billableOption,
		notes: random.pick(NOTE_TEXTS),
		addToDetailDescriptionFlag: true,
		addToInternalAnalysisFlag: false,
		addToResolutionFlag: false,
		emailResourceFlag: false,
		emailContactFlag: false,
		emailCcFlag: false,
		hoursBilled: hours,
		invoiceHours: billableOption === 'Billable' ? hours : 0,
		enteredBy,
		dateEntered: formatDate(endMs),
		mobileGuid: random.guid(),
		hourlyRate: Number(rate),
		timeSheet: { id: sheet.id },
		status: sheet.status,
		ticket: { id: plan.id },
		ticketBoard: setup?.name ?? null,
		ticketStatus: setup?.statuses[plan.statusId]?.replace(/^\*|!$/g, '') ?? null,
		ticketType: setup?.types[type]?.replace('*', '') ?? null,
		ticketSubType: setup?.subTypes[subType]?.name ?? null,
		invoiceFlag: false,
		locationName: 'Tampa Office',
		_info: stamps(endMs, enteredBy),
	};
}

/** All records of a fresh sandbox, each with its collection. The same for the same `nowMs`. */
export function buildSeed(nowMs: number): [Collection, Stored][] {
	const built: [Collection, Stored][] = [];
	const byCollection = new Map<Collection, Stored[]>();
	const made = (collection: Collection): Stored[] => byCollection.get(collection) ?? [];
	const add = (collection: Collection, record: Stored): Stored => {
		const enteredMs = nowMs - 900 * DAY_MS;
		const stamped = { ...record, _info: record._info ?? stamps(enteredMs, 'admin') };
		built.push([collection, stamped]);
		const others = byCollection.get(collection);
		if (others) others.push(stamped);
		else byCollection.set(collection, [stamped]);
		return stamped;
	};
	const seeding: Seeding = { random: createRandom(20_250_916), nowMs, made, add };
	for (const [collection, row] of setupRows()) add(collection, row);
	addStates(seeding);
	addMembers(seeding);
	addCompanies(seeding);
	addContacts(seeding);
	addConfigurations(seeding);
	const sheets = createSheets(seeding);
	addTickets(seeding, sheets);
	addVendors(seeding);
	addProbabilities(seeding);
	addSubcategories(seeding);
	const fill = createFiller({ nowMs, made, add });
	fillNamedLists(fill);
	addCatalog(seeding);
	addWarehouses(seeding);
	addAgreements(seeding);
	addInvoices(seeding);
	addPurchaseOrders(seeding);
	addTicketProducts(seeding);
	addProjects(seeding, sheets);
	addProjectTemplates(seeding);
	// Nobody has entered anything on this one yet.
	sheets.sheetFor(159, nowMs, 0);
	addCampaigns(seeding);
	addGroups(seeding);
	addOpportunities(seeding);
	addActivities(seeding);
	addOrders(seeding);
	addQuotas(seeding);
	addUnposted(seeding);
	addExpenses(seeding);
	addUnpostedExpenses(seeding);
	addKnowledge(seeding);
	addTemplates(seeding);
	addSurveys(seeding);
	addTargets(seeding);
	addAssociations(seeding);
	addHolidays(seeding);
	addCompanyTeams(seeding);
	addCallbacks(seeding);
	addCustomFieldSetup(seeding);
	addLinks(seeding);
	addApiMembers(seeding);
	addReports(seeding);
	addRecipients(seeding);
	addTexts(seeding);
	addPeople(seeding);
	for (const collection of COLLECTIONS) fill(collection);
	return built;
}
