// Checks one method's requests and answers: that every part of them can be sent, and found again.
import type { IntegrationFile, RecordFact } from '../../workers/integration/format.ts';
import {
	constantsOf,
	pagingOf,
	placeholdersIn,
	settingsIn,
	updateBodyOf,
} from '../../workers/integration/method-wire.ts';
import type { Integration, Operation } from '../../workers/integration/operations.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import { checkPaging } from './check-connection.ts';

type Say = (message: string) => void;

export function checkWire(
	{ file, byResource }: Integration,
	operation: Operation,
	records: Record<string, RecordFact>,
	say: Say,
): void {
	const { fact, kind, resource } = operation;
	checkAddress(file, operation, say);
	checkBody(file, operation, records, say);
	checkAnswer(file, operation, records, say);
	const paging = pagingOf(file, fact);
	if (fact.paging) checkPaging(fact.paging, (message) => say(`paging: ${message}`));
	if (fact.paging && kind !== 'list') say('has paging, and is no list');
	if (kind === 'list' && paging.style !== 'none' && paging.in === 'body' && fact.verb === 'GET')
		say('pages in the body of a GET, which has none: "verb": "POST", or paging in the query');
	if (kind === 'update' && updateBodyOf(file, fact) === 'whole' && !byResource.has(`${resource}.get`))
		say('sends the whole record, and no documented get reads it first');
	for (const text of textsOf(operation))
		for (const [pointer] of text.matchAll(/\{\{[^{}]*\}\}/g))
			say(`${pointer} is filled in only in a description of a method, not in the words of fields and arguments`);
}

/** Words that reach a model as they are. */
function textsOf({ documentation, resourceDocumentation }: Operation): string[] {
	return [
		...Object.values(resourceDocumentation.fields ?? {}),
		...Object.values(resourceDocumentation.path ?? {}),
		...Object.values(documentation.arguments ?? {}).map(({ description = '' }) => description),
	];
}

function checkAddress(file: IntegrationFile, { fact, documentation, kind }: Operation, say: Say): void {
	const { query, headers } = constantsOf(file, fact);
	for (const name of settingsIn(JSON.stringify([fact.path, query, headers]))) {
		const setting = file.credentials[name];
		if (!setting)
			say(`{{setting:${name}}} is no setting under credentials.${didYouMean(name, Object.keys(file.credentials))}`);
		else if (setting.secret) say(`puts the secret {{setting:${name}}} into an address or a header of one method`);
	}
	for (const name of Object.keys(query))
		if (documentation.query?.includes(name)) say(`query "${name}" is a constant as well as an argument`);
	for (const name of Object.keys(headers))
		if (/^(authorization|content-type|content-length|host|cookie)$/i.test(name)) say(`constants may not set "${name}"`);
	for (const [name, argument] of Object.entries({ ...file.query, ...documentation.arguments }))
		if (argument.default !== undefined && documentation.query?.includes(name))
			say(`the default of "${name}" is not sent: say it under constants.query, or in words`);
	const isNamed = placeholdersIn(JSON.stringify([fact.path, fact.constants ?? {}])).length > 0;
	if ((kind === 'update' || kind === 'delete') && !isNamed && !documentation.required?.length)
		say('names no record: put {{id}} into the path, or into constants, e.g. {"body": {"id": "{{id}}"}}');
}

function checkBody(
	file: IntegrationFile,
	{ fact, documentation, kind }: Operation,
	records: Record<string, RecordFact>,
	say: Say,
): void {
	const steps = fact.wrap?.split('/') ?? [];
	if (steps.includes('')) say(`wrap "${fact.wrap}" has an empty step`);
	if (fact.is_array && steps[0] !== '[]') say('sends an array: say "wrap": "[]"');
	if (fact.wrap && fact.form_file) say('wraps what it sends as a form with a file');
	if (fact.wrap && kind === 'update' && updateBodyOf(file, fact) === 'json_patch')
		say('wraps a patch of bare names: "update_body" of this method is another');
	if (fact.verb === 'GET' && fact.body !== undefined) say('sends a body with GET');
	for (const name of Object.keys(fact.constants?.body ?? {}))
		if (name.split('/').includes('')) say(`constants.body "${name}" has an empty step`);
	const record = fact.body === undefined ? undefined : records[fact.body];
	if (fact.body !== undefined && !record)
		say(`body "${fact.body}" is no record.${didYouMean(fact.body, Object.keys(records))}`);
	for (const [name, { sends }] of Object.entries(record?.fields ?? {}))
		if (sends !== undefined && !JSON.stringify(sends).includes('{{value}}'))
			say(`"${name}" sends ${JSON.stringify(sends)}, which has no {{value}}`);
	for (const name of documentation.body ?? [])
		if (record?.fields[name]?.read_only) say(`"${name}" is read_only: only the vendor writes it`);
	for (const [name, value] of Object.entries(documentation.default_body?.set ?? {})) {
		const field = record?.fields[name];
		if (field && field.type !== typeof value && !(field.type === 'integer' && Number.isInteger(value)))
			say(`default_body sets "${name}", a ${field.type}, to ${JSON.stringify(value)}: names are not looked up there`);
		if (field?.enum && !field.enum.includes(String(value)))
			say(`default_body sets "${name}" to ${JSON.stringify(value)}: one of ${field.enum.join(', ')}`);
	}
}

function checkAnswer(file: IntegrationFile, operation: Operation, records: Record<string, RecordFact>, say: Say): void {
	const { fact, kind, documentation, idField } = operation;
	if (fact.records_path !== undefined && kind !== 'list') say('has records_path, and is no list: record_path');
	if (documentation.fields && kind !== 'list') say('has default fields, and is no list');
	if (fact.returns !== undefined && !records[fact.returns])
		say(`returns "${fact.returns}", which is no record.${didYouMean(fact.returns, Object.keys(records))}`);
	const returned = fact.returns === undefined ? undefined : records[fact.returns];
	const id = returned?.fields[idField];
	if (kind === 'create') {
		const isInBody = id !== undefined || fact.id_path !== undefined || file.id_path !== undefined;
		const isTold = fact.id_header !== undefined || (isInBody && fact.answers === undefined);
		if (!isTold && documentation.answers_no_id === undefined)
			say(
				`its answer has no ${idField}, so that a repeat is not known again: say id_path or id_header, or answers_no_id with the reason`,
			);
	}
}

/** @throws Error when the arguments cannot be compiled */
export function checkArguments(
	{ fact, idField, places }: Operation,
	records: Record<string, RecordFact>,
	say: Say,
): void {
	for (const name of places.keys())
		if (!/^[a-zA-Z0-9_.-]{1,64}$/.test(name))
			say(`argument "${name}" has a name that clients refuse: letters, digits, "_", "." and "-", at most 64`);
	const id = records[fact.returns ?? '']?.fields[idField];
	const type = places.get('id')?.schema.type;
	if (id && type && (id.type === 'string' || id.type === 'integer') && id.type !== type)
		say(`"${idField}" of ${fact.returns} is of the type ${id.type}, and id_type says ${type}`);
}
