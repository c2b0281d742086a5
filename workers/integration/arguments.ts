// Places each argument of an operation (path, query, body or paging), with the JSON Schema that a model sees for it.
import type {
	ArgumentSchema,
	FieldFact,
	FilterFact,
	IntegrationFile,
	MethodDocumentation,
	MethodFact,
	Paging,
	RecordFact,
	ResourceDocumentation,
} from './format.ts';
import type { MethodKind } from './method-kind.ts';
import { fieldsArgument, fixedArguments, pagingOf } from './method-wire.ts';
import { dayPlaces, type ReferencePlace, referencePlaces } from './reference-places.ts';
import { secretNamed } from './secret-fields.ts';

export type Arguments = Record<string, unknown>;

/**
 * `page`: limit and next_cursor, which paging turns into the vendor's own. `filter`: compiled to conditions. `file`: name
 * and content of an upload. `clear`: the names of fields that an update empties. `answer`: what a write's answer shows.
 */
export interface ArgumentPlace {
	in: 'path' | 'query' | 'body' | 'page' | 'filter' | 'file' | 'clear' | 'answer';
	schema: ArgumentSchema;
	/** References to other records inside a body's value. */
	references?: readonly ReferencePlace[];
	/** Steps to the dates inside a body's value, as in `ReferencePlace`. */
	days?: readonly (readonly string[])[];
	/** JSON that is sent in the place of a value, with `{{value}}`. */
	sends?: unknown;
	/** Reason why an update cannot empty the field; absent where it can. */
	kept?: string;
	/** The record's other fields by name; present on `additional_fields` only. */
	additional?: () => ReadonlyMap<string, ArgumentPlace>;
}

/** Is the whole value a reference? */
export function isReference({ references }: ArgumentPlace): boolean {
	return references?.[0]?.steps.length === 0;
}

interface Placed {
	places: Map<string, ArgumentPlace>;
	required: string[];
}

/** An upload is said flatly, whatever the vendor calls the part of the form. */
const FILE_ARGUMENTS: Record<string, ArgumentSchema> = {
	file_name: { type: 'string', minLength: 1, maxLength: 200, description: 'With its extension' },
	file_content: { type: 'string', description: 'At most 5 MB' },
	file_encoding: { type: 'string', enum: ['text', 'base64'], default: 'text' },
};

/** Argument that takes the fields of a record that are no arguments of their own. */
const ADDITIONAL_FIELDS = 'additional_fields';
/** Argument of an update that names the fields to empty. */
export const CLEAR = 'clear';

/** Default of `limit`, on lists and on other methods whose documentation names it. */
const LIMIT = 'limit';
export const LIST_LIMIT_DEFAULT = 25;
export const LIST_LIMIT_MAX = 1000;

/** A record by its id alone, for which a name may stand. */
const BARE_REFERENCE: ArgumentSchema = { type: 'string', description: 'Id or name' };

const FILTER_SCHEMAS: Record<Exclude<NonNullable<FilterFact['kind']>, 'time'>, ArgumentSchema> = {
	text: { type: 'string' },
	digits: { type: 'string', examples: ['813-555-0142'] },
	integer: { type: 'integer' },
	integers: { type: 'array', items: { type: 'integer' } },
	boolean: { type: 'boolean' },
	custom_field: { type: 'object' },
	record: BARE_REFERENCE,
};

/** The example of a time fits its side: the last seven days, or the next. */
function filterSchema({ kind = 'text', op = '=', looks_ahead }: FilterFact): ArgumentSchema {
	if (kind !== 'time') return FILTER_SCHEMAS[kind];
	const isUpper = op.startsWith('<');
	return { type: 'string', examples: [looks_ahead ? (isUpper ? '+7d' : 'today') : isUpper ? 'today' : '7d'] };
}

interface MethodParts {
	kind: MethodKind;
	fact: MethodFact;
	documentation: MethodDocumentation;
	resourceDocumentation: ResourceDocumentation;
	/** Type of an id by its argument, where it is not the integration's. */
	idType?: (name: string) => IntegrationFile['id_type'];
}

type Add = (name: string, place: ArgumentPlace) => void;

/** A method whose documentation and facts do not fit together: the check of a folder finds it before it is served. */
export class ArgumentsError extends Error {}

