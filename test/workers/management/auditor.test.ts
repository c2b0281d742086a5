// An auditor's twenty questions, each answered from the two trails alone: the log of calls and the trail of management.
import { beforeAll, describe, expect as is, it } from 'vitest';
import type { LogEntry } from '../../../workers/contracts/records.ts';
import type { TrailEntry } from '../../../workers/contracts/trail.ts';
import { connect } from '../oauth/support.ts';
import {
	api,
	CREATE_NOTE,
	callTool,
	connectAccount,
	createServer,
	eventually,
	GET_TICKET,
	type Json,
	LIST_TICKETS,
	mockVendor,
	type ServerWithUrl,
	serverPath,
	setUp,
	UPDATE_TICKET,
} from '../support.ts';

setUp();

const MOMENT: unknown = is.stringMatching(/^\d{4}-\d{2}-\d{2}T.*Z$/);
const TOKEN_ID: unknown = is.stringMatching(/^tok_/);

const ACCOUNT = '/integrated-account/audited';
const made: { server: ServerWithUrl; gone: ServerWithUrl; token: Json; grant: string; clientId: string } = {
	server: {} as ServerWithUrl,
	gone: {} as ServerWithUrl,
	token: {},
	grant: '',
	clientId: '',
};

/** Half a day of an installation. */
beforeAll(async () => {
	mockVendor(({ method, url }) =>
		url.includes('/tickets/404')
			? Response.json({ message: 'not found' }, { status: 404 })
			: Response.json(method === 'GET' && !/\/\d+(\?|$)/.test(url) ? [{ id: 1 }] : { id: 42, summary: 'x' }),
	);
	await connectAccount('audited', { name: 'Audited MSP' });
	const { body: token } = await api('POST', '/api-token', { name: 'Jane', scope: 'use', accounts: ['audited'] });
	const server = await createServer('audited', { require_api_token_auth: true }, { name: 'Desk' });
	const gone = await createServer('audited', {}, { name: 'Leaked' });
	await api('PATCH', serverPath(server), { config: { methods: ['read', 'create', 'update'] } });
	await api('PATCH', ACCOUNT, { credentials: { private_key: 'telltale-new-key' } });
	const asJane = { headers: { authorization: `Bearer ${token.token}` } };
	await callTool(server.url, LIST_TICKETS, {}, asJane);
	await callTool(server.url, UPDATE_TICKET, { id: 42, summary: 'telltale-summary' }, asJane);
	await callTool(server.url, CREATE_NOTE, { ticket_id: 42, text: 'telltale-note' }, asJane);
	await callTool(server.url, GET_TICKET, { id: 404 }, asJane);
	await callTool(server.url, GET_TICKET, { id: 42, telltale: true }, asJane);
	await callTool(gone.url, GET_TICKET, { id: 42 });
	const { clientId } = await connect(server, { method: ['read'] });
	const { body: apps } = await api<{ result: { id: string }[] }>('GET', `${serverPath(server)}/apps`);
	await api('DELETE', `${serverPath(server)}/apps/${apps.result[0]?.id}`);
	await api('POST', `${serverPath(server)}/rotate`);
	await api('PATCH', serverPath(server), { paused: true });
	await eventually(async () => {
		const { body } = await api<{ result: unknown[] }>('GET', `${serverPath(gone)}/log`);
		if (body.result.length < 1) throw new Error('the log lags');
	});
	await api('DELETE', serverPath(gone));
	await api('DELETE', `/api-token/${token.id}`);
	Object.assign(made, { server, gone, token, clientId });
	await eventually(async () => {
		const { body } = await api<{ result: unknown[] }>('GET', `${serverPath(server)}/log`);
		if (body.result.length < 5) throw new Error('the log lags');
	});
});

const lines = async <T>(path: string): Promise<T[]> =>
	(await api('GET', `${path}${path.includes('?') ? '&' : '?'}format=ndjson`)).text
		.split('\n')
		.filter(Boolean)
		.map((line) => JSON.parse(line) as T);
const logOf = (server: ServerWithUrl, query = '') => lines<LogEntry>(`${serverPath(server)}/log${query}`);
const trail = () => lines<TrailEntry>(`${ACCOUNT}/trail`);
const installation = () => lines<TrailEntry>('/trail');
const actions = async (action: string) => (await trail()).filter((entry) => entry.action === action);
const one = <T>(found: T[]): T => {
	if (found.length !== 1) throw new Error(`${found.length} answers`);
	return found[0] as T;
};

