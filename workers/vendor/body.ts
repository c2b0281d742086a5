// The body of a vendor's request: the arguments' values in the shape that the vendor takes.
import type { ArgumentPlace, Arguments } from '../integration/arguments.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { bodyFilters, constantsOf, pagingOf, sendsBody, updateBodyOf } from '../integration/method-wire.ts';
import type { Operation } from '../integration/operations.ts';
import { withValueAt } from '../lib/json-path.ts';
import { uploadedFile } from './files.ts';
import { inJson, type PagePlan } from './paging.ts';

export interface DescribedBody {
	body?: string | FormData;
	contentType?: string;
}

/** @param record  of an update by `whole`: the record as it is now */
export function describeBody(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	page: PagePlan | null,
	record?: Arguments,
): DescribedBody {
	const { fact } = operation;
	const value = bodyValue(file, operation, args, page, record);
	if (value === undefined) return {};
	if (fact.form_file !== undefined) return { body: formOf(fact.form_file, args, value) };
	if ((fact.encoding ?? file.encoding) === 'form') {
		const members = Object.entries(value as Arguments).map(([name, member]) => [name, textOf(member)]);
		return {
			body: new URLSearchParams(members).toString(),
			contentType: fact.content_type ?? file.content_type ?? 'application/x-www-form-urlencoded',
		};
	}
	const contentType = fact.content_type ?? file.content_type;
	return { body: JSON.stringify(value), ...(contentType === undefined ? {} : { contentType }) };
}

function bodyValue(
	file: IntegrationFile,
	operation: Operation,
	args: Arguments,
	page: PagePlan | null,
	record: Arguments | undefined,
): unknown {
	const { fact, kind } = operation;
	const constants = Object.entries(constantsOf(file, fact).body);
	const paging = page?.paging ?? pagingOf(file, fact);
	const inBody = page && paging.style !== 'none' && paging.in === 'body' ? page.query : [];
	const filters = kind === 'list' || kind === 'count' ? bodyFilters(file, fact) : null;
	const asked = filters && args[filters.key];
	const isEmpty = constants.length === 0 && inBody.length === 0 && (asked === null || asked === undefined);
	if (!sendsBody(fact) && kind !== 'update' && isEmpty) return undefined;
	let body = wrapped(file, operation, givenValues(operation, args), record);
	if (filters && asked !== undefined) body = withValueAt(body, filters.path.split('/'), asked);
	for (const [path, value] of constants) body = withValueAt(body, path.split('/'), filled(value, args));
	for (const [path, value] of inBody) if (page) body = withValueAt(body, path.split('/'), inJson(page, path, value));
	return body;
}

function givenValues(operation: Operation, args: Arguments): Arguments {
	const values: Arguments = {};
	for (const [name, place] of operation.places) {
		if (place.in !== 'body' || args[name] === undefined) continue;
		if (!place.additional) values[name] = asSent(place, args[name]);
		else {
			const fields = place.additional();
			for (const [field, value] of Object.entries(args[name] as Arguments))
				values[field] = asSent(fields.get(field), value);
		}
	}
	const { default_body } = operation.documentation;
	const { unless_any = [], set = {} } = default_body ?? {};
	// One of several flags must be true; a single flag may be false.
	const isGiven = (name: string) => (unless_any.length > 1 ? !!values[name] : values[name] !== undefined);
	// A flag that is left out is false: one that says so changes nothing.
	if (unless_any.length > 1) for (const name of unless_any) if (values[name] === false) delete values[name];
	if (!unless_any.some(isGiven)) Object.assign(values, set);
	return values;
}

/** The value as the vendor takes it; null empties a field as it is. */
function asSent(place: ArgumentPlace | undefined, value: unknown): unknown {
	return place?.sends === undefined || value === null ? value : filled(place.sends, { value });
}

/** The fields where the vendor wants them. */
function wrapped(
	file: IntegrationFile,
	{ fact, kind }: Operation,
	values: Arguments,
	record: Arguments | undefined,
): unknown {
	// An action may be an update by its verb: a change of type, for example.
	const isUpdate = kind === 'update' || fact.verb === 'PATCH';
	const style = isUpdate ? updateBodyOf(file, fact) : 'json';
	const steps = fact.wrap === undefined ? [] : fact.wrap.split('/');
	if (style === 'json_patch') return jsonPatch(values, file.clear, (name) => name);
	if (style === 'json_pointer_patch')
		return jsonPatch(values, file.clear, (name) => ['', ...steps, name].map(pointerToken).join('/'));
	const fields = style === 'whole' && record ? { ...record, ...values } : values;
	return steps.length > 0 ? withValueAt(undefined, steps, fields) : fields;
}

/** Whole top-level values: a path inside an object would be answered with a 200 that changes nothing. */
function jsonPatch(values: Arguments, clear: IntegrationFile['clear'], pathOf: (name: string) => string): unknown[] {
	return Object.entries(values).map(([name, value]) =>
		value === null && clear === 'remove'
			? { op: 'remove', path: pathOf(name) }
			: { op: 'replace', path: pathOf(name), value },
	);
}

/** RFC 6901 section 3. */
function pointerToken(name: string): string {
	return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A constant with its `{{argument}}` filled in; one that is nothing else keeps the argument's type. */
export function filled(value: unknown, args: Arguments): unknown {
	if (typeof value === 'string') {
		const whole = /^\{\{([a-z0-9_]+)\}\}$/.exec(value)?.[1];
		if (whole !== undefined) return args[whole];
		return value.replace(/\{\{([a-z0-9_]+)\}\}/g, (_, name: string) => String(args[name] ?? ''));
	}
	if (Array.isArray(value)) return value.map((item) => filled(item, args));
	if (typeof value !== 'object' || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, filled(member, args)]));
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The fields of a body as parts of a form, and the file under the name that the vendor has for it. */
function formOf(filePart: string, args: Arguments, values: unknown): FormData {
	const form = new FormData();
	for (const [name, value] of Object.entries(values as Arguments)) form.set(name, String(value));
	form.set(filePart, uploadedFile(args));
	return form;
}
