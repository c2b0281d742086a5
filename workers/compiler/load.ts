// Loads an integration's JSON by its folder's name. The bundler packs every folder below integrations/.
import type { DocumentationFile, IntegrationFile, ResourcesFile } from './format.ts';
import { type Integration, joinIntegration } from './operations.ts';

const loaded = new Map<string, Promise<Integration | null>>();

/**
 * Parsed and joined once per isolate: the data is bundled and never changes.
 *
 * @returns null when there is no such folder
 */
export function loadIntegration(name: string): Promise<Integration | null> {
	let integration = loaded.get(name);
	if (!integration) {
		integration = /^[a-z][a-z0-9_]*$/.test(name) ? load(name) : Promise.resolve(null);
		// Only names that exist are remembered: others come from callers without end.
		loaded.set(name, integration);
		void integration.then((found) => found ?? loaded.delete(name));
	}
	return integration;
}

async function load(name: string): Promise<Integration | null> {
	let file: IntegrationFile;
	try {
		file = ((await import(`../../integrations/${name}/integration.json`)) as { default: IntegrationFile }).default;
	} catch {
		return null;
	}
	const modules = await Promise.all(
		file.modules.map(async (module) => {
			const [resources, documentation] = (await Promise.all([
				import(`../../integrations/${name}/resources/${module}.json`),
				import(`../../integrations/${name}/documentation/${module}.json`),
			])) as [{ default: ResourcesFile }, { default: DocumentationFile }];
			return { module, resources: resources.default, documentation: documentation.default };
		}),
	);
	return joinIntegration(file, modules);
}
