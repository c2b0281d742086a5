// Side effects of writing companies and contacts: unique identifiers, first site, communication items.

import { formatDate } from '../schema/dates.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { at, isObject } from '../schema/json.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import type { Context, Hooks } from './context.ts';
import { createRecord, findChildFaults } from './record-changes.ts';
import type { Store } from './store.ts';
import { reference } from './tickets.ts';

/** Ids from bare ids and references that have been read; each once. */
const idsOf = (...values: (Json | undefined)[]): number[] => [
	...new Set(
		values.flat().flatMap((item) => (isObject(item) ? Number(item.id) : typeof item === 'number' ? item : [])),
	),
];

function outOfRange(company: JsonObject, field: string): ValidationFault[] {
	const year = company[field];
	if (typeof year !== 'number' || (year >= 1900 && year <= 9999)) return [];
	const message = `The field ${field} must be between 1900 and 9999.`;
	return [{ code: 'OutOfRange', message, resource: 'company', field }];
}

function identifierFaults(store: Store, company: JsonObject): ValidationFault[] {
	const wanted = String(company.identifier ?? '').toLowerCase();
	const taken = store.find('companies', (one) => {
		return one.id !== company.id && String(one.identifier).toLowerCase() === wanted;
	});
	if (!taken) return [];
	return [{ code: 'ObjectExists', message: 'Company ID already in use.', resource: 'company', field: 'identifier' }];
}

export const companyHooks: Hooks = {
	prepare({ store, nowMs }, { record, before, children }) {
		record.status ??= reference(store.find('companyStatuses', (one) => one.defaultFlag === true));
		record.leadFlag ??= false;
		record.unsubscribeFlag ??= false;
		record.isVendorFlag ??= false;
		record.deletedFlag ??= false;
		record.annualRevenue ??= 0;
		children.types = record.types ?? [];
		delete record.types;
		if (!before) {
			record.mobileGuid = crypto.randomUUID();
			record.dateAcquired ??= formatDate(nowMs);
		}
		const years = ['yearEstablished', 'revenueYear'].flatMap((field) => outOfRange(record, field));
		return [...years, ...identifierFaults(store, record)];
	},
	saved(context, company, { before, children }) {
		if (before) return;
		const { addressLine1, addressLine2, city, state, zip, country } = company;
		const address: JsonObject = {
			addressLine1: addressLine1 ?? null,
			addressLine2: addressLine2 ?? null,
			city: city ?? null,
			zip: zip ?? null,
			country: country ?? null,
			stateReference: state ? { identifier: state, name: state } : null,
		};
		const flags = { primaryAddressFlag: true, defaultBillingFlag: true, inactiveFlag: false };
		const site = createRecord(context, 'sites', company.id, { name: 'Main', ...address, ...flags });
		for (const id of idsOf(children.types)) {
			createRecord(context, 'companyTypeAssociations', company.id, { type: { id } });
		}
		context.store.put('companies', { ...company, site: { id: site.id } });
	},
};

/** Replaces a contact's communications by the items that the caller sent with the contact. */
function writeCommunications(context: Context, contactId: number, items: Json | undefined): void {
	if (!Array.isArray(items)) return;
	for (const old of context.store.where('communications', 'contactId', contactId)) {
		context.store.remove('communications', old.id);
	}
	for (const item of items) createRecord(context, 'communications', contactId, item);
}

function communicationFaults(context: Context, items: Json | undefined): ValidationFault[] {
	if (!Array.isArray(items)) return [];
	return items
		.filter(isObject)
		.flatMap((item) => findChildFaults(context, 'communications', item, 'contact', 'communicationItems'));
}

/** The vendor wants a first name in practice, although its document requires nothing. */
function nameFaults(contact: JsonObject): ValidationFault[] {
	if (contact.firstName) return [];
	return [{ code: 'MissingRequiredField', message: 'firstName is required.', resource: 'contact', field: 'firstName' }];
}

export const contactHooks: Hooks = {
	complete(_context, { record, before, written }) {
		// The old company's site would not be found under the new one.
		if (before && written.includes('company') && !written.includes('site')) record.site = null;
	},
	prepare(context, { record, before, children }) {
		const { store } = context;
		const company = store.get('companies', Number(at(record.company, 'id')));
		record.site ??= company?.site ?? null;
		for (const flag of ['inactiveFlag', 'marriedFlag', 'childrenFlag', 'unsubscribeFlag', 'defaultFlag']) {
			record[flag] ??= false;
		}
		record.disablePortalLoginFlag ??= true;
		for (const name of ['communicationItems', 'types', 'typeIds', 'ignoreDuplicates']) {
			children[name] = record[name] ?? null;
			delete record[name];
		}
		if (!before) record.mobileGuid = crypto.randomUUID();
		return [...nameFaults(record), ...communicationFaults(context, children.communicationItems)];
	},
	saved(context, contact, { before, children }) {
		writeCommunications(context, contact.id, children.communicationItems);
		if (before) return;
		for (const id of idsOf(children.typeIds, children.types)) {
			createRecord(context, 'contactTypeAssociations', contact.id, { type: { id } });
		}
	},
};

export const communicationHooks: Hooks = {
	prepare({ store }, { record, before }) {
		const type = store.get('communicationTypes', Number(at(record.type, 'id')));
		record.communicationType = type?.emailFlag ? 'Email' : type?.faxFlag ? 'Fax' : 'Phone';
		const value = String(record.value ?? '');
		record.domain = type?.emailFlag && value.includes('@') ? value.slice(value.lastIndexOf('@')) : null;
		record.defaultFlag ??= false;
		if (!before) record.mobileGuid = crypto.randomUUID();
		return [];
	},
	saved({ store }, item) {
		if (item.communicationType !== 'Phone' || item.defaultFlag !== true) return;
		const contact = store.get('contacts', Number(item.contactId));
		const type = store.get('communicationTypes', Number(at(item.type, 'id')));
		if (!contact) return;
		store.put('contacts', {
			...contact,
			defaultPhoneType: type?.description ?? null,
			defaultPhoneNbr: item.value ?? null,
			defaultPhoneExtension: item.extension ?? null,
		});
	},
};

/** Notes on companies and contacts are signed by who wrote them. */
export const noteAuthorHooks: Hooks = {
	prepare({ member }, { record }) {
		record.enteredBy ??= member;
		return [];
	},
};
