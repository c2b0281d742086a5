// HaloPSA as its public documents describe it (https://halopsa.com/apidoc, https://github.com/homotechsual/HaloAPI):
// a form for the token with ?tenant, lists under the resource's name with record_count, arrays for every write.
import { json, onceArmed, type Row, type SimulatedVendor, type VendorRequest } from './simulated-vendor.ts';

const TOKEN = 'halo-access-token-1';

export function haloPsa(): SimulatedVendor & { actions: Row[]; tickets: Row[] } {
	const tickets: Row[] = Array.from({ length: 120 }, (_, index) => ({
		id: 1001 + index,
		summary: `Ticket ${index + 1}`,
		details: 'It is broken.',
		client_id: 12 + (index % 2),
		status_id: index % 4 === 0 ? 9 : 1,
		agent_id: 3,
		tickettype_id: 1,
	}));
	const clients: Row[] = ['Acme', 'Globex', 'Initech', 'Umbrella'].map((name, index) => ({ id: 12 + index, name }));
	const actions: Row[] = [];
	const limit = onceArmed();

	function page(url: URL, name: string, all: readonly Row[]): Response {
		const paged = url.searchParams.get('pageinate') === 'true';
		const size = Number(url.searchParams.get(paged ? 'page_size' : 'count') ?? 50);
		const number = paged ? Number(url.searchParams.get('page_no') ?? 1) : 1;
		return json(200, {
			page_no: number,
			record_count: all.length,
			[name]: all.slice((number - 1) * size, number * size),
		});
	}

	function write(body: unknown, all: Row[], first: number): Response {
		if (!Array.isArray(body))
			return json(400, { ClassName: 'JsonSerializationException', Message: 'a JSON array is required' });
		const written = body.map((one: Row) => {
			const known = all.find(({ id }) => id === one.id);
			if (known) return Object.assign(known, one);
			const made = { status_id: 1, ...one, id: first + all.length };
			all.push(made);
			return made;
		});
		return json(201, written[0]);
	}

	function token({ url, text }: VendorRequest): Response {
		const form = new URLSearchParams(text);
		if (url.searchParams.get('tenant') !== 'acme')
			return json(400, { error: 'invalid_request', error_description: 'The tenant is not known' });
		if (form.get('client_secret') !== 'halo-secret-1')
			return json(400, { error: 'invalid_client', error_description: 'The client secret has expired' });
		return json(200, { access_token: TOKEN, token_type: 'Bearer', expires_in: 3600 });
	}

	function answer(request: VendorRequest): Response {
		const { method, url, headers, json: body } = request;
		const [, , collection = '', id] = url.pathname.split('/');
		if (url.pathname === '/auth/token') return token(request);
		if (headers.get('authorization') !== `Bearer ${TOKEN}`)
			return json(401, { Message: 'Authorization has been denied for this request.' });
		if (limit.fires()) return json(429, { Message: 'Rate limit exceeded' }, { 'retry-after': '17' });
		const one = (all: Row[]) => {
			const found = all.find((row) => row.id === Number(id));
			return found ? json(200, found) : json(404, { ClassName: 'NotFound', Message: 'Ticket not found' });
		};
		const agents: Row[] = [
			{ id: 3, name: 'Jane Doe', email: 'jane@acme.example' },
			{ id: 4, name: 'Joe Bloggs', email: 'joe@acme.example' },
		];
		switch (`${method} ${collection}${id ? '/:id' : ''}`) {
			case 'GET Status':
				return json(200, [
					{ id: 1, name: 'New' },
					{ id: 2, name: 'In Progress' },
					{ id: 9, name: 'Closed' },
				]);
			case 'GET Agent':
				return json(200, agents);
			case 'GET Agent/:id':
				return id === 'me' ? json(200, agents[1]) : one(agents);
			case 'GET Tickets': {
				const words = (url.searchParams.get('search') ?? '').toLowerCase();
				const client = url.searchParams.get('client_id');
				const status = url.searchParams.get('status_id');
				const isOpen = url.searchParams.get('open_only') === 'true';
				const found = tickets.filter(
					(row) =>
						String(row.summary).toLowerCase().includes(words) &&
						(!client || row.client_id === Number(client)) &&
						(!status || row.status_id === Number(status)) &&
						(!isOpen || row.status_id !== 9),
				);
				return page(url, 'tickets', found);
			}
			case 'GET Tickets/:id':
				return one(tickets);
			case 'POST Tickets': {
				const [{ summary = undefined, id: known = undefined } = {}] = Array.isArray(body)
					? (body as Partial<Row>[])
					: [];
				if (Array.isArray(body) && known === undefined && summary === '!')
					return json(400, { ClassName: 'ValidationException', Message: 'Summary is too short' });
				return write(body, tickets, 5000);
			}
			case 'GET Client': {
				const search = (url.searchParams.get('search') ?? '').toLowerCase();
				const found = clients.filter(({ name }) => String(name).toLowerCase().includes(search));
				return page(url, 'clients', found);
			}
			case 'GET Client/:id':
				return one(clients);
			case 'GET Actions':
				return page(
					url,
					'actions',
					actions.filter(({ ticket_id }) => ticket_id === Number(url.searchParams.get('ticket_id'))),
				);
			case 'POST Actions':
				return write(body, actions, 300);
			default:
				return json(404, { Message: `No route ${method} ${url.pathname}` });
		}
	}

	return {
		credentials: { tenant: 'acme', client_id: 'halo-client', client_secret: 'halo-secret-1' },
		answer,
		limitNext: limit.arm,
		actions,
		tickets,
	};
}
