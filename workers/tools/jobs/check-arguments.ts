// The arguments of a whole-job tool: all faults at once, in the types that its schema declares.
import type { ArgumentSchema } from '../../integration/format.ts';
import { type Fault, MAX_FAULTS } from '../../lib/errors.ts';
import { isObject } from '../../lib/is-object.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { plainName } from '../given-arguments.ts';
import { asHours, readSaidValue } from '../said-values.ts';

export type JobValues = Record<string, unknown>;

/** `null`, and an empty text, is not given. JSON text is read as what the schema declares. */
export function checkJobArguments(
	{ properties, required }: { properties: Record<string, ArgumentSchema>; required: readonly string[] },
	given: unknown,
): JobValues | Fault[] {
	if (given !== undefined && given !== null && (typeof given !== 'object' || Array.isArray(given)))
		return [{ path: '', message: 'must be an object' }];
	const faults: Fault[] = [];
	const values: JobValues = {};
	for (const [said, value] of Object.entries(given ?? {})) {
		if (faults.length > MAX_FAULTS) break;
		const name = nameOf(properties, said);
		const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
		if (!schema) {
			const message = `is no argument.${didYouMean(name, Object.keys(properties))}`;
			faults.push({ path: name.slice(0, 60), message });
		} else if (value !== null && value !== undefined && value !== '') {
			const read = readAs(schema, value);
			const fault = faultOf(schema, read);
			if (fault) faults.push({ path: name, message: `${fault}${asHours(schema, value)}` });
			else if (values[name] !== undefined) faults.push({ path: said, message: `means the same as ${name}: give one` });
			else values[name] = read;
		}
	}
	for (const name of required)
		if (values[name] === undefined && !faults.some(({ path }) => path === name)) {
			faults.push({ path: name, message: 'is required' });
		}
	return faults.length > 0 ? faults : values;
}

function readAs(schema: ArgumentSchema, value: unknown): unknown {
	const { type, items } = schema;
	if (type === 'string' && typeof value === 'number') return String(value);
	if (type === 'string' && isObject(value)) return namedIn(value) ?? value;
	const read = readSaidValue(schema, value) ?? value;
	return items && Array.isArray(read) ? read.map((item) => readAs(items, item)) : read;
}

/** A record is named by a text in a job, and by an object elsewhere: `{"identifier": "jsmith"}`. */
function namedIn({ identifier, name, id, ...others }: Record<string, unknown>): string | undefined {
	const said = [identifier, name, id].find((one) => one !== undefined && one !== null && one !== '');
	const isText = typeof said === 'string' || typeof said === 'number';
	return isText && Object.keys(others).length === 0 ? String(said) : undefined;
}

/** The argument that is meant: its name, or one spelt otherwise. */
function nameOf(properties: Record<string, ArgumentSchema>, name: string): string {
	const said = plainName(name);
	return Object.hasOwn(properties, name)
		? name
		: (Object.keys(properties).find((one) => plainName(one) === said) ?? name);
}

function faultOf(schema: ArgumentSchema, value: unknown): string | null {
	const { type, enum: choices, minimum, maximum } = schema;
	if (type === 'integer' || type === 'number') {
		const isRight = type === 'integer' ? Number.isSafeInteger(value) : Number.isFinite(value);
		if (!isRight) return type === 'integer' ? 'must be a whole number' : 'must be a number';
		if (minimum !== undefined && (value as number) < minimum) return `must be at least ${minimum}`;
		if (maximum !== undefined && (value as number) > maximum) return `must be at most ${maximum}`;
		return null;
	}
	if (type === 'array') {
		if (!Array.isArray(value)) return 'must be a list';
		const items = schema.items;
		const wrong = items ? value.findIndex((item) => faultOf(items, item) !== null) : -1;
		return wrong >= 0 ? `[${wrong}] ${faultOf(items as ArgumentSchema, value[wrong])}` : null;
	}
	if (type === 'object') return isObject(value) ? null : 'must be an object';
	if (type === 'boolean') return typeof value === 'boolean' ? null : 'must be true or false';
	if (typeof value !== 'string') return 'must be a text';
	return choices && !choices.includes(value) ? `must be one of ${choices.join(', ')}` : null;
}
