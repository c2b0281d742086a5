// What the service desk works with besides tickets: knowledge, templates, surveys, targets by priority, and the setup
// whose records name each other.

import { DAY_MS } from '../behaviour/weeks.ts';
import type { Seeding } from './seed-support.ts';
import { day, FIRST_COMPANY, stamps } from './seed-support.ts';

/** `title|category|subcategory|issue|resolution` */
const ARTICLES = [
	'Outlook keeps asking for the password|1|1|After a password change Outlook asks again and again.|Close Outlook, remove the old entry in the credential manager, start Outlook and sign in.',
	'Set up a shared mailbox|1|2|A team wants one mailbox for all.|Create the shared mailbox, give the team access, let Outlook pick it up after an hour.',
	'VPN connects but reaches nothing|2|3|The tunnel is up, shares do not open.|Check the routes of the client; renew the profile when the office network is missing.',
	'Wi-Fi drops in one room|2|4|Devices lose the network in one room only.|Move the access point to a free channel and lower the power of its neighbors.',
	'Lost phone with MFA|3|5|The user cannot sign in without the phone.|Verify the caller, remove the method, issue a temporary pass, enroll the new phone.',
	'Suspicious e-mail was opened|3|6|A user opened an attachment.|Isolate the device, reset the password, scan, and report to the security lead.',
	'Printer offline after a power cut|4|7|The printer shows as offline.|Give it back its reserved address and restart the spooler on the print server.',
	'Laptop does not charge in the dock|4|8|The dock works, charging does not.|Update the firmware of the dock; check that the power supply has at least 90 W.',
];

export function addKnowledge({ nowMs, add }: Seeding): void {
	'Outlook|Mailboxes|VPN|Wireless|MFA|Incidents|Printers|Docks'.split('|').forEach((name, index) => {
		add('/service/knowledgeBaseSubCategories', {
			id: index + 1,
			name,
			category: { id: 1 + Math.floor(index / 2) },
			location: { id: 11 },
			department: { id: 1 },
		});
	});
	ARTICLES.forEach((line, index) => {
		const [title = '', category, subCategory, issue = '', resolution = ''] = line.split('|');
		const createdMs = nowMs - (300 - index * 20) * DAY_MS;
		add('/service/knowledgeBaseArticles', {
			id: index + 1,
			title,
			issue,
			resolution,
			locationId: 11,
			businessUnitId: 1,
			board: { id: category === '2' ? 4 : 1 },
			categoryId: Number(category),
			subCategoryId: Number(subCategory),
			dateCreated: day(createdMs, 0),
			createdBy: 'jsmith',
			_info: stamps(createdMs, 'jsmith'),
		});
	});
}

/** `name|board|type|subtype|item|summary` */
const TEMPLATES = [
	'New employee|1|13|15|19|Set up a new employee',
	'Employee leaves|1|13|15|18|Close the accounts of an employee',
	'Monthly server check|1|14|17|21|Check servers and backups',
	'Firewall rule change|4|44|45|47|Change a rule of the firewall',
];

export function addTemplates({ add, made }: Seeding): void {
	TEMPLATES.forEach((line, index) => {
		const [name = '', board, type, subType, item, summary = ''] = line.split('|');
		add('/service/templates', {
			id: index + 1,
			name,
			board: { id: Number(board) },
			type: { id: Number(type) },
			subtype: { id: Number(subType) },
			item: { id: Number(item) },
			status: { id: board === '4' ? 41 : 11 },
			team: { id: board === '4' ? 41 : 11 },
			priority: { id: 3 },
			source: { id: 2 },
			serviceLocation: { id: 2 },
			location: { id: 11 },
			department: { id: 1 },
			summary,
			problem: `${summary}: follow the tasks.`,
			hoursBudget: 2,
			templateFlag: true,
			severity: 'Medium',
			impact: 'Medium',
			assignedBy: { id: 159 },
		});
		['Ask for the date', 'Carry out', 'Tell the customer'].forEach((notes, number) => {
			add('/service/templates/*/tasks', {
				id: made('/service/templates/*/tasks').length + 1,
				hiddenParentId: index + 1,
				code: { id: 1 + number },
				notes,
				priority: number + 1,
				serviceTemplate: { id: index + 1 },
			});
		});
	});
}

