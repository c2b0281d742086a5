// One tool as a model sees it, the request that a call of it sends, and what becomes of the vendor's answer: without a
// running Worker, an account or the network.
import { checkIntegration } from '../../../maintenance/check-integration.ts';
import type { DocumentationFile, IntegrationFile, ResourcesFile } from '../../../workers/integration/format.ts';
import { updateBodyOf } from '../../../workers/integration/method-wire.ts';
import { type Integration, joinIntegration, type Operation } from '../../../workers/integration/operations.ts';
import { didYouMean } from '../../../workers/lib/nearest.ts';
import { fillTemplate } from '../../../workers/lib/template.ts';
import { compileTool } from '../../../workers/tools/tools.ts';
import { requestUrl } from '../../../workers/vendor/address.ts';
import type { UpstreamRequest } from '../../../workers/vendor/request.ts';
import { readFolder } from '../check-integrations.ts';
import { Failure } from '../failure.ts';
import type { StandIn, TryCall } from './tried-call.ts';

export interface Shown {
	/** Full or short name, or resource.method. */
	tool: string;
	/** Arguments as JSON. */
	given: string;
	/** The vendor's answer, where one is tried. */
	answer: string | null;
	status: number;
}

/** @returns what to print, and whether the arguments were refused */
export async function showTool(
	dir: string,
	{ tool, given, answer, status }: Shown,
): Promise<{ text: string; isRefused: boolean }> {
	const integration = loadFolder(dir);
	const operation = requireOperation(integration, tool);
	const { file } = integration;
	const tried = (await loadTryCall())(integration, operation, parseGiven(given), {
		owner: ownerOf(file),
		answer,
		status,
		nowMs: Date.now(),
	});
	const lines = [section('Tool', compileTool(integration, operation, {}))];
	const { faults, request, token, result, missing, kept } = tried;
	if (!request) return { text: [...lines, section('Refused', faults)].join('\n\n'), isRefused: true };
	lines.push(`Request\n${describeWire(file, request)}`);
	if (operation.kind === 'update' && updateBodyOf(file, operation.fact) === 'whole')
		lines.push('The record is read before it: its other fields go along, but for those that are read_only.');
	if (token)
		lines.push(
			`Token request, before it\n${token.verb} ${token.url}\n${headerLines(token.headers)}\n\n${token.body}`.trimEnd(),
		);
	if (result) lines.push(section(result.isError ? 'Result (an error)' : 'Result', result.content));
	if (missing.length > 0)
		lines.push(
			`The answer has nothing at ${missing.join(' and ')}: right on the last page, a wrong path on any other.`,
		);
	if (kept !== null) lines.push(`The guard against repeats keeps: ${kept}`);
	return { text: lines.join('\n\n'), isRefused: false };
}

/** Imported by a variable name, so that node's types do not follow it: it runs code of the Worker. */
async function loadTryCall(): Promise<TryCall> {
	const { href } = new URL('./try-call.ts', import.meta.url);
	return ((await import(href)) as { tryCall: TryCall }).tryCall;
}

function loadFolder(dir: string): Integration {
	const folder = readFolder(dir);
	const faults = checkIntegration(folder).filter(({ path }) => path.includes('.json '));
	if (faults.length > 0)
		throw new Failure(`The folder has ${faults.length} fault(s).`, `npm run vendor -- check ${folder.name}`);
	const file = folder.integration as IntegrationFile;
	return joinIntegration(
		file,
		file.modules.map((module) => ({
			module,
			resources: folder.modules[module]?.resources as ResourcesFile,
			documentation: folder.modules[module]?.documentation as DocumentationFile,
		})),
	);
}

function requireOperation({ byFullName, byShortName, byResource }: Integration, tool: string): Operation {
	const found = byFullName.get(tool) ?? byShortName.get(tool) ?? byResource.get(tool);
	if (found) return found;
	const names = [...byFullName.keys(), ...byShortName.keys(), ...byResource.keys()];
	throw new Failure(
		`There is no tool "${tool}".${didYouMean(tool, names)}`,
		`There are: ${[...byResource.keys()].slice(0, 40).join(', ')}`,
	);
}

function parseGiven(given: string): unknown {
	try {
		return JSON.parse(given);
	} catch {
		throw new Failure('The arguments are no JSON.', `Quote them, e.g. '{"limit": 5}'.`);
	}
}

/** Stand-ins for an account's settings: a secret's is hidden. */
function ownerOf(file: IntegrationFile): StandIn {
	const credentials = Object.fromEntries(
		Object.entries(file.credentials).map(([name, { secret }]) => [name, secret ? '•••' : `<${name}>`]),
	);
	return { accountIdentity: '', revision: 0, baseUrl: file.base_url.example, credentials };
}

function describeWire(file: IntegrationFile, { verb, path, link, headers = {}, body, contentType }: UpstreamRequest) {
	const { baseUrl, credentials } = ownerOf(file);
	const { auth } = file;
	const fill = (template: string) => fillTemplate(template, (name) => credentials[name]);
	const signed: Record<string, string> = {};
	if (auth.scheme === 'basic') signed.authorization = `Basic base64(${fill(auth.username)}:${fill(auth.password)})`;
	if (auth.scheme === 'bearer') signed.authorization = `Bearer ${fill(auth.token)}`;
	if ('token_path' in auth)
		signed[auth.header ?? 'authorization'] = (auth.header_value ?? 'Bearer {{token}}').replace('{{token}}', '•••');
	const signature =
		auth.scheme === 'query' ? Object.entries(auth.parameters).map(([name]) => [name, '•••'] as const) : [];
	const url = requestUrl({ baseUrl, settings: credentials, path, link, signature });
	const own = Object.fromEntries(Object.entries(file.headers).map(([name, value]) => [name, fill(value)]));
	const all = {
		...own,
		...signed,
		...headers,
		...(typeof body === 'string' ? { 'content-type': contentType ?? 'application/json' } : {}),
	};
	const shown = body instanceof FormData ? JSON.stringify(Object.fromEntries(body)) : (body ?? '');
	return `${verb} ${decodeForPeople(url)}\n${headerLines(all)}${shown === '' ? '' : `\n\n${shown}`}`;
}

/** Decodes a URL for people: percent-encoding hides what is asked. */
function decodeForPeople(url: string): string {
	try {
		return decodeURIComponent(url);
	} catch {
		return url;
	}
}

function headerLines(headers: Record<string, string>): string {
	return Object.entries(headers)
		.map(([name, value]) => `${name}: ${value}`)
		.join('\n');
}

function section(title: string, value: unknown): string {
	return `${title}\n${JSON.stringify(value, null, 2)}`;
}
