// The setup tables of the sandbox: boards with their statuses, types, subtypes, items and teams, and small lists.
// Ids are fixed, so that documentation and tests can name them.

import type { JsonObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';

type Row = JsonObject & { id: number };

/** One board's setup; in the lists a leading `*` marks the default, in statuses a trailing `!` one that closes. */
type BoardSetup = {
	id: number;
	name: string;
	departmentId: number;
	statuses: Record<number, string>;
	types: Record<number, string>;
	subTypes: Record<number, { name: string; types: number[] }>;
	items: Record<number, string>;
	teams: Record<number, { name: string; members: number[] }>;
};

export const BOARD_SETUPS: readonly BoardSetup[] = [
	{
		id: 1,
		name: 'Help Desk',
		departmentId: 1,
		statuses: {
			11: '*New',
			12: 'In Progress',
			13: 'Waiting on Customer',
			14: 'Escalated',
			15: 'Scheduled',
			// A trap of real instances: it sounds closed, but its setup does not close the ticket.
			16: 'Completed',
			17: 'Closed!',
			18: 'Cancelled!',
		},
		types: { 11: '*Software', 12: 'Hardware', 13: 'User Account', 14: 'Server' },
		subTypes: {
			11: { name: 'E-mail', types: [11] },
			12: { name: 'Application', types: [11] },
			13: { name: 'Workstation', types: [12] },
			14: { name: 'Printer', types: [12] },
			15: { name: 'Access', types: [13] },
			16: { name: 'Security', types: [13] },
			17: { name: 'Files', types: [14] },
			18: { name: 'Remote Access', types: [14] },
		},
		items: {
			11: 'Outlook',
			12: 'Mailbox',
			13: 'Microsoft Office',
			14: 'Third-party Software',
			15: 'Laptop',
			16: 'Peripheral',
			17: 'Printer',
			18: 'Password',
			19: 'Onboarding',
			20: 'MFA',
			21: 'File Share',
			22: 'Restore',
			23: 'Remote Desktop',
		},
		teams: { 11: { name: '*Tier 1', members: [153, 155, 156] }, 12: { name: 'Tier 2', members: [151, 160] } },
	},
	{
		id: 4,
		name: 'Network Support',
		departmentId: 2,
		statuses: {
			41: '*New',
			42: 'In Progress',
			43: 'Waiting on Customer',
			44: 'Waiting on Vendor',
			45: 'Escalated',
			46: 'Closed!',
		},
		types: { 41: '*Connectivity', 42: 'Wireless', 43: 'WAN / LAN', 44: 'Security' },
		subTypes: {
			41: { name: 'VPN', types: [41] },
			42: { name: 'Access Point', types: [42] },
			43: { name: 'Internet', types: [43] },
			44: { name: 'Switch', types: [43] },
			45: { name: 'Firewall', types: [44] },
			46: { name: 'DNS / DHCP', types: [44] },
		},
		items: {
			41: 'VPN Client',
			42: 'VPN Tunnel',
			43: 'Wi-Fi',
			44: 'Hardware',
			45: 'Provider',
			46: 'Port',
			47: 'Rule',
			48: 'Name Resolution',
		},
		teams: { 41: { name: '*Network Team', members: [152, 157] } },
	},
	{
		id: 6,
		name: 'Projects & Onboarding',
		departmentId: 3,
		statuses: {
			61: '*New',
			62: 'Planned',
			63: 'In Progress',
			64: 'Waiting on Customer',
			65: 'Escalated',
			66: 'Closed!',
		},
		types: { 61: '*Migration', 62: 'Onboarding' },
		subTypes: { 61: { name: 'Server', types: [61] }, 62: { name: 'Client', types: [62] } },
		items: { 61: 'Cloud', 62: 'On-premises', 63: 'Documentation', 64: 'Deployment' },
		teams: { 61: { name: '*Project Team', members: [158, 151] } },
	},
	{
		id: 7,
		name: 'Alerts',
		departmentId: 1,
		statuses: {
			71: '*New',
			72: 'Acknowledged',
			73: 'In Progress',
			74: 'Escalated',
			75: 'Auto-Resolved!',
			76: 'Closed!',
		},
		types: { 71: '*Monitoring', 72: 'Availability' },
		subTypes: {
			71: { name: 'Performance', types: [71] },
			72: { name: 'Backup', types: [71] },
			73: { name: 'Outage', types: [72] },
		},
		items: { 71: 'Threshold', 72: 'Job', 73: 'Device', 74: 'Expiry' },
		teams: { 71: { name: '*NOC', members: [153, 157] } },
	},
];

const isDefault = (name: string): boolean => name.startsWith('*');
const plain = (name: string): string => name.replace(/^\*|!$/g, '');
const rows = <T>(entries: Record<number, T>): [number, T][] =>
	Object.entries(entries).map(([id, entry]) => [Number(id), entry]);

/** How far a status is in the life of a ticket, for the vendor's SLA clock. */
function escalationOf(name: string): string {
	if (name.endsWith('!') || name === 'Completed') return 'Resolved';
	if (name.startsWith('Waiting')) return 'NoEscalation';
	return isDefault(name) ? 'NotResponded' : 'Responded';
}

function boardRows(setup: BoardSetup): [Collection, Row][] {
	const board = { id: setup.id };
	const record: Row = {
		id: setup.id,
		name: setup.name,
		location: { id: 11 },
		department: { id: setup.departmentId },
		inactiveFlag: false,
		sendToContactFlag: true,
		sendToResourceFlag: true,
		projectFlag: false,
		billTicketsAfterClosedFlag: false,
		billTicketSeparatelyFlag: false,
		billUnapprovedTimeExpenseFlag: false,
		overrideBillingSetupFlag: false,
		serviceManagerMember: { id: 154 },
		dispatchMember: { id: 159 },
		workRole: { id: 1 },
		workType: { id: 1 },
		billTime: 'NoDefault',
		billExpense: 'NoDefault',
		billProduct: 'NoDefault',
		autoAssignNewTicketsFlag: false,
		discussionsLockedFlag: false,
		timeEntryLockedFlag: false,
		timeEntryDiscussionFlag: true,
		timeEntryResolutionFlag: false,
		timeEntryInternalAnalysisFlag: false,
		problemSort: 'Ascending',
		resolutionSort: 'Ascending',
		internalAnalysisSort: 'Ascending',
		allSort: 'Ascending',
		markFirstNoteIssueFlag: true,
		restrictBoardByDefaultFlag: false,
	};
	const statuses = rows(setup.statuses).map(([id, name], index): [Collection, Row] => [
		'statuses',
		{
			id,
			name: plain(name),
			board,
			sortOrder: index * 10,
			displayOnBoard: !name.endsWith('!'),
			inactive: false,
			closedStatus: name.endsWith('!'),
			timeEntryNotAllowed: false,
			defaultFlag: isDefault(name),
			escalationStatus: escalationOf(name),
			customerPortalDescription: plain(name),
			customerPortalFlag: true,
			saveTimeAsNote: false,
		},
	]);
	const types = rows(setup.types).map(([id, name]): [Collection, Row] => [
		'types',
		{
			id,
			name: plain(name),
			category: 'Reactive',
			defaultFlag: isDefault(name),
			inactiveFlag: false,
			requestForChangeFlag: false,
			board,
		},
	]);
	const subTypes = rows(setup.subTypes).map(([id, subType]): [Collection, Row] => [
		'subTypes',
		{ id, name: subType.name, inactiveFlag: false, typeAssociationIds: subType.types, board },
	]);
	const items = rows(setup.items).map(([id, name]): [Collection, Row] => [
		'items',
		{ id, name, inactiveFlag: false, board },
	]);
	const teams = rows(setup.teams).map(([id, team]): [Collection, Row] => [
		'teams',
		{
			id,
			name: plain(team.name),
			teamLeader: { id: team.members[0] ?? 151 },
			members: team.members,
			defaultFlag: isDefault(team.name),
			notifyOnTicketDelete: false,
			boardId: setup.id,
			locationId: 11,
			businessUnitId: setup.departmentId,
		},
	]);
	return [['boards', record], ...statuses, ...types, ...subTypes, ...items, ...teams];
}

const numbered = (collection: Collection, list: JsonObject[]): [Collection, Row][] =>
	list.map((row, index) => [collection, { id: index + 1, ...row }]);

const FLAT = { hoursMin: 0, hoursMax: 24, roundBillHoursTo: 0.25, inactiveFlag: false, utilizationFlag: true };

export function setupRows(): [Collection, Row][] {
	return [
		...numbered('locations', [
			{ id: 11, name: 'Tampa Office', structureLevel: { id: 2, name: 'Location' }, locationFlag: true },
		]),
		...numbered('departments', [
			{ identifier: 'Service', name: 'Service' },
			{ identifier: 'Network', name: 'Network' },
			{ identifier: 'Projects', name: 'Projects' },
			{ identifier: 'Admin', name: 'Administration' },
		]),
		...BOARD_SETUPS.flatMap(boardRows),
		...numbered('priorities', [
			{ name: 'Priority 1 - Critical', color: 'Red', sortOrder: 1, defaultFlag: false, level: 'Critical' },
			{ name: 'Priority 2 - High', color: 'Orange', sortOrder: 2, defaultFlag: false, level: 'High' },
			{ name: 'Priority 3 - Medium', color: 'Yellow', sortOrder: 3, defaultFlag: true, level: 'Medium' },
			{ name: 'Priority 4 - Low', color: 'Green', sortOrder: 4, defaultFlag: false, level: 'Low' },
		]),
		...numbered('sources', [
			{ name: 'E-mail', defaultFlag: true },
			{ name: 'Phone', defaultFlag: false },
			{ name: 'Portal', defaultFlag: false },
			{ name: 'Monitoring', defaultFlag: false },
		]),
		...numbered('serviceLocations', [
			{ name: 'On-Site', where: 'OnSite', defaultFlag: false },
			{ name: 'Remote', where: 'Remote', defaultFlag: true },
			{ name: 'In-House', where: 'InHouse', defaultFlag: false },
		]),
		...numbered('companyStatuses', [
			{ name: 'Active', defaultFlag: true, inactiveFlag: false, notifyFlag: false, disallowSavingFlag: false },
			{ name: 'Inactive', defaultFlag: false, inactiveFlag: true, notifyFlag: false, disallowSavingFlag: false },
			{ name: 'Credit Hold', defaultFlag: false, inactiveFlag: false, notifyFlag: true, disallowSavingFlag: false },
		]),
		...numbered('companyTypes', [
			{ name: 'Client', defaultFlag: true, vendorFlag: false },
			{ name: 'Prospect', defaultFlag: false, vendorFlag: false },
			{ name: 'Vendor', defaultFlag: false, vendorFlag: true },
			{ name: 'Owner', defaultFlag: false, vendorFlag: false },
		]),
		...numbered('contactTypes', [
			{ description: 'Primary', defaultFlag: false },
			{ description: 'Billing', defaultFlag: false },
			{ description: 'End User', defaultFlag: true },
		]),
		...numbered('communicationTypes', [
			{ description: 'Email', phoneFlag: false, faxFlag: false, emailFlag: true, defaultFlag: true },
			{ description: 'Direct', phoneFlag: true, faxFlag: false, emailFlag: false, defaultFlag: true },
			{ description: 'Fax', phoneFlag: false, faxFlag: true, emailFlag: false, defaultFlag: true },
			{ description: 'Mobile', phoneFlag: true, faxFlag: false, emailFlag: false, defaultFlag: false },
		]),
		...numbered('configurationStatuses', [
			{ description: 'Active', closedFlag: false, defaultFlag: true },
			{ description: 'Retired', closedFlag: true, defaultFlag: false },
		]),
		...numbered(
			'configurationTypes',
			['Managed Workstation', 'Managed Server', 'Managed Network Device', 'Printer'].map((name) => ({
				name,
				inactiveFlag: false,
				systemFlag: false,
			})),
		),
		...numbered('workTypes', [
			{
				name: 'Remote Support',
				billTime: 'Billable',
				rateType: 'Multiplier',
				rate: 1,
				overallDefaultFlag: true,
				...FLAT,
			},
			{ name: 'On-Site Support', billTime: 'Billable', rateType: 'Multiplier', rate: 1, ...FLAT },
			{ name: 'After Hours', billTime: 'Billable', rateType: 'Multiplier', rate: 1.5, ...FLAT },
			{ name: 'Internal', billTime: 'DoNotBill', rateType: 'Multiplier', rate: 0, ...FLAT },
			{ name: 'Courtesy', billTime: 'NoCharge', rateType: 'Multiplier', rate: 1, ...FLAT },
		]),
		...numbered('workRoles', [
			{ name: 'Technician', hourlyRate: 125, inactiveFlag: false },
			{ name: 'Senior Technician', hourlyRate: 150, inactiveFlag: false },
			{ name: 'Network Engineer', hourlyRate: 175, inactiveFlag: false },
			{ name: 'Service Coordinator', hourlyRate: 110, inactiveFlag: false },
			{ name: 'Project Manager', hourlyRate: 180, inactiveFlag: false },
		]),
		...numbered('scheduleTypes', [
			{ id: 2, name: 'Activity', identifier: 'C', systemFlag: true },
			{ id: 4, name: 'Service', identifier: 'S', systemFlag: true },
			{ id: 10, name: 'Vacation', identifier: 'V', systemFlag: false },
		]),
		...numbered('scheduleStatuses', [
			{ name: 'Tentative', defaultFlag: false, showAsTentativeFlag: true },
			{ name: 'Firm', defaultFlag: true, showAsTentativeFlag: false },
		]),
	];
}
