// The record in the answer of a method other than a list, or a failure where something else came in its place.
import type { Operation } from '../../integration/operations.ts';
import { isObject } from '../../lib/is-object.ts';
import { valueAt } from '../../lib/json-path.ts';
import { insteadOf, recordIn, writtenId } from '../../vendor/answer-shape.ts';
import { UpstreamFailure } from '../../vendor/failure.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import type { AnswerContext } from './context.ts';
import { saysDone } from './refusal-inside.ts';

type RecordContext = Pick<AnswerContext, 'operation' | 'integration' | 'args'>;

/** @returns null where the vendor says in a success that there is no such record */
export function answeredRecord(
	body: unknown,
	answer: UpstreamAnswer,
	{ operation, integration, args }: RecordContext,
): unknown {
	const { kind, fact, idField, readOnly } = operation;
	const wrong = (what: string) => new UpstreamFailure('bad_answer', what, answer);
	// The literal null of a write says nothing, as an empty body does.
	if (body === null && !readOnly) return kind === 'create' ? wrong('answered with "null"') : { ok: true };
	const told = recordIn(integration, fact, body);
	const path = fact.record_path ?? integration.record_path ?? '';
	// A list of one record is that record.
	const isOne = kind !== 'custom' && kind !== 'count' && Array.isArray(told) && told.length === 1;
	const found = isOne ? told[0] : told;
	if (kind === 'get' && found === undefined) return wrong(insteadOf('a record', path, body));
	if (found === null) return null;
	if (answer.status === 202 && !readOnly) return acceptedRecord(found ?? body, operation, args);
	const written = readOnly ? undefined : writtenId(integration, operation, body, answer.headers);
	const instead = written === undefined ? insteadOfRecord(found ?? body, body, operation, path) : null;
	if (instead !== null) return wrong(instead);
	if (readOnly) return found ?? body;
	const id = written ?? valueAt(found, idField);
	if (id === undefined || id === null) return found ?? body;
	const isRecord = typeof found === 'object' && found !== null && fact.returns !== undefined;
	return isRecord ? { id, ...found } : { id: kind === 'update' ? (args.id ?? id) : id };
}

/** The id in an answer of "accepted" may be a job's: an update keeps its own. */
function acceptedRecord(found: unknown, { kind }: Operation, args: AnswerContext['args']): unknown {
	const isJob = kind === 'update' && valueAt(found, 'id') !== undefined && valueAt(found, 'id') !== args.id;
	return isJob ? { id: args.id } : found;
}

/** Describes an answer that is no record where one was to come; null where nothing speaks against it. */
function insteadOfRecord(found: unknown, body: unknown, operation: Operation, path: string): string | null {
	const { kind, readOnly } = operation;
	if (!readOnly && found === false) return 'answered with "false"';
	if (kind === 'count') return isCount(found) ? null : insteadOf('a count', path, body);
	if (kind === 'delete')
		return saysDone(found) || isRecord(found, operation) ? null : insteadOf('a deletion', path, body);
	if (Array.isArray(found) && kind !== 'custom')
		return kind === 'get' ? insteadOf('a record', path, body) : 'answered with a list instead of the record';
	// An answer that is no record of its own, such as an export's, may come in another shape than is documented.
	const isKnown = operation.fact.returns !== undefined && operation.fieldNames.includes(operation.idField);
	// An action may answer with a list, a text or a number of its own.
	const isFree = kind === 'custom' && (readOnly || Array.isArray(found) || typeof found !== 'object');
	if (!isKnown || isFree || operation.fact.answers === 'nothing' || isRecord(found, operation)) return null;
	// Vendors add fields to records: one with none that is known is a record all the same.
	if (kind === 'get' ? isObject(found) && !saysDone(found) : kind !== 'create' && saysDone(found)) return null;
	return insteadOf(kind === 'get' ? 'a record' : 'the record', path, body);
}

/** An id, or a field that records have. */
function isRecord(found: unknown, { idField, fieldNames }: Operation): boolean {
	if (!isObject(found)) return false;
	const id = valueAt(found, idField);
	return (id !== undefined && id !== null) || Object.keys(found).some((name) => fieldNames.includes(name));
}

function isCount(found: unknown): boolean {
	return countsIn(found).length > 0;
}

function countsIn(found: unknown): number[] {
	const members: unknown[] = typeof found === 'object' && found !== null ? Object.values(found) : [found];
	return members.filter((one) => typeof one === 'number').filter((one) => Number.isSafeInteger(one));
}

/** Said of a count that can be none, though its answer has the right shape. */
export function belowZeroNotice({ operation, integration }: RecordContext, found: unknown): string | null {
	return operation.kind === 'count' && countsIn(found).every((one) => one < 0)
		? `${integration.label} counted less than nothing: do not rely on it, list the records instead.`
		: null;
}

/** Says that another record came than the one that was named. Texts are no evidence: vendors have several for one. */
export function otherRecordNotice({ operation, args, integration }: RecordContext, found: unknown): string | null {
	const { kind, idField } = operation;
	const told = valueAt(found, idField);
	const isOther = typeof told === 'number' && told > 0 && typeof args.id === 'number' && told !== args.id;
	return isOther && (kind === 'get' || kind === 'update' || kind === 'delete')
		? `${integration.label} answered with record ${told} instead of ${args.id}: read ${args.id} before you rely on it.`
		: null;
}
