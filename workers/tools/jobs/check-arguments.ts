// The arguments of a whole-job tool: all faults at once, in the types that its schema declares.
import type { ArgumentSchema } from '../../integration/format.ts';
import { type Fault, MAX_FAULTS } from '../../lib/errors.ts';
import { isObject } from '../../lib/is-object.ts';
import { didYouMean } from '../../lib/nearest.ts';
import { parseJson } from '../../lib/parse-json.ts';

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
	for (const [name, value] of Object.entries(given ?? {})) {
		if (faults.length > MAX_FAULTS) break;
		const schema = Object.hasOwn(properties, name) ? properties[name] : undefined;
		if (!schema) {
			const message = `is no argument.${didYouMean(name, Object.keys(properties))}`;
			faults.push({ path: name.slice(0, 60), message });
		} else if (value !== null && value !== undefined && value !== '') {
			const read = readAs(schema, value);
			const fault = faultOf(schema, read);
			if (fault) faults.push({ path: name, message: fault });
			else values[name] = read;
		}
	}
	for (const name of required)
		if (values[name] === undefined && !faults.some(({ path }) => path === name)) {
			faults.push({ path: name, message: 'is required' });
		}
	return faults.length > 0 ? faults : values;
}

function readAs({ type }: ArgumentSchema, value: unknown): unknown {
	if (type === 'string') return typeof value === 'number' ? String(value) : value;
	const read = typeof value === 'string' ? (parseJson(value) ?? value) : value;
	return type === 'array' && (typeof read === 'string' || typeof read === 'number') ? [read] : read;
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
		const wrong = items ? value.findIndex((item) => faultOf(items, readAs(items, item)) !== null) : -1;
		return wrong >= 0 ? `[${wrong}] ${faultOf(items as ArgumentSchema, value[wrong])}` : null;
	}
	if (type === 'object') return isObject(value) ? null : 'must be an object';
	if (type === 'boolean') return typeof value === 'boolean' ? null : 'must be true or false';
	if (typeof value !== 'string') return 'must be a text';
	return choices && !choices.includes(value) ? `must be one of ${choices.join(', ')}` : null;
}
