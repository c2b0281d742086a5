// From method and path to an endpoint: the lists of resources.ts, and the actions that are special.

import type { Collection } from '../schema/resources.ts';
import { HAND_MADE, HAND_MADE_COLLECTIONS } from '../schema/resources.ts';

/** Endpoints that are not simply a list of records or one record of it. */
const ACTIONS = [
	['POST', '/service/tickets/search', 'searchTickets'],
	['POST', '/service/tickets/{id}/merge', 'mergeTickets'],
	['POST', '/service/tickets/{id}/attachChildren', 'attachChildren'],
	['POST', '/service/tickets/{id}/copy', 'copyTicket'],
	['GET', '/service/tickets/calculateSla', 'listTickets'],
	['GET', '/service/tickets/{id}/allNotes', 'listAllNotes'],
	['GET', '/service/tickets/{id}/allNotes/count', 'countAllNotes'],
	['GET', '/service/tickets/{id}/timeentries', 'ticketTimeEntries'],
	['GET', '/service/tickets/{id}/timeentries/count', 'countTicketTimeEntries'],
	['GET', '/service/tickets/{id}/scheduleentries', 'ticketScheduleEntries'],
	['GET', '/service/tickets/{id}/scheduleentries/count', 'countTicketScheduleEntries'],
	['GET', '/service/tickets/{id}/documents', 'ticketDocuments'],
	['GET', '/service/tickets/{id}/documents/count', 'countTicketDocuments'],
	['GET', '/service/tickets/{id}/activities', 'ticketActivities'],
	['GET', '/service/tickets/{id}/activities/count', 'countTicketActivities'],
	['GET', '/service/tickets/{id}/products', 'ticketProducts'],
	['GET', '/service/tickets/{id}/products/count', 'countTicketProducts'],
	['GET', '/service/tickets/{id}/configurations', 'ticketConfigurations'],
	['POST', '/service/tickets/{id}/configurations', 'attachConfiguration'],
	['GET', '/service/tickets/{id}/configurations/count', 'countTicketConfigurations'],
	['GET', '/service/tickets/{id}/configurations/{other}', 'ticketConfiguration'],
	['DELETE', '/service/tickets/{id}/configurations/{other}', 'detachConfiguration'],
	['POST', '/company/companies/{id}/merge', 'mergeCompanies'],
	['POST', '/system/members/{id}/deactivate', 'deactivateMember'],
	['GET', '/system/info', 'systemInfo'],
	['GET', '/system/myMembers', 'myMember'],
] as const;

export type ActionName = (typeof ACTIONS)[number][2];

export type Route =
	| { kind: 'list' | 'count'; collection: Collection; parentId: number | null; methods: readonly string[] }
	| { kind: 'item'; collection: Collection; parentId: number | null; id: number; methods: readonly string[] }
	| { kind: 'action'; actions: Partial<Record<string, ActionName>>; ids: number[]; methods: readonly string[] };

/** Numbers in place of `{...}`, when the path fits the pattern; letters match in any case. */
function matchPath(pattern: string, path: string): number[] | null {
	const wanted = pattern.toLowerCase().split('/');
	const actual = path.toLowerCase().split('/');
	if (wanted.length !== actual.length) return null;
	const ids: number[] = [];
	for (const [index, segment] of wanted.entries()) {
		const given = actual[index] ?? '';
		if (segment.startsWith('{')) {
			if (!/^\d{1,9}$/.test(given)) return null;
			ids.push(Number(given));
		} else if (segment !== given) {
			return null;
		}
	}
	return ids;
}

function findAction(path: string): Route | null {
	const actions: Partial<Record<string, ActionName>> = {};
	let ids: number[] = [];
	for (const [method, pattern, name] of ACTIONS) {
		const matched = matchPath(pattern, path);
		if (!matched) continue;
		actions[method] = name;
		ids = matched;
	}
	const methods = Object.keys(actions);
	return methods.length > 0 ? { kind: 'action', actions, ids, methods } : null;
}

/** Finds the endpoint of a path below `apis/3.0`, or null. */
export function findRoute(path: string): Route | null {
	const action = findAction(path);
	if (action) return action;
	for (const collection of HAND_MADE_COLLECTIONS) {
		const resource = HAND_MADE[collection];
		const methods = resource.methods ?? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
		const listMethods = methods.filter((method) => method === 'GET' || method === 'POST');
		const itemMethods = methods.filter((method) => method !== 'POST');
		const list = matchPath(resource.path, path);
		if (list) return { kind: 'list', collection, parentId: list[0] ?? null, methods: listMethods };
		const count = matchPath(`${resource.path}/count`, path);
		if (count) return { kind: 'count', collection, parentId: count[0] ?? null, methods: ['GET'] };
		const item = matchPath(`${resource.path}/{id}`, path);
		if (item) {
			const [parentId = null, id] = item.length === 2 ? item : [undefined, item[0]];
			return { kind: 'item', collection, parentId, id: id ?? 0, methods: itemMethods };
		}
	}
	return null;
}