/** @throws ArgumentsError when a body field is unknown to the record or an argument would mean two things */
export function placeArguments(file: IntegrationFile, records: Record<string, RecordFact>, parts: MethodParts): Placed {
	const { kind, fact, documentation, resourceDocumentation } = parts;
	const places = new Map<string, ArgumentPlace>();
	const required = new Set<string>();
	const add = (name: string, place: ArgumentPlace) => {
		if (places.has(name)) throw new ArgumentsError(`argument "${name}" of ${fact.verb} ${fact.path} means two things`);
		const own = documentation.arguments?.[name];
		const schema = { ...place.schema, ...own };
		const usual = documentation.defaults?.[name];
		const description = usual === undefined ? undefined : withDefault(schema.description, usual);
		places.set(name, { ...place, schema: { ...schema, ...(description ? { description } : {}) } });
	};

	const record = fact.body === undefined ? undefined : records[fact.body];
	for (const name of fixedArguments(file, fact)) {
		const description = resourceDocumentation.path?.[name];
		const type = parts.idType?.(name) ?? file.id_type;
		add(name, { in: 'path', schema: { type, ...(description ? { description } : {}) } });
		required.add(name);
	}

	placeBody(file, records, parts, add, required);
	if (kind !== 'update') {
		for (const name of record?.required ?? []) if (places.has(name)) required.add(name);
	}
	for (const name of documentation.required ?? []) required.add(name);
	// An argument with a default need not be given.
	if ((documentation.default_body?.unless_any.length ?? 0) <= 1)
		for (const name of Object.keys(documentation.default_body?.set ?? {})) required.delete(name);
	for (const name of Object.keys({ ...documentation.defaults, ...documentation.fixed })) required.delete(name);

	placeRest(file, records[fact.returns ?? ''], parts, add, places);
	return { places, required: [...required] };
}

/** The fields of a record, and what is said about them: those that are no arguments of their own, those to empty. */
function placeBody(
	file: IntegrationFile,
	records: Record<string, RecordFact>,
	parts: MethodParts,
	add: Add,
	required: Set<string>,
): void {
	const { kind, fact, documentation, resourceDocumentation } = parts;
	const record = fact.body === undefined ? undefined : records[fact.body];
	const shapes: Shapes = { records, idType: file.id_type, kinds: foundKinds(file), depth: documentation.depth ?? 1 };
	// Names are looked up in arguments of their own alone.
	const byId: Shapes = { ...shapes, kinds: new Set() };
	const keptOf = (name: string) => whyKept(parts, file, record, name);
	for (const name of documentation.body ?? []) {
		const field = record?.fields[name];
		if (!field)
			throw new ArgumentsError(`${fact.verb} ${fact.path}: "${name}" is no field of ${fact.body ?? 'a body'}`);
		if (field.type === 'file') {
			for (const [argument, schema] of Object.entries(FILE_ARGUMENTS)) add(argument, { in: 'file', schema });
			for (const argument of ['file_name', 'file_content']) required.add(argument);
			continue;
		}
		const description = resourceDocumentation.fields?.[name];
		const place = { ...bodyPlace(field, shapes), ...keptOf(name) };
		const isCustom = name === file.custom_fields?.field;
		// The entry's other members are the vendor's own.
		const isMembers = isCustom && file.custom_fields?.as === 'members';
		if (isMembers) place.schema = { type: 'object' };
		else if (isCustom) place.schema = { type: 'array', items: { type: 'object' } };
		// An empty list is one that is not given: what a record has stays.
		if (field.type === 'array' && (kind === 'update' || isCustom)) place.schema = { ...place.schema, default: [] };
		add(name, { ...place, schema: { ...place.schema, ...describedAs(place, description) } });
	}
	if (kind === 'create' || kind === 'update') {
		const additional = additionalFields(file, kind, documentation.body ?? [], record).filter(
			([name]) => kind !== 'update' || resourceDocumentation.not_settable?.[name] === undefined,
		);
		if (additional.length > 0)
			add(ADDITIONAL_FIELDS, {
				in: 'body',
				schema: { type: 'object', description: "The record's other fields, by the vendor's names" },
				additional: () =>
					new Map(additional.map(([name, field]) => [name, { ...bodyPlace(field, byId), ...keptOf(name) }])),
			});
	}
	if (kind === 'update' && file.clear !== undefined && (documentation.body ?? []).length > 0)
		add(CLEAR, {
			in: 'clear',
			schema: { type: 'array', items: { type: 'string' }, default: [], description: 'Fields to empty' },
		});
}

