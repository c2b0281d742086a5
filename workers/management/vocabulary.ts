// Words and bounds that handlers share with the schemas of requests and with the API's description. It imports nothing that
// runs, so that each can be loaded without the others.
import type { LogEntry } from '../contracts/records.ts';

export const METHOD_GROUPS = ['read', 'write', 'custom'] as const;

export const OUTCOMES = ['ok', 'rehearsed', 'previewed', 'refused', 'upstream_error', 'failed'] as const;

/** Members of a log entry, in the order of a file's columns. */
export const LOG_COLUMNS = [
	'at',
	'tool',
	'method_class',
	'outcome',
	'upstream_status',
	'duration_ms',
	'upstream_ms',
	'request_bytes',
	'response_bytes',
	'client',
	'request_id',
	'via',
	'api_token_id',
	'grant_id',
	'person',
	'record_type',
	'record_id',
	'fields',
] as const satisfies readonly (keyof LogEntry)[];

/** Lifetime of an invitation's link. */
export const LINK_DAYS = { default: 7, max: 30 };

export const ENDING_WITHIN_DAYS = 7;

/** The most urgent first. */
export const ATTENTION = [
	'needs_reauth',
	'unreachable',
	'error_rate',
	'write_budget_reached',
	'servers_ending',
	'unverified',
] as const;
