// Describes the integrations to the operator: everything a form needs, so that the form names no vendor.
import { matchesFilter } from '../integration/filter.ts';
import { loadHead, loadIntegrationNames } from '../integration/load.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { jobsOf } from '../tools/jobs/offered.ts';
import { findsBaseUrl } from '../vendor/find-base-url.ts';
import { loadInputs } from './load-inputs.ts';

export async function listIntegrations(): Promise<Response> {
	const { configMembers } = await loadInputs();
	const heads = await Promise.all((await loadIntegrationNames()).map(loadHead));
	return Response.json({
		result: heads
			.filter((head) => head !== null)
			.map((head) => ({ ...describe(head), config_members: Object.keys(configMembers(head)) })),
		next_cursor: null,
	});
}

function describe(head: IntegrationHead) {
	const { file, headers } = head;
	const methods = new Map<string, { method_class: string; tools: number }>();
	const tags = new Map<string, number>();
	for (const header of headers) {
		const { mustBeNamed } = header;
		const method = methods.get(header.method) ?? { method_class: header.class, tools: 0 };
		methods.set(header.method, { ...method, tools: method.tools + (mustBeNamed.length === 0 ? 1 : 0) });
		// A tag brings the tools that need no other tag named.
		for (const tag of header.selectingTags)
			if (mustBeNamed.every((other) => other === tag)) tags.set(tag, (tags.get(tag) ?? 0) + 1);
	}
	return {
		name: file.name,
		label: file.label,
		sites: Object.entries(file.base_url.sites).map(([name, url]) => ({ name, url })),
		base_url_example: file.base_url.example,
		finds_base_url: findsBaseUrl(file),
		credentials: Object.entries(file.credentials).map(([name, { label, where, secret, pattern }]) => ({
			name,
			label,
			where,
			secret,
			pattern: pattern ?? null,
		})),
		modules: file.modules,
		methods: Array.from(methods, ([name, method]) => ({ name, ...method })),
		// In the order of the file, which puts what is chosen most often first.
		tags: Object.entries(file.tags)
			.filter(([name]) => tags.has(name))
			.map(([name, covers]) => ({ name, covers, tools: tags.get(name) ?? 0 })),
		presets: Object.entries(file.presets ?? {}).map(([name, preset]) => ({
			name,
			...preset,
			tools:
				headers.filter((header) => matchesFilter(header, preset.config)).length + jobsOf(head, preset.config).length,
		})),
		offers_search_and_fetch: file.search !== undefined,
	};
}
