// The endpoints made by hand: path, schema, names in error messages, parent, and how references point at them.
// collections.ts puts the rest of the vendor's beside them.

import type { JsonObject } from './json.ts';
import type { SchemaName } from './schemas.ts';

export type Resource = {
	/** Path below `apis/3.0`, in the vendor's spelling; `{parentId}` for child records, once per ancestor. */
	path: string;
	schema: SchemaName;
	/** As in `Service Ticket 404 not found`. */
	label: string;
	/** As in `ticket object is invalid`. */
	noun: string;
	/** The record this one belongs to. `field` holds it: as a reference, or as a bare id when its name ends in Id. */
	parent?: { collection: Collection; field: string };
	/** Fields only the server sets; what a caller sends for them is ignored. */
	serverFields?: readonly string[];
	/** What a new record has when the caller names nothing else. */
	defaults?: JsonObject;
	/** Fields a PUT must carry besides those required on POST. */
	requiredOnPut?: readonly string[];
	/** HTTP methods on the list and on one record; all of them unless told. */
	methods?: readonly string[];
};

const onBoard = { collection: 'boards', field: 'board' } as const;
const ofCompany = { collection: 'companies', field: 'company' } as const;
const ofContact = { collection: 'contacts', field: 'contactId' } as const;
const ofTicket = { collection: 'tickets', field: 'ticketId' } as const;

