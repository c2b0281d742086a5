// Every folder of integrations/ is sound, and the check that says so finds what it is for.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { checkIntegration, type IntegrationFolder } from '../../maintenance/check-integration.ts';
import { checkOverlay } from '../../maintenance/lib/check-overlay.ts';
import { formatPage, formatSchemas } from '../../maintenance/lib/format-reference.ts';
import { apiDescription } from '../../maintenance/openapi/describe-api.ts';
import { checkFolder, checkIntegrations, readFolder } from '../../scripts/lib/check-integrations.ts';
import { integrationDirs, outsideDir } from '../../scripts/lib/outside-integrations.ts';
import { showTool } from '../../scripts/lib/vendor/show-tool.ts';

const ROOT = join(import.meta.dirname, '../..');
const FOLDERS = [join(ROOT, 'integrations'), join(ROOT, 'test/fixtures/integrations'), outsideDir() ?? []]
	.flat()
	.flatMap(integrationDirs);

describe('every integration folder', () => {
	for (const folder of FOLDERS) {
		it(`${folder.replace(`${ROOT}/`, '')} has no fault`, ({ expect }) => {
			expect(checkIntegration(readFolder(folder))).toEqual([]);
		});
	}
});

/** Sets a value deep in a copy of a folder, ConnectWise's where none is named; undefined takes it away. */
function changed(path: (string | number)[], value: unknown, of = 'integrations/connect_wise_psa'): IntegrationFolder {
	return withValue(readFolder(join(ROOT, of)), path, value);
}

function withValue(folder: IntegrationFolder, path: (string | number)[], value: unknown): IntegrationFolder {
	let target = folder as unknown as Record<string | number, unknown>;
	for (const step of path.slice(0, -1)) target = target[step] as Record<string | number, unknown>;
	const last = path.at(-1) as string | number;
	if (value === undefined) delete target[last];
	else target[last] = value;
	return folder;
}

const documentation = (...path: string[]) => ['modules', 'service', 'documentation', ...path];
const resources = (...path: string[]) => ['modules', 'service', 'resources', ...path];
const TICKETS = { tags: ['service'], methods: { list: { description: 'A description that is long enough.' } } };

