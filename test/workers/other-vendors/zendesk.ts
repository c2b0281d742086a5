// Zendesk Support as its public reference describes it (https://developer.zendesk.com/api-reference): Basic with /token,
// cursors with has_more, bodies and records in an envelope, 422 with details by field, comments by an update.
import { json, onceArmed, type Row, routeOf, type SimulatedVendor, type VendorRequest } from './simulated-vendor.ts';

const BASE = 'https://acme.zendesk.com/api/v2';

export function zendesk(): SimulatedVendor & { comments: Row[]; tickets: Row[] } {
	const tickets: Row[] = Array.from({ length: 23 }, (_, index) => ({
		id: 501 + index,
		url: `${BASE}/tickets/${501 + index}.json`,
		subject: `Ticket ${index + 1}`,
		description: 'It burns.',
		status: index % 4 === 0 ? 'solved' : 'open',
		assignee_id: 3,
		organization_id: 12 + (index % 2),
	}));
	const organizations: Row[] = [
		{ id: 12, name: 'Acme' },
		{ id: 13, name: 'Globex' },
	];
	const users: Row[] = [
		{ id: 3, name: 'Ann Agent', email: 'a@acme.example' },
		{ id: 4, name: 'Jane Doe', email: 'jane@acme.example' },
	];
	const comments: Row[] = [];
	const limit = onceArmed();

	/** The last page has a cursor as well; only has_more says that it is the last. */
	function page(url: URL, name: string, all: readonly Row[]): Response {
		const size = Number(url.searchParams.get('page[size]') ?? 100);
		const start = Number(atob(url.searchParams.get('page[after]') ?? btoa('0')));
		const slice = all.slice(start, start + size);
		const after = slice.length > 0 ? btoa(String(start + slice.length)) : null;
		return json(200, { [name]: slice, meta: { has_more: start + size < all.length, after_cursor: after } });
	}

	function search(url: URL): Response {
		const size = Number(url.searchParams.get('per_page') ?? 100);
		const number = Number(url.searchParams.get('page') ?? 1);
		const words = (url.searchParams.get('query') ?? '').split(' ').filter((word) => !/[:<>]/.test(word));
		const open = tickets.filter(
			({ status, subject }) =>
				status === 'open' && words.every((word) => String(subject).toLowerCase().includes(word.toLowerCase())),
		);
		const next = new URL(url);
		next.searchParams.set('page', String(number + 1));
		const results = open.slice((number - 1) * size, number * size);
		return json(200, { results, count: open.length, next_page: number * size < open.length ? next.href : null });
	}

	function create(ticket: Row & { comment?: { body?: string } }): Response {
		if (!ticket.comment?.body)
			return json(422, {
				error: 'RecordInvalid',
				description: 'Record validation errors',
				details: { base: [{ description: 'Description: cannot be blank', error: 'BlankValue' }] },
			});
		const { comment, ...rest } = ticket;
		const made = { status: 'new', ...rest, id: 600 + tickets.length, description: comment.body };
		tickets.push(made);
		return json(201, { ticket: made, audit: { id: 1, events: [] } });
	}

	function update(ticket: Row, change: Row & { comment?: object }): Response {
		const { comment, ...rest } = change;
		Object.assign(ticket, rest);
		if (!comment) return json(200, { ticket, audit: { id: 2, events: [] } });
		const made = { public: true, ...comment, id: 9000 + comments.length, ticket_id: ticket.id };
		comments.push(made);
		return json(200, { ticket, audit: { id: 3, events: [{ id: made.id, type: 'Comment' }] } });
	}

	function answer(request: VendorRequest): Response {
		const { url, headers, json: body } = request;
		if (headers.get('authorization') !== `Basic ${btoa('a@acme.example/token:zen-token-1')}`)
			return json(401, { error: "Couldn't authenticate you" });
		if (limit.fires())
			return json(429, { error: 'APIRateLimitExceeded', description: 'Too many requests' }, { 'retry-after': '23' });
		const { route, id } = routeOf(request, '/api/v2/');
		const ticket = tickets.find((row) => row.id === id);
		const missing = json(404, { error: 'RecordNotFound', description: 'Not found' });
		const given = (body as { ticket?: Row } | null)?.ticket;
		const unwrapped = json(400, { error: 'BadRequest', description: 'ticket is missing' });
		switch (route) {
			case 'GET users/me':
				return json(200, { user: users[0] });
			case 'GET users/:id': {
				const user = users.find((row) => row.id === id);
				return user ? json(200, { user }) : missing;
			}
			case 'GET users/autocomplete': {
				const begins = (url.searchParams.get('name') ?? '').toLowerCase();
				return json(200, { users: users.filter(({ name }) => String(name).toLowerCase().startsWith(begins)) });
			}
			case 'GET ticket_fields':
				return json(200, {
					ticket_fields: [
						{ id: 36001, title: 'Region' },
						{ id: 36002, title: 'Site code' },
					],
				});
			case 'GET tickets':
				return page(url, 'tickets', tickets);
			case 'GET tickets/:id':
				return ticket ? json(200, { ticket }) : missing;
			case 'POST tickets':
				return given ? create(given) : unwrapped;
			case 'PUT tickets/:id':
				if (!ticket) return missing;
				return given ? update(ticket, given) : unwrapped;
			case 'GET tickets/:id/comments':
				return page(
					url,
					'comments',
					comments.filter(({ ticket_id }) => ticket_id === id),
				);
			case 'GET organizations':
				return page(url, 'organizations', organizations);
			case 'GET organizations/autocomplete': {
				const begins = (url.searchParams.get('name') ?? '').toLowerCase();
				const found = organizations.filter(({ name }) => String(name).toLowerCase().startsWith(begins));
				return json(200, { organizations: found, count: found.length });
			}
			case 'GET organizations/:id': {
				const organization = organizations.find((row) => row.id === id);
				return organization ? json(200, { organization }) : missing;
			}
			case 'GET search':
				return search(url);
			default:
				return json(404, { error: 'InvalidEndpoint', description: `No route ${route}` });
		}
	}

	return {
		credentials: { subdomain: 'acme', email: 'a@acme.example', api_token: 'zen-token-1' },
		answer,
		limitNext: limit.arm,
		comments,
		tickets,
	};
}