const table = {
	tickets: {
		path: '/service/tickets',
		schema: 'Ticket',
		label: 'Service Ticket',
		noun: 'ticket',
		serverFields: [
			...['closedDate', 'closedBy', 'closedFlag', 'actualHours', 'hasChildTicket', 'hasMergedChildTicketFlag'],
			...['mergedParentTicket', 'parentTicketId', 'slaStatus', 'isInSla', 'mobileGuid', 'resources', 'dateResolved'],
			...['resolvedBy', 'dateResponded', 'respondedBy', 'dateResplan', 'resplanBy', 'recordType'],
		],
		requiredOnPut: ['board', 'status', 'priority', 'severity', 'impact'],
	},
	ticketNotes: {
		path: '/service/tickets/{parentId}/notes',
		schema: 'ServiceNote',
		label: 'Service Note',
		noun: 'serviceNote',
		parent: ofTicket,
		serverFields: ['dateCreated', 'createdBy'],
	},
	ticketTasks: {
		path: '/service/tickets/{parentId}/tasks',
		schema: 'ServiceTask',
		label: 'Service Task',
		noun: 'task',
		parent: ofTicket,
	},
	boards: { path: '/service/boards', schema: 'Board', label: 'Service Board', noun: 'board' },
	statuses: {
		path: '/service/boards/{parentId}/statuses',
		schema: 'BoardStatus',
		label: 'Service Status',
		noun: 'boardStatus',
		parent: onBoard,
		defaults: { displayOnBoard: true, sortOrder: 0, escalationStatus: 'NoEscalation', customerPortalFlag: true },
	},
	types: {
		path: '/service/boards/{parentId}/types',
		schema: 'BoardType',
		label: 'Service Type',
		noun: 'boardType',
		parent: onBoard,
	},
	subTypes: {
		path: '/service/boards/{parentId}/subtypes',
		schema: 'BoardSubType',
		label: 'Service SubType',
		noun: 'boardSubType',
		parent: onBoard,
	},
	items: {
		path: '/service/boards/{parentId}/items',
		schema: 'BoardItem',
		label: 'Service Item',
		noun: 'boardItem',
		parent: onBoard,
	},
	teams: {
		path: '/service/boards/{parentId}/teams',
		schema: 'BoardTeam',
		label: 'Service Team',
		noun: 'boardTeam',
		parent: { collection: 'boards', field: 'boardId' },
	},
	priorities: { path: '/service/priorities', schema: 'Priority', label: 'Priority', noun: 'priority' },
	sources: { path: '/service/sources', schema: 'Source', label: 'Source', noun: 'source' },
	serviceLocations: {
		path: '/service/locations',
		schema: 'ServiceLocation',
		label: 'Service Location',
		noun: 'serviceLocation',
	},
	companies: {
		path: '/company/companies',
		schema: 'Company',
		label: 'Company',
		noun: 'company',
		serverFields: ['mobileGuid', 'dateDeleted', 'deletedBy', 'deletedFlag'],
	},
	sites: {
		path: '/company/companies/{parentId}/sites',
		schema: 'CompanySite',
		label: 'Site',
		noun: 'companySite',
		parent: ofCompany,
		serverFields: ['mobileGuid'],
	},
	companyNotes: {
		path: '/company/companies/{parentId}/notes',
		schema: 'CompanyNote',
		label: 'Company Note',
		noun: 'companyNote',
		parent: ofCompany,
		serverFields: ['enteredBy'],
	},
	companyTypeAssociations: {
		path: '/company/companies/{parentId}/typeAssociations',
		schema: 'CompanyTypeAssociation',
		label: 'Company Type Association',
		noun: 'companyTypeAssociation',
		parent: ofCompany,
	},
	companyStatuses: {
		path: '/company/companies/statuses',
		schema: 'CompanyStatus',
		label: 'Company Status',
		noun: 'companyStatus',
	},
	companyTypes: {
		path: '/company/companies/types',
		schema: 'CompanyType',
		label: 'Company Type',
		noun: 'companyType',
	},
	contacts: {
		path: '/company/contacts',
		schema: 'Contact',
		label: 'Contact',
		noun: 'contact',
		serverFields: ['mobileGuid', 'defaultPhoneType', 'defaultPhoneNbr', 'defaultPhoneExtension'],
	},
	communications: {
		path: '/company/contacts/{parentId}/communications',
		schema: 'ContactCommunication',
		label: 'Contact Communication',
		noun: 'contactCommunication',
		parent: ofContact,
		serverFields: ['mobileGuid', 'domain', 'communicationType'],
	},
	contactNotes: {
		path: '/company/contacts/{parentId}/notes',
		schema: 'ContactNote',
		label: 'Contact Note',
		noun: 'contactNote',
		parent: ofContact,
		serverFields: ['enteredBy'],
	},
	contactTypeAssociations: {
		path: '/company/contacts/{parentId}/typeAssociations',
		schema: 'ContactTypeAssociation',
		label: 'Contact Type Association',
		noun: 'contactTypeAssociation',
		parent: { collection: 'contacts', field: 'contact' },
	},
	contactTypes: {
		path: '/company/contacts/types',
		schema: 'ContactType',
		label: 'Contact Type',
		noun: 'contactType',
	},
	communicationTypes: {
		path: '/company/communicationTypes',
		schema: 'CommunicationType',
		label: 'Communication Type',
		noun: 'communicationType',
	},
	configurations: {
		path: '/company/configurations',
		schema: 'Configuration',
		label: 'Configuration',
		noun: 'configuration',
		defaults: { activeFlag: true, status: { id: 1 } },
		serverFields: ['mobileGuid'],
	},
	configurationStatuses: {
		path: '/company/configurations/statuses',
		schema: 'ConfigurationStatus',
		label: 'Configuration Status',
		noun: 'configurationStatus',
	},
	configurationTypes: {
		path: '/company/configurations/types',
		schema: 'ConfigurationType',
		label: 'Configuration Type',
		noun: 'configurationType',
	},
	timeEntries: {
		path: '/time/entries',
		schema: 'TimeEntry',
		label: 'Time Entry',
		noun: 'timeEntry',
		serverFields: [
			...['status', 'ticket', 'invoiceFlag', 'enteredBy', 'dateEntered', 'mobileGuid', 'timeSheet', 'hoursBilled'],
			...['ticketBoard', 'ticketStatus', 'ticketType', 'ticketSubType', 'invoiceHours', 'locationName'],
		],
	},
	workTypes: { path: '/time/workTypes', schema: 'WorkType', label: 'Work Type', noun: 'workType' },
	workRoles: { path: '/time/workRoles', schema: 'WorkRole', label: 'Work Role', noun: 'workRole' },
	scheduleEntries: {
		path: '/schedule/entries',
		schema: 'ScheduleEntry',
		label: 'Schedule Entry',
		noun: 'scheduleEntry',
		serverFields: ['mobileGuid', 'ticketType'],
	},
	scheduleTypes: { path: '/schedule/types', schema: 'ScheduleType', label: 'Schedule Type', noun: 'scheduleType' },
	scheduleStatuses: {
		path: '/schedule/statuses',
		schema: 'ScheduleStatus',
		label: 'Schedule Status',
		noun: 'scheduleStatus',
	},
	members: {
		path: '/system/members',
		schema: 'Member',
		label: 'Member',
		noun: 'member',
		methods: ['GET', 'POST', 'PUT', 'PATCH'],
	},
	documents: {
		path: '/system/documents',
		schema: 'DocumentInfo',
		label: 'Document',
		noun: 'document',
		methods: ['GET', 'POST', 'DELETE'],
	},
	departments: { path: '/system/departments', schema: 'Department', label: 'Department', noun: 'department' },
	locations: { path: '/system/locations', schema: 'Location', label: 'Location', noun: 'location' },
} as const satisfies Record<string, ResourceShape>;

