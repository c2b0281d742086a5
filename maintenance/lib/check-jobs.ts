// Checks `jobs.json`: what a job works with exists, and its words are bounded.
import type { Integration, Operation } from '../../workers/integration/operations.ts';
import type { Fault } from '../../workers/lib/errors.ts';
import { argumentsOf } from '../../workers/tools/jobs/job-tools.ts';
import { usedBy } from '../../workers/tools/jobs/offered.ts';

const NAME_MAX = 36;
const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
/** Placeholders that every job has. */
const GIVEN = ['now', 'today', 'me', 'values', 'member_id'];

export function checkJobs(integration: Integration, faults: Fault[]): void {
	const { jobs, byResource, byFullName, byShortName } = integration;
	for (const [name, fact] of Object.entries(jobs)) {
		const say = (message: string) => faults.push({ path: `jobs.json ${name}`, message });
		if (name.length > NAME_MAX) say(`the name has more than ${NAME_MAX} characters`);
		if (byFullName.has(name) || byShortName.has(name)) say('has the name of a tool');
		for (const key of usedBy(fact)) if (!byResource.has(key)) say(`"${key}" is no documented method`);
		for (const tag of fact.tags ?? []) if (!integration.tags.has(tag)) say(`there is no tag "${tag}"`);
		const known = [...GIVEN, ...Object.keys(argumentsOf(fact).properties)];
		for (const [, placeholder = ''] of JSON.stringify(fact).matchAll(PLACEHOLDER))
			if (!placeholder.startsWith('record:') && !known.includes(placeholder)) say(`{{${placeholder}}} is no argument`);
		for (const { operation, args, fields } of partsOf(fact)) {
			const found = byResource.get(operation);
			if (found) checkPart(found, args, fields, say);
		}
	}
}

type Part = { operation: string; args: Record<string, unknown>; fields: string[] };

function partsOf(fact: Integration['jobs'][string]): Part[] {
	if (fact.kind === 'gather') {
		const parts = Object.values(fact.parts).map((part) => ({ ...part, own: [part.by, part.sum?.field] }));
		const main = fact.main ? [{ ...fact.main, own: [] }] : [];
		return [...main, ...parts].map(({ operation, arguments: args, fields, own }) => ({
			operation,
			args,
			fields: [...Object.values(fields), ...own.flatMap((one) => one ?? [])],
		}));
	}
	if (fact.kind !== 'watch') return [];
	return fact.lists.flatMap(({ operation, arguments: args, fields, rules }) => [
		{
			operation,
			args,
			fields: [...Object.values(fields), ...rules.map(({ field }) => field)],
		},
		...rules.flatMap(({ list }) =>
			list ? [{ operation: list.operation, args: argumentsIn(list), fields: [list.field] }] : [],
		),
	]);
}

function argumentsIn({
	arguments: args,
	narrow,
}: {
	arguments: Part['args'];
	narrow?: { argument: string } | undefined;
}) {
	return narrow ? { ...args, [narrow.argument]: '' } : args;
}

function checkPart(operation: Operation, args: Part['args'], fields: string[], say: (message: string) => void): void {
	const key = `${operation.resource}.${operation.method}`;
	if (!operation.readOnly) say(`"${key}" writes`);
	for (const name of Object.keys(args)) if (!operation.places.has(name)) say(`"${name}" is no argument of ${key}`);
	for (const path of fields) {
		const first = path.split('/')[0] ?? '';
		const isKnown = operation.fieldNames.length === 0 || operation.fieldNames.includes(first) || first === '_info';
		if (!isKnown) say(`"${path}" is no field of the records of ${key}`);
	}
}
