// Checks one operation of an integration: its documentation against the vendor's facts, and the tool that is made of it.
import type { ArgumentSchema, RecordFact } from '../../workers/integration/format.ts';
import { fieldsArgument, pagingOf, sizeParameter } from '../../workers/integration/method-wire.ts';
import type { Integration, IntegrationModule, Operation } from '../../workers/integration/operations.ts';
import type { Fault } from '../../workers/lib/errors.ts';
import { compileTool } from '../../workers/tools/tools.ts';
import { validateArguments } from '../../workers/tools/validate.ts';
import { checkBareTargets, checkFilters } from './check-language.ts';
import { checkReferences } from './check-lookups.ts';
import { checkMethod, checkSetValues } from './check-method.ts';
import { checkArguments, checkWire } from './check-wire.ts';

/** Longest text that every client shows in full. */
const DESCRIPTION_MAX = 1_024;
const COMPOSITION = ['anyOf', 'oneOf', 'allOf', '$ref'];

export function checkOperation(
	integration: Integration,
	modules: readonly IntegrationModule[],
	operation: Operation,
	faults: Fault[],
): void {
	const path = `${operation.resource}.${operation.method}`;
	const say = (message: string) => faults.push({ path, message });
	const { file } = integration;
	const { fact, documentation } = operation;
	const records = modules.find(({ documentation: rows }) => rows[operation.resource])?.resources.records ?? {};
	checkWire(integration, operation, records, say);

	for (const tag of operation.tags)
		if (!Object.hasOwn(file.tags, tag)) say(`tag "${tag}" is not explained in integration.json`);
	for (const [, placeholder = ''] of fact.path.matchAll(/\{\{([^{}]*)\}\}/g)) {
		if (!/^[a-z][a-z0-9_]*$/.test(placeholder)) say(`placeholder {{${placeholder}}} is not snake_case`);
	}
	for (const match of documentation.description.matchAll(/\{\{([^{}]*)\}\}/g)) {
		const target = /^tool:([a-z0-9_]+\.[a-z0-9_]+)$/.exec(match[1] ?? '')?.[1];
		if (!target || !integration.byResource.has(target))
			say(`the description points to {{${match[1]}}}, which is no tool`);
	}
	for (const name of documentation.query ?? []) {
		if (!fact.query?.includes(name)) say(`query "${name}" is not the vendor's`);
		if (!file.query[name] && !documentation.arguments?.[name]?.type)
			say(`query "${name}" has no schema: give one under the method's arguments, or under query of integration.json`);
	}
	const returned = fact.returns === undefined ? undefined : records[fact.returns];
	for (const field of documentation.fields ?? []) {
		const first = field.split('/')[0] ?? '';
		if (returned && first !== '_info' && !returned.fields[first])
			say(`default field "${field}" is no field of ${fact.returns}`);
	}
	checkFilters(integration, operation, say);
	const body = fact.body === undefined ? undefined : records[fact.body];
	const bare = (documentation.body ?? []).flatMap((name) => {
		const { type, target } = body?.fields[name] ?? {};
		return target !== undefined && (type === 'integer' || type === 'string') ? [target] : [];
	});
	checkBareTargets(integration, operation, bare, say);
	checkSecrets(file, operation, records, say);
	for (const name of operation.resourceDocumentation.omit ?? []) {
		if (operation.kind === 'get' && returned && !returned.fields[name])
			say(`omitted "${name}" is no field of ${fact.returns}`);
	}
	for (const name of documentation.body ?? []) {
		const field = fact.body === undefined ? undefined : records[fact.body]?.fields[name];
		if (field?.create_only && operation.kind === 'update') say(`"${name}" is accepted only when creating`);
	}
	try {
		checkMethod(file, operation, body, say);
		checkArguments(operation, records, say);
		checkCompiled(integration, operation, say);
	} catch (error) {
		say(error instanceof Error ? error.message : String(error));
	}
}

