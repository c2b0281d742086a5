// Side effects of writing schedule entries: scheduling a member on a ticket adds a resource to it.

import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import type { ValidationFault } from '../schema/vendor-errors.ts';
import type { Context, Hooks } from './context.ts';
import { reference, touchTicket } from './tickets.ts';

const NOUN = 'scheduleEntry';

const isService = ({ store }: Context, entry: JsonObject): boolean =>
	store.get('scheduleTypes', Number(at(entry.type, 'id')))?.identifier === 'S';

export const scheduleHooks: Hooks = {
	prepare(context, { record, before }) {
		const { store, member } = context;
		const faults: ValidationFault[] = [];
		if (isService(context, record)) {
			const ticket = store.get('tickets', Number(record.objectId));
			if (ticket) {
				const company = store.get('companies', Number(at(ticket.company, 'id')));
				record.name ??= `${company?.name ?? ''} / ${ticket.summary}`;
				record.ticketType = 'ServiceTicket';
			} else {
				const message = `ticket ${record.objectId ?? 0} not found`;
				faults.push({ code: 'NotFound', message, resource: NOUN, field: 'objectId' });
			}
		}
		record.member ??= reference(store.find('members', (one) => one.identifier === member));
		record.status ??= reference(store.find('scheduleStatuses', (one) => one.defaultFlag === true));
		record.where ??= reference(store.find('serviceLocations', (one) => one.defaultFlag === true));
		record.startTimeSet = typeof record.dateStart === 'string';
		record.endTimeSet = typeof record.dateEnd === 'string';
		if (typeof record.dateStart === 'string' && typeof record.dateEnd === 'string') {
			const hours = (Date.parse(record.dateEnd) - Date.parse(record.dateStart)) / 3_600_000;
			if (hours < 0) {
				const message = 'The field dateEnd must be after dateStart.';
				faults.push({ code: 'OutOfRange', message, resource: NOUN, field: 'dateEnd' });
			}
			record.hours = Math.round(hours * 100) / 100;
		}
		for (const flag of ['doneFlag', 'acknowledgedFlag', 'ownerFlag', 'meetingFlag']) record[flag] ??= false;
		if (!before) record.mobileGuid = crypto.randomUUID();
		return faults;
	},
	saved(context, entry) {
		if (isService(context, entry)) touchTicket(context, Number(entry.objectId));
	},
	removed(context, entry) {
		if (isService(context, entry)) touchTicket(context, Number(entry.objectId));
	},
};
