// Columns that hold secrets: no whole job groups, sums, filters, sorts or shows them, in any spelling.
import { beforeAll, describe, it } from 'vitest';
import {
	callTool,
	connectAccount,
	createServer,
	type Json,
	mockVendor,
	type ServerWithUrl,
	setUp,
} from '../support.ts';

setUp();
let server: ServerWithUrl;
beforeAll(async () => {
	await connectAccount('job-secrets');
	server = await createServer('job-secrets', {});
});

const SPELLINGS = [
	'portalPassword',
	'PORTALPASSWORD',
	'portal_password',
	'portal\u200bPassword',
	'company/portalPassword',
	'portalPassword/x',
	'ｐortalPassword',
	'portal%50assword',
];
const CONTACTS = { tool_name: 'list_all_connect_wise_psa_contacts' };

const asked = (name: string): [what: string, tool: string, args: Json][] => [
	['groups', 'summarize_records', { ...CONTACTS, group_by: [name] }],
	['sums', 'summarize_records', { ...CONTACTS, sum: name }],
	['filters', 'summarize_records', { ...CONTACTS, arguments: { conditions: `${name} like "a%"` } }],
	['chooses', 'summarize_records', { ...CONTACTS, arguments: { fields: `id,${name}` } }],
	[
		'changes many by',
		'change_many',
		{
			tool_name: 'update_a_connect_wise_psa_contact_by_id',
			list_tool_name: CONTACTS.tool_name,
			filter: { conditions: `${name} like "a%"` },
			set: { [name]: 'x' },
		},
	],
	[
		'previews',
		'preview_change',
		{ tool_name: 'update_a_connect_wise_psa_contact_by_id', arguments: { id: 1, [name]: 'x' } },
	],
];

describe('a whole job', () => {
	for (const spelling of SPELLINGS)
		for (const [what, tool, args] of asked(spelling)) {
			// security: S-45
			it(`${what} no ${JSON.stringify(spelling)}`, async ({ expect }) => {
				const record = {
					id: 1,
					firstName: 'Jane',
					portalPassword: 'hunter2',
					company: { id: 1, portalPassword: 'hunter2' },
				};
				const calls = mockVendor(({ url }) => Response.json(/contacts\/\d/.test(url) ? record : [record]));
				const { status, text } = await callTool(server.url, tool, args);
				expect(status).toBe(200);
				expect(text).not.toContain('hunter2');
				const sent = calls.map(({ url, body }) => `${decodeURIComponent(url)} ${body}`.normalize('NFKC').toLowerCase());
				expect(sent.filter((request) => /portal[^a-z]*(?:%50|p)assword/.test(request))).toEqual([]);
			});
		}
});
