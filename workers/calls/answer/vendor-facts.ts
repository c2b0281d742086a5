// Reads the facts in an answer's status: for the log, the account's state and the idempotency guard.
import type { WriteEnd } from '../../contracts/admission.ts';
import type { IntegrationFile } from '../../integration/format.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { OUTCOME_UNKNOWN, type ToolResult, UNMADE, type VendorFacts } from '../outcome.ts';
import { isKeptId } from '../record-id.ts';

export function vendorFacts({ status, durationMs }: UpstreamAnswer): VendorFacts {
	const facts = { upstreamStatus: status, upstreamMs: durationMs };
	if (status === 401) return { ...facts, finding: 'refused' };
	return status < 400 ? { ...facts, finding: 'accepted' } : facts;
}

/**
 * Tells what the vendor did, as far as its answer shows. A gateway that gave up shows nothing.
 *
 * @param secrets  of the account, which are kept in no place of an id
 */
export function endOf(
	{ status }: UpstreamAnswer,
	{ isError, isUndone, structuredContent: { id } }: ToolResult,
	{ errors }: IntegrationFile,
	secrets: readonly string[] = [],
): WriteEnd {
	if (status >= 500 && !errors.refuses?.includes(status)) return OUTCOME_UNKNOWN;
	if (status >= 400 || isUndone) return UNMADE;
	// Accepted only: whether it is carried out is seen later.
	if (isError || status === 202) return OUTCOME_UNKNOWN;
	if (!namesRecord(id)) return { state: 'made', record_id: null };
	// Nothing else is kept. A repeat is refused then, and told to look.
	return isKeptId(id, secrets) ? { state: 'made', record_id: JSON.stringify(id) } : OUTCOME_UNKNOWN;
}

/** Does it name a record? Vendors count from 1; 0 and less are fillers. */
function namesRecord(id: unknown): boolean {
	return typeof id === 'number' ? Number.isSafeInteger(id) && id > 0 : typeof id === 'string' && id !== '';
}
