// The integration's data on the vendor: operations and records of every module.

import integration from '../../integrations/connect_wise_psa/integration.json' with { type: 'json' };
import company from '../../integrations/connect_wise_psa/resources/company.json' with { type: 'json' };
import configurations from '../../integrations/connect_wise_psa/resources/configurations.json' with { type: 'json' };
import expense from '../../integrations/connect_wise_psa/resources/expense.json' with { type: 'json' };
import finance from '../../integrations/connect_wise_psa/resources/finance.json' with { type: 'json' };
import marketing from '../../integrations/connect_wise_psa/resources/marketing.json' with { type: 'json' };
import procurement from '../../integrations/connect_wise_psa/resources/procurement.json' with { type: 'json' };
import project from '../../integrations/connect_wise_psa/resources/project.json' with { type: 'json' };
import sales from '../../integrations/connect_wise_psa/resources/sales.json' with { type: 'json' };
import schedule from '../../integrations/connect_wise_psa/resources/schedule.json' with { type: 'json' };
import service from '../../integrations/connect_wise_psa/resources/service.json' with { type: 'json' };
import system from '../../integrations/connect_wise_psa/resources/system.json' with { type: 'json' };
import time from '../../integrations/connect_wise_psa/resources/time.json' with { type: 'json' };

export type FieldFact = {
	type: 'string' | 'integer' | 'number' | 'boolean' | 'object' | 'array' | 'reference' | 'file';
	format?: 'date-time' | 'date' | 'uuid';
	enum?: readonly string[];
	maxLength?: number;
	/** References only: the fields that a caller can name the target by, and the target's kind. */
	keys?: readonly string[];
	target?: string;
	/** Objects and items of arrays: name of another record. */
	record?: string;
	items?: 'string' | 'integer' | 'number' | 'reference';
	create_only?: true;
};

export type RecordFact = { required?: readonly string[]; fields: Readonly<Record<string, FieldFact>> };

export type MethodFact = {
	verb: string;
	/** `{{placeholder}}` per path argument. */
	path: string;
	query?: readonly string[];
	body?: string;
	returns?: string;
	/** The body is an array of the record. */
	is_array?: true;
	answers?: 'binary';
};

export type ResourceFact = { singular: string; methods: Readonly<Record<string, MethodFact>> };

type ModuleFacts = { resources: Record<string, ResourceFact>; records: Record<string, RecordFact> };

// The types of the files themselves are unions of thousands of literals: of no use, and slow to check.
const MODULES = [
	...[company, configurations, expense, finance, marketing, procurement],
	...[project, sales, schedule, service, system, time],
] as unknown as readonly ModuleFacts[];

/** Every resource of the vendor by its name in the project's data. */
export const RESOURCE_FACTS: ReadonlyMap<string, ResourceFact> = new Map(
	MODULES.flatMap(({ resources }) => Object.entries(resources)),
);

/** Every record by the vendor's name. Modules that share a record describe it alike. */
export const RECORD_FACTS: ReadonlyMap<string, RecordFact> = new Map(
	MODULES.flatMap(({ records }) => Object.entries(records)),
);

/** A kind of reference as the sandbox names it: `Company` for the vendor's `CompanyReference`. */
export const kindOf = (target: string): string => target.replace(/Reference$/, '');

/** Kind of reference → path of the list that holds its records, with a placeholder per scope. */
export const PATH_OF_KIND: ReadonlyMap<string, string> = new Map(
	Object.values(integration.lookups as Record<string, { finds?: string[]; path: string }>).flatMap(({ finds, path }) =>
		(finds ?? []).map((target) => [kindOf(target), path] as const),
	),
);

/** Kind of reference → the fields that references of it show, from all that point at it. */
export const KEYS_OF_KIND: ReadonlyMap<string, readonly string[]> = keysOfKinds();

function keysOfKinds(): Map<string, string[]> {
	const keys = new Map<string, string[]>();
	for (const { fields } of RECORD_FACTS.values()) {
		for (const field of Object.values(fields)) {
			if (!field.target) continue;
			const kind = kindOf(field.target);
			keys.set(kind, [...new Set([...(keys.get(kind) ?? []), ...(field.keys ?? [])])]);
		}
	}
	return keys;
}

/** A path in the form in which two spellings of it are equal: lower case, `*` for what varies, no slash at the end. */
export function normalPath(path: string): string {
	return path
		.replace(/\{\{?\w+\}?\}/g, '*')
		.replace(/\/+$/, '')
		.toLowerCase();
}
