// Words, people and custom fields at vendors of other filter languages: what each is asked, and what becomes of the answer.
import { beforeAll, describe, it } from 'vitest';
import {
	api,
	callTool,
	createServer,
	type Json,
	resultOf,
	type ServerWithUrl,
	setUp,
	type VendorCall,
} from '../support.ts';
import { installVendors, listenAs, VENDORS } from './fixtures.ts';
import { sysId } from './servicenow.ts';

setUp();
beforeAll(installVendors);

interface Case {
	name: keyof typeof VENDORS;
	/** Words to search for, what the vendor is asked, and the first result. */
	search: { query: string; asks: string; first: Json };
	/** A write that says `me`: the own record's address, and what is sent. */
	me?: { tool: string; args: Json; asks: string; sends: Json };
	/** The member that a server works for, as an operator says it, and what the same write sends then. */
	acting?: { said: string | number; is: Json; sends: Json };
	/** A list that says `me`. */
	listed?: { tool: string; args: Json; asks: string };
	custom?: { tool: string; args: Json; sends: Json; misspelt: Json; says: RegExp };
}

const CASES: Case[] = [
	{
		name: 'halopsa',
		search: {
			query: 'ticket 17',
			asks: 'search=ticket 17',
			first: { id: 'ticket:1017', title: 'Ticket 17', url: 'https://acme.halopsa.com/tickets?id=1017' },
		},
		me: {
			tool: 'update_a_halopsa_ticket_by_id',
			args: { id: 1001, agent_id: 'me' },
			asks: '/api/Agent/me',
			sends: { id: 1001, agent_id: 4 },
		},
		acting: { said: 3, is: { id: 3, identifier: 'Jane Doe' }, sends: { id: 1001, agent_id: 3 } },
		listed: {
			tool: 'list_all_halopsa_tickets',
			args: { agent: 'me' },
			asks: 'agent_id=4',
		},
	},
	{
		name: 'autotask',
		search: {
			query: 'ticket 17',
			asks: '{"filter":[{"op":"or","items":[{"op":"contains","field":"title","value":"ticket"},{"op":"contains","field":"description","value":"ticket"}]},{"op":"or","items":[{"op":"contains","field":"title","value":"17"}',
			first: { id: 'ticket:7017', title: 'T2026.16 Ticket 17' },
		},
		custom: {
			tool: 'update_a_autotask_ticket_by_id',
			args: { id: 7001, userDefinedFields: [{ name: 'region', value: 'West' }] },
			sends: { id: 7001, userDefinedFields: [{ name: 'Region', value: 'West' }] },
			misspelt: { id: 7001, userDefinedFields: [{ name: 'Regoin', value: 'West' }] },
			says: /"Regoin" is no custom field\. Did you mean "Region"\? There are: Region, Site code/,
		},
	},
	{
		name: 'zendesk',
		search: {
			query: 'ticket 18',
			asks: 'query=type:ticket ticket 18',
			first: { id: 'ticket:518', title: 'Ticket 18', url: 'https://acme.zendesk.com/agent/tickets/518' },
		},
		me: {
			tool: 'update_a_zendesk_ticket_by_id',
			args: { id: 501, assignee_id: 'me' },
			asks: '/api/v2/users/me.json',
			sends: { ticket: { assignee_id: 3 } },
		},
		acting: { said: 'Jane Doe', is: { id: 4, identifier: 'Jane Doe' }, sends: { ticket: { assignee_id: 4 } } },
		custom: {
			tool: 'update_a_zendesk_ticket_by_id',
			args: { id: 501, custom_fields: [{ title: 'site CODE', value: 'HQ' }] },
			sends: { ticket: { custom_fields: [{ id: 36002, value: 'HQ' }] } },
			misspelt: { id: 501, custom_fields: [{ title: 'Site cod', value: 'HQ' }] },
			says: /"Site cod" is no custom field\. Did you mean "Site code"\? There are: Region, Site code/,
		},
	},
	{
		name: 'servicenow',
		search: {
			query: 'incident INC0010017',
			asks: 'sysparm_query=numberLIKEincident^ORshort_descriptionLIKEincident^ORdescriptionLIKEincident^numberLIKEINC0010017^ORshort_descriptionLIKEINC0010017^ORdescriptionLIKEINC0010017^ORDERBYDESCsys_updated_on',
			first: { id: `incident:${sysId('abc', 17)}`, title: 'INC0010017 Incident 17' },
		},
		me: {
			tool: 'update_a_servicenow_incident_by_id',
			args: { id: sysId('abc', 1), assigned_to: 'me' },
			asks: '/api/now/table/sys_user?sysparm_query=user_name=api',
			sends: { assigned_to: sysId('e', 2) },
		},
		acting: {
			said: 'jdoe',
			is: { id: sysId('e', 1), identifier: 'Jane Doe', time_zone: 'America/New_York' },
			sends: { assigned_to: sysId('e', 1) },
		},
		listed: {
			tool: 'list_all_servicenow_incidents',
			args: { assigned_to: 'me' },
			asks: `assigned_to=${sysId('e', 2)}`,
		},
	},
	{
		name: 'hubspot',
		search: {
			query: 'ticket 17',
			asks: '"query":"ticket 17"',
			first: { id: 'ticket:9017', title: 'Ticket 17', url: 'https://app.hubspot.com/contacts/tickets/9017' },
		},
	},
];

