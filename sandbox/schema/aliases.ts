// Second addresses of records: lists that the vendor answers from records which have a list of their own.

import type { Collection } from './resources.ts';

/** Path of the second address → the collection behind it. Written as the vendor's list paths, `*` for each id. */
export const ALIASES: Readonly<Record<string, Collection>> = {
	'/company/companies/info/types': 'companyTypes',
	'/company/companyTypeAssociations': 'companyTypeAssociations',
	'/company/contactTypeAssociations': 'contactTypeAssociations',
	'/company/expenseTypes': '/expense/types',
	'/company/m365contactsync/property': '/company/m365contactsync/property/included',
	'/company/paymentTypes': '/expense/paymentTypes',
	'/configurations/types/info': 'configurationTypes',
	'/configurations/types/*/questions/info': '/company/configurations/types/*/questions',
	'/configurations/types/*/questions/*/values/info': '/company/configurations/types/*/questions/*/values',
	'/finance/info/invoice': '/finance/invoices',
	'/marketing/campaigns/types/*/subTypes': '/marketing/campaigns/subTypes',
	'/procurement/changeorders': '/procurement/changeorder',
	'/procurement/categories/*/subcategories': '/procurement/subcategories',
	'/project/projectTemplates/projectTemplatePhases': '/project/projectTemplates/*/projectTemplatePhases',
	'/project/projectTemplates/projectTemplateTickets': '/project/projectTemplates/*/projectTemplateTickets',
	'/project/projectTemplates/projectTemplateTickets/tasks':
		'/project/projectTemplates/*/projectTemplateTickets/*/tasks',
	'/sales/schedule/holidaylists': '/schedule/holidayLists',
	'/sales/service/priority': 'priorities',
	'/schedule/details': '/schedule/entries/*/details',
	'/service/info/boards': 'boards',
	'/service/info/boards/active': 'boards',
	'/service/info/boardtypes': 'types',
	'/service/priority/info': 'priorities',
	'/service/scheduling/members/info': 'members',
	'/service/teams': 'teams',
	'/system/info/departmentlocations': '/system/departments/*/locations',
	'/system/info/departments': 'departments',
	'/system/info/links': '/system/links',
	'/system/info/locations': 'locations',
	'/system/info/members': 'members',
	'/system/info/standardNotes': '/system/standardNotes',
	'/system/members/*/mycertifications': '/system/members/*/certifications',
	'/system/members/calendarsync': 'members',
	'/system/members/withSso': 'members',
	'/system/myAccount': 'members',
	'/system/myAccount/*/delegations': '/system/members/*/delegations',
	'/system/myAccount/*/skills': '/system/members/*/skills',
	'/system/workflowActions/automateParameters': '/system/workflowActions/*/automateParameters',
	'/system/workflows/attachments': '/system/workflows/*/attachments',
	'/system/workflows/events': '/system/workflows/*/events',
	'/system/workflows/events/actions': '/system/workflows/*/events/*/actions',
	'/system/workflows/notifyTypes': '/system/workflows/*/notifyTypes',
	'/system/workflows/triggers': '/system/workflows/*/triggers',
	'/system/workflows/triggers/options': '/system/workflows/*/triggers/*/options',
	'/time/info/chargeCodeExpenseTypes': '/time/chargeCodes/*/expenseTypes',
};

/** Paths in front of a child that are no list themselves → the collection of the parents. */
export const PARENT_PATHS: Readonly<Record<string, Collection>> = {
	'/finance/agreementTypes': '/finance/agreements/types',
	'/project': '/project/projects',
	'/project/boards': 'boards',
	'/system/myAccount': 'members',
	'/system/securityRoles': '/system/securityroles',
	'/system/workflowActions': '/system/workflows/*/events/*/actions',
	'/procurement/catalog': '/procurement/catalog',
};

/** Where references lead whose kind has no lookup and no record of its name. */
export const MORE_TARGETS: Readonly<Record<string, Collection>> = {
	CampaignSubType: '/marketing/campaigns/subTypes',
	Document: 'documents',
	EmailTemplate: '/finance/invoiceEmailTemplates',
	ExpenseReport: '/expense/reports',
	EmailConnectorParsingType: '/system/parsingTypes',
	EmailConnectorParsingVariable: '/system/parsingVariables',
	ImapSetup: '/system/imaps',
	Locale: '/system/info/locales',
	NotifyType: '/system/workflows/*/notifyTypes',
	OpportunityProbability: '/sales/probabilities',
	ProductItem: '/procurement/products',
	ProjectBoard: 'boards',
	ProjectRole: '/project/securityRoles',
	PurchaseOrderLineItem: '/procurement/purchaseorders/*/lineitems',
	SalesOrder: '/sales/orders',
	ServiceEmailTemplate: '/service/emailTemplates',
	TaxCodeLevel: '/finance/taxCodes/*/taxCodeLevels',
	TimeSheet: '/time/sheets',
	TimeZone: '/system/cwTimeZones',
	UserDefinedField: '/system/userDefinedFields',
};

/** Kinds whose records are kept as they are given: the sandbox holds none of them. */
export const LOOSE_KINDS: ReadonlySet<string> = new Set(['DirectionalSync', 'MemberSsoSettings', 'MemberOffice365']);
