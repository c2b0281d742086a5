// Checks an integration's JSON as strictly as code: used by the tests and before each start and deploy, never at run time.
import type { z } from 'zod';
import { lookupOf, requiredScopes, scopeArgument } from '../workers/calls/names/lookup-plan.ts';
import { matchesFilter } from '../workers/integration/filter.ts';
import {
	type ArgumentSchema,
	documentationFileSchema,
	guidesFileSchema,
	integrationFileSchema,
	jobsFileSchema,
	promptsFileSchema,
	type RecordFact,
	resourcesFileSchema,
	timeZonesFileSchema,
	wordsFileSchema,
} from '../workers/integration/format.ts';
import { indexOf } from '../workers/integration/head.ts';
import { conditionParameters, fieldsArgument, pagingOf, sizeParameter } from '../workers/integration/method-wire.ts';
import {
	type Integration,
	type IntegrationModule,
	joinIntegration,
	type Operation,
} from '../workers/integration/operations.ts';
import { referenceKey } from '../workers/integration/reference-places.ts';
import type { Fault } from '../workers/lib/errors.ts';
import { valueAt } from '../workers/lib/json-path.ts';
import { didYouMean } from '../workers/lib/nearest.ts';
import { zoneName } from '../workers/lib/time-zones.ts';
import { placeholders } from '../workers/tools/prompts.ts';
import { isSearchTool } from '../workers/tools/search-and-fetch/search-tools.ts';
import { fieldsOf } from '../workers/tools/search-and-fetch/sources.ts';
import { compileTool } from '../workers/tools/tools.ts';
import { validateArguments } from '../workers/tools/validate.ts';
import { checkConnection } from './lib/check-connection.ts';
import { checkJobs } from './lib/check-jobs.ts';
import { checkBareTargets, checkFilters, checkLanguage } from './lib/check-language.ts';
import { checkUnused } from './lib/check-unused.ts';
import { checkArguments, checkWire } from './lib/check-wire.ts';
import { checkWords } from './lib/check-words.ts';
import { type FolderFault, parseTolerantly } from './lib/tolerant-parse.ts';

export type { FolderFault } from './lib/tolerant-parse.ts';

/** The parsed, unchecked files of a folder; `modules` by the name that integration.json gives. */
export interface IntegrationFolder {
	name: string;
	integration: unknown;
	modules: Record<string, { resources: unknown; documentation: unknown }>;
	/** Absent: the folder has no index and is loaded whole. */
	index?: unknown;
	prompts?: unknown;
	guides?: unknown;
	'time-zones'?: unknown;
	words?: unknown;
	jobs?: unknown;
}

const NAME_MAX = 64;
const SHORT_NAME_MAX = 36;
/** Longest text that every client shows in full. */
const DESCRIPTION_MAX = 1_024;
const INSTRUCTIONS_MAX = 2_000;
/** The lowest limit that a client publishes. */
const PRESET_TOOLS_MAX = 100;
const COMPOSITION = ['anyOf', 'oneOf', 'allOf', '$ref'];

/** Replacements for members of integration.json that are wrong, so that the rest can be checked. */
const STAND_INS = {
	name: 'unknown',
	label: 'The vendor',
	short: 'xx',
	infix: 'unknown',
	source: '',
	modules: [],
	id_type: 'integer',
	credentials: {},
	base_url: { path: '', sites: {}, example: '' },
	auth: { scheme: 'headers' },
	headers: {},
	paging: { style: 'none' },
	list: { records_path: '' },
	update_body: 'json',
	drop: { keys: [], keep: {} },
	datetime: 'iso',
	errors: { code: [], message: [], advice: {} },
	probe: { path: '/', diagnoses: [] },
	query: {},
	instructions: '',
	tags: {},
};