const QUESTIONS: { question: string; ask: () => Promise<unknown>; answer: () => unknown }[] = [
	{
		question: 'Who connected the account, and when?',
		ask: async () => one(await actions('account.connected')),
		answer: () => ({ at: MOMENT, via: 'api_token', api_token_id: TOKEN_ID, after: { name: 'Audited MSP' } }),
	},
	{
		question: 'Were its credentials changed, and by whom?',
		ask: async () => one((await actions('account.changed')).filter(({ after }) => after?.credentials)),
		answer: () => ({ api_token_id: TOKEN_ID, after: { credentials: 'changed' } }),
	},
	{
		question: 'Which servers were created?',
		ask: async () => (await actions('server.created')).map(({ after }) => after?.name),
		answer: () => ['Desk', 'Leaked'],
	},
	{
		question: 'What was a server allowed to do before it was changed, and after?',
		ask: async () => (await actions('server.changed')).find(({ after }) => after?.config),
		answer: () => ({
			before: { config: { require_api_token_auth: true } },
			after: { config: { methods: ['read', 'create', 'update'] } },
		}),
	},
	{
		question: 'When did a URL change?',
		ask: async () => one(await actions('server.rotated')),
		answer: () => ({ server_id: made.server.id, at: MOMENT }),
	},
	{
		question: 'Who paused the server?',
		ask: async () => (await actions('server.changed')).find(({ after }) => after?.paused === true),
		answer: () => ({ api_token_id: TOKEN_ID, server_id: made.server.id }),
	},
	{
		question: 'Who revoked the leaked server, and when?',
		ask: async () => one(await actions('server.revoked')),
		answer: () => ({ server_id: made.gone.id, api_token_id: TOKEN_ID, at: MOMENT }),
	},
	{
		question: 'What was called through the leaked server before that?',
		ask: () => logOf(made.gone),
		answer: () => [{ tool: GET_TICKET, via: 'url', api_token_id: null, record_type: 'tickets', record_id: 42 }],
	},
	{
		question: 'Which app was let in, with what reach, and who agreed?',
		ask: async () => one(await actions('app.connected')),
		answer: () => ({
			server_id: made.server.id,
			api_token_id: TOKEN_ID,
			after: { client_id: made.clientId, within: { methods: ['read'] } },
		}),
	},
	{
		question: 'Who ended that app?',
		ask: async () => one(await actions('app.ended')),
		answer: () => ({ api_token_id: TOKEN_ID, before: { client_id: made.clientId } }),
	},
	{
		question: 'Who made the API token, with what scope and accounts?',
		ask: async () => one((await installation()).filter(({ after }) => after?.id === made.token.id)),
		answer: () => ({
			action: 'api_token.created',
			api_token_id: TOKEN_ID,
			after: { name: 'Jane', scope: 'use', accounts: ['audited'] },
		}),
	},
	{
		question: 'When was it revoked, and by whom?',
		ask: async () => one((await installation()).filter(({ before, after }) => before?.id === made.token.id && !after)),
		answer: () => ({ action: 'api_token.revoked', at: MOMENT, api_token_id: TOKEN_ID }),
	},
	{
		question: 'Which calls did that token let in?',
		ask: async () => (await logOf(made.server)).filter((call) => call.api_token_id === made.token.id).length,
		answer: () => 5,
	},
	{
		question: 'Who changed ticket 42, and which fields?',
		ask: async () =>
			one(
				(await logOf(made.server)).filter(
					(call) => call.method_class === 'write' && call.record_type === 'tickets' && call.record_id === 42,
				),
			),
		answer: () => ({ tool: UPDATE_TICKET, api_token_id: made.token.id, fields: ['summary'], outcome: 'ok' }),
	},
	{
		question: 'Which records were created, with which ids?',
		ask: async () => one((await logOf(made.server)).filter(({ tool }) => tool === CREATE_NOTE)),
		answer: () => ({ record_type: 'ticket_notes', record_id: 42, fields: ['text'] }),
	},
	{
		question: 'Which calls wrote?',
		ask: async () => (await logOf(made.server, '?method_class=write')).map(({ tool }) => tool).sort(),
		answer: () => [CREATE_NOTE, UPDATE_TICKET],
	},
	{
		question: 'Which calls did the vendor refuse, and with what status?',
		ask: () => logOf(made.server, '?outcome=upstream_error'),
		answer: () => [{ tool: GET_TICKET, upstream_status: 404, record_id: 404 }],
	},
	{
		question: 'Which calls did Patchbay refuse?',
		ask: () => logOf(made.server, '?outcome=refused'),
		answer: () => [{ tool: GET_TICKET, upstream_status: null }],
	},
	{
		question: 'Which servers and accounts have ended, and are their trails still kept?',
		ask: async () => (await api<{ result: Json[] }>('GET', `${ACCOUNT}/ended-servers`)).body.result,
		answer: () => [{ id: made.gone.id, name: 'Leaked', ended_at: MOMENT }],
	},
	{
		question: 'What came since the last look?',
		ask: async () => {
			const { headers } = await api('GET', `${ACCOUNT}/trail?format=ndjson`);
			await api('PATCH', serverPath(made.server), { name: 'Renamed' });
			return lines<TrailEntry>(`${ACCOUNT}/trail?after=${headers.get('next-cursor')}`);
		},
		answer: () => [{ action: 'server.changed', before: { name: 'Desk' }, after: { name: 'Renamed' } }],
	},
];

describe('an auditor asks', () => {
	for (const { question, ask, answer } of QUESTIONS) {
		it(question, async ({ expect }) => {
			const found = await ask();
			const wanted = answer();
			if (typeof wanted === 'object') expect(found).toMatchObject(wanted as object);
			else expect(found).toBe(wanted);
			if (Array.isArray(wanted)) expect(found).toHaveLength(wanted.length);
		});
	}

	it('twenty questions, and reads no secret, argument or result', async ({ expect }) => {
		expect(QUESTIONS).toHaveLength(20);
		const all = JSON.stringify([await trail(), await installation(), await logOf(made.server), await logOf(made.gone)]);
		expect(all).not.toMatch(/telltale|pb_[\w-]{20}|whsec_/);
		expect(all).not.toContain(made.server.token);
	});
});