const FAULTS: { name: string; path: (string | number)[]; value: unknown; says: RegExp; of?: string }[] = [
	{ name: 'a folder under another name', path: ['name'], value: 'other', says: /not the folder's name/ },
	{
		name: 'a module without documentation',
		path: ['modules', 'time'],
		value: undefined,
		says: /time\.json: is missing/,
	},
	{ name: 'a module that is not named', path: ['modules', 'extra'], value: {}, says: /not among the modules/ },
	...[
		{ config: { methods: ['explode'] }, says: /presets\.technician: no resource has the method "explode"/ },
		{ config: { methods: ['read'], tags: ['colour'] }, says: /there is no tag "colour"/ },
		{ config: { methods: ['merge'], tags: ['marketing'] }, says: /leaves no tool/ },
		{ config: { methods: ['read'] }, says: /lists \d+ tools/ },
	].map(({ config, says }) => ({
		name: `a preset with ${JSON.stringify(config)}`,
		path: ['integration', 'presets', 'technician', 'config'],
		value: config,
		says,
	})),
	{ name: 'an unknown key', path: ['integration', 'retries'], value: 3, says: /retries/ },
	{
		name: 'a placeholder without a setting',
		path: ['integration', 'auth', 'password'],
		value: '{{secret}}',
		says: /\{\{secret\}\} is no setting/,
	},
	{ name: 'a row of no resource', path: documentation('invented'), value: TICKETS, says: /invented: is no resource/ },
	{
		name: 'a row of no method',
		path: documentation('tickets', 'methods', 'explode'),
		value: TICKETS.methods.list,
		says: /tickets\.explode: is no method/,
	},
	{
		name: 'a tag that nobody explains',
		path: documentation('tickets', 'tags'),
		value: ['secret_tag'],
		says: /"secret_tag" is not explained/,
	},
	{
		name: 'a pointer to no tool',
		path: documentation('tickets', 'methods', 'get', 'description'),
		value: 'See {{tool:tickets.explode}} for the rest.',
		says: /tickets\.explode\}\}, which is no tool/,
	},
	{
		name: 'a body field that the record lacks',
		path: documentation('tickets', 'methods', 'update', 'body'),
		value: ['colour'],
		says: /"colour" is no field/,
	},
	{
		name: 'a create-only field in an update',
		path: documentation('tickets', 'methods', 'update', 'body'),
		value: ['initialDescription'],
		says: /only when creating/,
	},
	{
		name: 'a default field that the record lacks',
		path: documentation('tickets', 'methods', 'list', 'fields'),
		value: ['id', 'colour/name'],
		says: /"colour\/name" is no field/,
	},
	{
		name: 'a query name that is not the vendor\u2019s',
		path: documentation('tickets', 'methods', 'list', 'query'),
		value: ['filter'],
		says: /"filter" is not the vendor's/,
	},
	{
		name: 'a limit where the vendor takes none',
		path: documentation('tickets', 'methods', 'get', 'arguments'),
		value: { limit: {} },
		says: /tickets\.get: argument "limit" needs "pageSize"/,
	},
	{
		name: 'an argument with two meanings',
		path: resources('resources', 'tickets', 'methods', 'update', 'path'),
		value: '/service/tickets/{{id}}/{{summary}}',
		says: /"summary".*means two things/,
	},
	{
		name: 'a placeholder that is no argument name',
		path: resources('resources', 'tickets', 'methods', 'get', 'path'),
		value: '/service/tickets/{{Id}}',
		says: /\{\{Id\}\} is not snake_case/,
	},
	{
		name: 'an example that its schema refuses',
		path: documentation('tickets', 'methods', 'get', 'example'),
		value: { id: 'x' },
		says: /example: id must be an integer/,
	},
	{
		name: 'a reference of a kind that nobody looks up or explains',
		path: resources('records', 'Ticket', 'fields', 'board', 'target'),
		value: 'NewReference',
		says: /tickets\.create: "board" names a NewReference, which has neither a lookup nor a reason/,
	},
	{
		name: 'such a reference in a list',
		path: ['modules', 'company', 'resources', 'records', 'Company', 'fields', 'types', 'target'],
		value: undefined,
		says: /companies\.create: "types" names a record, which has neither/,
	},
	{
		name: 'such a reference in a nested record',
		path: [
			'modules',
			'system',
			'resources',
			'records',
			'MemberDeactivationItem',
			'fields',
			'reAssignToMember',
			'target',
		],
		value: 'NewReference',
		says: /members\.deactivate: "activity\/reAssignToMember" names a NewReference/,
	},
	{
		name: 'a kind of reference with two lookups',
		path: ['integration', 'lookups', 'source', 'finds'],
		value: ['BoardReference'],
		says: /lookups\.source: "BoardReference" stands under board too/,
	},
	{
		name: 'a kind of reference with a lookup and a reason for none',
		path: ['integration', 'no_lookup', 'BoardReference'],
		value: 'there is none of them',
		says: /lookups\.board: "BoardReference" stands under no_lookup too/,
	},
	{
		name: 'a field with a lookup that is none',
		path: documentation('tickets', 'references'),
		value: { board: 'queue' },
		says: /tickets references\.board: "queue" is no lookup/,
	},
	{
		name: 'a difference for a field that no body has',
		path: documentation('tickets', 'references'),
		value: { colour: 'board' },
		says: /tickets references\.colour: is in the body of no documented method/,
	},
	{
		name: 'a lookup within what no argument says',
		path: documentation('tickets', 'references'),
		value: { status: { scope: { board: 'queue' } } },
		says: /tickets\.create: "status" lies within one board, which no argument says/,
	},
	{
		name: 'a name over 36 characters',
		path: resources('resources', 'tickets', 'singular'),
		value: 'ticket_of_a_customer_with_many_words',
		says: /more than 36 characters/,
	},
	{
		name: 'two tools of one name',
		path: resources('resources', 'boards', 'singular'),
		value: 'ticket',
		says: /is that of .* too/,
	},
];

const search = (...path: string[]) => ['integration', 'search', ...path];
FAULTS.push(
	{
		name: 'a search of what has no get',
		path: search('ticket', 'resource'),
		value: 'ticket_all_notes',
		says: /search\.ticket: ticket_all_notes has no list and get/,
	},
	{
		name: 'a search by a field that the record lacks',
		path: search('company', 'fields'),
		value: ['name', 'colour'],
		says: /search\.company: "colour" is no field/,
	},
	{
		name: 'a secret in a link',
		path: search('company', 'url'),
		value: '{{web}}/x?key={{setting:private_key}}',
		says: /\{\{setting:private_key\}\}, which is no open setting/,
	},
	{
		name: 'a link to another host',
		path: search('company', 'url'),
		value: 'https://evil.example/{{id}}',
		says: /integration\.json/,
	},
);

