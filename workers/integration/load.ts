// Loads an integration's JSON by its folder's name. The bundler packs every folder below integrations/; a module's
// files are parsed when they are first needed, and never for a server whose filter leaves nothing of the module.

import { isObject } from '../lib/is-object.ts';
import { overlaidDocumentation, overlaidIndex, overlaidIntegration, overlaidTexts } from './apply-overlay.ts';
import { matchesFilter, type ToolFilter } from './filter.ts';
import type {
	DocumentationFile,
	GuidesFile,
	IntegrationFile,
	JobsFile,
	OverlayFile,
	PromptsFile,
	ResourcesFile,
	TimeZonesFile,
	WordsFile,
} from './format.ts';
import { type IndexFile, indexOf, readHead } from './head.ts';
import {
	assembleIntegration,
	type Integration,
	type IntegrationHead,
	type IntegrationModule,
	joinModule,
	type Operation,
	type OperationHeader,
} from './operations.ts';
import { outsideFolders } from './outside-folders.ts';
import { overlays } from './overlays.ts';

/** Parsed once per isolate: the data is bundled and never changes. */
const heads = new Map<string, Promise<IntegrationHead | null>>();
const modules = new Map<string, Promise<Operation[]>>();
/** Files that only some calls need, by folder and path. */
const optionalFiles = new Map<string, Promise<unknown>>();
const integrations = new Map<string, Promise<Integration>>();
/** Calls choose which modules are put together, in thousands of ways: those used last are kept. */
const INTEGRATIONS_KEPT = 20;

/** The folders below integrations/, as start and deploy found them. */
export async function loadIntegrationNames(): Promise<readonly string[]> {
	const bundled = ((await import('../../integrations/index.json')) as { default: string[] }).default;
	return [...bundled, ...outsideFolders.keys()];
}

/** @returns null when there is no such folder */
export function loadHead(name: string): Promise<IntegrationHead | null> {
	let head = heads.get(name);
	if (!head) {
		head = /^[a-z][a-z0-9_]*$/.test(name) ? readFiles(name) : Promise.resolve(null);
		// Only names that exist are remembered: others come from callers without end.
		heads.set(name, head);
		void head.then((found) => found ?? heads.delete(name));
	}
	return head;
}

/** The vendor's names of time zones → IANA names. Needed only when a zone is learnt. */
export async function loadTimeZoneNames(name: string): Promise<TimeZonesFile['names']> {
	return (await readOnce<TimeZonesFile>(name, 'time-zones.json'))?.names ?? {};
}

/** The whole of it. @returns null when there is no such folder */
export async function loadIntegration(name: string): Promise<Integration | null> {
	const head = await loadHead(name);
	return head && assemble(head, new Set(head.file.modules), await loadWords(name));
}

/** Loads the modules that a server with this filter needs. */
export async function loadServed(head: IntegrationHead, filter: ToolFilter): Promise<Integration> {
	const matching = head.headers.filter((header) => matchesFilter(header, filter));
	return assemble(head, new Set(matching.map(({ module }) => module)), await loadWords(head.file.name));
}

type Name = keyof OperationHeader['names'];

const named: Record<Name, WeakMap<IntegrationHead, Map<string, OperationHeader>>> = {
	full: new WeakMap(),
	short: new WeakMap(),
};

function headersByName(head: IntegrationHead, kind: Name): ReadonlyMap<string, OperationHeader> {
	let byName = named[kind].get(head);
	if (!byName) {
		byName = new Map(head.headers.map((header) => [header.names[kind], header]));
		named[kind].set(head, byName);
	}
	return byName;
}

/** Loads what a call of this tool needs, at the same cost on every server; nothing when the server has no such tool. */
export function loadForTool(head: IntegrationHead, filter: ToolFilter, tool: string): Promise<Integration> {
	const header = headersByName(head, filter.tool_names ?? 'full').get(tool);
	return assemble(head, new Set(header && matchesFilter(header, filter) ? [header.module] : []));
}

/** Loads the modules of these operations. */
export function loadForOperations(head: IntegrationHead, headers: readonly OperationHeader[]): Promise<Integration> {
	return assemble(head, new Set(headers.map(({ module }) => module)));
}

/** Only a search needs them. */
const loadWords = (name: string) => readOnce<WordsFile>(name, 'words.json');

