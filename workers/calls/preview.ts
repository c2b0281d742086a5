// A write that is looked at before it happens: everything is done but to send it.
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { IntegrationFile } from '../integration/format.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { isObject } from '../lib/is-object.ts';
import { valueAt } from '../lib/json-path.ts';
import { bytesToBase64url } from '../lib/secrets.ts';
import { ellipsis } from '../lib/text.ts';
import { cleanRecord } from '../vendor/records.ts';
import { untrustedOf } from './answer/clean.ts';
import { mails, visibility } from './answer/effects.ts';
import { entryIdOf, fieldsSet, isTakenOver } from './answer/taken-over.ts';
import { noticeOf } from './answer/texts.ts';
import { lean, leanRecord } from './answer/written.ts';
import type { CallContext } from './context.ts';
import type { DescribedCall } from './describe.ts';
import { type Refused, refused, type Sent, UNMADE } from './outcome.ts';
import { movedToResult } from './refusals.ts';
import { cleanTexts, describeFindings, noFindings, textPolicy } from './untrusted-text/result-texts.ts';

const TEXT_MAX = 300;

/** Says what the write would do. Nothing is sent. */
export function previewWrite(context: CallContext, described: DescribedCall): Promise<Sent> {
	const { call, was } = described;
	const { operation } = call;
	const file = context.integration.file;
	const isRehearsal = context.access.server.config.rehearsal === true && call.how.isPreview !== true;
	const findings = noFindings();
	const content = shortened(cleanTexts(effectOf(context, described), textPolicy(file, call.redact), findings));
	// The record's flags, and over them those that the call sets.
	const effects = { ...described.effects, ...Object.fromEntries(fieldsSet(call)) };
	const { id } = call.args;
	const version = versionOf(described);
	return Promise.resolve({
		state: 'sent',
		structuredContent: {
			...(isRehearsal ? { rehearsed: true } : { preview: true }),
			would: `${operation.method} ${operation.singular}`.replaceAll('_', ' '),
			...(id === undefined ? {} : { id }),
			...content,
			...(Object.keys(described.resolved).length > 0 ? { resolved: described.resolved } : {}),
			...noticeOf([
				isRehearsal ? REHEARSED : 'Nothing was sent: this is a preview.',
				operation.kind === 'delete' && !was ? 'The record could not be read first.' : null,
				operation.kind === 'create' ? `${file.label} decides what is not named here: ids, defaults, dates.` : null,
				operation.kind === 'custom' ? `${file.label} decides what follows from it.` : null,
				visibility(operation, {}, effects),
				...mails(operation, {}, effects),
				...call.notices,
			]),
			...describeFindings(findings),
		},
		isError: false,
		isRehearsed: true,
		...(isRehearsal ? {} : { isPreview: true as const }),
		...(version === null ? {} : { version }),
		args: call.args,
		rateLimit: {},
		...untrustedOf(findings),
		upstreamStatus: null,
		upstreamMs: null,
		end: UNMADE,
	});
}

const REHEARSED =
	'Nothing was done: this server rehearses, and every write is only shown. Do not tell anybody that it was done.';

function effectOf({ integration }: CallContext, described: DescribedCall): Record<string, unknown> {
	const { call, was } = described;
	const { kind } = call.operation;
	if (kind === 'delete') return { would_delete: true, ...(was ? { record: shownRecord(integration.file, was) } : {}) };
	const set = [...fieldsSet(call)].map(([name, value]) => ({ name, value, to: namedValue(described, name, value) }));
	if (kind !== 'update' || !was) return { sets: Object.fromEntries(set.map(({ name, to }) => [name, to])) };
	const before = leanRecord(cleanRecord(integration.file, was), was);
	const kept = set.filter(({ name, value }) => isTakenOver(value, before[name] ?? null, entryIdOf(integration.file)));
	const changed = set.filter((one) => !kept.includes(one));
	const changes = changed.map(({ name, to }) => [name, { from: before[name] ?? null, to }] as const);
	return {
		changes: Object.fromEntries(changes),
		...(kept.length > 0 ? { already: kept.map(({ name }) => name) } : {}),
	};
}

/** The record as people know it, in short. */
function shownRecord(file: IntegrationFile, record: Record<string, unknown>): Record<string, unknown> {
	const shown = Object.entries(leanRecord(cleanRecord(file, record), record));
	return Object.fromEntries(shown.flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

/** A reference that was looked up, as the record will show it. */
function namedValue({ resolved }: DescribedCall, name: string, value: unknown): unknown {
	const found = resolved[name];
	return found ? { id: found.id, name: found.name } : lean(value);
}

/** Texts are shortened once they are clean: of a secret that was cut before, a part would stay. */
function shortened<T>(value: T): T {
	if (typeof value === 'string') return ellipsis(value, TEXT_MAX) as T;
	if (Array.isArray(value)) return value.map(shortened) as T;
	if (!isObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shortened(member)])) as T;
}

/** Eight characters that tell one state of a record from another; null where none was read. */
function versionOf({ was, version }: Pick<DescribedCall, 'was' | 'version'>): string | null {
	if (!was) return null;
	const digest = sha256(utf8ToBytes(canonicalJson([was, version ?? null])));
	return bytesToBase64url(digest.slice(0, 6));
}

/** Does the record hold already what an update sets? */
function isAsAsked({ call, was }: DescribedCall, file: IntegrationFile): boolean {
	const isSet = ([name, value]: [string, unknown]) => isTakenOver(value, valueAt(was, name), entryIdOf(file));
	return was !== null && [...fieldsSet(call)].every(isSet);
}

/**
 * Sends an update only while the record is as its preview showed it.
 *
 * @returns `already` where the record holds what is asked for, and a refusal where it is another by now
 */
export async function sendUnmoved<Outcome>(
	{ integration }: CallContext,
	described: DescribedCall,
	expected: string,
	send: () => Promise<Outcome>,
): Promise<Outcome | Refused> {
	if (versionOf(described) === expected) return send();
	if (!isAsAsked(described, integration.file)) return refused(movedToResult());
	const structuredContent = { id: described.call.args.id, already: true };
	return refused({ structuredContent, isError: false, rateLimit: {} });
}
