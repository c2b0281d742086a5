// Arguments for any tool, chosen from what the integration's data says of it, its documented example, and the records
// that the sandbox lists: ids for the path, and references that lead somewhere.

import type { FieldFact, IntegrationFile, RecordFact, ResourceFact } from '../../workers/integration/format.ts';
import { placeholdersIn } from '../../workers/integration/method-wire.ts';
import type { Operation } from '../../workers/integration/operations.ts';
import type { Sandbox } from './support.ts';

export type Arguments = Record<string, unknown>;
type Listed = Record<string, unknown>;

export interface Facts {
	integration: IntegrationFile;
	records: Record<string, RecordFact>;
	resources: Record<string, ResourceFact>;
}

/** Parts of paths that are no list themselves → the list that their ids are from; `*` for each id before. */
const LISTED_ELSEWHERE: Record<string, string> = {
	'/finance/agreementTypes': '/finance/agreements/types',
	'/finance/closedInvoices': '/finance/invoices',
	'/finance/info/invoice': '/finance/invoices',
	'/project': '/project/projects',
	'/project/boards': '/service/boards',
	'/project/projectTemplates/createFromProject': '/project/projects',
	'/project/projects/*/applyTemplate': '/project/projectTemplates',
	'/sales/opportunities/conversions': '/sales/opportunities',
	'/sales/orders/conversions': '/sales/orders',
	'/system/myAccount': '/system/members',
};
/** The forecast of an opportunity is one record; ids below it are those of the items inside. */
const FORECAST = /^\/sales\/opportunities\/\d+\/forecast(?:\/copy)?$/;
/** Lists that want to be told whose records they are to show. */
const QUERY_OF: Record<string, Record<string, string>> = {
	'/system/documents': { recordType: 'Ticket', recordId: '14059' },
};
/** Records that are tried before the others: they have something of each kind below them. */
const PREFERRED = new Set([14059, 15992]);
/** Parents that are tried until one has what the call needs. */
const MOST_CANDIDATES = 40;

export class ToolArguments {
	readonly #sandbox: Sandbox;
	readonly #facts: Facts;

	constructor(sandbox: Sandbox, facts: Facts) {
		this.#sandbox = sandbox;
		this.#facts = facts;
	}

	/** What a list holds; nothing where the sandbox has no such list. */
	async list(path: string, query: Record<string, string> = {}): Promise<Listed[]> {
		try {
			const found = await this.#sandbox.list<Listed>(path, query);
			return Array.isArray(found) ? found : [];
		} catch {
			return [];
		}
	}

	/** The record at a path, or null. */
	async get(path: string): Promise<Listed | null> {
		try {
			return await this.#sandbox.get<Listed>(path);
		} catch {
			return null;
		}
	}

	/**
	 * Arguments for the placeholders of a path, from the records that are there.
	 *
	 * @param wished  values that are taken where there is such a record: those of an example
	 * @param isGood  whether the finished path will do: that a list has records, for example
	 * @returns null when no choice is good
	 */
	async choosePath(
		path: string,
		wished: Arguments = {},
		isGood: (filled: string) => Promise<boolean> = async () => true,
	): Promise<Arguments | null> {
		const [name] = placeholdersIn(path);
		if (name === undefined) return (await isGood(path)) ? {} : null;
		const before = path.slice(0, path.indexOf(`{{${name}}}`)).replace(/\/$/, '');
		const isWished = (record: Listed): boolean =>
			idOf(name, record) === wished[name] || PREFERRED.has(Number(record.id));
		const candidates = (await this.#candidates(before)).sort((a, b) => Number(isWished(b)) - Number(isWished(a)));
		for (const candidate of candidates.slice(0, MOST_CANDIDATES)) {
			const value = idOf(name, candidate);
			if (value === undefined) continue;
			const rest = await this.choosePath(
				path.replace(`{{${name}}}`, encodeURIComponent(String(value))),
				wished,
				isGood,
			);
			if (rest) return { [name]: value, ...rest };
		}
		return null;
	}

	async #candidates(path: string): Promise<Listed[]> {
		if (FORECAST.test(path)) {
			const [forecast] = await this.list(path.replace(/\/copy$/, ''));
			return (forecast?.forecastItems as Listed[] | undefined) ?? [];
		}
		const elsewhere = LISTED_ELSEWHERE[path.replace(/\/\d+(?=\/|$)/g, '/*')];
		return this.list(elsewhere ?? path, QUERY_OF[path]);
	}

