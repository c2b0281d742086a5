// Checks that a method's verb fits its name, that each of its members has an effect, and that what it names exists.
import type { IntegrationFile, RecordFact, Verb } from '../../workers/integration/format.ts';
import type { MethodKind } from '../../workers/integration/method-kind.ts';
import { constantsOf, filterParameters, pagingOf, placeholdersIn } from '../../workers/integration/method-wire.ts';
import type { Operation } from '../../workers/integration/operations.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import { validateArguments } from '../../workers/tools/validate.ts';

type Say = (message: string) => void;

/** Verbs by which a method of that name may be carried out. What reads must not delete, whatever it is called. */
const VERBS: Partial<Record<MethodKind, readonly Verb[]>> = {
	list: ['GET', 'POST'],
	get: ['GET', 'POST'],
	count: ['GET', 'POST'],
	create: ['POST', 'PUT', 'PATCH'],
	update: ['PUT', 'PATCH', 'POST'],
	delete: ['DELETE', 'POST', 'PUT', 'PATCH'],
};

export function checkMethod(file: IntegrationFile, operation: Operation, record: RecordFact | undefined, say: Say) {
	checkVerb(operation, say);
	checkEffect(file, operation, say);
	checkFile(operation, record, say);
	checkConstants(file, operation, say);
	checkNamed(operation, record, say);
}

function checkVerb({ kind, fact, documentation, method }: Operation, say: Say): void {
	const verbs = VERBS[kind];
	if (verbs && !verbs.includes(fact.verb))
		say(`is called ${method} and sends ${fact.verb}: send ${verbs.join(' or ')}, or give the method another name`);
	const isWrite = kind === 'create' || kind === 'update' || kind === 'delete';
	if (documentation.read_only && (isWrite || (fact.verb !== 'GET' && fact.verb !== 'POST')))
		say(`says "read_only": true, and a ${isWrite ? method : fact.verb} writes: leave it out`);
	if (documentation.destructive === false && fact.verb === 'DELETE')
		say('says "destructive": false, and a DELETE destroys: leave it out');
}

/** A member that does nothing where it stands is meant for something else. */
function checkEffect(file: IntegrationFile, { kind, fact }: Operation, say: Say): void {
	if (kind === 'list' && fact.answers !== undefined) say(`is a list and answers ${fact.answers}: leave out answers`);
	if (kind === 'list' && fact.record_path !== undefined) say('has record_path, and is a list: records_path');
	if (fact.verb === 'GET') {
		for (const member of ['wrap', 'encoding', 'content_type', 'form_file', 'is_array'] as const)
			if (fact[member] !== undefined) say(`has ${member}, and a GET has no body`);
		if (Object.keys(constantsOf(file, fact).body).length > 0)
			say('sends constants.body with GET, which has no body: constants.query, or another verb');
	}
	const isRead = fact.verb === 'GET' || kind === 'list' || kind === 'get' || kind === 'count';
	for (const member of ['id_path', 'id_header', 'update_body'] as const)
		if (isRead && fact[member] !== undefined) say(`has ${member}, and writes nothing`);
	if ((fact.encoding ?? file.encoding) === 'form' && fact.wrap?.startsWith('[]'))
		say('sends a form, which cannot be an array: "encoding": "json", or no wrap');
}

/** An upload has a part for the file, and a field that makes its arguments. */
function checkFile({ fact, documentation }: Operation, record: RecordFact | undefined, say: Say): void {
	const files = (documentation.body ?? []).filter((name) => record?.fields[name]?.type === 'file');
	if (fact.form_file !== undefined && files.length === 0)
		say('has form_file, and documents no field of the type file in its body: that makes file_name and file_content');
	if (fact.form_file === undefined && files.length > 0)
		say(`takes the file "${files[0]}", and does not send it: say form_file, the part of the form that it goes as`);
}

