// The texts of an answer, cleaned on their way to a model.
import type { IntegrationFile } from '../../integration/format.ts';
import type { ToolResult } from '../outcome.ts';
import {
	cleanTexts,
	describeFindings,
	noFindings,
	type TextFindings,
	textPolicy,
} from '../untrusted-text/result-texts.ts';

/** A result without lists, its texts cleaned in place. */
export function withCleanTexts(result: ToolResult, integration: IntegrationFile, isRedacting: boolean): ToolResult {
	const findings = noFindings();
	const content = cleanTexts(result.structuredContent, textPolicy(integration, isRedacting), findings);
	return { ...result, structuredContent: { ...content, ...describeFindings(findings) } };
}

export function untrustedOf({ untrusted }: TextFindings): { untrusted?: string[] } {
	return untrusted.size > 0 ? { untrusted: [...untrusted] } : {};
}