	/** The same arguments, with each reference that leads nowhere replaced by one to a record that is there. */
	async withReferences(operation: Operation, args: Arguments, current: Listed | null): Promise<Arguments> {
		const record = this.#facts.records[operation.fact.body ?? ''];
		return record ? this.#repairRecord(record, args, { ...current, ...args }) : args;
	}

	async #repairRecord(record: RecordFact, value: Arguments, scopes: Arguments): Promise<Arguments> {
		const repaired: Arguments = { ...value };
		// Boards, companies and projects first: the others are chosen within them.
		const names = Object.keys(value).sort((a, b) => rank(a) - rank(b));
		for (const name of names) {
			const field = record.fields[name];
			if (field) repaired[name] = await this.#repairValue(name, field, value[name], { ...scopes, ...repaired });
		}
		return repaired;
	}

	async #repairValue(name: string, field: FieldFact, value: unknown, scopes: Arguments): Promise<unknown> {
		if (value === null || value === undefined) return value;
		if (field.type === 'reference') return this.#repairReference(name, field, value, scopes);
		const inner = this.#facts.records[field.record ?? ''];
		if (field.type === 'array' && Array.isArray(value)) {
			return Promise.all(
				value.map((item) => {
					if (field.items === 'reference') return this.#repairReference(name, field, item, scopes);
					return inner && isObject(item) ? this.#repairRecord(inner, item, scopes) : item;
				}),
			);
		}
		return field.type === 'object' && inner && isObject(value) ? this.#repairRecord(inner, value, scopes) : value;
	}

	async #repairReference(name: string, field: FieldFact, value: unknown, scopes: Arguments): Promise<unknown> {
		const path = this.#listOf(field.target ?? '', name, scopes);
		const records = path === null ? [] : await this.list(path);
		const [first] = records;
		const named = records.filter((record) => isNamed(record, value));
		if (!first || named.length === 1) return value;
		return { id: (named[0] ?? first).id };
	}

	/** The list that holds the records of a kind, its scopes filled in; null when nothing says which. */
	#listOf(target: string, name: string, scopes: Arguments): string | null {
		const lookup = Object.values(this.#facts.integration.lookups ?? {}).find(({ finds }) => finds?.includes(target));
		const path = lookup?.path ?? this.#listOfRecord(target.replace(/Reference$/, ''));
		if (!path) return null;
		let filled = path;
		for (const scope of placeholdersIn(path)) {
			// `shipToSite` is a site of `shipToCompany`.
			const prefix = scope === 'company' ? (/^(.+)Site$/.exec(name)?.[1] ?? '') : '';
			const owner = scopes[prefix === '' ? scope : `${prefix}Company`] ?? scopes[scope];
			const id = scopes[`${scope}_id`] ?? scopes[`${scope}Id`] ?? (isObject(owner) ? owner.id : undefined);
			if (id === undefined) return null;
			filled = filled.replace(`{{${scope}}}`, String(id));
		}
		return filled;
	}

	#listOfRecord(record: string): string | null {
		const paths = Object.values(this.#facts.resources).flatMap(({ methods: { list } }) => {
			const isIt = list?.returns?.split('.').at(-1) === record && !list.path.includes('{{');
			return isIt ? [list.path] : [];
		});
		return paths.sort((a, b) => a.length - b.length)[0] ?? null;
	}
}

const rank = (name: string): number => (/^(?:board|project)$|company$/i.test(name) ? 0 : 1);

const isObject = (value: unknown): value is Arguments =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

function idOf(placeholder: string, record: Listed): unknown {
	if (placeholder.endsWith('identifier')) return record.identifier;
	return placeholder.endsWith('name') ? record.name : record.id;
}

/** Whether a reference, as an object or as the text that a person says, means this record. */
function isNamed(record: Listed, reference: unknown): boolean {
	const { id, ...names } = isObject(reference) ? reference : { id: undefined, name: reference };
	if (id !== undefined) return record.id === id;
	const person = [record.firstName, record.lastName].filter(Boolean).join(' ');
	const known = [record.name, record.identifier, record.description, record.summary, record.level, person];
	return Object.values(names).some((name) =>
		known.some((one) => String(one ?? '').toLowerCase() === String(name).toLowerCase() && one !== ''),
	);
}