for (const { name, search, me, acting, listed, custom } of CASES) {
	describe(name, () => {
		const vendor = VENDORS[name]();
		let server: ServerWithUrl;
		let sent: VendorCall[];
		const call = async (tool: string, args: Json, to = server) => {
			sent = listenAs(vendor);
			return resultOf(await callTool(to.url, tool, args));
		};
		const asked = () => sent.map(({ url, body }) => `${decodeURIComponent(url)} ${body}`).join('\n');
		const written = () => {
			const body: unknown = JSON.parse(sent.at(-1)?.body ?? '');
			return Array.isArray(body) ? (body as unknown[])[0] : body;
		};

		beforeAll(async () => {
			listenAs(vendor);
			const account = { integration: name, id: `people-${name}`, name, credentials: vendor.credentials };
			const { status, text } = await api('POST', '/integrated-account', account);
			if (status !== 201) throw new Error(text);
			server = await createServer(account.id, { tool_exposure: 'all', search_and_fetch: true });
		});

		it('is searched by words, and what is found can be fetched', async ({ expect }) => {
			const { isError, structuredContent } = await call('search', { query: search.query });
			expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
			const [first] = structuredContent.results as Json[];
			expect(first).toMatchObject(search.first);
			expect(asked()).toContain(search.asks);
			const fetched = await call('fetch', { id: first?.id });
			expect(fetched.isError, JSON.stringify(fetched.structuredContent)).toBeUndefined();
			expect(fetched.structuredContent).toMatchObject({ id: first?.id, title: first?.title });
		});

		if (me)
			it('knows whom "me" means', async ({ expect }) => {
				const { isError, structuredContent } = await call(me.tool, me.args);
				expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
				expect(asked()).toContain(me.asks);
				expect(written()).toEqual(me.sends);
			});

		if (listed)
			it('lists what is "mine"', async ({ expect }) => {
				await call(listed.tool, listed.args);
				expect(asked()).toContain(listed.asks);
			});

		if (acting && me)
			it('works for the member that the operator names', async ({ expect }) => {
				listenAs(vendor);
				const theirs = await createServer(`people-${name}`, { tool_exposure: 'all', acts_for: acting.said });
				expect(theirs.acts_for).toEqual(acting.is);
				const { isError, structuredContent } = await call(me.tool, me.args, theirs);
				expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
				expect(written()).toEqual(acting.sends);
				const config = { methods: ['read'], acts_for: 'Nobody Anywhere' };
				const unknown = await api('POST', `/integrated-account/people-${name}/mcp`, { name: 'x', config });
				expect([unknown.status, unknown.text]).toEqual([
					400,
					expect.stringMatching(/names no \w+ that the vendor knows/),
				]);
			});

		if (custom)
			it('takes custom fields by caption', async ({ expect }) => {
				const { isError, structuredContent } = await call(custom.tool, custom.args);
				expect(isError, JSON.stringify(structuredContent)).toBeUndefined();
				expect(written()).toEqual(custom.sends);
				const wrong = await call(custom.tool, custom.misspelt);
				expect(wrong.structuredContent.message).toMatch(custom.says);
				expect(sent.every(({ method }) => method === 'GET')).toBe(true);
			});
	});
}