const PROMPT = { title: 'Triage', description: 'A description that is long enough.' };
for (const [name, more, says] of [
	[
		'a prompt that points to no tool',
		{ text: ['Use {{tool:tickets.explode}}.'] },
		/points to \{\{tool:tickets\.explode/,
	],
	['a prompt without a tool', { text: ['Do it.'] }, /names no tool/],
	['a placeholder that is no argument', { text: ['{{board}} {{tool:tickets.list}}'] }, /\{\{board\}\} is no argument/],
	['a placeholder of another form', { text: ['{{tool:tickets.list}} {{ board }}'] }, /neither/],
	[
		'an argument that the text does not use',
		{ arguments: { board: { description: 'x' } }, text: ['{{tool:tickets.list}}'] },
		/argument "board" is not used/,
	],
	[
		'an argument that is required and has a default',
		{
			arguments: { board: { description: 'x', required: true, default: 'y' } },
			text: ['{{tool:tickets.list}} {{board}}'],
		},
		/required and has a default/,
	],
	['a prompt with an unknown key', { texts: ['x'], text: ['{{tool:tickets.list}}'] }, /texts/],
] as const)
	FAULTS.push({ name, path: ['prompts', 'triage'], value: { ...PROMPT, ...more }, says });
FAULTS.push({ name: 'a guide without text', path: ['guides', 'conditions', 'text'], value: [], says: /guides\.json/ });

describe('a folder with one member away, misspelt or of another kind', () => {
	const folder = readFolder(join(ROOT, 'test/fixtures/integrations/hubspot'));
	const paths: (string | number)[][] = [];
	const walk = (value: unknown, path: (string | number)[]) => {
		if (path.length > 1) paths.push(path);
		if (typeof value === 'object' && value !== null)
			for (const [key, member] of Object.entries(value))
				walk(member, [...path, Array.isArray(value) ? Number(key) : key]);
	};
	walk({ integration: folder.integration, modules: folder.modules }, []);

	it('is told of, and ends no check', ({ expect }) => {
		expect(paths.length).toBeGreaterThan(300);
		for (const path of paths)
			for (const value of [undefined, 'zz_not_there', 7])
				expect(() => checkIntegration(withValue(structuredClone(folder), path, value)), path.join('/')).not.toThrow();
	});
});

describe('a reference that is not looked up', () => {
	const noBoard = (references: unknown) => {
		const folder = changed(resources('records', 'Ticket', 'fields', 'board', 'target'), 'NewReference');
		const rows = folder.modules.service?.documentation as Record<string, { references?: unknown }> | undefined;
		if (rows?.tickets) rows.tickets.references = references;
		const said = checkIntegration(folder).map(({ path, message }) => `${path}: ${message}`);
		return said.filter((line) => line.startsWith('tickets'));
	};

	it('needs a reason, for its kind or for the field', ({ expect }) => {
		expect(noBoard(undefined)).not.toEqual([]);
		expect(noBoard({ board: { no_lookup: 'boards are never named here' } })).toEqual([]);
	});

	it('or another lookup', ({ expect }) => {
		expect(noBoard({ board: 'board' })).toEqual([]);
	});
});

/** How a vendor is connected and paged, and what its requests and answers look like. */
const OTHERS: [name: string, of: string, path: string, value: unknown, says: RegExp][] = [
	['a filter without a language', 'halopsa', 'integration/filters', undefined, /filter "client" has no language/],
	[
		'a filter of a parameter that is none',
		'halopsa',
		'modules/service/documentation/tickets/methods/list/filters/client/in',
		'clientid',
		/goes to "clientid".*Did you mean "client_id"/,
	],
	[
		'a filter that compares where nothing does',
		'halopsa',
		'modules/service/documentation/tickets/methods/list/filters/since/op',
		'>',
		/compares by ">", which query_parameters cannot say/,
	],
	[
		'a filter by an operator that is not mapped',
		'autotask',
		'integration/filters/operators',
		{ '=': 'eq' },
		/compares by "contains", which json_triples cannot say/,
	],
	[
		'a filter of a field that is none',
		'autotask',
		'modules/service/documentation/tickets/methods/list/filters/title/field',
		'titel',
		/"titel", which is no field of the record\. Did you mean "title"/,
	],
	[
		'a record filter of a kind that nobody finds',
		'autotask',
		'modules/service/documentation/tickets/methods/list/filters/company/target',
		'Compny',
		/means a Compny, which no lookup finds/,
	],
	[
		'a lookup that cannot be asked',
		'halopsa',
		'integration/lookups/client/ask',
		undefined,
		/lookups\.client: cannot be asked by a name/,
	],
	[
		'a lookup that the language cannot narrow',
		'zendesk',
		'integration/lookups/user/within',
		{ organization_id: 'organization' },
		/lookups\.user\.within: filters\.language query_parameters narrows no lookup/,
	],
	[
		'a lookup that the language cannot ask',
		'zendesk',
		'integration/lookups/user/ask',
		undefined,
		/lookups\.user: cannot be asked by a name: say ask\.parameter, or is_small/,
	],
	[
		'a person that the language cannot ask by id',
		'zendesk',
		'integration/lookups/user/by_id',
		undefined,
		/lookups\.user\.me: filters\.language query_parameters finds no record by its id: say by_id/,
	],
	[
		'a search that the language cannot make',
		'zendesk',
		'integration/search/ticket/ask',
		undefined,
		/search\.ticket: filters\.language query_parameters finds no words: say ask\.argument/,
	],
	[
		'a search by an argument that the list has not',
		'zendesk',
		'integration/search/ticket/ask/argument',
		'qurey',
		/search_results\.list takes no qurey\. Did you mean "query"/,
	],
	[
		'conditions where words go to an argument',
		'zendesk',
		'integration/search/ticket/also',
		'status<solved',
		/search\.ticket\.also: is a text of conditions/,
	],
	[
		'a quotation mark that ends a text',
		'servicenow',
		'integration/filters/text/quote',
		'"',
		/filters\.text: has no escape for "[\s\S]*filters\.text: says nothing of/,
	],
	[
		'a text without an end',
		'servicenow',
		'integration/filters/text',
		{ quote: '' },
		/filters\.text: has no quotation mark: say under refuses/,
	],
	[
		'a whole that a text may end',
		'servicenow',
		'integration/filters/whole',
		'"{{terms}}"',
		/filters\.whole: stands in ", which a text may hold/,
	],
	[
		'filters in a body that is not said',
		'hubspot',
		'integration/filters/path',
		'',
		/filters\.path: is missing: where in the body/,
	],
	[
		'filters in the body of a GET',
		'hubspot',
		'modules/crm/resources/resources/tickets/methods/list/verb',
		'GET',
		/filter "stage" goes in a body, which a GET has not/,
	],
	[
		'an operator that the vendor has not',
		'hubspot',
		'integration/filters/operators/>=',
		undefined,
		/filter "created_after" compares by ">=", which json_triples cannot say/,
	],
	[
		'several fields where the vendor has no "or"',
		'hubspot',
		'modules/crm/documentation/tickets/methods/list/filters/priority',
		{ any: [{ field: 'subject' }, { field: 'content' }] },
		/filter "priority" asks for several fields, which json_triples cannot say/,
	],
	[
		'a filter that would sign',
		'halopsa',
		'modules/service/documentation/tickets/methods/list/filters/client/in',
		'header:Authorization',
		/filter "client" may not set the header "Authorization"/,
	],
	[
		'a filter in a header of every request',
		'halopsa',
		'modules/service/documentation/tickets/methods/list/filters/client/in',
		'header:accept',
		/filter "client" may not set the header "accept"/,
	],
	[
		'a parameter of its own that the vendor has not',
		'servicenow',
		'modules/itsm/documentation/incidents/methods/list/filters/state/in',
		'stat',
		/filter "state" goes to "stat", which is not the vendor's here/,
	],
	[
		'an id pattern that is none',
		'zendesk',
		'integration/lookups/user/id_pattern',
		'[a-',
		/lookups\.user\.id_pattern: is no regular expression/,
	],
	[
		'a secret in the address of the own record',
		'zendesk',
		'integration/lookups/user/me',
		'/users/me.json?key={{setting:api_token}}',
		/puts \{\{setting:api_token\}\}, which is no open setting, into an address/,
	],
	[
		'a value that is sent nowhere',
		'zendesk',
		'modules/support/resources/records/TicketChange/fields/priority/sends',
		{ name: 'x' },
		/"priority" sends \{"name":"x"\}, which has no \{\{value\}\}/,
	],
	[
		'members that an update would lose',
		'zendesk',
		'integration/custom_fields',
		{ field: 'custom_fields', caption: 'caption', value: 'value', as: 'members' },
		/custom_fields: has a member for each: only keeps_others/,
	],
	[
		'an id of a kind that nobody finds',
		'zendesk',
		'modules/support/resources/records/TicketChange/fields/assignee_id/target',
		'Agnet',
		/has the id of a Agnet, which has neither a lookup/,
	],
	...['$.paging.next.after', 'paging.next.after', '/paging/next/after', 'paging//after', 'paging/next[0]', ''].flatMap(
		(path) =>
			['paging/next_path', 'record_path', 'id_path', 'errors/items', 'lookups/stage/items_path']
				.filter((at) => path !== '' || at !== 'record_path')
				.map((at): (typeof OTHERS)[number] => [
					`the path "${path}" in ${at}`,
					'hubspot',
					`integration/${at}`,
					path,
					new RegExp(`${at.replaceAll('/', '\\.')}: (is no path|must not be empty)`),
				]),
	),
	...[
		'integration/paging/cursor_parameter',
		'integration/paging/size_parameter',
		'integration/filters/members/field',
		'integration/lookups/owner/match/0',
		'modules/crm/resources/records/Ticket/required/0',
		'modules/crm/documentation/tickets/fields/query',
	].map((at): (typeof OTHERS)[number] => [`nothing in ${at}`, 'hubspot', at, '', /must not be empty/]),
	...[
		['get', 'DELETE', 'GET or POST'],
		['get', 'PUT', 'GET or POST'],
		['list', 'PATCH', 'GET or POST'],
		['create', 'DELETE', 'POST or PUT or PATCH'],
		['update', 'DELETE', 'PUT or PATCH or POST'],
		['update', 'GET', 'PUT or PATCH or POST'],
	].map(([method, verb, verbs]): (typeof OTHERS)[number] => [
		`a ${method} by ${verb}`,
		'hubspot',
		`modules/crm/resources/resources/tickets/methods/${method}/verb`,
		verb,
		new RegExp(`is called ${method} and sends ${verb}: send ${verbs}, or give the method another name`),
	]),
	...['create', 'update'].map((method): (typeof OTHERS)[number] => [
		`a ${method} that only reads`,
		'hubspot',
		`modules/crm/documentation/tickets/methods/${method}/read_only`,
		true,
		/says "read_only": true, and a (create|update) writes/,
	]),
	...(
		[
			['list', 'answers', 'nothing', /is a list and answers nothing/],
			['list', 'record_path', 'x', /has record_path, and is a list/],
			['list', 'id_path', 'x', /has id_path, and writes nothing/],
			['get', 'wrap', 'x', /has wrap, and a GET has no body/],
			['get', 'constants', { body: { x: 1 } }, /sends constants\.body with GET/],
			['get', 'update_body', 'whole', /has update_body, and writes nothing/],
			['create', 'answers', 'nothing', /its answer has no id, so that a repeat is not known again/],
			['create', 'form_file', 'file', /documents no field of the type file/],
			['create', 'constants', { body: { 'properties/subject': 'x' } }, /takes the place of the argument "subject"/],
			['create', 'constants', { body: { properties: {} } }, /takes the place of the argument "subject"/],
		] as const
	).map(([method, member, value, says]): (typeof OTHERS)[number] => [
		`${member} ${JSON.stringify(value)} of a ${method}`,
		'hubspot',
		`modules/crm/resources/resources/tickets/methods/${method}/${member}`,
		value,
		says,
	]),
	...(
		[
			['methods/create/mails_when', [{ any_of: ['subjct'], says: 'People get mail.' }], /mails_when names "subjct"/],
			['methods/create/acting', { field: 'ownr' }, /acting names "ownr"/],
			['methods/list/computed', ['colour'], /computed names "colour"/],
			['methods/create/defaults', { subject: 7 }, /defaults: subject must be a string/],
			['methods/create/fixed', { subject: 7 }, /fixed: subject must be a string/],
			['methods/list/fields', [], /fields: Too small/],
			['methods/list/filters/created_after/op', undefined, /"created_after" finds what has exactly that moment/],
			['methods/list/body', ['qurey'], /"qurey" is no field of TicketSearch/],
			['path', { tickt_id: 'Id' }, /path\."tickt_id" is in the path of no method/],
			['fields', { subjct: 'Short' }, /describes "subjct", which is no field of it\. Did you mean "subject"/],
			['never_answered', ['subjct'], /describes "subjct"/],
		] as const
	).map(([member, value, says]): (typeof OTHERS)[number] => [
		`${member} ${JSON.stringify(value)}`,
		'hubspot',
		`modules/crm/documentation/tickets/${member}`,
		value,
		says,
	]),
	...(
		[
			['probe/path', 'owners?limit=1', /probe\.path: /],
			['headers/Content-Type', 'text/plain', /"Content-Type" is what each request writes: content_type/],
			['custom_fields', { field: 'zz', caption: 'a', value: 'b' }, /custom_fields: "zz" is no field of any record/],
			['must_be_named', ['outbond'], /must_be_named: there is no tag "outbond"/],
			['list/empty', [200], /list\.empty/],
			['credentials/access_token/pattern', '(', /access_token\.pattern: is no regular expression/],
			['errors/unknown_field', { code: 'x', pattern: '(' }, /unknown_field\.pattern: is no regular expression/],
			['base_url/sites', { eu: 'https://api.hubapi.com/v1' }, /sites\.eu: is the address of a host alone/],
			['base_url/sites', { eu: 'https://api.hubapi.eu' }, /sites\.eu: is at none of the hosts: api\.hubapi\.com/],
			['base_url/example', 'http://api.hubapi.com', /example: must begin with https/],
		] as const
	).map(([member, value, says]): (typeof OTHERS)[number] => [
		`${member} ${JSON.stringify(value)}`,
		'hubspot',
		`integration/${member}`,
		value,
		says,
	]),
	[
		'a constant beside the page of the same name',
		'halopsa',
		'modules/service/resources/resources/tickets/methods/list/constants/query/page_no',
		'1',
		/constants\.query has "page_no", which paging, filters or fields write/,
	],
	[
		'a field of a record that is none',
		'hubspot',
		'modules/crm/resources/records/Ticket/fields/associations',
		{ type: 'object', record: 'Asociations' },
		/record "Asociations" is none of the records/,
	],
	[
		'a demanded field that is none',
		'hubspot',
		'modules/crm/resources/records/Ticket/required',
		['subjct'],
		/required "subjct" is no field of its record\. Did you mean "subject"/,
	],
	['a misspelt member', 'halopsa', 'integration/baseurl', {}, /has no member "baseurl"\. Did you mean "base_url"/],
	['a member that is missing', 'halopsa', 'integration/base_url', undefined, /base_url: is required/],
	[
		'a scheme that is none',
		'halopsa',
		'integration/auth/scheme',
		'barer',
		/cannot be "barer": one of basic, bearer.*Did you mean "bearer"/,
	],
	[
		'a misspelt member of one style',
		'zendesk',
		'integration/paging/next_pth',
		'x',
		/"next_pth"\. Did you mean "next_path"/,
	],
	[
		'a misspelt method member',
		'zendesk',
		'modules/support/resources/resources/tickets/methods/list/recordspath',
		'x',
		/Did you mean "records_path"/,
	],
	[
		'a placeholder in the address of tokens',
		'halopsa',
		'integration/auth/token_path',
		'/token?tenant={{tenat}}',
		/\{\{tenat\}\} is no setting.*"tenant"/,
	],
	[
		'a secret in an address',
		'halopsa',
		'integration/auth/token_path',
		'/token?key={{client_secret}}',
		/puts the secret/,
	],
	[
		'a host that a setting decides',
		'halopsa',
		'integration/auth/token_path',
		'https://{{tenant}}/token',
		/fixed domain/,
	],
	[
		'such a host by its ending',
		'zendesk',
		'integration/base_url/template',
		'https://acme.{{subdomain}}/api/v2',
		/fixed domain/,
	],
	[
		'a template without the path',
		'zendesk',
		'integration/base_url/template',
		'https://{{subdomain}}.zendesk.com',
		/must end in \/api\/v2/,
	],
	[
		'headers that sign with no secret',
		'autotask',
		'integration/headers',
		{ UserName: '{{user_name}}' },
		/signs with no secret/,
	],
	[
		'a header that the scheme writes',
		'zendesk',
		'integration/headers/Authorization',
		'x {{email}}',
		/what the scheme basic writes/,
	],
	['a cursor that is found nowhere', 'zendesk', 'integration/paging/next_path', undefined, /needs one of next_path/],
	['a total beside a cursor', 'zendesk', 'integration/paging/more', { total: 'count' }, /no place to compare/],
	[
		'a query in a path',
		'halopsa',
		'modules/service/resources/resources/tickets/methods/list/path',
		'/api/Tickets?a=1',
		/query in its path/,
	],
	[
		'a body of a GET',
		'halopsa',
		'modules/service/resources/resources/tickets/methods/get/body',
		'Ticket',
		/body with GET/,
	],
	['paging in the body of a GET', 'halopsa', 'integration/paging/in', 'body', /pages in the body of a GET/],
	[
		'an array that is not wrapped',
		'zendesk',
		'modules/support/resources/resources/tickets/methods/create/is_array',
		true,
		/"wrap": "\[\]"/,
	],
	['a create without an id', 'autotask', 'integration/id_path', undefined, /tickets\.create: its answer has no id/],
	[
		'an update that names no record',
		'autotask',
		'modules/service/resources/resources/tickets/methods/update/constants',
		undefined,
		/tickets\.update: names no record/,
	],
	[
		'an id of another type',
		'zendesk',
		'integration/id_type',
		'string',
		/is of the type integer, and id_type says string/,
	],
	[
		'a body field of the vendor alone',
		'halopsa',
		'modules/service/documentation/tickets/methods/update/body',
		['client_name'],
		/"client_name" is read_only/,
	],
	[
		'a record that is none',
		'zendesk',
		'modules/support/resources/resources/tickets/methods/create/body',
		'NewTickt',
		/"NewTickt" is no record\. Did you mean "NewTicket"/,
	],
	[
		'a default that is no value of the field',
		'zendesk',
		'modules/support/documentation/ticket_comments/methods/create/default_body/set',
		{ public: 'no' },
		/sets "public", a boolean, to "no"/,
	],
	['a default that is not sent', 'zendesk', 'integration/query/sort/default', 'id', /default of "sort" is not sent/],
	[
		'a pointer that no one fills in',
		'autotask',
		'modules/service/documentation/tickets/fields/status',
		'see {{tool:ticket_fields.list}}',
		/is filled in only in a description/,
	],
	[
		'a query that no method has',
		'zendesk',
		'integration/query/colour',
		{ type: 'string' },
		/"colour" is used by no method/,
	],
	['a tag that no method has', 'zendesk', 'integration/tags/colour', 'Colours', /"colour" is used by no method/],
	[
		'a setting that nothing uses',
		'zendesk',
		'integration/credentials/colour',
		{ label: 'x', where: 'y', secret: false },
		/"colour" is used by nothing/,
	],
	[
		'default fields of what is no list',
		'zendesk',
		'modules/support/documentation/tickets/methods/get/fields',
		['id'],
		/default fields, and is no list/,
	],
	[
		'a setting in a path that is none',
		'zendesk',
		'modules/support/resources/resources/tickets/methods/get/path',
		'/{{setting:subdomian}}/tickets/{{id}}',
		/\{\{setting:subdomian\}\} is no setting.*"subdomain"/,
	],
	[
		'a secret setting in a path',
		'zendesk',
		'modules/support/resources/resources/tickets/methods/get/path',
		'/{{setting:api_token}}/tickets/{{id}}',
		/puts the secret/,
	],
	[
		'a resource that is misspelt',
		'zendesk',
		'modules/support/documentation/tickts',
		{ tags: ['support'], methods: {} },
		/is no resource\. Did you mean "tickets"/,
	],
];
for (const [name, of, path, value, says] of OTHERS)
	FAULTS.push({ name, path: path.split('/'), value, says, of: `test/fixtures/integrations/${of}` });

describe('the check names', () => {
	for (const { name, path, value, says, of } of FAULTS) {
		it(name, ({ expect }) => {
			const said = checkIntegration(changed(path, value, of)).map((fault) => `${fault.path}: ${fault.message}`);
			expect(said.join('\n')).toMatch(says);
		});
	}

	it('every fault at once', ({ expect }) => {
		const folder = changed(documentation('tickets', 'tags'), ['nowhere']);
		const moved = folder.modules.service?.documentation as Record<
			string,
			{ methods: Record<string, { body: string[] }> }
		>;
		if (moved.tickets?.methods.create) moved.tickets.methods.create.body = ['colour'];
		const said = checkIntegration(folder)
			.map(({ message }) => message)
			.join('\n');
		expect(said).toContain('nowhere');
		expect(said).toContain('colour');
	});

	it('ten faults of three files in one wave, each with its line', ({ expect }) => {
		const dir = mkdtempSync(join(tmpdir(), 'patchbay-check-'));
		cpSync(join(ROOT, 'test/fixtures/integrations/zendesk'), join(dir, 'zendesk'), { recursive: true });
		const planted: [file: string, from: string, to: string, says: RegExp][] = [
			['integration.json', '"max_size": 100', '"max_sise": 100', /"max_sise"\. Did you mean "max_size"/],
			['integration.json', '"scheme": "basic"', '"scheme": "basik"', /Did you mean "basic"/],
			[
				'integration.json',
				'"datetime": "utc_seconds"',
				'"datetime": "utc"',
				/cannot be "utc": one of utc_seconds, iso/,
			],
			['integration.json', '"https://{{subdomain}}.z', '"https://{{domain}}.z', /\{\{domain\}\} is no setting/],
			['resources/support.json', '"verb": "POST"', '"verb": "POSTT"', /cannot be "POSTT".*Did you mean "POST"/],
			[
				'resources/support.json',
				'"path": "/organizations.json"',
				'"path": "/organizations.json?x=1"',
				/query in its path/,
			],
			['resources/support.json', '"type": "boolean"', '"type": "bool"', /Did you mean "boolean"/],
			['documentation/support.json', '"organizations": {', '"organisations": {', /Did you mean "organizations"/],
			[
				'documentation/support.json',
				'"priority", "assignee_id", "org',
				'"priority", "asignee_id", "org',
				/"asignee_id" is no field/,
			],
			[
				'documentation/support.json',
				'"subject", "status", "priority", "a',
				'"subject", "state", "priority", "a',
				/"state" is no field/,
			],
		];
		const lines: number[] = [];
		for (const [file, from, to] of planted) {
			const path = join(dir, 'zendesk', file);
			const text = readFileSync(path, 'utf8');
			expect(text, from).toContain(from);
			lines.push(text.slice(0, text.indexOf(from)).split('\n').length);
			writeFileSync(path, text.replace(from, to));
		}
		// Of the processor, so that a busy machine judges nothing.
		const before = process.threadCpuUsage();
		const said = checkFolder(join(dir, 'zendesk'));
		const { user, system } = process.threadCpuUsage(before);
		expect((user + system) / 1_000).toBeLessThan(1_000);
		for (const [index, [file, , , says]] of planted.entries()) {
			const line = said.find((one) => one.startsWith(`${file}:`) && says.test(one));
			expect(line, `${file} ${says}\n${said.join('\n')}`).toBeDefined();
			expect(line).toMatch(new RegExp(`^${file}:${lines[index]}:`));
		}
		expect(said.length, said.join('\n')).toBeLessThanOrEqual(planted.length + 2);
		rmSync(dir, { recursive: true });
	});

	it('two folders of one name', ({ expect }) => {
		const dir = mkdtempSync(join(tmpdir(), 'patchbay-check-'));
		for (const name of ['zendesk', 'zendesk_two'])
			cpSync(join(ROOT, 'test/fixtures/integrations/zendesk'), join(dir, name), { recursive: true });
		const said = checkIntegrations(dir).join('\n');
		expect(said).toMatch(/zendesk_two: integration\.json: short "zen" is that of zendesk too/);
		expect(said).toMatch(/zendesk_two: integration\.json: infix "zendesk" is that of zendesk too/);
		rmSync(dir, { recursive: true });
	});
});

describe('an overlay', () => {
	const zendesk = readFolder(join(ROOT, 'test/fixtures/integrations/zendesk'));
	const cases: [name: string, overlay: object, says: RegExp | null][] = [
		['that narrows', { tools: { 'tickets.update': { hidden: true } } }, null],
		['with a default by name', { tools: { 'tickets.create': { defaults: { organization_id: 'Acme' } } } }, null],
		['over another', { over: 'halopsa' }, /over is "halopsa"/],
		[
			'of a renamed tool',
			{ tools: { 'ticket.create': { hidden: true } } },
			/ticket\.create is no tool.*"tickets\.create"/,
		],
		[
			'of no argument',
			{ tools: { 'tickets.create': { fixed: { subjct: 'x' } } } },
			/"subjct" is no argument.*"subject"/,
		],
		[
			'of a value of another type',
			{ tools: { 'tickets.create': { fixed: { priority: 'no such' } } } },
			/priority must be one of/,
		],
		[
			'that changes every update',
			{ tools: { 'tickets.update': { defaults: { status: 'open' } } } },
			/would change a field in every update/,
		],
		[
			'of a field that is none',
			{ tools: { 'tickets.list': { fields: { add: ['colour'] } } } },
			/"colour" is no field of Ticket/,
		],
		['of a record to change', { tools: { 'tickets.update': { fixed: { id: 501 } } } }, /"id" says which record a call/],
		[
			'of a parent to write to',
			{ tools: { 'ticket_comments.create': { defaults: { ticket_id: 501 } } } },
			/"ticket_id" says which/,
		],
		['of a parent to read', { tools: { 'ticket_comments.list': { defaults: { ticket_id: 501 } } } }, null],
		[
			'of a page',
			{ tools: { 'tickets.list': { fixed: { next_cursor: 'x' } } } },
			/"next_cursor" is different in every call/,
		],
		['that empties', { tools: { 'tickets.update': { fixed: { clear: ['status'] } } } }, /"clear" would empty a field/],
		...['confirm_repeat', 'confirm_unusual', 'confirm_replace'].map((name): [string, object, RegExp] => [
			`that insists by ${name}`,
			{ tools: { 'tickets.create': { fixed: { [name]: true } } } },
			new RegExp(`"${name}" is no argument`),
		]),
		[
			'that demands what is no argument',
			{ tools: { 'tickets.create': { require: ['colour'] } } },
			/"colour" is no argument/,
		],
		[
			'that documents a tool',
			{ tools: { 'users.delete': { description: { append: 'x' } } } },
			/users\.delete is no tool/,
		],
		['that adds a body field', { tools: { 'tickets.create': { body: ['status'] } } }, /has no member "body"/],
		[
			'that changes the words',
			{ tools: { 'tickets.create': { description: 'Mine' } } },
			/description.*(?:must|cannot|expected)/i,
		],
		[
			'that points to a tool that is none',
			{ tools: { 'tickets.list': { description: { append: '{{tool:a.b}}' } } } },
			/points to \{\{tool:a\.b/,
		],
		[
			'of too many words',
			{ tools: { 'tickets.list': { description: { append: 'word '.repeat(300) } } } },
			/characters, more than/,
		],
		['of too many instructions', { instructions: { append: 'word '.repeat(500) } }, /at most 2000 characters/],
		['that unhides', { tools: { 'tickets.update': { hidden: false } } }, /hidden/],
		[
			'of a prototype',
			JSON.parse('{"tools":{"__proto__.list":{"hidden":true}}}') as object,
			/__proto__\.list is no tool/,
		],
		...['headers', 'constants', 'secrets', 'modules', 'tags', 'must_be_named', 'probe', 'lookups', 'texts', 'drop'].map(
			(member): [string, object, RegExp] => [
				`that reaches for ${member}`,
				{ [member]: {} },
				new RegExp(`has no member "${member}"`),
			],
		),
		['that reaches for credentials', { auth: { scheme: 'headers' } }, /has no member "auth"/],
		['that reaches for hosts', { base_url: { hosts: ['evil.example'] } }, /has no member "base_url"/],
		['that makes a write a read', { tools: { 'tickets.create': { read_only: true } } }, /has no member "read_only"/],
		[
			'with a prompt of no tool',
			{ prompts: { x: { title: 'x', description: 'A text of twenty characters.', text: ['{{tool:a.b}}'] } } },
			/points to \{\{tool:a\.b/,
		],
	];
	for (const [name, overlay, says] of cases)
		it(`${name} is ${says ? 'told' : 'good'}`, ({ expect }) => {
			const faults = checkOverlay('zendesk.json', { over: 'zendesk', ...overlay }, zendesk);
			const said = faults.map(({ path, message }) => `${path} ${message}`).join('\n');
			if (says) expect(said).toMatch(says);
			else expect(said).toBe('');
		});
});

describe('the API', () => {
	it('is described by openapi.json as its schemas say', ({ expect }) => {
		const isCurrent = readFileSync(join(ROOT, 'dashboard/openapi.json'), 'utf8') === apiDescription();
		expect(isCurrent, 'npm run schemas').toBe(true);
	});
});

describe('the format', () => {
	it('has schemas for editors and a page that say what the check says', ({ expect }) => {
		const stale = Object.entries(formatSchemas()).filter(
			([file, text]) => readFileSync(join(ROOT, 'schemas', file), 'utf8') !== text,
		);
		expect(
			stale.map(([file]) => file),
			'npm run schemas',
		).toEqual([]);
		expect(readFileSync(join(ROOT, 'docs/integration-format.md'), 'utf8') === formatPage(), 'npm run schemas').toBe(
			true,
		);
	});
});

describe('a tool shown with an answer', () => {
	const shown = async (folder: string, tool: string, answer: unknown) =>
		(
			await showTool(join(ROOT, 'test/fixtures/integrations', folder), {
				tool,
				given: '{"limit": 1}',
				answer: JSON.stringify(answer),
				status: 200,
			})
		).text;
	const NOTHING = /The answer has nothing at ([^:]+):/;

	for (const [folder, tool, answer, missing] of [
		['hubspot', 'tickets.list', { results: [{ id: '1' }], paging: { next: { after: '2' } } }, undefined],
		['hubspot', 'tickets.list', { results: [{ id: '1' }], pagination: {} }, 'next_path "paging/next/after"'],
		['halopsa', 'tickets.list', { tickets: [{ id: 1 }], record_count: 3 }, undefined],
		['halopsa', 'tickets.list', { tickets: [{ id: 1 }], records: 3 }, 'total "record_count"'],
		['servicenow', 'incidents.list', { result: [] }, undefined],
	] as const)
		it(`of ${folder} says ${missing ?? 'nothing'} of ${JSON.stringify(answer)}`, async ({ expect }) => {
			expect(NOTHING.exec(await shown(folder, tool, answer))?.[1]).toBe(missing);
		});
});
