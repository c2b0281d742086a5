// Checks that what an integration asks by filters and names can be said in its vendor's query language.
import type { IntegrationFile } from '../../workers/integration/format.ts';
import {
	bodyFilters,
	conditionParameters,
	IN_HEADER,
	placeholdersIn,
	settingsIn,
} from '../../workers/integration/method-wire.ts';
import type { Integration, Operation } from '../../workers/integration/operations.ts';
import type { Language } from '../../workers/languages/adapter.ts';
import { languageOf } from '../../workers/languages/language.ts';
import { didYouMean } from '../../workers/lib/nearest.ts';
import { isPattern } from './check-connection.ts';
import type { FolderFault } from './tolerant-parse.ts';

type Say = (message: string) => void;
type Filter = NonNullable<Operation['documentation']['filters']>[string];

/** Refuses what the vendor's language cannot say, so that it is not sent wrongly. */
export function checkLanguage(integration: Integration, faults: FolderFault[]): void {
	const { file } = integration;
	const say = (member: string, message: string) =>
		faults.push({ path: `integration.json ${member}`, message, at: member.split('.') });
	const language = file.filters?.language ?? 'none';
	const can: Partial<Language> = file.filters ? languageOf(file) : {};
	checkWritten(file, (member, message) => say(`filters.${member}`, message));
	for (const [kind, { ask, also }] of Object.entries(file.search ?? {})) {
		if (!ask && !can.words) say(`search.${kind}`, `filters.language ${language} finds no words: say ask.argument`);
		const isText = language === 'connectwise_conditions' || language === 'expression';
		if (also !== undefined && (ask || !isText))
			say(`search.${kind}.also`, 'is a text of conditions, which nothing is asked in here');
	}
	for (const [name, lookup] of Object.entries(file.lookups ?? {})) {
		const at = `lookups.${name}`;
		if (lookup.id_pattern !== undefined && !isPattern(lookup.id_pattern))
			say(`${at}.id_pattern`, 'is no regular expression');
		const isAsked = can.lookup !== undefined && !lookup.ask;
		if (lookup.within && !isAsked) say(`${at}.within`, `filters.language ${language} narrows no lookup`);
		if (!isAsked && !lookup.is_small && !lookup.ask)
			say(at, 'cannot be asked by a name: say ask.parameter, or is_small for a table that is read whole');
		if (lookup.me === undefined) {
			for (const member of ['no_person', 'time_zone', 'by_id', 'record_path'] as const)
				if (lookup[member] !== undefined)
					say(`${at}.${member}`, 'is only used together with me: add me, or leave it out');
		} else if (!can.byId && lookup.by_id === undefined)
			say(`${at}.me`, `filters.language ${language} finds no record by its id: say by_id, the path of one`);
		for (const placeholder of placeholdersIn(lookup.by_id ?? ''))
			if (placeholder !== 'id') say(`${at}.by_id`, `{{${placeholder}}} is not filled in: only {{id}} is`);
		for (const setting of settingsIn(JSON.stringify([lookup.path, lookup.me, lookup.by_id])))
			if (file.credentials[setting]?.secret !== false)
				say(at, `puts {{setting:${setting}}}, which is no open setting, into an address`);
	}
	if (file.custom_fields?.as === 'members' && file.custom_fields.keeps_others === undefined)
		say('custom_fields', 'has a member for each: only keeps_others says that an update may leave some out');
}

