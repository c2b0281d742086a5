// The vendor's operations with a meaning of their own, by verb and path.

import { isOnItem } from '../schema/collections.ts';
import { normalPath } from '../schema/vendor-facts.ts';
import { AGREEMENT_RECAP } from './agreement-recap.ts';
import type { ApiAnswer } from './answers.ts';
import { APPROVALS } from './approvals.ts';
import { ATTACHED_RECORDS } from './attached-records.ts';
import { bulkHandlerOf } from './bulk.ts';
import { COMPANY_OPERATIONS } from './company-merge.ts';
import { CONVERSIONS } from './conversions.ts';
import { copyHandlerOf } from './copies.ts';
import { DOCUMENTS } from './documents.ts';
import { FORECAST_HANDLERS } from './forecasts.ts';
import { MEMBER_OPERATIONS } from './member-deactivation.ts';
import { MEMBERSHIPS } from './memberships.ts';
import type { Handler, Handlers, OperationCall } from './operation-call.ts';
import { plausibleAnswer } from './plausible-answer.ts';
import { PROJECT_OPERATIONS } from './project-operations.ts';
import { REPORT_HANDLERS } from './reports.ts';
import { SYSTEM_OPERATIONS } from './system-operations.ts';
import { TICKET_OPERATIONS } from './ticket-operations.ts';

const HANDLERS: Handlers = {
	...AGREEMENT_RECAP,
	...APPROVALS,
	...ATTACHED_RECORDS,
	...COMPANY_OPERATIONS,
	...CONVERSIONS,
	...DOCUMENTS,
	...FORECAST_HANDLERS,
	...MEMBER_OPERATIONS,
	...MEMBERSHIPS,
	...PROJECT_OPERATIONS,
	...REPORT_HANDLERS,
	...SYSTEM_OPERATIONS,
	...TICKET_OPERATIONS,
};

/** Operations that every list has: `list-operations.ts` answers them. */
const USUAL = new Set(
	'list get create update replace delete count list_info get_info count_info list_usages list_usage_records'.split(' '),
);

function handlerOf({ endpoint }: OperationCall): Handler | null {
	const { fact, method, place } = endpoint;
	const special = HANDLERS[`${fact.verb} ${normalPath(fact.path)}`];
	if (special) return special;
	if (USUAL.has(method) && place !== null && (method !== 'get' || isOnItem(fact))) return null;
	return copyHandlerOf(endpoint) ?? bulkHandlerOf(endpoint) ?? plausibleAnswer;
}

/** Answers an operation that is none of those that every list has; null when it is one of those. */
export async function answerSpecial(call: OperationCall): Promise<ApiAnswer | null> {
	const handler = handlerOf(call);
	return handler ? await handler(call) : null;
}
