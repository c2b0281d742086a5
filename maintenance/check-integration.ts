// Checks an integration's JSON as strictly as code: used by the tests and before each start and deploy, never at run time.
import type { z } from 'zod';
import { ArgumentsError } from '../workers/integration/arguments.ts';
import { matchesFilter } from '../workers/integration/filter.ts';
import {
	documentationFileSchema,
	guidesFileSchema,
	integrationFileSchema,
	jobsFileSchema,
	promptsFileSchema,
	resourcesFileSchema,
	timeZonesFileSchema,
	wordsFileSchema,
} from '../workers/integration/format.ts';
import { indexOf } from '../workers/integration/head.ts';
import { conditionParameters, filterKey } from '../workers/integration/method-wire.ts';
import { type Integration, type IntegrationModule, joinIntegration } from '../workers/integration/operations.ts';
import type { Fault } from '../workers/lib/errors.ts';
import { valueAt } from '../workers/lib/json-path.ts';
import { didYouMean } from '../workers/lib/nearest.ts';
import { zoneName } from '../workers/lib/time-zones.ts';
import { placeholders } from '../workers/tools/prompts.ts';
import { isSearchTool } from '../workers/tools/search-and-fetch/search-tools.ts';
import { fieldsOf } from '../workers/tools/search-and-fetch/sources.ts';
import { checkConnection } from './lib/check-connection.ts';
import { checkJobs } from './lib/check-jobs.ts';
import { checkLanguage } from './lib/check-language.ts';
import { checkLookups } from './lib/check-lookups.ts';
import { checkResourceWords } from './lib/check-method.ts';
import { checkOperation } from './lib/check-operation.ts';
import { checkUnused } from './lib/check-unused.ts';
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
const INSTRUCTIONS_MAX = 2_000;
/** The lowest limit that a client publishes. */
const PRESET_TOOLS_MAX = 100;

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
	if (file.instructions.length + (file.write_instructions ?? '').length > INSTRUCTIONS_MAX)
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
		whereCompiled(() => check(integration, faults));
	checkTexts(file, modules, faults);
	for (const operation of integration.operations) checkOperation(integration, modules, operation, faults);
	for (const module of modules) checkDescriptions(integration, module, faults);
	// A fault that removes a part of a file makes other files miss it; reporting that would say nothing new.
	return isSound ? faults : faults.filter(({ path, message }) => !isEcho(path, message, folder));
}

/** A method whose arguments cannot be compiled has its own fault; it must not hide those of others. */
function whereCompiled(check: () => void): void {
	try {
		check();
	} catch (error) {
		if (!(error instanceof ArgumentsError)) throw error;
	}
}

function checkDescriptions(
	{ operations }: Integration,
	{ documentation, resources }: IntegrationModule,
	faults: Fault[],
) {
	for (const path of Object.keys(documentation)) {
		const own = operations.filter(({ resource }) => resource === path);
		const bodies = own.flatMap(({ fact }) => Object.keys(resources.records[fact.body ?? '']?.fields ?? {}));
		checkResourceWords(own, bodies, (message) => faults.push({ path, message }));
	}
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
	if (file.custom_fields && !fields.has(file.custom_fields.field))
		faults.push({
			path: 'integration.json custom_fields',
			message: `"${file.custom_fields.field}" is no field of any record.${didYouMean(file.custom_fields.field, fields)}`,
		});
	for (const { module, resources } of modules)
		for (const [name, record] of Object.entries(resources.records))
			for (const [field, { record: inner }] of Object.entries(record.fields))
				if (inner !== undefined && !Object.hasOwn(resources.records, inner))
					faults.push({
						path: `resources/${module}.json records.${name}.fields.${field}`,
						message: `record "${inner}" is none of the records.${didYouMean(inner, Object.keys(resources.records))}`,
					});
	for (const name of file.secrets ?? []) {
		if (!fields.has(name))
			faults.push({ path: 'integration.json secrets', message: `"${name}" is no field of any record` });
	}
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
			if (!list.places.has(name)) {
				const meant = didYouMean(name, list.places.keys());
				say(`${list.resource}.list takes no ${name}.${meant || ' Document it as an argument, or say ask.argument'}`);
			}
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
	if (filters?.language === 'json_triples' || filters?.language === 'expression') return filterKey(filters);
	return Object.entries(conditionParameters(file)).find(([, kind]) => kind === 'top')?.[0];
}