function checkCompiled(integration: Integration, operation: Operation, say: (message: string) => void): void {
	const { file } = integration;
	checkReferences(integration, operation, say);
	checkSetValues(file, operation, say);
	const tool = compileTool(integration, operation, {});
	if (tool.description.length > DESCRIPTION_MAX)
		say(`the description has ${tool.description.length} characters, more than ${DESCRIPTION_MAX}`);
	checkSchema(tool.inputSchema, 'inputSchema', say);
	for (const name of tool.inputSchema.required ?? []) {
		if (!Object.hasOwn(tool.inputSchema.properties, name)) say(`required "${name}" is no argument`);
	}
	for (const [name, place] of operation.places) {
		const isOurs =
			name === fieldsArgument(file) && (file.list.fields_parameter === undefined || operation.kind === 'list');
		if (place.in === 'query' && !isOurs && !operation.fact.query?.includes(name))
			say(`argument "${name}" is no query parameter of the vendor's`);
		const size = sizeParameter(pagingOf(file, operation.fact));
		if (place.in === 'page' && operation.kind !== 'list' && !operation.fact.query?.includes(size ?? ''))
			say(`argument "${name}" needs "${size}", which is not the vendor's here`);
	}
	const { default_body, example, visible_when, unusual = {} } = operation.documentation;
	for (const name of Object.entries(unusual).flatMap(([field, { after }]) => [field, ...(after ? [after] : [])]))
		if (operation.places.get(name)?.in !== 'body') say(`unusual names "${name}", which is no body argument`);
	for (const name of [...(visible_when?.any_of ?? []), ...(visible_when?.any_false ?? [])]) {
		if (operation.places.get(name)?.in !== 'body') say(`visible_when names "${name}", which is no body argument`);
	}
	for (const name of [...(default_body?.unless_any ?? []), ...Object.keys(default_body?.set ?? {})]) {
		if (operation.places.get(name)?.in !== 'body') say(`default_body names "${name}", which is no body argument`);
	}
	if (example) {
		for (const { path, message } of validateArguments(operation, example, file.datetime).faults)
			say(`example: ${path} ${message}`);
	}
}

/** Schema features that some client refuses: composition, arrays without items, lists of types. */
function checkSchema(schema: ArgumentSchema | { type: 'object' }, path: string, say: (message: string) => void): void {
	for (const keyword of COMPOSITION) if (Object.hasOwn(schema, keyword)) say(`${path} uses ${keyword}`);
	if (Array.isArray(schema.type)) say(`${path} has a list of types`);
	if (schema.type === 'array' && !('items' in schema && schema.items)) say(`${path} is an array without items`);
	if ('properties' in schema) {
		for (const [name, property] of Object.entries(schema.properties ?? {}))
			checkSchema(property, `${path}.${name}`, say);
	}
	if ('items' in schema && schema.items) checkSchema(schema.items, `${path}.items`, say);
}

/** A field whose name says that it holds a secret, and that is a text. */
const SECRET_FIELD = /(?:password|passphrase|secret|token|(?:private|api|license|encryption)key)$/i;

/** Requires that a field with the name of a secret is declared as one, and that no argument takes it. */
function checkSecrets(
	{ secrets = [] }: Integration['file'],
	{ fact, documentation }: Operation,
	records: Record<string, RecordFact>,
	say: (message: string) => void,
): void {
	for (const record of [fact.body, fact.returns])
		for (const [name, { type }] of Object.entries(records[record ?? '']?.fields ?? {}))
			if (type === 'string' && SECRET_FIELD.test(name) && !secrets.includes(name))
				say(`"${name}" of ${record} reads like a secret, and integration.json secrets does not name it`);
	for (const name of [...(documentation.body ?? []), ...(documentation.fields ?? [])])
		if (secrets.includes(name)) say(`"${name}" is a secret, which no tool tells or takes`);
}
