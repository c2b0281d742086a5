// Lays overlays over an integration's files. Pure: the files stay as they are.
import type { DocumentationFile, GuidesFile, IntegrationFile, OverlayFile, PromptsFile } from './format.ts';
import type { IndexFile } from './head.ts';

type Tool = NonNullable<OverlayFile['tools']>[string];

export function overlaidIntegration(file: IntegrationFile, overlays: readonly OverlayFile[]): IntegrationFile {
	const added = overlays.flatMap(({ instructions }) => (instructions ? [instructions.append] : []));
	const isShown = (key: string) => !overlays.some(({ tools = {} }) => tools[key]?.hidden);
	return {
		...file,
		instructions: [file.instructions, ...added].join(' '),
		...(file.pinned ? { pinned: file.pinned.filter(isShown) } : {}),
	};
}

export function overlaidTexts(
	texts: { prompts?: PromptsFile | undefined; guides?: GuidesFile | undefined },
	overlays: readonly OverlayFile[],
): { prompts: PromptsFile; guides: GuidesFile } {
	return {
		prompts: Object.assign({}, texts.prompts, ...overlays.map(({ prompts }) => prompts)) as PromptsFile,
		guides: Object.assign({}, texts.guides, ...overlays.map(({ guides }) => guides)) as GuidesFile,
	};
}

/** Removes hidden methods from the index. */
export function overlaidIndex(index: IndexFile, overlays: readonly OverlayFile[]): IndexFile {
	const hidden = new Set(
		overlays.flatMap(({ tools = {} }) => Object.entries(tools).flatMap(([key, tool]) => (tool.hidden ? [key] : []))),
	);
	if (hidden.size === 0) return index;
	return mapMembers(index, (resources) =>
		mapMembers(resources, (resource, name) => ({
			...resource,
			methods: Object.fromEntries(
				Object.entries(resource.methods).filter(([method]) => !hidden.has(`${name}.${method}`)),
			),
		})),
	);
}

export function overlaidDocumentation(file: DocumentationFile, overlays: readonly OverlayFile[]): DocumentationFile {
	if (overlays.length === 0) return file;
	return mapMembers(file, (resource, name) => ({
		...resource,
		methods: Object.fromEntries(
			Object.entries(resource.methods).flatMap(([method, shipped]) => {
				const own = overlays.flatMap(({ tools = {} }) => tools[`${name}.${method}`] ?? []);
				return own.some(({ hidden }) => hidden) ? [] : [[method, own.reduce(withTool, shipped)]];
			}),
		),
	}));
}

type Method = DocumentationFile[string]['methods'][string];

function withTool(shipped: Method, { description, defaults, fixed, require, fields }: Tool): Method {
	return {
		...shipped,
		...(description ? { description: `${shipped.description} ${description.append}` } : {}),
		...(defaults ? { defaults: { ...shipped.defaults, ...defaults } } : {}),
		...(fixed ? { fixed: { ...shipped.fixed, ...fixed } } : {}),
		...(require ? { required: [...new Set([...(shipped.required ?? []), ...require])] } : {}),
		...(fields ? { fields: [...new Set([...(shipped.fields ?? []), ...fields.add])] } : {}),
	};
}

function mapMembers<T, U>(members: Record<string, T>, change: (member: T, name: string) => U): Record<string, U> {
	return Object.fromEntries(Object.entries(members).map(([name, member]) => [name, change(member, name)]));
}
