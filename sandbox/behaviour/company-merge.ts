// Merging one company into another. Of the real endpoint only its schema is known; what each option does is read off its
// name. An option that the call leaves out keeps the value of the company that stays, and discards records.

import type { Json, JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import { invalidObject } from '../schema/vendor-errors.ts';
import { parseObject } from './answers.ts';
import type { Context } from './context.ts';
import type { Handlers } from './operation-call.ts';
import { NO_CONTENT } from './operation-call.ts';
import { createRecord, deleteRecord, requireRecord, saveRecord, transferReferences } from './record-changes.ts';
import { readActionBody } from './record-input.ts';
import type { Stored } from './store.ts';
import { siteFields } from './tickets.ts';

const NOUN = 'companyMerge';

/** The fields of a company that each `From` or `To` decides about. */
const FIELDS_OF_OPTION: Readonly<Record<string, readonly string[]>> = {
	name: ['name'],
	identifier: ['identifier'],
	status: ['status'],
	primaryAddress: ['addressLine1', 'addressLine2', 'city', 'state', 'zip', 'country'],
	primaryContact: ['defaultContact'],
	phone: ['phoneNumber'],
	fax: ['faxNumber'],
	website: ['website'],
	market: ['market'],
	territory: ['territory', 'territoryManager'],
	revenue: ['annualRevenue'],
	revenueYear: ['revenueYear'],
	numberOfEmployees: ['numberOfEmployees'],
	sicCode: ['sicCode'],
	dateAcquired: ['dateAcquired'],
	timeZone: ['timeZoneSetup'],
	sourceList: ['leadSource'],
	billingAddress: ['billingSite'],
	billingContact: ['billingContact'],
	taxCode: ['taxCode'],
	accountNumber: ['accountNumber'],
	billingTerms: ['billingTerms'],
	...Object.fromEntries(
		Array.from({ length: 10 }, (_, index) => [`userDefinedField${index + 1}`, [`userDefinedField${index + 1}`]]),
	),
};

/** Merges company `fromId` into `toCompanyId`, which stays. */
function mergeCompanies(context: Context, fromId: number, body: JsonObject): JsonObject {
	const { store } = context;
	const from = requireRecord(context, 'companies', null, fromId);
	const { values: options, faults } = readActionBody(context, 'CompanyMerge', NOUN, body);
	const to = store.get('companies', Number(options.toCompanyId));
	faults.push(...targetFaults(from, to, options.toCompanyId));
	if (faults.length > 0 || !to) throw invalidObject(NOUN, faults);
	const merges = (option: string): boolean => options[option] === 'Merge';

	moveTickets(context, from, merges('services'));
	moveContacts(context, from, merges('contacts'));
	moveSites(context, from, to, merges('sites'));
	moveNotesAndDocuments(context, from, to, merges);
	if (options.type === 'From') takeOverTypes(context, from, to);
	const tickets = store.where('tickets', 'company', fromId);
	// Everything else that names the company goes along: devices, time, other companies.
	transferReferences(context, 'companies', fromId, to.id);
	const stays = store.get('companies', to.id) ?? to;
	saveRecord(context, 'companies', { ...stays, ...valuesOf(context, from, options) }, `took in ${from.identifier}`);
	deleteRecord(context, 'companies', from);
	for (const { id } of tickets) {
		const ticket = store.get('tickets', id);
		if (ticket) store.put('tickets', { ...ticket, ...siteFields(store, ticket) });
	}
	return { success: true, message: `Merged company ${fromId} into ${to.id}.` };
}

function targetFaults(from: Stored, to: Stored | undefined, given: Json | undefined): ValidationFault[] {
	if (typeof given !== 'number') return [];
	const field = 'toCompanyId';
	if (!to) return [{ code: 'NotFound', message: `company ${given} not found`, resource: NOUN, field }];
	if (to.id !== from.id) return [];
	return [{ code: 'InvalidObject', message: 'A company cannot be merged into itself.', resource: NOUN, field }];
}

/** Fields that the remaining company takes from the other. Contacts and sites are taken only if they were moved too. */
function valuesOf({ store }: Context, from: Stored, options: JsonObject): JsonObject {
	const chosen = Object.entries(FIELDS_OF_OPTION).flatMap(([option, fields]) =>
		options[option] === 'From' ? fields : [],
	);
	const isLost = (name: string): boolean => {
		const id = Number(at(from[name], 'id'));
		if (name === 'billingSite') return !store.get('sites', id);
		return (name === 'defaultContact' || name === 'billingContact') && !store.get('contacts', id);
	};
	return Object.fromEntries(chosen.filter((name) => !isLost(name)).map((name) => [name, from[name] ?? null]));
}

function moveTickets(context: Context, from: Stored, merge: boolean): void {
	if (merge) return;
	for (const ticket of context.store.where('tickets', 'company', from.id)) deleteRecord(context, 'tickets', ticket);
}

function moveContacts(context: Context, from: Stored, merge: boolean): void {
	for (const contact of context.store.where('contacts', 'company', from.id)) {
		if (merge) {
			// The company that stays has a default contact of its own.
			context.store.put('contacts', { ...contact, defaultFlag: false });
		} else {
			transferReferences(context, 'contacts', contact.id, null);
			deleteRecord(context, 'contacts', contact);
		}
	}
}

function moveSites(context: Context, from: Stored, to: Stored, merge: boolean): void {
	const heir = at(to.site, 'id');
	const flags = ['primaryAddressFlag', 'defaultShippingFlag', 'defaultBillingFlag', 'defaultMailingFlag'];
	for (const site of context.store.where('sites', 'company', from.id)) {
		if (merge) {
			const lesser = Object.fromEntries(flags.map((flag) => [flag, false]));
			context.store.put('sites', { ...site, ...lesser, company: { id: to.id } });
		} else {
			transferReferences(context, 'sites', site.id, typeof heir === 'number' ? heir : null);
			context.store.remove('sites', site.id);
		}
	}
}

function moveNotesAndDocuments(
	{ store }: Context,
	from: Stored,
	to: Stored,
	merges: (option: string) => boolean,
): void {
	// Notes that are discarded go with their company.
	if (merges('notes')) {
		for (const note of store.where('companyNotes', 'company', from.id)) {
			store.put('companyNotes', { ...note, company: { id: to.id } });
		}
	}
	for (const document of store.where('documents', 'recordId', from.id)) {
		if (document.recordType !== 'Company') continue;
		if (merges('documents')) store.put('documents', { ...document, recordId: to.id });
		else store.remove('documents', document.id);
	}
}

function takeOverTypes(context: Context, from: Stored, to: Stored): void {
	const { store } = context;
	for (const old of store.where('companyTypeAssociations', 'company', to.id)) {
		store.remove('companyTypeAssociations', old.id);
	}
	for (const { type } of store.where('companyTypeAssociations', 'company', from.id)) {
		createRecord(context, 'companyTypeAssociations', to.id, { type: type ?? null });
	}
}

/** Deleting a contact can hand what refers to it to another one. */
function transferContact(context: Context, contactId: number, url: URL): void {
	const heir = Number(url.searchParams.get('transferContactId') ?? 0);
	// A contact hands nothing over to itself: its references then keep it from being deleted.
	if (heir === 0 || heir === contactId) return;
	requireRecord(context, 'contacts', null, heir);
	transferReferences(context, 'contacts', contactId, heir);
}

export const COMPANY_OPERATIONS: Handlers = {
	'POST /company/companies/*/merge': ({ request, context, ids: [id = 0] }) => ({
		status: 200,
		body: mergeCompanies(context, id, parseObject(request)),
	}),
	'DELETE /company/contacts/*': ({ request, context, ids: [id = 0] }) => {
		const contact = requireRecord(context, 'contacts', null, id);
		transferContact(context, id, request.url);
		deleteRecord(context, 'contacts', contact);
		return NO_CONTENT;
	},
};
