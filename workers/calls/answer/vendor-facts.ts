// Reads the facts in an answer's status: for the log, the account's state and the idempotency guard.
import type { WriteEnd } from '../../contracts/admission.ts';
import type { IntegrationFile } from '../../integration/format.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { OUTCOME_UNKNOWN, type ToolResult, UNMADE, type VendorFacts } from '../outcome.ts';

export function vendorFacts({ status, durationMs }: UpstreamAnswer): VendorFacts {
	const facts = { upstreamStatus: status, upstreamMs: durationMs };
	if (status === 401) return { ...facts, finding: 'refused' };
	return status < 400 ? { ...facts, finding: 'accepted' } : facts;
}

/** Tells what the vendor did, as far as its answer shows. A gateway that gave up shows nothing. */
export function endOf(
	{ status }: UpstreamAnswer,
	{ isError, isUndone, structuredContent: { id } }: ToolResult,
	{ errors }: IntegrationFile,
): WriteEnd {
	if (status >= 500 && !errors.refuses?.includes(status)) return OUTCOME_UNKNOWN;
	if (status >= 400 || isUndone) return UNMADE;
	// Accepted only: whether it is carried out is seen later.
	if (isError || status === 202) return OUTCOME_UNKNOWN;
	return { state: 'made', record_id: isId(id) ? JSON.stringify(id) : null };
}

/** Does it name a record? Vendors count from 1; 0 and less are fillers. */
function isId(id: unknown): id is string | number {
	return typeof id === 'number' ? Number.isSafeInteger(id) && id > 0 : typeof id === 'string' && id !== '';
}