/** Requires that nothing a person types can end the text that it stands in. */
function checkWritten({ filters }: IntegrationFile, say: (member: string, message: string) => void): void {
	if (filters?.language !== 'expression' && filters?.language !== 'json_triples') return;
	if (filters.parameter === undefined && !filters.path) say('path', 'is missing: where in the body the filters stand');
	if (filters.language !== 'expression') return;
	const { quote, escapes = {}, refuses = '' } = filters.text;
	const isSafe = (character: string) => Object.hasOwn(escapes, character) || refuses.includes(character);
	if (quote !== '' && !isSafe(quote))
		say('text', `has no escape for ${quote}: a text with one would end there. Say it under escapes or refuses`);
	if (quote !== '' && !isSafe('\\'))
		say('text', 'says nothing of \\: under escapes what stands for it, itself where it means nothing');
	const around = filters.whole?.replace('{{terms}}', '') ?? '';
	for (const mark of new Set([...around].filter((character) => /["'`]/.test(character))))
		if (!isSafe(mark) || escapes[mark] === mark)
			say('whole', `stands in ${mark}, which a text may hold: say it under text.escapes or text.refuses`);
	if (filters.text.quote === '' && !filters.text.refuses && !filters.text.escapes)
		say('text', 'has no quotation mark: say under refuses which characters end a text');
}

/** Every filter asks for a field of the record, where the vendor takes the question. */
export function checkFilters({ file, lookupOfKind }: Integration, operation: Operation, say: Say): void {
	for (const [name, filter] of Object.entries(operation.documentation.filters ?? {})) {
		if (operation.kind !== 'list' && operation.kind !== 'count')
			say(`filter "${name}" stands on a method that is no list`);
		checkFilter(file, operation, name, filter, say);
		checkField(file, operation, name, filter, say);
		const isKnown = filter.target === undefined || lookupOfKind.has(filter.target);
		if (!isKnown)
			say(
				`filter "${name}" means a ${filter.target}, which no lookup finds.${didYouMean(filter.target ?? '', lookupOfKind.keys())}`,
			);
		if ((filter.kind === 'record') !== (filter.target !== undefined))
			say(`filter "${name}" needs both "kind": "record" and a target, or neither`);
	}
}

function checkFilter(file: IntegrationFile, { fact }: Operation, name: string, filter: Filter, say: Say): void {
	const takes = (parameter: string) => fact.query?.includes(parameter) === true;
	const cannot = (what: string) => say(`filter "${name}" ${what}, which ${file.filters?.language} cannot say`);
	/** A filter with a parameter or a header of its own. */
	const checkParameter = (parameter: string) => {
		const header = parameter.startsWith(IN_HEADER) ? parameter.slice(IN_HEADER.length) : null;
		if (header !== null && (!/^[A-Za-z][A-Za-z0-9-]*$/.test(header) || isSigned(file, header)))
			say(`filter "${name}" may not set the header "${header}"`);
		if (header === null && !takes(parameter))
			say(
				`filter "${name}" goes to "${parameter}", which is not the vendor's here.${didYouMean(parameter, fact.query ?? [])}`,
			);
		if (filter.any) cannot('asks for several fields');
		if (filter.op !== undefined) cannot(`compares by "${filter.op}"`);
		if (filter.kind === 'custom_field' || filter.kind === 'digits') cannot(`is of the kind ${filter.kind}`);
	};
	switch (file.filters?.language) {
		case undefined:
			say(`filter "${name}" has no language: say filters in integration.json`);
			return;
		case 'connectwise_conditions': {
			const known = conditionParameters(file);
			const parameter = filter.in ?? Object.keys(known)[0];
			if (parameter === undefined || !known[parameter])
				say(`filter "${name}" goes to "${parameter}", which takes no conditions`);
			else if (!takes(parameter)) say(`filter "${name}" goes to "${parameter}", which is not the vendor's here`);
			if (filter.kind === 'record') cannot('is a record');
			return;
		}
		case 'query_parameters': {
			checkParameter(filter.in ?? name);
			return;
		}
		case 'json_triples':
		case 'expression': {
			if (filter.in !== undefined) {
				checkParameter(filter.in);
				return;
			}
			const { parameter, operators, language } = file.filters;
			if (!bodyFilters(file, fact) && !takes(parameter ?? ''))
				say(
					parameter === undefined
						? `filter "${name}" goes in a body, which a GET has not`
						: `filter "${name}" goes to "${parameter}", which is not the vendor's here`,
				);
			for (const op of filter.any?.map((one) => one.op ?? filter.op) ?? [filter.op]) {
				const operator = filter.kind === 'integers' ? 'in' : (op ?? '=');
				if (operator === 'like' || operator === 'listed' || operators[operator] === undefined)
					cannot(`compares by "${operator}"`);
			}
			const canAny = language === 'expression' ? file.filters.or : file.filters.any;
			if (filter.any && canAny === undefined) cannot('asks for several fields');
			if (filter.kind === 'custom_field' || filter.kind === 'digits') cannot(`is of the kind ${filter.kind}`);
		}
	}
}

/** Headers that sign a request or say how it is to be read. */
function isSigned({ headers, auth }: IntegrationFile, header: string): boolean {
	const own = [...Object.keys(headers), ...('header' in auth && auth.header ? [auth.header] : [])];
	return (
		own.some((name) => name.toLowerCase() === header.toLowerCase()) ||
		/^(authorization|content-.*|host|cookie|transfer-encoding|connection|x-forwarded-.*)$/i.test(header)
	);
}

function checkField({ drop }: IntegrationFile, operation: Operation, name: string, filter: Filter, say: Say): void {
	const known = [...operation.fieldNames, ...Object.values(drop.keep).flat()];
	for (const field of filter.any?.map((one) => one.field) ?? (filter.field === undefined ? [] : [filter.field])) {
		const first = field.split(/[/.]/)[0] ?? '';
		const isKnown = known.includes(first) || known.includes(field);
		if (filter.kind !== 'custom_field' && operation.fieldNames.length > 0 && !isKnown)
			say(`filter "${name}" asks for "${field}", which is no field of the record.${didYouMean(first, known)}`);
	}
}

/** A field that says whose id it holds says so of a kind that somebody looks up. */
export function checkBareTargets(
	{ file, lookupOfKind }: Integration,
	operation: Operation,
	targets: readonly string[],
	say: Say,
): void {
	if (!file.lookups || operation.readOnly) return;
	for (const target of new Set(targets))
		if (!lookupOfKind.has(target) && !Object.hasOwn(file.no_lookup ?? {}, target))
			say(
				`has the id of a ${target}, which has neither a lookup nor a reason under no_lookup.${didYouMean(target, lookupOfKind.keys())}`,
			);
}