/** Type of the ids in the field that a filter asks for; undefined where the record does not tell it. */
function idTypeIn(record: RecordFact | undefined, { field = '' }: FilterFact): 'integer' | 'string' | undefined {
	const { type } = record?.fields[field] ?? {};
	return type === 'integer' || type === 'string' ? type : undefined;
}

/** Filters, query parameters, paging, and the choice of fields. */
function placeRest(
	file: IntegrationFile,
	returned: RecordFact | undefined,
	{ kind, fact, documentation, resourceDocumentation }: MethodParts,
	add: Add,
	places: ReadonlyMap<string, ArgumentPlace>,
): void {
	const fields = fieldsArgument(file);
	const paging = pagingOf(file, fact);
	for (const [name, filter] of Object.entries(documentation.filters ?? {})) {
		const { target } = filter;
		const references: ReferencePlace[] | undefined =
			target === undefined
				? undefined
				: [{ steps: [], keys: ['name'], target, bare: idTypeIn(returned, filter) ?? file.id_type }];
		add(name, { in: 'filter', schema: filterSchema(filter), ...(references ? { references } : {}) });
	}
	for (const name of documentation.query ?? []) {
		add(name, { in: 'query', schema: { ...(file.query[name] ?? { type: 'string' }) } });
	}
	if ((kind === 'create' || kind === 'update') && !places.has(fields))
		add(fields, { in: 'answer', schema: { type: 'string', description: 'Shown in the answer; "*" for all' } });
	for (const name of Object.keys(documentation.arguments ?? {})) {
		if (places.has(name) || isCompiledArgument(file, kind, name)) continue;
		add(name, name === LIMIT ? limitPlace(paging) : { in: 'query', schema: {} });
	}

	if (kind === 'get' && resourceDocumentation.omit) {
		add(fields, { in: 'query', schema: { type: 'string', description: '"*" for every field' } });
	}
	if (kind === 'list') {
		if (documentation.fields) {
			const { order_parameter: order } = file.list;
			// A table without an order is short: its first answer shows which fields there are.
			const isTold = order === undefined || documentation.query?.includes(order) === true;
			add(fields, {
				in: 'query',
				schema: { type: 'string', ...(isTold ? { default: documentation.fields.join(',') } : {}) },
			});
		}
		add(LIMIT, limitPlace(paging));
		add('next_cursor', { in: 'page', schema: { type: 'string', description: 'Send back unchanged' } });
	}
}

function limitPlace(paging: Paging): ArgumentPlace {
	const maximum = paging.style === 'none' ? LIST_LIMIT_MAX : Math.min(LIST_LIMIT_MAX, paging.max_size);
	return { in: 'page', schema: { type: 'integer', minimum: 1, maximum, default: LIST_LIMIT_DEFAULT } };
}

/** Parts from which a body's schema is made. */
interface Shapes {
	records: Record<string, RecordFact>;
	/** Type of a reference's id. */
	idType: IntegrationFile['id_type'];
	/** Kinds of reference that a lookup finds. */
	kinds: ReadonlySet<string>;
	/** Levels of nested records that a schema shows; what lies deeper is an open object. */
	depth: number;
}

/** Words of an argument that has a value where the call gives none. */
function withDefault(description: string | undefined, value: unknown): string {
	const said = `${typeof value === 'string' ? value : JSON.stringify(value)} unless you say another`;
	return description ? `${description}; ${said}` : said;
}

/** Kinds of reference that a lookup finds by name. */
function foundKinds({ lookups = {} }: IntegrationFile): Set<string> {
	return new Set(Object.values(lookups).flatMap(({ finds = [] }) => finds));
}

/** The documentation's words; those of an id say that a name may stand for it. */
function describedAs(place: ArgumentPlace, description: string | undefined): Pick<ArgumentSchema, 'description'> {
	if (!description) return {};
	const isBare = place.references?.some(({ bare }) => bare !== undefined);
	return { description: isBare ? `${description}; id or name` : description };
}

