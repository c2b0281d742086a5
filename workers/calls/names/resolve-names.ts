// Everything of a write that a caller may say by name, turned into what the vendor takes.

import type { Arguments } from '../../integration/arguments.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import type { Ask, Unresolved } from './ask.ts';
import { resolveCustomFields } from './custom-fields.ts';
import { type Resolution, resolveReferences } from './resolve-references.ts';

/** Asks nothing when the call names no record and no custom field: then it costs what it always did. */
export async function resolveNames(
	integration: Integration,
	operation: Operation,
	args: Arguments,
	ask: Ask,
	known: Resolution['resolved'] = {},
): Promise<Resolution | Unresolved> {
	const asked = new Map<string, Promise<UpstreamAnswer>>();
	/** Two fields that ask the same share the answer. */
	const askOnce: Ask = (question) => {
		const key = JSON.stringify(question);
		const answer = asked.get(key) ?? ask(question);
		asked.set(key, answer);
		return answer;
	};
	const references = await resolveReferences(integration, operation, args, askOnce, { known });
	if (!('args' in references)) return references;
	const custom = await resolveCustomFields(integration, operation, references.args, askOnce);
	return 'args' in custom ? { args: custom.args, resolved: references.resolved } : custom;
}
