// The integrations under test: the bundled one, and a second vendor that differs in everything data can say.
import type { DocumentationFile, IntegrationFile, ResourcesFile } from '../../../workers/integration/format.ts';
import { loadIntegration } from '../../../workers/integration/load.ts';
import { type Integration, joinIntegration, type Operation } from '../../../workers/integration/operations.ts';

export async function requireConnectWise(): Promise<Integration> {
	const integration = await loadIntegration('connect_wise_psa');
	if (!integration) throw new Error('connect_wise_psa is missing');
	return integration;
}

/** @param resourceMethod  e.g. `tickets.list` */
export function operationOf(integration: Integration, resourceMethod: string): Operation {
	const operation = integration.byResource.get(resourceMethod);
	if (!operation) throw new Error(`no operation ${resourceMethod}`);
	return operation;
}

/** Freezes everything that can be reached; what is changed afterwards throws. */
export function deepFreeze<T>(value: T): T {
	if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
		Object.freeze(value);
		for (const member of Object.values(value)) deepFreeze(member);
	}
	return value;
}

/** OAuth 2 client credentials, text ids, lists in an envelope, the vendor's own cursor, updates as plain JSON. */
export function deskFiles(): {
	file: IntegrationFile;
	modules: { module: string; resources: ResourcesFile; documentation: DocumentationFile }[];
} {
	const file: IntegrationFile = {
		name: 'acme_desk',
		label: 'Acme Desk',
		short: 'acd',
		infix: 'acme_desk',
		source: 'invented',
		modules: ['desk'],
		id_type: 'string',
		credentials: {
			client_id: { label: 'Client ID', where: 'Settings', secret: false },
			client_secret: { label: 'Client secret', where: 'Settings', secret: true },
		},
		base_url: { path: '/api/v2', sites: {}, host_repairs: {}, example: 'https://acme.desk.example/api/v2' },
		auth: {
			scheme: 'oauth2_client_credentials',
			token_path: '/oauth/token',
			client_id: '{{client_id}}',
			client_secret: '{{client_secret}}',
			scope: 'read write',
		},
		headers: { Accept: 'application/json' },
		paging: {
			style: 'cursor',
			cursor_parameter: 'after',
			size_parameter: 'first',
			max_size: 100,
			next_path: 'meta/next',
		},
		list: { records_path: 'data/items' },
		update_body: 'json',
		clear: 'null',
		drop: { keys: ['links'], keep: {} },
		datetime: 'iso',
		errors: { code: ['error/type'], message: ['error/text', 'detail'], advice: { '400': 'Try other values.' } },
		probe: { path: '/me', diagnoses: [] },
		query: { q: { type: 'string' } },
		instructions: 'Acts on Acme Desk.',
		tags: { desk: 'Cases', people: 'Persons' },
	};
	const resources: ResourcesFile = {
		source: 'invented',
		resources: {
			cases: {
				singular: 'case',
				methods: {
					list: { verb: 'GET', path: '/cases', query: ['q'] },
					get: { verb: 'GET', path: '/cases/{{id}}' },
					create: { verb: 'POST', path: '/cases', body: 'Case' },
					update: { verb: 'PUT', path: '/cases/{{id}}', body: 'Case' },
					delete: { verb: 'DELETE', path: '/cases/{{id}}' },
					escalate: { verb: 'POST', path: '/cases/{{id}}/escalate' },
					count: { verb: 'GET', path: '/cases/count', query: ['q'] },
				},
			},
			case_replies: {
				singular: 'case_reply',
				methods: {
					list: { verb: 'GET', path: '/cases/{{case_id}}/replies' },
					// Exists at the vendor's, is documented nowhere: no tool.
					create: { verb: 'POST', path: '/cases/{{case_id}}/replies', body: 'Reply' },
				},
			},
			secrets: { singular: 'secret', methods: { list: { verb: 'GET', path: '/secrets' } } },
		},
		records: {
			Case: {
				required: ['subject'],
				fields: {
					subject: { type: 'string', maxLength: 40 },
					priority: { type: 'integer', minimum: 1, maximum: 5 },
					state: { type: 'string', enum: ['open', 'closed'] },
					due: { type: 'string', format: 'date' },
					at: { type: 'string', format: 'date-time' },
					labels: { type: 'array', items: 'string' },
					watchers: { type: 'array', items: 'reference', keys: ['id', 'email'] },
					address: { type: 'object', record: 'Address' },
				},
			},
			Address: {
				required: ['city'],
				fields: { city: { type: 'string' }, country: { type: 'object', record: 'Country' } },
			},
			Country: { required: [], fields: { code: { type: 'string' } } },
			Reply: { required: ['text'], fields: { text: { type: 'string' } } },
		},
	};
	const documentation: DocumentationFile = {
		cases: {
			tags: ['desk'],
			methods: {
				list: {
					description:
						'Find cases by text. Replies: {{tool:case_replies.list}}. Raise one with {{tool:cases.escalate}}.',
					query: ['q'],
				},
				get: { description: 'One case with all of its fields.', tags: ['people'] },
				create: {
					description: 'Open a case for a customer.',
					body: ['subject', 'priority', 'state', 'due', 'at', 'labels', 'watchers', 'address'],
				},
				update: { description: 'Change a case of a customer.', body: ['subject', 'priority', 'address'] },
				delete: { description: 'Delete a case for good.', destructive: true },
				escalate: { description: 'Raise a case to the next level.', destructive: false },
				count: { description: 'How many cases match a text.', query: ['q'] },
			},
		},
		case_replies: {
			tags: ['desk', 'people'],
			path: { case_id: 'the case' },
			methods: { list: { description: 'What was said on a case.' } },
		},
	};
	return { file, modules: [{ module: 'desk', resources, documentation }] };
}

export function requireDesk(): Integration {
	const { file, modules } = deskFiles();
	return joinIntegration(file, modules);
}
