// The format of integrations as JSON Schemas, for editors, and as a page, for people: both made from the zod schemas that
// the check uses, so that neither can say something else.
import * as z from 'zod';
import {
	documentationFileSchema,
	guidesFileSchema,
	integrationFileSchema,
	jobsFileSchema,
	overlayFileSchema,
	promptsFileSchema,
	resourcesFileSchema,
	wordsFileSchema,
} from '../../workers/integration/format.ts';

type JsonSchema = z.core.JSONSchema.JSONSchema;

const FILES: Record<string, { schema: z.ZodType; about: string }> = {
	integration: { schema: integrationFileSchema, about: 'How to connect, page and write, and what errors look like.' },
	resources: { schema: resourcesFileSchema, about: 'What exists: resources with their methods, and their records.' },
	documentation: { schema: documentationFileSchema, about: 'What it means. What is not documented is no tool.' },
	prompts: { schema: promptsFileSchema, about: 'Jobs that a person starts with one choice. Optional.' },
	guides: { schema: guidesFileSchema, about: 'Markdown to read. Optional.' },
	overlay: { schema: overlayFileSchema, about: 'What an installation wants of its own, laid over an integration.' },
	jobs: { schema: jobsFileSchema, about: 'Tools that do a whole job by several calls. Optional.' },
	words: { schema: wordsFileSchema, about: 'What people say when they mean a tool. Optional.' },
};

const PLACES: Record<string, string> = {
	resources: 'resources/<module>.json',
	documentation: 'documentation/<module>.json',
	overlay: 'overlays/<name>/<integration>.json',
};

/** @returns by file name, e.g. `integration.json` */
export function formatSchemas(): Record<string, string> {
	return Object.fromEntries(
		Object.entries(FILES).map(([name, { schema }]) => [
			`${name}.json`,
			`${JSON.stringify(jsonSchemaOf(schema), null, '\t')}\n`,
		]),
	);
}

function jsonSchemaOf(schema: z.ZodType): JsonSchema {
	const made = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
	// Editors know the file by it.
	if (made.type === 'object') made.properties = { $schema: { type: 'string' }, ...made.properties };
	if (typeof made.propertyNames === 'object')
		made.propertyNames = { anyOf: [{ const: '$schema' }, made.propertyNames] };
	return made;
}

export function formatPage(): string {
	const sections = Object.entries(FILES).map(([name, { schema, about }]) => {
		const root = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
		const place = PLACES[name] ?? `${name}.json`;
		return `## ${place}\n\n${about}\n\n${members(root, root).map(wrapped).join('\n')}`;
	});
	return `# The format of an integration

Every member of the files in a folder of \`integrations/\`. \`npm run schemas\` writes this page and the JSON Schemas in
\`schemas/\` from the schemas that \`npm run vendor -- check\` uses. A path such as \`meta/next\` goes step by step into an
answer; \`0\` is the first element of an array. Members marked * are required. Every file may begin with \`$schema\`.

${sections.join('\n\n')}
`;
}

const LINE_MAX = 118;

/** A list item in lines that people can read. */
function wrapped(item: string): string {
	const indent = ' '.repeat(item.search(/\S/) + 2);
	const lines: string[] = [];
	let line = '';
	for (const word of item.trimStart().split(' ')) {
		if (line !== '' && `${line} ${word}`.length > LINE_MAX) {
			lines.push(line);
			line = indent + word;
		} else line = line === '' ? indent.slice(2) + word : `${line} ${word}`;
	}
	return [...lines, line].join('\n');
}

/** Deeper than any member of the format. */
const MAX_DEPTH = 8;

/** @param told  member that the name of an option has said already */
function members(schema: JsonSchema, root: JsonSchema, depth = 0, told?: string): string[] {
	const one = resolve(schema, root);
	if (depth > MAX_DEPTH || one.$ref) return [];
	const indent = '  '.repeat(depth);
	const options = one.anyOf ?? one.oneOf ?? [];
	if (options.length > 0)
		return options
			.map((option) => resolve(option as JsonSchema, root))
			.filter((option) => option.properties)
			.flatMap((option) => [
				`${indent}- ${optionName(option)}${descriptionSuffix(option)}`,
				...members(option, root, depth + 1, distinction(option)?.[0]),
			]);
	if (one.type === 'array') return members(one.items as JsonSchema, root, depth);
	const lines = Object.entries(one.properties ?? {}).flatMap(([name, value]) => {
		const member = resolve(value as JsonSchema, root);
		if (name === told) return [];
		const star = one.required?.includes(name) ? '*' : '';
		return [
			`${indent}- \`${name}\`${star} (${typeName(member, root)})${descriptionSuffix(member)}`,
			...members(member, root, depth + 1),
		];
	});
	const values = one.additionalProperties;
	if (typeof values !== 'object') return lines;
	return [
		...lines,
		`${indent}- each (${typeName(resolve(values as JsonSchema, root), root)})${descriptionSuffix(values as JsonSchema)}`,
		...members(values as JsonSchema, root, depth + 1),
	];
}

/** Names an option of a union by the member that distinguishes it. */
function optionName(option: JsonSchema): string {
	const [name, fixed] = distinction(option) ?? [];
	if (name === undefined) return `{ ${Object.keys(option.properties ?? {}).join(', ')} }`;
	return `\`"${name}": ${JSON.stringify((fixed as JsonSchema).const)}\``;
}

function distinction(option: JsonSchema): [string, unknown] | undefined {
	return Object.entries(option.properties ?? {}).find(([, value]) => (value as JsonSchema).const !== undefined);
}

function descriptionSuffix({ description }: JsonSchema): string {
	return description ? `: ${description}` : '';
}

function typeName(schema: JsonSchema, root: JsonSchema): string {
	const one = resolve(schema, root);
	if (one.enum) return one.enum.map((value) => `\`${String(value)}\``).join(', ');
	if (one.const !== undefined) return `\`${String(one.const)}\``;
	const options = (one.anyOf ?? one.oneOf ?? []).map((option) => typeName(option as JsonSchema, root));
	if (options.length > 0) return [...new Set(options)].join(' or ');
	if (one.type === 'array') return `list of ${typeName((one.items ?? {}) as JsonSchema, root)}`;
	return (
		{ string: 'text', integer: 'whole number', number: 'number', boolean: 'true or false', object: 'object' }[
			String(one.type)
		] ?? 'any value'
	);
}

function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
	const [, name] = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(schema.$ref ?? '') ?? [];
	const found = name === undefined ? undefined : (root.$defs?.[name] as JsonSchema | undefined);
	// The schema of one argument holds itself: once is enough.
	return found && !isRecursive(found, schema.$ref ?? '')
		? { ...found, ...schema, $ref: undefined }
		: found
			? { type: 'object', description: schema.description ?? 'JSON Schema of one argument' }
			: schema;
}

function isRecursive(schema: JsonSchema, ref: string): boolean {
	return JSON.stringify(schema).includes(JSON.stringify(ref));
}
