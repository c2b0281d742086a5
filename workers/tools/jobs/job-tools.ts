// Whole-job tools as an MCP client sees them: arguments by the kind of job, words by the integration.
import type { ArgumentSchema, JobFact } from '../../integration/format.ts';
import type { CompiledTool } from '../tools.ts';
import type { Job } from './offered.ts';

interface JobArguments {
	properties: Record<string, ArgumentSchema>;
	required: string[];
}

const text = (description: string): ArgumentSchema => ({ type: 'string', description });
/** A field's name: the tool's description says of what. */
const FIELD: ArgumentSchema = { type: 'string' };
const object = (description: string): ArgumentSchema => ({ type: 'object', description });

export const CHANGES_MAX = 100;
export const ENTRIES_MAX = 50;
const TOP_MAX = 100;
export const TOP_DEFAULT = 20;

export function argumentsOf(fact: JobFact): JobArguments {
	switch (fact.kind) {
		case 'preview':
			return {
				properties: { tool_name: text('Tool that writes'), arguments: object('Its arguments') },
				required: ['tool_name', 'arguments'],
			};
		case 'summarize':
			return { properties: SUMMARY, required: ['tool_name'] };
		case 'change_many':
			return { properties: CHANGE, required: [] };
		case 'gather':
		case 'watch':
			return ownArguments(fact.arguments);
		case 'close_out':
			return {
				properties: {
					[fact.record]: { type: 'integer' },
					note: text('What was done'),
					visible: { type: 'boolean', description: 'Customers may read the note', default: false },
					hours: { type: 'number', description: '0.75 is 45 minutes' },
					start: text('When the work began; without it, it ends now'),
					member: text('Who worked: identifier or name'),
					status: text('Name of a status of its board, such as Closed'),
				},
				required: [fact.record],
			};
		case 'log_entries':
			return {
				properties: {
					entries: {
						type: 'array',
						items: { type: 'object' },
						description: `1 to ${ENTRIES_MAX}, each with the arguments of a single time entry`,
					},
				},
				required: ['entries'],
			};
	}
}

const SUMMARY: Record<string, ArgumentSchema> = {
	tool_name: text('Tool that lists records'),
	arguments: object('Its filters'),
	group_by: { type: 'array', items: { type: 'string' }, examples: [['board/name']] },
	sum: FIELD,
	average: FIELD,
	min: FIELD,
	max: FIELD,
	bucket: { type: 'string', enum: ['day', 'week', 'month'] },
	bucket_field: FIELD,
	top: { type: 'integer', minimum: 1, maximum: TOP_MAX, default: TOP_DEFAULT },
	over: object('A parent list {tool_name, arguments}'),
};

const CHANGE: Record<string, ArgumentSchema> = {
	tool_name: text('Tool that updates one record'),
	ids: { type: 'array', items: { type: 'integer' }, description: `1 to ${CHANGES_MAX}` },
	list: object('Instead of ids {tool_name, arguments}: the records that it lists'),
	changes: object('Arguments of the update, without the id'),
	confirm: text('From the preview; alone is enough'),
};

function ownArguments(facts: Extract<JobFact, { kind: 'gather' | 'watch' }>['arguments']): JobArguments {
	const properties = Object.entries(facts).map(([name, { type, description, default: fallback }]) => [
		name,
		{ type, ...(description ? { description } : {}), ...(fallback === undefined ? {} : { default: fallback }) },
	]);
	return {
		properties: Object.fromEntries(properties) as Record<string, ArgumentSchema>,
		required: Object.entries(facts).flatMap(([name, { required }]) => (required ? [name] : [])),
	};
}

export function compileJob({ name, fact, class: kind }: Job): CompiledTool {
	const { properties, required } = argumentsOf(fact);
	const readOnly = kind === 'read';
	return {
		name,
		title: fact.title,
		description: fact.description,
		inputSchema: { type: 'object', properties, ...(required.length > 0 ? { required } : {}) },
		annotations: {
			readOnlyHint: readOnly,
			destructiveHint: fact.kind === 'change_many' || fact.kind === 'close_out',
			idempotentHint: true,
			openWorldHint: !readOnly,
		},
	};
}