type ResourceShape = Omit<Resource, 'parent'> & { parent?: { collection: string; field: string } };

export type HandMadeCollection = keyof typeof table;

/** One made by hand, or the path of one that the vendor's facts describe, with `*` for each id in it. */
export type Collection = HandMadeCollection | `/${string}`;

export const HAND_MADE: Readonly<Record<HandMadeCollection, Resource>> = table;

export const HAND_MADE_COLLECTIONS = Object.keys(table) as HandMadeCollection[];

/** Where a reference kind points. `within` limits the choice to records of the same board, company or project. */
export type ReferenceTarget = {
	collection: Collection;
	href: string;
	within?: 'board' | 'company' | 'project';
	/** Where records of the kind are too, with ids that the first does not have. */
	also?: Collection;
};

/** References to what is made by hand. */
export const HAND_MADE_TARGETS: Readonly<Record<string, ReferenceTarget>> = {
	Board: { collection: 'boards', href: 'board' },
	ServiceStatus: { collection: 'statuses', href: 'status', within: 'board' },
	ServiceType: { collection: 'types', href: 'type', within: 'board' },
	ServiceSubType: { collection: 'subTypes', href: 'subType', within: 'board' },
	ServiceItem: { collection: 'items', href: 'item', within: 'board' },
	ServiceTeam: { collection: 'teams', href: 'team', within: 'board' },
	Priority: { collection: 'priorities', href: 'priority' },
	ServiceSource: { collection: 'sources', href: 'source' },
	ServiceLocation: { collection: 'serviceLocations', href: 'location' },
	Company: { collection: 'companies', href: 'company' },
	Site: { collection: 'sites', href: 'site', within: 'company' },
	CompanyStatus: { collection: 'companyStatuses', href: 'status' },
	CompanyType: { collection: 'companyTypes', href: 'type' },
	Contact: { collection: 'contacts', href: 'contact' },
	ContactType: { collection: 'contactTypes', href: 'type' },
	CommunicationType: { collection: 'communicationTypes', href: 'type' },
	ConfigurationStatus: { collection: 'configurationStatuses', href: 'status' },
	ConfigurationType: { collection: 'configurationTypes', href: 'type' },
	Member: { collection: 'members', href: 'member' },
	WorkType: { collection: 'workTypes', href: 'workType' },
	WorkRole: { collection: 'workRoles', href: 'workRole' },
	ScheduleType: { collection: 'scheduleTypes', href: 'type' },
	ScheduleStatus: { collection: 'scheduleStatuses', href: 'status' },
	SystemLocation: { collection: 'locations', href: 'location' },
	OwnerLevel: { collection: 'locations', href: 'location' },
	SystemDepartment: { collection: 'departments', href: 'department' },
	BillingUnit: { collection: 'departments', href: 'department' },
	Ticket: { collection: 'tickets', href: 'ticket', also: '/project/tickets' },
};

/** Fields that hold references as bare ids, and the kind of each. */
export const ID_LISTS: Readonly<Partial<Record<Collection, Readonly<Record<string, string>>>>> = {
	subTypes: { typeAssociationIds: 'ServiceType' },
	teams: { members: 'Member' },
	contacts: { typeIds: 'ContactType' },
	workRoles: { locationIds: 'SystemLocation' },
	locations: { workRoleIds: 'WorkRole', departmentIds: 'SystemDepartment' },
	members: { serviceBoardTeamIds: 'ServiceTeam', teams: 'ServiceTeam', excludedServiceBoardIds: 'Board' },
};
