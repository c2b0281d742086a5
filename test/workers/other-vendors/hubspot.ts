// HubSpot as its public documents describe it (https://developers.hubspot.com/docs/api-reference, "CRM"): lists by a search
// that is posted, properties around every record, the next page below `paging`, texts of digits as ids.
import { json, onceArmed, type SimulatedVendor, type VendorRequest } from './simulated-vendor.ts';

interface Held {
	id: string;
	properties: Record<string, unknown>;
	company?: string;
}
interface Filter {
	propertyName: string;
	operator: string;
	value?: unknown;
	values?: unknown[];
}
interface Search {
	query?: string;
	filterGroups?: { filters: Filter[] }[];
	limit?: number;
	after?: string;
	properties?: string[];
}

export function hubSpot(): SimulatedVendor & { tickets: Held[] } {
	const tickets: Held[] = Array.from({ length: 23 }, (_, index) => ({
		id: String(9001 + index),
		company: String(71 + (index % 2)),
		properties: {
			subject: `Ticket ${index + 1}`,
			content: 'It smokes.',
			hs_pipeline_stage: index % 4 === 0 ? '4' : '1',
			hs_ticket_priority: 'LOW',
			hubspot_owner_id: '31',
			createdate: '2026-11-20T08:00:00.000Z',
		},
	}));
	const companies: Held[] = [
		{ id: '71', properties: { name: 'Acme' } },
		{ id: '72', properties: { name: 'Globex' } },
	];
	const notes: Held[] = [];
	const stores: Record<string, Held[]> = { tickets, companies, notes };
	const limit = onceArmed();

	const holds = ({ properties, company }: Held, { propertyName, operator, value, values }: Filter): boolean => {
		const own = String(propertyName === 'associations.company' ? company : (properties[propertyName] ?? ''));
		if (propertyName === 'associations.ticket') return properties.ticket === value;
		if (operator === 'EQ') return own === String(value);
		if (operator === 'CONTAINS_TOKEN') return own.toLowerCase().includes(String(value).toLowerCase());
		if (operator === 'IN') return values?.map(String).includes(own) ?? false;
		return operator !== 'GTE' || Date.parse(own) >= Number(value);
	};

	function search(all: Held[], { query = '', filterGroups = [], limit: size = 10, after = '0', properties }: Search) {
		const found = all.filter(
			(one) =>
				JSON.stringify(one.properties).toLowerCase().includes(query.toLowerCase()) &&
				(filterGroups.length === 0 ||
					filterGroups.some(({ filters }) => filters.every((filter) => holds(one, filter)))),
		);
		const start = Number(after);
		const results = found.slice(start, start + size).map((one) => ({
			id: one.id,
			properties: Object.fromEntries(
				(properties ?? Object.keys(one.properties)).map((name) => [name, one.properties[name]]),
			),
			archived: false,
		}));
		const next = start + size < found.length ? { paging: { next: { after: String(start + size) } } } : {};
		return json(200, { total: found.length, results, ...next });
	}

	function answer(request: VendorRequest): Response {
		const { method, url, headers, json: body } = request;
		const error = (status: number, category: string, message: string, errors: unknown[] = []) =>
			json(status, { status: 'error', category, message, ...(errors.length > 0 ? { errors } : {}) });
		if (headers.get('authorization') !== 'Bearer hub-secret-1')
			return error(401, 'INVALID_AUTHENTICATION', 'Authentication credentials not found.');
		if (limit.fires()) return json(429, { status: 'error', errorType: 'RATE_LIMIT', message: 'Too many requests' });
		if (url.pathname === '/crm/v3/owners' && method === 'GET')
			return json(200, { results: [{ id: '31', email: 'jane@acme.example', firstName: 'Jane', lastName: 'Doe' }] });
		if (url.pathname === '/crm/v3/pipelines/tickets') {
			const stages = ['New', 'Waiting on contact', 'Waiting on us', 'Closed'];
			return json(200, {
				results: [
					{ id: '0', label: 'Support', stages: stages.map((label, index) => ({ id: String(index + 1), label })) },
				],
			});
		}
		const [store = '', id] = url.pathname.replace('/crm/v3/objects/', '').split('/');
		const all = stores[store] ?? [];
		if (method === 'POST' && id === 'search') return search(all, body as Search);
		const given = (body ?? {}) as { properties?: Record<string, unknown>; associations?: { to: { id: string } }[] };
		if (method === 'POST') {
			if (given.properties?.subject === '!')
				return error(400, 'VALIDATION_ERROR', 'Property values were not valid', [
					{ message: 'subject is too short', code: 'TOO_SHORT' },
				]);
			const ticket = given.associations?.[0]?.to.id;
			const made = {
				id: String(9900 + all.length),
				properties: { ...given.properties, ...(ticket ? { ticket } : {}) },
			};
			all.push(made);
			return json(201, made);
		}
		const one = all.find((held) => held.id === id);
		if (!one) return error(404, 'OBJECT_NOT_FOUND', 'Object not found.');
		if (method === 'PATCH') Object.assign(one.properties, given.properties);
		return json(200, one);
	}

	return { credentials: { access_token: 'hub-secret-1' }, answer, limitNext: limit.arm, tickets };
}