function bodyPlace(field: FieldFact, shapes: Shapes): ArgumentPlace {
	const { records } = shapes;
	const all = referencePlaces(field, records);
	// A field without a lookup takes ids only.
	const references = all.filter(({ bare, target = '' }) => bare === undefined || shapes.kinds.has(target));
	const isBare = references.some(({ bare }) => bare !== undefined);
	const days = dayPlaces(field, records);
	return {
		in: 'body',
		schema: isBare ? BARE_REFERENCE : fieldSchema(field, shapes),
		...(references.length > 0 ? { references } : {}),
		...(days.length > 0 ? { days } : {}),
		...(field.sends === undefined ? {} : { sends: field.sends }),
	};
}

/** The reason why an update cannot empty a field. */
function whyKept(
	{ resourceDocumentation }: { resourceDocumentation: ResourceDocumentation },
	file: IntegrationFile,
	record: RecordFact | undefined,
	name: string,
): { kept?: string } {
	if (name === file.custom_fields?.field) {
		const { caption, value, as } = file.custom_fields;
		if (as === 'members') return { kept: 'is emptied field by field: {"…": null}' };
		return { kept: `is emptied entry by entry: {"${caption}": "…", "${value}": null}` };
	}
	if (record?.fields[name]?.type === 'boolean') return { kept: 'is true or false: give one of them' };
	const isKept = record?.required?.includes(name) || resourceDocumentation.not_clearable?.includes(name);
	return isKept ? { kept: `cannot be empty: ${file.label} demands a value` } : {};
}

/** Other fields of a record that may be set: all but its id, secrets, files and, on an update, fields set only once. */
function additionalFields(
	{ secrets }: IntegrationFile,
	kind: MethodKind,
	documented: readonly string[],
	record: RecordFact | undefined,
): [string, FieldFact][] {
	return Object.entries(record?.fields ?? {}).filter(
		([name, { type, create_only, read_only }]) =>
			name !== 'id' &&
			!read_only &&
			secretNamed(secrets, name) === undefined &&
			type !== 'file' &&
			!documented.includes(name) &&
			!(create_only && kind === 'update'),
	);
}

function isCompiledArgument(file: IntegrationFile, kind: MethodKind, name: string): boolean {
	if (name === fieldsArgument(file)) return kind === 'list' || kind === 'get';
	return kind === 'list' && (name === LIMIT || name === 'next_cursor');
}

function fieldSchema(field: FieldFact, shapes: Shapes, level = 0): ArgumentSchema {
	switch (field.type) {
		case 'reference':
			return referenceSchema(field.keys ?? ['id'], shapes);
		case 'array':
			return { type: 'array', items: itemSchema(field, shapes, level) };
		case 'object':
			return recordSchema(field.record, shapes, level);
		case 'file':
			return { type: 'string' };
		case 'any':
			return {};
		default:
			return {
				type: field.type,
				...(field.is_day ? { format: 'date' as const } : field.format ? { format: field.format } : {}),
				...(field.enum ? { enum: field.enum } : {}),
				...(field.minimum === undefined ? {} : { minimum: field.minimum }),
				...(field.maximum === undefined ? {} : { maximum: field.maximum }),
				...(field.maxLength === undefined ? {} : { maxLength: field.maxLength }),
			};
	}
}

function itemSchema(field: FieldFact, shapes: Shapes, level: number): ArgumentSchema {
	if (field.items === 'reference') return referenceSchema(field.keys ?? ['id'], shapes);
	if (field.items === 'any') return {};
	if (field.items) return { type: field.items };
	return recordSchema(field.record, shapes, level);
}

/** A nested record without what only the vendor writes. */
function recordSchema(name: string | undefined, shapes: Shapes, level: number): ArgumentSchema {
	const record = name === undefined ? undefined : shapes.records[name];
	if (!record || level >= shapes.depth) return { type: 'object' };
	const fields = Object.entries(record.fields).filter(([, { read_only }]) => !read_only);
	return {
		type: 'object',
		properties: Object.fromEntries(fields.map(([key, field]) => [key, fieldSchema(field, shapes, level + 1)])),
		...(record.required?.length ? { required: record.required } : {}),
	};
}

function referenceSchema(keys: readonly string[], { idType }: Shapes): ArgumentSchema {
	return {
		type: 'object',
		properties: Object.fromEntries(keys.map((key) => [key, { type: key === 'id' ? idType : 'string' }])),
	};
}
