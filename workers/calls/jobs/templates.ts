// The arguments of a job's own calls: from its arguments, its main record and the clock.
import { valueAt } from '../../lib/json-path.ts';

export interface Known {
	values: Readonly<Record<string, unknown>>;
	record: Readonly<Record<string, unknown>> | null;
	nowMs: number;
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const WHOLE = /^\{\{([^{}]*)\}\}$/;

export function lookUp(name: string, { values, record, nowMs }: Known): unknown {
	if (name === 'now') return new Date(nowMs).toISOString();
	if (name === 'me' || name === 'today') return name;
	return name.startsWith('record:') ? valueAt(record, name.slice('record:'.length)) : values[name];
}

/** @returns undefined where a placeholder has no value */
export function fill(template: string | number | boolean, known: Known): unknown {
	if (typeof template !== 'string') return template;
	const whole = WHOLE.exec(template)?.[1];
	if (whole !== undefined) return lookUp(whole, known) ?? undefined;
	let isComplete = true;
	const text = template.replace(PLACEHOLDER, (_, name: string) => {
		const value = lookUp(name, known);
		if (value === undefined || value === null) isComplete = false;
		// Inside a condition a quote would end the text.
		return String(value).replaceAll('"', "'");
	});
	return isComplete ? text : undefined;
}

export function fillAll(
	templates: Readonly<Record<string, string | number | boolean>>,
	known: Known,
): Record<string, unknown> {
	const filled = Object.entries(templates).map(([name, template]) => [name, fill(template, known)] as const);
	return Object.fromEntries(filled.filter(([, value]) => value !== undefined));
}