function assemble(head: IntegrationHead, only: ReadonlySet<string>, said?: WordsFile): Promise<Integration> {
	const wanted = head.file.modules.filter((module) => only.has(module));
	const key = [head.file.name, said ? 'with words' : '', ...wanted].join(' ');
	let integration = integrations.get(key);
	// Behind the others: what is used stays.
	integrations.delete(key);
	if (integration) integrations.set(key, integration);
	else {
		const [oldest] = integrations.keys();
		if (oldest !== undefined && integrations.size >= INTEGRATIONS_KEPT) integrations.delete(oldest);
		integration = Promise.all(wanted.map((module) => loadModule(head, module))).then((operations) =>
			assembleIntegration(head, operations.flat(), said),
		);
		integrations.set(key, integration);
	}
	return integration;
}

function loadModule(head: IntegrationHead, module: string): Promise<Operation[]> {
	const key = `${head.file.name} ${module}`;
	let operations = modules.get(key);
	if (!operations) {
		operations = readOverlaidModule(head.file.name, module).then((files) => joinModule(head, files));
		modules.set(key, operations);
	}
	return operations;
}

async function readFiles(name: string): Promise<IntegrationHead | null> {
	const file = await readOptional<IntegrationFile>(name, 'integration.json');
	if (!file) return null;
	const [index, prompts, guides, jobs] = await Promise.all([
		readIndex(name, file),
		readOptional<PromptsFile>(name, 'prompts.json'),
		readOptional<GuidesFile>(name, 'guides.json'),
		readOptional<JobsFile>(name, 'jobs.json'),
	]);
	const own = await overlaysOf(name);
	return readHead(overlaidIntegration(file, own), overlaidIndex(index, own), {
		...overlaidTexts({ prompts, guides }, own),
		jobs,
	});
}

/** Overlays of this installation. Their names for prompts win over the shipped ones. */
async function overlaysOf(name: string): Promise<OverlayFile[]> {
	const loaded = await Promise.all((overlays.get(name) ?? []).map((load) => load()));
	return loaded.map((module) => (module as { default: OverlayFile }).default);
}

/** A file that a folder need not have. A bundle throws at once for one that it does not hold. */
async function readOptional<T>(name: string, path: string): Promise<T | undefined> {
	try {
		return await readFile<T>(name, path);
	} catch {
		return undefined;
	}
}

function readOnce<T>(name: string, path: string): Promise<T | undefined> {
	const key = `${name}/${path}`;
	const file = optionalFiles.get(key) ?? readOptional<T>(name, path);
	optionalFiles.set(key, file);
	return file as Promise<T | undefined>;
}

/** A folder without an index is read whole. */
async function readIndex(name: string, file: IntegrationFile): Promise<IndexFile> {
	const index = await readOptional<IndexFile>(name, 'index.json');
	return index ?? indexOf(await Promise.all(file.modules.map((module) => readModule(name, module))));
}

async function readOverlaidModule(name: string, module: string): Promise<IntegrationModule> {
	const [files, own] = await Promise.all([readModule(name, module), overlaysOf(name)]);
	return { ...files, documentation: overlaidDocumentation(files.documentation, own) };
}

async function readModule(name: string, module: string): Promise<IntegrationModule> {
	const [resources, documentation] = await Promise.all([
		readFile<ResourcesFile>(name, `resources/${module}.json`),
		readFile<DocumentationFile>(name, `documentation/${module}.json`),
	]);
	return { module, resources, documentation };
}

/** @throws when the folder does not hold the file */
async function readFile<T>(name: string, path: string): Promise<T> {
	const outside = outsideFolders.get(name);
	const load = outside ? outside[path] : () => bundled(name, path);
	if (!load) throw new Error(`${name} has no ${path}`);
	const file = ((await load()) as { default: T }).default;
	// Editors read it, and nobody else.
	if (!isObject(file) || !('$schema' in file)) return file;
	const { $schema: _editor, ...rest } = file;
	return rest as T;
}

/** The bundler packs what fits the patterns: a name has no slash in it. */
function bundled(name: string, path: string): Promise<unknown> {
	const [folder = '', file = ''] = path.slice(0, -'.json'.length).split('/');
	if (folder === 'resources') return import(`../../integrations/${name}/resources/${file}.json`);
	if (folder === 'documentation') return import(`../../integrations/${name}/documentation/${file}.json`);
	return import(`../../integrations/${name}/${folder}.json`);
}
