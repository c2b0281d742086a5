// Checks an overlay against the integration that it is laid over: a tool that an update renamed is reported with the nearest
// name, and what the laid-over folder could not say, the overlay cannot either.
import { overlaidDocumentation, overlaidIntegration, overlaidTexts } from '../../workers/integration/apply-overlay.ts';
import {
	type DocumentationFile,
	type IntegrationFile,
	type OverlayFile,
	overlayFileSchema,
	type PromptsFile,
} from '../../workers/integration/format.ts';
import { joinIntegration, type Operation } from '../../workers/integration/operations.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import { validateArguments } from '../../workers/tools/validate.ts';
import { checkIntegration, type IntegrationFolder } from '../check-integration.ts';
import { type FolderFault, parseTolerantly } from './tolerant-parse.ts';

/** @param path  of the overlay, as faults name it */
export function checkOverlay(path: string, given: unknown, folder: IntegrationFolder): FolderFault[] {
	const faults: FolderFault[] = [];
	const overlay = parseTolerantly(overlayFileSchema, given, path, faults, { over: folder.name });
	if (!overlay) return faults;
	const say = (at: string[], message: string) => faults.push({ path: `${path} ${at.join(' ')}`, message, at });
	if (overlay.over !== folder.name) say(['over'], `is "${overlay.over}", and the file lies over ${folder.name}`);
	const { byResource } = joinFolder(folder);
	for (const [key, tool] of Object.entries(overlay.tools ?? {})) {
		const operation = byResource.get(key);
		if (!operation) {
			say(['tools', key], `is no tool of ${folder.name}.${didYouMean(key, byResource.keys())}`);
			continue;
		}
		const names = [...Object.keys({ ...tool.defaults, ...tool.fixed }), ...(tool.require ?? [])];
		for (const name of names)
			if (!operation.places.has(name))
				say(['tools', key], `"${name}" is no argument.${didYouMean(name, operation.places.keys())}`);
		for (const name of Object.keys({ ...tool.defaults, ...tool.fixed })) {
			const why = whyUnset(operation, name);
			if (why) say(['tools', key], `"${name}" ${why}`);
		}
		if (operation.kind === 'update' && tool.defaults)
			say(['tools', key, 'defaults'], 'would change a field in every update that does not name it');
		if (tool.fields && operation.kind !== 'list') say(['tools', key, 'fields'], 'only a list returns chosen fields');
		checkValues(operation, { ...tool.defaults, ...tool.fixed }, folder, (message) => say(['tools', key], message));
	}
	if (faults.length > 0) return faults;
	// The folder with its overlay must pass the same check as the folder alone.
	const known = new Set(checkIntegration(folder).map(({ path: at, message }) => `${at} ${message}`));
	const laid = checkIntegration(overlaidFolder(folder, [overlay])).filter(
		({ path: at, message }) => !known.has(`${at} ${message}`) && !isOfHidden(overlay, message),
	);
	return laid.map(({ path: at, message }) => ({ path: `${path} ${at}`, message }));
}

/** Reason why an overlay may not set an argument: what a call is about is the caller's to say. */
function whyUnset({ places, readOnly }: Operation, name: string): string | null {
	const at = places.get(name)?.in;
	if (name === 'next_cursor' || at === 'file') return 'is different in every call: it cannot be set here';
	if (at === 'clear') return 'would empty a field in every call';
	const isRecord = at === 'path' && (name === 'id' || !readOnly);
	return isRecord ? 'says which record a call is about: only the call says that' : null;
}

/** Values are of their arguments' types. */
function checkValues(
	operation: Operation,
	values: Record<string, unknown>,
	{ integration }: IntegrationFolder,
	say: (message: string) => void,
): void {
	const known = Object.fromEntries(Object.entries(values).filter(([name]) => operation.places.has(name)));
	const { datetime } = integration as IntegrationFile;
	for (const { path, message } of validateArguments(operation, known, datetime).faults)
		if (Object.keys(known).some((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`)))
			say(`${path} ${message}`);
}

/** Pointers to a tool that is hidden fall away where they stand. */
function isOfHidden({ tools = {} }: OverlayFile, message: string): boolean {
	const hidden = Object.keys(tools).filter((key) => tools[key]?.hidden);
	return (
		hidden.length > 0 &&
		(hidden.some((key) => message.includes(key)) ||
			/is used by no|is neither a resource|no resource|no list and get|leaves no tool/.test(message))
	);
}

function joinFolder({ integration, modules }: IntegrationFolder) {
	const file = integration as IntegrationFile;
	const files = file.modules.map((module) => ({
		module,
		resources: modules[module]?.resources as never,
		documentation: modules[module]?.documentation as DocumentationFile,
	}));
	return joinIntegration(file, files);
}

function overlaidFolder(folder: IntegrationFolder, overlays: readonly OverlayFile[]): IntegrationFolder {
	const { prompts, guides } = overlaidTexts(
		{ prompts: folder.prompts as PromptsFile | undefined, guides: folder.guides as never },
		overlays,
	);
	const { index: _generated, ...rest } = folder;
	return {
		...rest,
		integration: overlaidIntegration(folder.integration as IntegrationFile, overlays),
		modules: Object.fromEntries(
			Object.entries(folder.modules).map(([module, files]) => [
				module,
				{ ...files, documentation: overlaidDocumentation(files.documentation as DocumentationFile, overlays) },
			]),
		),
		...(Object.keys(prompts).length > 0 ? { prompts } : {}),
		...(Object.keys(guides).length > 0 ? { guides } : {}),
	};
}
