// A page of records, as records or as a table, within the budget of an answer.
import { matchesExactly } from '../../conditions/compile.ts';
import type { Paging } from '../../integration/format.ts';
import { isPlainJson } from '../../lib/hidden-characters.ts';
import { utf8Length } from '../../lib/text.ts';
import { chosenFields, recordsIn } from '../../vendor/answer-shape.ts';
import { UpstreamFailure } from '../../vendor/failure.ts';
import {
	deliverable,
	encodeCursor,
	hasMoved,
	nextPosition,
	type PagePlan,
	type Position,
	type ReceivedPage,
} from '../../vendor/paging.ts';
import { cleanRecord, fitWithinBudget, tableColumns, tableRow } from '../../vendor/records.ts';
import { requestedFields } from '../../vendor/request.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import type { ToolResult } from '../outcome.ts';
import {
	cleanTexts,
	describeFindings,
	type FindingsMark,
	findingsAt,
	markFindings,
	noFindings,
	textPolicy,
} from '../untrusted-text/result-texts.ts';
import { untrustedOf } from './clean.ts';
import { type AnswerContext, ENVELOPE_BYTES } from './context.ts';
import { emptyFieldsNotice } from './empty-fields.ts';
import { noticeOf } from './texts.ts';

const STUCK = 'answered the page before once more: the list ends here, and may not be complete.';

/** @param answer  where `body` came from; its text is empty where there was none */
export function listResult(
	body: unknown,
	{ headers, text: source }: Pick<UpstreamAnswer, 'headers' | 'text'>,
	context: AnswerContext,
): Pick<ToolResult, 'structuredContent' | 'text' | 'untrusted' | 'isStuck'> | UpstreamFailure {
	const { integration, operation, args, sent, exact, page, scope, listFormat, budgetBytes } = context;
	const received = recordsIn(integration, operation.fact, body);
	if (!Array.isArray(received) || !page) {
		const instead = Array.isArray(received) ? 'answered with something other than a list' : received.instead;
		return new UpstreamFailure('bad_answer', instead, { status: 200 });
	}
	const isStrange = operation.fact.returns !== undefined && received.some((one) => typeof one !== 'object' || !one);
	if (isStrange)
		return new UpstreamFailure('bad_answer', 'answered with a list of something other than records', { status: 200 });
	const { paging } = page;
	const signedBy = integration.auth.scheme === 'query' ? Object.keys(integration.auth.parameters) : [];
	const isStuck = received.length > 0 && !hasMoved(paging, page, received);
	const candidates = deliverable(paging, page, isStuck ? [] : received).map((record) =>
		cleanRecord(integration, record),
	);
	const places = placesOf(candidates, exact);
	const policy = textPolicy(integration, context.redact, isPlainJson(source));
	const findings = noFindings();
	/** After each record. */
	const marks: FindingsMark[] = [];
	const fields = requestedFields(integration, operation, args);
	const chosen = chooserOf(context, fields);
	const columns =
		listFormat === 'table'
			? tableColumns(
					places.map((place) => candidates[place]),
					fields,
				)
			: null;
	// Cleaned as far as they are delivered, and after the comparison, which is of what the vendor has.
	function* cleaned() {
		for (const place of places) {
			const record = cleanTexts(chosen(candidates[place]), policy, findings);
			marks.push(markFindings(findings));
			yield columns ? tableRow(record, columns) : record;
		}
	}
	const head = columns ? { columns } : {};
	const aroundBytes = ENVELOPE_BYTES + utf8Length(JSON.stringify([head, sent]));
	const { fitting, json } = fitWithinBudget(cleaned(), budgetBytes - aroundBytes, source.length <= budgetBytes);
	const delivered = fitting.length;
	// Records that did not match on our side were dealt with too.
	const passed = places[delivered] ?? candidates.length;
	const next = nextPage(paging, page, { received, delivered: passed, headers, body, signedBy });
	if (next instanceof UpstreamFailure) return next;
	const found = findingsAt(findings, marks[delivered - 1]);
	const tail = {
		next_cursor: next ? encodeCursor(keepFindings(next, page), scope) : null,
		result_count: delivered,
		...noticeOf([
			isStuck ? `${integration.label} ${STUCK}` : null,
			delivered < places.length ? cutNotice(delivered, places.length, budgetBytes) : null,
			emptyFieldsNotice(context, candidates),
			...context.notices,
		]),
		...(sent ? { sent } : {}),
		...describeFindings(found),
	};
	const name = columns ? 'rows' : 'result';
	return {
		structuredContent: { ...head, [name]: fitting, ...tail },
		text: joinedText(head, name, json, tail),
		...(isStuck ? { isStuck: true as const } : {}),
		...untrustedOf(found),
	};
}

/** Carries what the first page counted and found out on to every later page. */
function keepFindings(next: Position, { position: { atMs, meant } }: PagePlan): Position {
	return { ...next, ...(atMs === undefined ? {} : { atMs }), ...(meant === undefined ? {} : { meant }) };
}

/** Chooses the fields here where the vendor returns whole records alone. */
function chooserOf({ integration }: AnswerContext, fields: readonly string[] | null): (record: unknown) => unknown {
	const isOurs = integration.list.fields_parameter === undefined;
	return (record) => (isOurs && fields !== null ? chosenFields(record, fields) : record);
}

/** The content as JSON, around records that were written already: writing JSON is most of the work on a large answer. */
function joinedText(head: object, name: string, records: string, tail: object): string {
	const members = [JSON.stringify(head).slice(1, -1), `"${name}":[${records}]`, JSON.stringify(tail).slice(1, -1)];
	return `{${members.filter(Boolean).join(',')}}`;
}

function nextPage(paging: Paging, page: PagePlan, received: ReceivedPage): Position | null | UpstreamFailure {
	try {
		return nextPosition(paging, page, received);
	} catch (error) {
		if (error instanceof UpstreamFailure) return error;
		throw error;
	}
}

function cutNotice(delivered: number, received: number, budgetBytes: number): string {
	return `Cut at ${budgetBytes / 1000} KB after ${delivered} of ${received} records. Go on with next_cursor, or ask for fewer fields.`;
}

/** Places of the records that match on our side too. */
function placesOf(candidates: readonly unknown[], exact: AnswerContext['exact']): number[] {
	const isExact = (record: unknown) => exact.every((match) => matchesExactly(record, match));
	return candidates.map((_, place) => place).filter((place) => isExact(candidates[place]));
}