/** @returns every fault; none means that the folder compiles and that each tool can be called as documented */
export function checkIntegration(folder: IntegrationFolder): FolderFault[] {
	const faults: FolderFault[] = [];
	const file = parseTolerantly(integrationFileSchema, folder.integration, 'integration.json', faults, STAND_INS);
	if (!file) return faults;
	const isWhole = faults.length === 0;
	if (file.name !== folder.name && (isWhole || file.name !== STAND_INS.name))
		faults.push({
			path: 'integration.json',
			message: `name "${file.name}" is not the folder's name, ${folder.name}`,
			at: ['name'],
		});
	const modules = parseModules(folder, file.modules, faults);
	const optional = <S extends z.ZodType>(schema: S, name: 'prompts' | 'guides' | 'jobs' | 'words' | 'time-zones') =>
		folder[name] === undefined ? null : parseTolerantly(schema, folder[name], `${name}.json`, faults);
	const prompts = optional(promptsFileSchema, 'prompts') ?? {};
	optional(guidesFileSchema, 'guides');
	checkTimeZones(optional(timeZonesFileSchema, 'time-zones'), faults);
	const jobs = optional(jobsFileSchema, 'jobs') ?? {};
	const words = optional(wordsFileSchema, 'words') ?? {};
	const isSound = faults.length === 0;

	checkConnection(file, faults);
	if (file.instructions.length > INSTRUCTIONS_MAX)
		faults.push({ path: 'instructions', message: `must have at most ${INSTRUCTIONS_MAX} characters` });
	for (const module of modules) checkRows(module, folder.modules[module.module]?.resources, faults);
	if (isSound && folder.index !== undefined && JSON.stringify(folder.index) !== JSON.stringify(indexOf(modules)))
		faults.push({ path: 'index.json', message: 'is out of date: npm run index' });
	const integration = joinIntegration(file, modules, { prompts, words, jobs });
	for (const check of [
		checkWords,
		checkPrompts,
		checkJobs,
		checkSearch,
		checkNames,
		checkLookups,
		checkPresets,
		checkUnused,
		checkLanguage,
	])
		check(integration, faults);
	checkTexts(file, modules, faults);
	for (const operation of integration.operations) checkOperation(integration, modules, operation, faults);
	// What a fault took out of a file is missing elsewhere: that says nothing new.
	return isSound ? faults : faults.filter(({ path, message }) => !isEcho(path, message, folder));
}

function parseModules(folder: IntegrationFolder, names: readonly string[], faults: FolderFault[]): IntegrationModule[] {
	for (const module of Object.keys(folder.modules)) {
		if (!names.includes(module) && names.length > 0)
			faults.push({
				path: `${module}.json`,
				message: `is not among the modules of integration.json.${didYouMean(module, names)}`,
			});
	}
	const known = names.length > 0 ? names : Object.keys(folder.modules);
	return known.flatMap((module) => {
		const files = folder.modules[module];
		const resources = parseTolerantly(resourcesFileSchema, files?.resources, `resources/${module}.json`, faults, {
			source: '',
			resources: {},
			records: {},
		});
		const path = `documentation/${module}.json`;
		const documentation = parseTolerantly(documentationFileSchema, files?.documentation, path, faults);
		return resources && documentation ? [{ module, resources, documentation }] : [];
	});
}

/** Does a fault say that something is missing which the folder's files have, and only a fault took away? */
function isEcho(path: string, message: string, { integration, modules }: IntegrationFolder): boolean {
	const [said = ''] = message.split(/ (?:Did you mean|There are)/);
	if (said.startsWith('signs with no secret')) return true;
	if (!/is no (?:field|tool|setting|record)|has neither|no schema|is not explained|is used by|returns "/.test(said))
		return false;
	const text = JSON.stringify([integration, modules]);
	const named = [...`${path} ${said}`.matchAll(/"([^"]+)"|\{\{(?:tool:)?([^{}]+)\}\}/g)].map(
		([, a, b]) => a ?? b ?? '',
	);
	return named.length > 0 && named.every((name) => name.split('.').every((part) => text.includes(`"${part}":`)));
}

/** Each preset names methods and tags that exist, and lists no more tools than a client takes. */
function checkPresets({ file, operations }: Integration, faults: Fault[]): void {
	const methods = new Set<string>(operations.flatMap((operation) => [operation.method, operation.class]));
	for (const [name, { config }] of Object.entries(file.presets ?? {})) {
		const say = (message: string) => faults.push({ path: `presets.${name}`, message });
		for (const method of config.methods) if (!methods.has(method)) say(`no resource has the method "${method}"`);
		for (const tag of config.tags ?? []) if (!Object.hasOwn(file.tags, tag)) say(`there is no tag "${tag}"`);
		const tools = operations.filter((operation) => matchesFilter(operation, config)).length;
		if (tools === 0) say('leaves no tool');
		if (tools > PRESET_TOOLS_MAX && config.tool_exposure !== 'discovery')
			say(`lists ${tools} tools: narrow it to ${PRESET_TOOLS_MAX}, or let the model search`);
	}
}

/** Names must lead to zones that exist. */
function checkTimeZones(file: z.infer<typeof timeZonesFileSchema> | null, faults: Fault[]): void {
	for (const [name, zone] of Object.entries(file?.names ?? {}))
		if (zoneName(zone) === null)
			faults.push({ path: `time-zones.json ${name}`, message: `"${zone}" is no IANA time zone` });
}

