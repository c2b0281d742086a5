// The vendor behind test/fixtures/integrations/tidewater_desk: an HTTP server that is strict where a vendor is.
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const CLIENT_ID = 'tdw_patchbay';
export const CLIENT_SECRET = 'tide+water/secret=&1';
export const INCIDENTS = 137;
/** These incidents alone exceed what fits into one answer to a model. */
const LONG_DESCRIPTION = 'The pump stands still. '.repeat(60);

export interface Incident {
	id: string;
	title: string;
	description: string | null;
	severity: string;
	state: string;
	[name: string]: unknown;
}

export interface SeenRequest {
	method: string;
	url: string;
	headers: IncomingMessage['headers'];
	body: string;
}

export interface Tidewater {
	baseUrl: string;
	incidents: Map<string, Incident>;
	comments: { incident: string; body: string; public: boolean }[];
	seen: SeenRequest[];
	/** How many access tokens were asked for. */
	tokensGiven(): number;
	/** Every access token given so far stops working. */
	revokeTokens(): void;
	close(): Promise<void>;
}

class VendorFault {
	readonly status: number;
	readonly body: unknown;

	constructor(status: number, type: string, detail: string, problems: unknown[] = []) {
		this.status = status;
		this.body = { error: { type, detail, problems } };
	}
}

export async function startTidewater(): Promise<Tidewater> {
	const incidents = new Map<string, Incident>();
	for (let number = 1; number <= INCIDENTS; number++) {
		const id = `INC-${String(number).padStart(4, '0')}`;
		incidents.set(id, {
			id,
			title: `Pump ${number} stands still`,
			description: LONG_DESCRIPTION,
			severity: number % 10 === 0 ? 'high' : 'low',
			state: number % 4 === 0 ? 'resolved' : 'open',
			closed_by: null,
			_links: { self: `https://tidewater.example/incidents/${id}` },
		});
	}
	const comments: Tidewater['comments'] = [];
	const seen: SeenRequest[] = [];
	const tokens = new Set<string>();
	let given = 0;
	let nextNumber = INCIDENTS + 1;

	function giveToken(request: SeenRequest): unknown {
		const form = new URLSearchParams(request.body);
		const isForm = request.headers['content-type'] === 'application/x-www-form-urlencoded';
		if (!isForm || form.get('grant_type') !== 'client_credentials' || form.get('scope') !== 'desk.read desk.write')
			throw new VendorFault(400, 'invalid_request', 'This is no token request.');
		if (form.get('client_id') !== CLIENT_ID || form.get('client_secret') !== CLIENT_SECRET)
			throw new VendorFault(401, 'invalid_client', 'The client is not known.');
		given++;
		const token = randomBytes(16).toString('base64');
		tokens.add(token);
		return { access_token: token, token_type: 'Bearer', expires_in: 3600 };
	}

	/** Cursors hold what must be encoded in a query: `+`, `/` and `=`. */
	function page(records: unknown[], url: URL): unknown {
		const size = Number(url.searchParams.get('per_page') ?? 20);
		if (!(size >= 1 && size <= 100)) throw new VendorFault(400, 'bad_page', 'per_page must be 1 to 100.');
		const after = url.searchParams.get('after');
		const start = after === null ? 0 : Number(/^\+\/=(\d+)=$/.exec(after)?.[1] ?? Number.NaN);
		if (Number.isNaN(start)) throw new VendorFault(400, 'bad_cursor', 'after is no cursor.');
		const next = start + size < records.length ? `+/=${start + size}=` : null;
		return { data: records.slice(start, start + size), meta: { next, total: records.length } };
	}

	function requireIncident(id: string): Incident {
		const incident = incidents.get(decodeURIComponent(id));
		if (!incident) throw new VendorFault(404, 'not_found', `There is no incident ${id}.`);
		return incident;
	}

	function answer(request: SeenRequest, url: URL): { status: number; body?: unknown } {
		const path = url.pathname.slice('/api/v2'.length);
		if (`${request.method} ${path}` === 'POST /oauth/token') return { status: 200, body: giveToken(request) };
		if (!tokens.has(request.headers.authorization?.replace(/^Bearer /, '') ?? ''))
			throw new VendorFault(401, 'bad_token', 'The access token is not valid.');
		if (request.headers['x-tidewater-version'] !== '2026-01')
			throw new VendorFault(400, 'bad_version', 'X-Tidewater-Version is missing.');
		const [, collection, id, child] = path.split('/');
		const route = `${request.method} ${collection}${id ? '/:id' : ''}${child ? `/${child}` : ''}`;
		const body = request.body === '' ? {} : (JSON.parse(request.body) as Record<string, unknown>);
		switch (route) {
			case 'GET me':
				return { status: 200, body: { client: CLIENT_ID } };
			case 'GET incidents': {
				const state = url.searchParams.get('state');
				return {
					status: 200,
					body: page(
						[...incidents.values()].filter((one) => !state || one.state === state),
						url,
					),
				};
			}
			case 'POST incidents': {
				const problems = [];
				if (body.severity === undefined) problems.push({ pointer: '/severity', says: 'is missing', rule: 'presence' });
				if (body.title === 'x') problems.push({ pointer: '/title', says: 'says too little', rule: 'length' });
				if (problems.length > 0)
					throw new VendorFault(422, 'validation_failed', 'The incident is not valid.', problems);
				const made = { id: `INC-${nextNumber++}`, description: null, state: 'open', ...body } as Incident;
				incidents.set(made.id, made);
				return { status: 201, body: made };
			}
			case 'GET incidents/:id':
				return { status: 200, body: requireIncident(id ?? '') };
			case 'PATCH incidents/:id':
				return { status: 200, body: Object.assign(requireIncident(id ?? ''), body) };
			case 'DELETE incidents/:id':
				incidents.delete(requireIncident(id ?? '').id);
				return { status: 204 };
			case 'POST incidents/:id/resolve':
				return { status: 200, body: Object.assign(requireIncident(id ?? ''), { state: 'resolved', ...body }) };
			case 'GET incidents/:id/comments':
				return {
					status: 200,
					body: page(
						comments.filter(({ incident }) => incident === requireIncident(id ?? '').id),
						url,
					),
				};
			case 'POST incidents/:id/comments': {
				const comment = {
					incident: requireIncident(id ?? '').id,
					body: String(body.body),
					public: body.public === true,
				};
				comments.push(comment);
				return { status: 201, body: { id: `c${comments.length}`, ...comment } };
			}
			case 'GET assets':
				return { status: 200, body: { data: [{ id: 'pump-3', name: 'Pump 3' }], meta: {} } };
			default:
				throw new VendorFault(404, 'no_route', 'There is nothing here.');
		}
	}

	async function handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
		let text = '';
		for await (const chunk of message) text += String(chunk);
		const request = { method: message.method ?? '', url: message.url ?? '', headers: message.headers, body: text };
		seen.push(request);
		let answered: { status: number; body?: unknown };
		try {
			answered = answer(request, new URL(request.url, 'http://vendor'));
		} catch (fault) {
			if (!(fault instanceof VendorFault)) throw fault;
			answered = { status: fault.status, body: fault.body };
		}
		response.writeHead(answered.status, { 'content-type': 'application/json' });
		response.end(answered.body === undefined ? undefined : JSON.stringify(answered.body));
	}

	const server = createServer((message, response) => void handle(message, response));
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return {
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2`,
		incidents,
		comments,
		seen,
		tokensGiven: () => given,
		revokeTokens: () => tokens.clear(),
		close: () =>
			new Promise((done) => {
				server.closeAllConnections();
				server.close(() => done());
			}),
	};
}