export function addSurveys({ add, made }: Seeding): void {
	const questions = [
		'How satisfied are you with the result?',
		'How quickly did we answer?',
		'What could we do better?',
	];
	for (const surveyId of [1, 2]) {
		questions.forEach((question, index) => {
			const isOpen = index === 2;
			const id = (surveyId - 1) * 3 + index + 1;
			add('/service/surveys/*/questions', {
				id,
				surveyId,
				sequenceNumber: index + 1,
				type: isOpen ? 'OpenEnded' : 'Selection',
				question,
				includeFlag: true,
				requiredFlag: !isOpen,
				noAnswerPoints: 0,
			});
			['Very', 'Somewhat', 'Not at all'].forEach((caption, option) => {
				add('/service/surveys/*/questions/*/options', {
					id: made('/service/surveys/*/questions/*/options').length + 1,
					hiddenParentId: id,
					caption,
					points: 10 - option * 5,
					visibleflag: !isOpen,
				});
			});
		});
	}
	const closed = made('tickets').filter(({ closedFlag }) => closedFlag === true);
	closed.slice(-8).forEach((ticket, index) => {
		add('/service/surveys/*/results', {
			id: index + 1,
			surveyId: 1,
			ticketId: ticket.id,
			contact: ticket.contact ?? null,
			company: ticket.company ?? null,
			contactMeFlag: index === 3,
			footerResponse: index === 3 ? 'Please call me about the slow network.' : 'Thank you, all good.',
			totalPoints: index === 3 ? 10 : 20,
		});
	});
}

/** Response targets of each agreement of service, by priority: the higher the sooner. */
export function addTargets({ add }: Seeding): void {
	for (const slaId of [3, 4, 5]) {
		for (const priority of [1, 2, 3, 4]) {
			const hours = [1, 2, 4, 8][priority - 1] ?? 8;
			add('/service/SLAs/*/priorities', {
				id: (slaId - 3) * 4 + priority,
				sla: { id: slaId },
				priority: { id: priority },
				respondHours: slaId === 4 ? hours / 2 : hours,
				planWithin: hours * 2,
				resolutionHours: hours * 4,
				respondPercent: 90,
				planWithinPercent: 90,
				resolutionPercent: 90,
			});
		}
	}
	add('/service/knowledgebasesettings', { id: 1, requireApproval: true, defaultApprover: { id: 154 } });
}

/** How types, subtypes and items of a board go together: every item with the first subtype of the board. */
export function addAssociations({ add, made }: Seeding): void {
	let id = 1;
	for (const item of made('items')) {
		const board = item.board ?? null;
		const ofBoard = made('subTypes').filter((one) => JSON.stringify(one.board) === JSON.stringify(board));
		add('/service/boards/*/items/*/associations', {
			id: item.id,
			item: { id: item.id },
			board,
			subTypeAssociationIds: ofBoard.map((one) => one.id),
		});
		const subType = ofBoard[item.id % Math.max(1, ofBoard.length)];
		const types = subType?.typeAssociationIds;
		if (!subType || !Array.isArray(types)) continue;
		add('/service/boards/*/typeSubTypeItemAssociations', {
			id: id++,
			board,
			type: { id: types[0] ?? null },
			subType: { id: subType.id },
			item: { id: item.id },
		});
	}
}

const HOLIDAYS = ['01-01|New Year', '07-04|Independence Day', '11-26|Thanksgiving', '12-25|Christmas Day'];

export function addHolidays({ nowMs, add, made }: Seeding): void {
	const year = new Date(nowMs).getUTCFullYear();
	for (const listId of [1, 2]) {
		for (const line of HOLIDAYS) {
			const [date = '', name = ''] = line.split('|');
			add('/schedule/holidayLists/*/holidays', {
				id: made('/schedule/holidayLists/*/holidays').length + 1,
				holidayList: { id: listId },
				name,
				allDayFlag: true,
				date: `${year}-${date}T00:00:00Z`,
			});
		}
	}
}

/** Who looks after a client: every company has an account manager and a technical lead. */
export function addCompanyTeams({ add, made }: Seeding): void {
	for (const company of made('companies').filter(({ id }) => id > FIRST_COMPANY && id < 126)) {
		for (const role of [1, 2]) {
			add('/company/companies/*/teams', {
				id: made('/company/companies/*/teams').length + 1,
				company: { id: company.id },
				teamRole: { id: role },
				location: { id: 11 },
				department: { id: 1 },
				member: { id: role === 1 ? 154 : 151 + (company.id % 2) },
				accountManagerFlag: role === 1,
				techFlag: role === 2,
				salesFlag: false,
			});
		}
	}
}
