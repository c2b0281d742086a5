// The administrator's side: callbacks, custom fields, links, API members, reports, workflows and how people are set up.

import { DAY_MS } from '../behaviour/weeks.ts';
import { CUSTOM_FIELDS } from '../schema/custom-fields.ts';
import type { Seeding } from './seed-support.ts';
import { day, FIRST_MEMBER, stamps } from './seed-support.ts';
import { MEMBERS } from './seed-words.ts';

const CALLBACKS = ['ticket|board|1', 'company|owner|1', 'invoice|owner|1', 'project|owner|1'];

export function addCallbacks({ nowMs, add }: Seeding): void {
	CALLBACKS.forEach((line, index) => {
		const [type = '', level = '', objectId] = line.split('|');
		add('/system/callbacks', {
			id: index + 1,
			description: `Changes of every ${type}`,
			url: `https://hooks.patchbay.example/${type}?recordId=`,
			objectId: Number(objectId),
			type,
			level,
			memberId: 170,
			payloadVersion: '3.0.0',
			inactiveFlag: index === 3,
			isSoapCallbackFlag: false,
			isSelfSuppressedFlag: false,
			_info: stamps(nowMs - 60 * DAY_MS, 'patchbay-api'),
		});
	});
}

/** The setup behind the custom fields that records show. */
export function addCustomFieldSetup({ nowMs, add }: Seeding): void {
	Object.entries(CUSTOM_FIELDS).forEach(([collection, definitions], pod) => {
		for (const [index, { id, caption, type, entryMethod }] of (definitions ?? []).entries()) {
			add('/system/userDefinedFields', {
				id,
				podId: pod + 1,
				caption,
				sequenceNumber: index + 1,
				screenId: collection.replace(/^.*\//, ''),
				helpText: caption,
				fieldTypeIdentifier: type ?? 'Text',
				entryTypeIdentifier: entryMethod ?? 'EntryField',
				numberDecimals: 0,
				requiredFlag: false,
				displayOnScreenFlag: true,
				readOnlyFlag: false,
				listViewFlag: index === 0,
				dateCreated: day(nowMs, -400),
			});
		}
	});
}

export function addLinks({ add }: Seeding): void {
	['Remote session|Company', 'Network map|Company', 'Call the contact|Contact', 'Alert history|Service'].forEach(
		(line, index) => {
			const [name = '', screenLink = ''] = line.split('|');
			add('/system/links', {
				id: index + 1,
				name,
				screenLink,
				tableReferenceId: index + 1,
				url: `https://tools.patchbay.example/${name.toLowerCase().replaceAll(' ', '-')}?id=[recordid]`,
			});
		},
	);
}

export function addApiMembers({ add }: Seeding): void {
	['patchbay-api|Patchbay API', 'rmm-sync|Example RMM', 'billing-export|Billing export'].forEach((line, index) => {
		const [identifier = '', name = ''] = line.split('|');
		add('/system/apiMembers', {
			id: index === 0 ? 170 : 171 + index,
			identifier,
			name,
			emailAddress: `${identifier}@patchbay.example`,
			inactiveFlag: index === 2,
			timeZone: { id: 1 },
			securityRole: { id: 65 },
			securityLocation: { id: 11 },
			defaultLocation: { id: 11 },
			defaultDepartment: { id: 1 },
			salesDefaultLocation: { id: 11 },
			serviceDefaultBoard: { id: 1 },
		});
	});
}

export const REPORTS = ['Account', 'Company', 'Invoice', 'Member', 'Project', 'Service', 'Time'];

export function addReports({ add }: Seeding): void {
	REPORTS.forEach((name, index) => {
		add('/system/reports', { id: index + 1, name });
	});
}

const STANDARD_NOTES = [
	'Thank you for calling|Thank you for calling. We have noted what you told us and will call back within the hour.',
	'Waiting for your reply|We need an answer from you to go on. Please reply to this e-mail.',
	'Work completed|We have completed the work. Please tell us within three days if anything is left.',
];
const WORKFLOWS = ['Escalate overdue tickets|1|1', 'Remind of overdue invoices|2|', 'Warranty ends soon|3|'];

export function addTexts({ add, made }: Seeding): void {
	STANDARD_NOTES.forEach((line, index) => {
		const [name = '', contents = ''] = line.split('|');
		add('/system/standardNotes', {
			id: index + 1,
			name,
			contents,
			location: { id: 11 },
			department: { id: 1 },
			board: { id: 1 },
		});
	});
	['Email|E-mail', 'ServiceTicket|Create a ticket', 'Activity|Create an activity'].forEach((line, index) => {
		const [identifier = '', name = ''] = line.split('|');
		add('/system/workflows/*/notifyTypes', {
			id: index + 1,
			hiddenParentId: 1,
			identifier,
			name,
			isSetupFlag: true,
			externalFlag: false,
		});
	});
	WORKFLOWS.forEach((line, index) => {
		const [name = '', table, board] = line.split('|');
		add('/system/workflows', {
			id: index + 1,
			name,
			tableType: { id: Number(table) },
			location: { id: 11 },
			department: { id: 1 },
			activateFlag: index < 2,
			batchInterval: 15,
			batchFrequencyUnit: 'Minutes',
			batchSchedule: 'AnyTime',
			...(board && { board: { id: Number(board) } }),
		});
		add('/system/workflows/*/events', {
			id: index + 1,
			hiddenParentId: index + 1,
			name,
			eventCondition:
				['Date required is before today', 'Due date is before today', 'Warranty ends within 30 days'][index] ?? '',
			frequencyUnit: 'Days',
			frequencyOfExecution: 1,
			maxNumberOfExecution: 3,
			executionTime: 'MultipleTimes',
		});
		add('/system/workflows/*/events/*/actions', {
			id: made('/system/workflows/*/events/*/actions').length + 1,
			hiddenParentId: index + 1,
			notifyType: { id: 1 },
			notifyWho: { id: 1 },
			emailRecipient: 'dispatch@patchbay.example',
			subject: name,
			notes: 'Please look into this today.',
		});
	});
}

export function addRecipients({ add }: Seeding): void {
	['Contact|Contact', 'Member|Specific member', 'Team|Service team', 'Email|E-mail address'].forEach((line, index) => {
		const [identifier = '', name = ''] = line.split('|');
		add('/system/notificationRecipients', {
			id: index + 1,
			identifier,
			name,
			externalFlag: identifier === 'Email' || identifier === 'Contact',
			serviceFlag: true,
			salesFlag: true,
			invoiceFlag: true,
		});
	});
}

/** What members know and may do: skills, certifications, hours off, who stands in. */
export function addPeople({ nowMs, add, made }: Seeding): void {
	const year = new Date(nowMs).getUTCFullYear();
	MEMBERS.forEach((_, index) => {
		const member = { id: FIRST_MEMBER + index };
		[1 + (index % 6), 1 + ((index + 2) % 6)].forEach((skill, number) => {
			add('/system/members/*/skills', {
				id: made('/system/members/*/skills').length + 1,
				member,
				skill: { id: skill },
				skillLevel: number === 0 ? 'Advanced' : 'Intermediate',
				certifiedFlag: number === 0,
				yearsExperience: 2 + (index % 7),
			});
		});
		['PTO|120|Paid time off', 'Sick|40|Sick leave'].forEach((line) => {
			const [accrualType = '', hours, reason = ''] = line.split('|');
			add('/system/members/*/accruals', {
				id: made('/system/members/*/accruals').length + 1,
				member,
				accrualType,
				year,
				hours: Number(hours),
				reason,
			});
		});
		add('/system/inOutBoards', {
			id: index + 1,
			member,
			inOutType: { id: 1 + (index % 4) },
			additionalInfo: index % 4 === 1 ? 'At a customer until noon' : null,
			dateBack: day(nowMs, 1),
		});
	});
}
