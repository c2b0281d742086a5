// Autotask PSA as its public help describes it (https://autotask.net/help/developerhelp, "REST API"): three headers, a zone
// per account, JSON filters, the next page as a URL, {itemId} for a write, 500 for what is not valid.
import { json, onceArmed, type Row, routeOf, type SimulatedVendor, type VendorRequest } from './simulated-vendor.ts';

const ZONE = 'https://webservices5.autotask.net/ATServicesRest';

interface Filter {
	op: string;
	field: string;
	value: unknown;
	items?: Filter[];
}

interface Search {
	filter?: Filter[];
	MaxRecords?: number;
}

export function autotask(): SimulatedVendor & { notes: Row[]; tickets: Row[] } {
	const tickets: Row[] = Array.from({ length: 23 }, (_, index) => ({
		id: 7001 + index,
		ticketNumber: `T2026.${index}`,
		title: `Ticket ${index + 1}`,
		description: 'It smokes.',
		companyID: 12 + (index % 2),
		status: index % 4 === 0 ? 5 : 1,
		priority: 2,
		assignedResourceID: null,
	}));
	const companies: Row[] = [
		{ id: 12, companyName: 'Acme', isActive: true },
		{ id: 13, companyName: 'Globex', isActive: true },
	];
	const notes: Row[] = [];
	const times: Row[] = [];
	const stores: Record<string, Row[]> = { Tickets: tickets, Companies: companies, TimeEntries: times };
	const limit = onceArmed();

	const matches = (row: Row, { op, field, value, items }: Filter): boolean => {
		if (op === 'or') return items?.some((one) => matches(row, one)) ?? false;
		const own = row[field];
		if (op === 'eq') return String(own) === String(value);
		if (op === 'noteq') return String(own) !== String(value);
		if (op === 'contains') return String(own).toLowerCase().includes(String(value).toLowerCase());
		if (op === 'in') return Array.isArray(value) && value.map(String).includes(String(own));
		return true;
	};

	function query({ url, json: body }: VendorRequest, entity: string): Response {
		const search = (body ?? JSON.parse(url.searchParams.get('search') ?? '{}')) as Search;
		if (!Array.isArray(search.filter)) return json(500, { errors: ['Filter is missing'] });
		const found = (stores[entity] ?? []).filter((row) => search.filter?.every((one) => matches(row, one)));
		const paging = JSON.parse(url.searchParams.get('paging') ?? '{}') as { next?: number };
		const start = paging.next ?? 0;
		const size = search.MaxRecords ?? 500;
		const items = found.slice(start, start + size);
		const next = new URLSearchParams({
			paging: JSON.stringify({ next: start + size }),
			...(body ? {} : { search: JSON.stringify(search) }),
		});
		const nextPageUrl = start + size < found.length ? `${ZONE}/V1.0/${entity}/query/next?${next}` : null;
		return json(200, {
			items,
			pageDetails: { count: items.length, requestCount: size, prevPageUrl: null, nextPageUrl },
		});
	}

	function create(body: unknown, all: Row[]): Response {
		const given = body as Row;
		if (given.title === '!')
			return json(500, { errors: ['Data violation: title too short', 'Missing Required Field: queueID'] });
		const id = 9000 + all.length;
		all.push({ ...given, id });
		return json(200, { itemId: id });
	}

	function answer(request: VendorRequest): Response {
		const { url, headers, json: body } = request;
		if (url.pathname.endsWith('/zoneInformation')) {
			const isKnown = url.searchParams.get('user') === 'api@acme.example';
			return isKnown
				? json(200, { zoneName: 'America East 2', url: `${ZONE}/` })
				: json(404, { errors: ['Unknown user'] });
		}
		const isSigned = headers.get('username') === 'api@acme.example' && headers.get('secret') === 'at-secret-1';
		if (!isSigned || headers.get('apiintegrationcode') !== 'TRACKING-CODE' || headers.has('authorization'))
			return json(401, { errors: ['Unauthorized'] });
		if (limit.fires()) return json(429, { errors: ['You have exceeded the limit of concurrent calls.'] });
		const { route, id } = routeOf(request, '/ATServicesRest/V1.0/');
		const [entity = ''] = route.split(' ')[1]?.split('/') ?? [];
		const all = stores[entity] ?? [];
		const one = all.find((row) => row.id === id);
		switch (route.replace(entity, 'E')) {
			case 'GET E/entityInformation':
				return json(200, { info: { name: entity } });
			case 'GET E/entityInformation/fields':
				return json(200, {
					fields: [
						{
							name: 'status',
							dataType: 'integer',
							isPickList: true,
							picklistValues: [
								{ value: '1', label: 'New', isActive: true },
								{ value: '5', label: 'Complete', isActive: true },
							],
						},
						{
							name: 'priority',
							dataType: 'integer',
							isPickList: true,
							picklistValues: [{ value: '2', label: 'Medium', isActive: true }],
						},
					],
				});
			case 'GET E/entityInformation/userDefinedFields':
				return json(200, {
					fields: [
						{ name: 'Region', dataType: 'string' },
						{ name: 'Site code', dataType: 'string' },
					],
				});
			case 'GET E/query':
			case 'POST E/query':
			case 'POST E/query/next':
			case 'GET E/query/next':
				return query(request, entity);
			case 'GET E/:id':
				return json(200, { item: one ?? null });
			case 'POST E':
				return create(body, all);
			case 'PATCH E': {
				const known = all.find((row) => row.id === (body as Row).id);
				if (!known) return json(500, { errors: ['No matching records found.'] });
				return json(200, { itemId: Object.assign(known, body).id });
			}
			case 'GET E/:id/Notes':
				return json(200, {
					items: notes.filter(({ ticketID }) => ticketID === id),
					pageDetails: { nextPageUrl: null },
				});
			case 'POST E/:id/Notes':
				return create({ ...(body as object), ticketID: id }, notes);
			default:
				return json(404, { errors: [`No route ${route}`] });
		}
	}

	return {
		credentials: { user_name: 'api@acme.example', api_secret: 'at-secret-1', integration_code: 'TRACKING-CODE' },
		answer,
		limitNext: limit.arm,
		notes,
		tickets,
	};
}