/** Requires that each field that is declared to hold people's words exists. */
function checkTexts(file: Integration['file'], modules: readonly IntegrationModule[], faults: Fault[]): void {
	const fields = new Set(
		modules.flatMap(({ resources }) =>
			Object.values(resources.records).flatMap((record) => Object.keys(record.fields)),
		),
	);
	for (const name of [...(file.texts?.untrusted ?? []), ...(file.texts?.labelled ?? []).flat()]) {
		if (!name.split('/').every((step) => step === '' || fields.has(step)))
			faults.push({ path: 'integration.json texts', message: `"${name}" is no field of any record` });
	}
	for (const name of file.secrets ?? []) {
		if (!fields.has(name))
			faults.push({ path: 'integration.json secrets', message: `"${name}" is no field of any record` });
	}
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

/** Every documented row exists. @param given  the resources file as it was written */
function checkRows({ module, documentation }: IntegrationModule, given: unknown, faults: FolderFault[]): void {
	const written = (valueAt(given, 'resources') ?? {}) as Record<string, unknown>;
	for (const [resource, { methods }] of Object.entries(documentation)) {
		const path = `documentation/${module}.json ${resource}`;
		const known = Object.keys(written);
		if (!known.includes(resource)) {
			faults.push({ path, message: `is no resource.${didYouMean(resource, known)}`, at: [resource] });
			continue;
		}
		const knownMethods = Object.keys((valueAt(written, `${resource}/methods`) ?? {}) as object);
		for (const method of Object.keys(methods)) {
			if (!knownMethods.includes(method))
				faults.push({
					path: `${path}.${method}`,
					message: `is no method of the resource.${didYouMean(method, knownMethods)}`,
					at: [resource, 'methods', method],
				});
		}
	}
}

function checkNames({ operations }: Integration, faults: Fault[]): void {
	const seen = new Map<string, string>();
	for (const { names, resource, method } of operations) {
		const path = `${resource}.${method}`;
		for (const [kind, name, max] of [
			['full', names.full, NAME_MAX] as const,
			['short', names.short, SHORT_NAME_MAX] as const,
		]) {
			if (!/^[a-z][a-z0-9_]*$/.test(name)) faults.push({ path, message: `tool name "${name}" is not of [a-z0-9_]` });
			if (name.length > max) faults.push({ path, message: `tool name "${name}" has more than ${max} characters` });
			const other = seen.get(`${kind} ${name}`);
			if (other) faults.push({ path, message: `tool name "${name}" is that of ${other} too` });
			seen.set(`${kind} ${name}`, path);
		}
	}
}

/** Every placeholder of a prompt is an argument or a tool, and every argument is used. */
function checkPrompts({ prompts, jobs, byResource }: Integration, faults: Fault[]): void {
	for (const [name, prompt] of Object.entries(prompts)) {
		const say = (message: string) => faults.push({ path: `prompts.json ${name}`, message });
		const text = prompt.text.join('\n');
		const known = placeholders(text);
		const tools = known.filter(({ kind }) => kind === 'tool');
		const named = known.filter(({ kind }) => kind === 'job');
		if (known.length < text.split('{{').length - 1)
			say('has a placeholder that is neither {{argument}} nor {{tool:…}}');
		if (tools.length + named.length === 0) say('names no tool, so no filter decides where it exists');
		for (const { target } of tools) if (!byResource.has(target)) say(`points to {{tool:${target}}}, which is no tool`);
		for (const { target } of named)
			if (!Object.hasOwn(jobs, target)) say(`points to {{job:${target}}}, which is no job`);
		for (const { kind, target } of known)
			if (kind === 'argument' && !Object.hasOwn(prompt.arguments ?? {}, target)) say(`{{${target}}} is no argument`);
		for (const [argument, fact] of Object.entries(prompt.arguments ?? {})) {
			if (!known.some(({ kind, target }) => kind === 'argument' && target === argument))
				say(`argument "${argument}" is not used`);
			if (fact.required && fact.default !== undefined) say(`argument "${argument}" is required and has a default`);
		}
	}
}

/** Every source of `search` is a list and a get that take what is asked of them, and links hold no secret. */
function checkSearch({ file, byResource, operations }: Integration, faults: Fault[]): void {
	const top = wordsParameter(file);
	for (const { names, resource, method } of operations)
		if (file.search && [names.full, names.short].some((name) => isSearchTool(name)))
			faults.push({ path: `${resource}.${method}`, message: 'has the name of a tool that searches everything' });
	for (const [kind, source] of Object.entries(file.search ?? {})) {
		const say = (message: string) => faults.push({ path: `integration.json search.${kind}`, message });
		const list = byResource.get(`${source.list ?? source.resource}.list`);
		const get = byResource.get(`${source.resource}.get`);
		if (!list || !get) {
			say(`${source.resource} has no list and get to search and fetch`);
			continue;
		}
		const order = file.list.order_parameter ?? 'orderBy';
		for (const name of [source.ask?.argument ?? top ?? 'words', ...(source.order_by ? [order] : [])])
			if (!list.places.has(name)) say(`${list.resource}.list takes no ${name}.${didYouMean(name, list.places.keys())}`);
		const templates = [source.title, source.short_title ?? '', source.url, ...source.text];
		for (const path of [...source.fields, ...fieldsOf(...templates), source.number_field ?? get.idField]) {
			const first = path.split('/')[0] ?? '';
			if (!get.fieldNames.includes(first) && !file.drop.keep[first]) say(`"${path}" is no field of the record`);
		}
		for (const [, name = ''] of source.url.matchAll(/\{\{setting:([a-z0-9_]+)\}\}/g))
			if (file.credentials[name]?.secret !== false) say(`the link holds {{setting:${name}}}, which is no open setting`);
		for (const { resource, argument } of source.related ?? [])
			if (!byResource.get(`${resource}.list`)?.places.has(argument)) say(`${resource}.list takes no ${argument}`);
	}
}

/** Parameter in which the filter language asks for words. */
function wordsParameter(file: Integration['file']): string | undefined {
	const { filters } = file;
	if (filters?.language === 'json_triples' || filters?.language === 'expression') return filters.parameter;
	return Object.entries(conditionParameters(file)).find(([, kind]) => kind === 'top')?.[0];
}

/** Each kind of reference is found in one way, and each difference is used. */
function checkLookups(integration: Integration, faults: Fault[]): void {
	const { file, operations } = integration;
	const owners = new Map<string, string>();
	for (const [name, { finds = [] }] of Object.entries(file.lookups ?? {})) {
		for (const kind of finds) {
			const other = owners.get(kind) ?? (file.no_lookup?.[kind] === undefined ? undefined : 'no_lookup');
			if (other)
				faults.push({ path: `integration.json lookups.${name}`, message: `"${kind}" stands under ${other} too` });
			owners.set(kind, name);
		}
	}
	for (const { resource, resourceDocumentation } of new Map(operations.map((one) => [one.resource, one])).values()) {
		const { not_settable = {}, not_clearable = [] } = resourceDocumentation;
		const known = operations.flatMap((one) => (one.resource === resource ? one.fieldNames : []));
		for (const name of [...Object.keys(not_settable), ...not_clearable])
			if (!known.includes(name)) faults.push({ path: resource, message: `"${name}" is no field of its records` });
		for (const [field, own] of Object.entries(resourceDocumentation.references ?? {})) {
			const say = (message: string) => faults.push({ path: `${resource} references.${field}`, message });
			const lookup = typeof own === 'string' ? own : 'lookup' in own ? own.lookup : undefined;
			if (lookup !== undefined && !file.lookups?.[lookup]) say(`"${lookup}" is no lookup of integration.json`);
			const argument = field.split('/')[0] ?? '';
			if (!operations.some((one) => one.resource === resource && one.documentation.body?.includes(argument)))
				say('is in the body of no documented method');
		}
	}
}

/** Every reference that may be given by name is looked up, or someone says why not. */
function checkReferences(integration: Integration, operation: Operation, say: (message: string) => void): void {
	const { file, byResource } = integration;
	if (!file.lookups) return;
	const { references: differences = {} } = operation.resourceDocumentation;
	const current = operation.kind === 'create' ? undefined : byResource.get(`${operation.resource}.get`);
	for (const [argument, { references = [] }] of operation.places) {
		for (const place of references) {
			const key = referenceKey(argument, place);
			const found = lookupOf(integration, operation, argument, place);
			const own = differences[key];
			const isExplained =
				(typeof own === 'object' && 'no_lookup' in own) || Object.hasOwn(file.no_lookup ?? {}, place.target ?? '');
			if (!found && !isExplained && place.keys.some((one) => one !== 'id'))
				say(`"${key}" names a ${place.target ?? 'record'}, which has neither a lookup nor a reason under no_lookup`);
			for (const scope of found ? requiredScopes(found.lookup) : []) {
				const said = scopeArgument(found ?? { scopes: {} }, scope);
				const isKnown =
					operation.places.has(said) ||
					operation.places.has(operation.singular === scope ? 'id' : `${scope}_id`) ||
					current?.fieldNames.includes(said);
				if (!isKnown) say(`"${key}" lies within one ${scope}, which no argument says: give its scope or no_lookup`);
			}
		}
	}
}

function checkOperation(
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
		if (!file.query[name] && !documentation.arguments?.[name]?.type) say(`query "${name}" has no schema`);
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
		checkArguments(operation, records, say);
		checkCompiled(integration, operation, say);
	} catch (error) {
		say(error instanceof Error ? error.message : String(error));
	}
}

function checkCompiled(integration: Integration, operation: Operation, say: (message: string) => void): void {
	const { file } = integration;
	checkReferences(integration, operation, say);
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
	for (const name of visible_when?.any_of ?? []) {
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