/** Constants must not meet what a call sends: there would be two of one name, or the caller's value would be lost. */
function checkConstants(file: IntegrationFile, operation: Operation, say: Say): void {
	const { fact, kind, documentation } = operation;
	const { query, body } = constantsOf(file, fact);
	const paging = pagingOf(file, fact);
	if (kind === 'list') {
		const paged = Object.entries(paging).flatMap(([member, name]) => (member.endsWith('_parameter') ? [name] : []));
		const inQuery = paging.style === 'none' || (paging.in ?? 'query') === 'query' ? paged : [];
		const asked = Object.keys(documentation.filters ?? {}).length > 0 ? filterParameters(file, documentation) : [];
		for (const name of [...inQuery, ...asked, ...(file.list.fields_parameter ? [file.list.fields_parameter] : [])])
			if (Object.hasOwn(query, String(name)))
				say(`constants.query has "${name}", which paging, filters or fields write: take it out of one of them`);
	}
	const steps = fact.wrap === undefined ? [] : fact.wrap.split('/');
	for (const path of Object.keys(body)) {
		const lost = documentation.body?.find((name) => `${[...steps, name].join('/')}/`.startsWith(`${path}/`));
		if (lost !== undefined)
			say(`constants.body has "${path}", which takes the place of the argument "${lost}": leave one of them out`);
	}
}

/** Names in the documentation are those of fields and arguments. */
function checkNamed(operation: Operation, record: RecordFact | undefined, say: Say): void {
	const { documentation, fieldNames } = operation;
	const known = [...Object.keys(record?.fields ?? {}), ...fieldNames];
	const requireField = (member: string, name: string) => {
		if (!known.includes(name.split('/')[0] ?? ''))
			say(`${member} names "${name}", which is no field.${didYouMean(name, known)}`);
	};
	if (record)
		for (const name of record.required ?? [])
			if (!Object.hasOwn(record.fields, name))
				say(`required "${name}" is no field of its record.${didYouMean(name, Object.keys(record.fields))}`);
	for (const { any_of, unless_false } of documentation.mails_when ?? [])
		for (const name of [...any_of, ...(unless_false === undefined ? [] : [unless_false])])
			if (!operation.places.has(name)) requireField('mails_when', name);
	if (documentation.acting && !operation.places.has(documentation.acting.field))
		requireField('acting', documentation.acting.field);
	if (fieldNames.length > 0) for (const name of documentation.computed ?? []) requireField('computed', name);
	for (const [name, filter] of Object.entries(documentation.filters ?? {})) {
		const ops = filter.any?.map(({ op }) => op ?? filter.op) ?? [filter.op];
		if (filter.kind === 'time' && filter.in === undefined && ops.some((op) => op === undefined || op === '='))
			say(`filter "${name}" finds what has exactly that moment: say op, e.g. ">="`);
	}
}

/** Values that documentation sets are of their arguments' types. */
export function checkSetValues({ datetime }: IntegrationFile, operation: Operation, say: Say): void {
	const { defaults, fixed } = operation.documentation;
	const values = { ...defaults, ...fixed };
	const isMeant = (path: string) => Object.hasOwn(values, path.split(/[.[]/)[0] ?? '');
	for (const { path, message } of validateArguments(operation, values, datetime).faults)
		if (isMeant(path)) say(`${Object.hasOwn(fixed ?? {}, path) ? 'fixed' : 'defaults'}: ${path} ${message}`);
}

/** Words for a field or a placeholder that no method has reach nobody: most often it is misspelt. */
export function checkResourceWords(operations: readonly Operation[], bodies: readonly string[], say: Say): void {
	const [first] = operations;
	if (!first) return;
	const { fields = {}, path = {}, never_answered = [] } = first.resourceDocumentation;
	const inPaths = operations.flatMap(({ fact }) => placeholdersIn(JSON.stringify([fact.path, fact.constants ?? {}])));
	for (const name of Object.keys(path))
		if (!inPaths.includes(name)) say(`path."${name}" is in the path of no method.${didYouMean(name, inPaths)}`);
	const known = [...bodies, ...operations.flatMap(({ fieldNames }) => fieldNames)];
	for (const name of [...Object.keys(fields), ...never_answered])
		if (!known.includes(name)) say(`describes "${name}", which is no field of it.${didYouMean(name, known)}`);
}
