// An overlay narrows a shipped integration and adds words to it: what a model sees, and what the vendor is sent.
import { beforeAll, describe, it } from 'vitest';
import type { IntegrationFile, OverlayFile } from '../../../workers/integration/format.ts';
import { outsideFolders } from '../../../workers/integration/outside-folders.ts';
import { overlays } from '../../../workers/integration/overlays.ts';
import {
	api,
	callTool,
	createServer,
	type Json,
	mcp,
	mockVendor,
	resultOf,
	type ServerWithUrl,
	setUp,
} from '../support.ts';
import { zendesk } from './zendesk.ts';

const FILES = import.meta.glob<{ default: IntegrationFile }>('../../fixtures/integrations/zendesk/**/*.json');
const FOLDER = '../../fixtures/integrations/zendesk/';

const OVERLAY: OverlayFile = {
	over: 'own_desk',
	instructions: { append: 'Contoso: never close a ticket without a comment.' },
	tools: {
		'tickets.update': { hidden: true },
		'tickets.create': {
			description: { append: 'VIP clients: priority urgent.' },
			defaults: { organization_id: 'Globex' },
			fixed: { priority: 'low' },
			require: ['subject'],
		},
		'tickets.list': { fields: { add: ['description'] } },
	},
	prompts: {
		morning: {
			title: 'Morning round',
			description: 'What came in overnight, by company.',
			text: ['List tickets with {{tool:tickets.list}}.'],
		},
		closing: {
			title: 'Closing round',
			description: 'Tickets that may be closed, one by one.',
			text: ['Change them with {{tool:tickets.update}}.'],
		},
	},
};

setUp();
const vendor = zendesk();
let server: ServerWithUrl;
const listen = () =>
	mockVendor(({ method, url, headers, body }) => {
		const json = body === '' ? null : (JSON.parse(body) as unknown);
		return vendor.answer({ method, url: new URL(url), headers, text: body, json });
	});

beforeAll(async () => {
	const files = Object.entries(FILES).map(([path, load]) => [path.slice(FOLDER.length), load] as const);
	const named = async () => {
		const file = await FILES[`${FOLDER}integration.json`]?.();
		return { default: { ...file?.default, name: 'own_desk', short: 'owd', infix: 'own_desk' } };
	};
	outsideFolders.set('own_desk', { ...Object.fromEntries(files), 'integration.json': named });
	overlays.set('own_desk', [async () => ({ default: OVERLAY })]);
	listen();
	const { status, text } = await api('POST', '/integrated-account', {
		integration: 'own_desk',
		id: 'overlaid',
		name: 'x',
		credentials: vendor.credentials,
	});
	if (status !== 201) throw new Error(text);
	server = await createServer('overlaid', { tool_exposure: 'all' });
});

const tools = async () => ((await mcp(server.url, 'tools/list', {})).body.result?.tools ?? []) as Json[];

describe('an overlay', () => {
	it('hides a tool everywhere', async ({ expect }) => {
		const names = (await tools()).map(({ name }) => name);
		expect(names).toContain('create_a_own_desk_ticket');
		expect(names).not.toContain('update_a_own_desk_ticket_by_id');
		const called = await callTool(server.url, 'update_a_own_desk_ticket_by_id', { id: 501, status: 'open' });
		expect(called.body.error).toMatchObject({ code: -32602 });
		const prompts: unknown = (await mcp(server.url, 'prompts/list', {})).body.result?.prompts ?? [];
		expect(prompts).toMatchObject([{ name: 'morning' }]);
	});

	it('tells a model its words and defaults, and not what is fixed', async ({ expect }) => {
		const tool = (await tools()).find(({ name }) => name === 'create_a_own_desk_ticket');
		expect(tool?.description).toMatch(/VIP clients: priority urgent\./);
		const schema = tool?.inputSchema as { properties: Record<string, { description?: string }>; required: string[] };
		expect(schema.properties.organization_id?.description).toBe(
			'the company; id or name; Globex unless you say another',
		);
		expect(Object.keys(schema.properties)).not.toContain('priority');
		expect(schema.required).toContain('subject');
	});

	it('sets defaults before names are looked up, and what is fixed', async ({ expect }) => {
		const sent = listen();
		const args = { subject: 'Printer on fire', comment: { body: 'It burns.' } };
		const { structuredContent } = resultOf(await callTool(server.url, 'create_a_own_desk_ticket', args));
		expect(structuredContent.resolved).toMatchObject({ organization_id: { id: 13, name: 'Globex' } });
		expect(JSON.parse(sent.at(-1)?.body ?? '')).toEqual({ ticket: { ...args, organization_id: 13, priority: 'low' } });
		for (const [index, said] of [
			{ organization_id: 'Acme' },
			{ organization_id: 12 },
			{ organization_id: { name: 'Acme' } },
			{ 'organization_id/name': 'Acme' },
			{ 'organization_id.name': 'Acme' },
		].entries()) {
			const other = { ...args, subject: `Another ${index}`, ...said };
			const answer = resultOf(await callTool(server.url, 'create_a_own_desk_ticket', other));
			expect(answer.isError, JSON.stringify(answer.structuredContent)).toBeUndefined();
			expect(JSON.parse(sent.at(-1)?.body ?? '').ticket.organization_id, JSON.stringify(said)).toBe(12);
		}
		for (const [index, nothing] of [null, '', undefined].entries()) {
			const other = { ...args, subject: `Nothing ${index}`, organization_id: nothing, priority: null };
			resultOf(await callTool(server.url, 'create_a_own_desk_ticket', other));
			expect(JSON.parse(sent.at(-1)?.body ?? '').ticket).toMatchObject({ organization_id: 13, priority: 'low' });
		}
	});

	it('refuses what it demands and what it fixes', async ({ expect }) => {
		const sent = listen();
		const call = async (args: Json) => resultOf(await callTool(server.url, 'create_a_own_desk_ticket', args));
		const lacking = await call({ comment: { body: 'x' } });
		expect(lacking.structuredContent.message).toMatch(/subject is required/);
		for (const other of [
			{ priority: 'urgent' },
			{ 'priority/id': 4 },
			{ 'priority.name': 'urgent' },
			{ additional_fields: { priority: 'urgent' } },
			{ Priority: 'urgent' },
			{ priority: 'low' },
		]) {
			const { isError, structuredContent } = await call({ subject: 'x', comment: { body: 'x' }, ...other });
			expect(isError, JSON.stringify(other)).toBe(true);
			expect(structuredContent.message, JSON.stringify(other)).toMatch(/priority/i);
		}
		expect(sent).toEqual([]);
	});

	it('adds fields to a list', async ({ expect }) => {
		listen();
		const { structuredContent } = resultOf(await callTool(server.url, 'list_all_own_desk_tickets', { limit: 1 }));
		expect(structuredContent.result).toMatchObject([{ id: 501, description: 'It burns.' }]);
	});
});
