// The facts about a call that making its answer needs.
import type { IntegrationFile } from '../../integration/format.ts';
import type { CheckedCall } from '../check.ts';

export interface AnswerContext extends Omit<CheckedCall, 'state' | 'insists' | 'replaces' | 'how'> {
	integration: IntegrationFile;
	/** Credentials, which must not come back in the vendor's words. */
	secrets: readonly string[];
}

/** Room for what stands around the records: cursor, count, notice. */
export const ENVELOPE_BYTES = 500;
