// The sources that `search` looks through on a server, and how their records are named, linked and shown.

import { matchesFilter, type ToolFilter } from '../../integration/filter.ts';
import type { SearchSource } from '../../integration/format.ts';
import type { IntegrationHead, OperationHeader } from '../../integration/operations.ts';
import { valueAt } from '../../lib/json-path.ts';

export interface Source {
	/** First part of a result's id: `ticket` in `ticket:14059`. */
	kind: string;
	fact: SearchSource;
	list: OperationHeader;
	get: OperationHeader;
	related: { fact: NonNullable<SearchSource['related']>[number]; list: OperationHeader }[];
}

const PLACEHOLDER = /\{\{(setting:)?([a-zA-Z0-9_/]+)\}\}/g;

/** Those that the filter leaves both to be searched and to be read. */
export function sourcesOf(head: IntegrationHead, filter: ToolFilter): Source[] {
	const offered = (key: string) => {
		const header = head.headerOf.get(key);
		return header && matchesFilter(header, filter) ? header : undefined;
	};
	return Object.entries(head.file.search ?? {}).flatMap(([kind, fact]) => {
		const list = offered(`${fact.list ?? fact.resource}.list`);
		const get = offered(`${fact.resource}.get`);
		if (!list || !get) return [];
		const related = (fact.related ?? []).flatMap((one) => {
			const header = offered(`${one.resource}.list`);
			return header ? [{ fact: one, list: header }] : [];
		});
		return [{ kind, fact, list, get, related }];
	});
}

/** Facts that a record's link needs beside the record. */
export interface LinkContext {
	/** Origin at which people sign in. */
	web: string;
	settings: Readonly<Record<string, string>>;
}

/** The vendor's host for people, where the API has another one. */
export function webOrigin(file: IntegrationHead['file'], baseUrl: string): string {
	const url = new URL(baseUrl);
	const repaired = Object.entries(file.base_url.host_repairs ?? {}).find(([, api]) => api === url.host);
	return `${url.protocol}//${repaired?.[0] ?? url.host}`;
}

/** Fields of the record, as text. @returns null where one of them is absent */
export function fillText(template: string, record: unknown): string | null {
	let isWhole = true;
	const text = template.replace(PLACEHOLDER, (_, _setting, path: string) => {
		const value = valueAt(record, path);
		if (typeof value === 'string' ? value.trim() === '' : typeof value !== 'number' && typeof value !== 'boolean')
			isWhole = false;
		return String(value);
	});
	return isWhole ? text : null;
}

export function fillLink(template: string, record: unknown, { web, settings }: LinkContext): string {
	return template
		.replace('{{web}}', web)
		.replace(PLACEHOLDER, (_, setting: string | undefined, name: string) =>
			encodeURIComponent(String((setting ? settings[name] : valueAt(record, name)) ?? '')),
		);
}

/** The paths of a record's fields that templates name. */
export function fieldsOf(...templates: string[]): string[] {
	return templates.flatMap((template) =>
		Array.from(template.matchAll(PLACEHOLDER), ([, setting, path = '']) =>
			setting || path === 'web' ? [] : [path],
		).flat(),
	);
}
