// Step 2 of a call: `me` and the names of records are looked up at the vendor and become ids.
import type { Arguments } from '../integration/arguments.ts';
import { toolName } from '../integration/filter.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { applyListFilters } from '../languages/language.ts';
import type { Fault } from '../lib/errors.ts';
import type { VendorClient } from '../vendor/client.ts';
import type { UpstreamAnswer } from '../vendor/send.ts';
import { withCleanTexts } from './answer/clean.ts';
import { effectFields } from './answer/effects.ts';
import { failedLookup } from './answer/failure.ts';
import { argumentRefusal } from './answer/refusal.ts';
import type { CheckedCall } from './check.ts';
import type { ServerView } from './context.ts';
import { readCurrent } from './current-record.ts';
import { askOf } from './names/ask.ts';
import { resolveBeforeReading } from './names/resolve-listed.ts';
import { resolveMe } from './names/resolve-me.ts';
import { resolveNames } from './names/resolve-names.ts';
import { type Resolution, resolveReferences } from './names/resolve-references.ts';
import { checkWords } from './names/words-in-conditions.ts';
import { type Failed, type Refused, refused } from './outcome.ts';
import { lostEntries, readDeleted, readPrevious } from './previous.ts';

/** A call whose arguments name records by id alone. */
export interface ResolvedCall {
	state: 'resolved';
	call: CheckedCall;
	/** Resolved names, for the answer. */
	resolved: Resolution['resolved'];
	/** The record as it is now, for an update that sends the whole record. */
	record?: Arguments;
	/** The fields that an update sets, as they were, or a record that is only to be seen deleted; null where not asked for. */
	was: Record<string, unknown> | null;
	/** Fields of the record that decide who sees an update or is mailed because of it, where it is only shown. */
	effects?: Record<string, unknown> | undefined;
	/** The vendor's mark of the record's state, where the call asks for it. */
	version?: unknown;
}

/**
 * Asks nothing when the call names no record: then it costs one request.
 *
 * @throws UpstreamFailure when the vendor gives no complete answer
 */
export async function resolveCall(
	{ integration, access, filter }: ServerView,
	checked: CheckedCall,
	vendor: VendorClient,
): Promise<ResolvedCall | Refused | Failed> {
	const { operation } = checked;
	const name = toolName(operation, filter);
	const ask = askOf(integration.file, vendor);
	const failed = (answer: UpstreamAnswer, asked: 'name' | 'record' = 'name') =>
		failedLookup(answer, { ...checked, integration: integration.file, secrets: vendor.secrets() }, asked);
	const refuse = (faults: readonly Fault[], wasToBe: 'sent' | 'written') => {
		// The candidates for a name are the vendor's words.
		const refusal = argumentRefusal(name, faults, wasToBe);
		return refused(withCleanTexts(refusal, integration.file, checked.redact));
	};
	const own = await resolveMe(integration, operation, checked.named, access.server.acts_for, ask);
	if ('answer' in own) return failed(own.answer);
	if ('faults' in own) return refuse(own.faults, operation.readOnly ? 'sent' : 'written');
	const words = await checkWords(integration, operation, own.args, { acting: access.server.acts_for, ask });
	if ('answer' in words) return failed(words.answer);
	if (words.faults.length > 0) return refuse(words.faults, 'sent');
	const before = await resolveBeforeReading(integration, operation, own.args, ask);
	if ('answer' in before) return failed(before.answer);
	if ('faults' in before) return refuse(before.faults, 'sent');
	const filtered = await resolveReferences(integration, operation, before.args, ask, {
		places: ['filter'],
		known: own.resolved,
	});
	if ('answer' in filtered) return failed(filtered.answer);
	if ('faults' in filtered) return refuse(filtered.faults, 'sent');
	const call = withOwn(integration.file, checked, filtered);
	const named = await resolveNames(integration, operation, call.args, ask, own.resolved);
	if ('answer' in named) return failed(named.answer);
	if ('faults' in named) return refuse(named.faults, 'written');
	const ready: CheckedCall = { ...call, args: named.args };
	const { isPreview, versionField } = checked.how;
	const { show_previous, rehearsal } = access.server.config;
	const wantsPrevious = [show_previous, rehearsal, isPreview, versionField !== undefined].includes(true);
	const isShown = rehearsal || isPreview;
	const also = isShown ? effectFields(operation) : [];
	const previous = await readPrevious(integration, ready, { ask, wantsPrevious, also, versionField });
	if ('answer' in previous) return failed(previous.answer, 'record');
	const deleted = isShown ? await readDeleted(integration, ready, ask) : { record: null };
	if ('answer' in deleted) return failed(deleted.answer, 'record');
	const loss = call.replaces ? [] : lostEntries(integration, ready, previous.record);
	if (loss.length > 0) return refused(argumentRefusal(name, loss, 'written'));
	const current = await readCurrent(integration, operation, ready.args, (request) => vendor.send(request));
	if ('answer' in current) return failed(current.answer, 'record');
	return {
		state: 'resolved',
		call: ready,
		resolved: { ...own.resolved, ...before.resolved, ...filtered.resolved, ...named.resolved },
		was: (wantsPrevious ? previous.record : null) ?? deleted.record,
		effects: previous.beside,
		version: previous.version,
		...current,
	};
}

/** The filters again, with a name where they said `me`. They were checked before, and a name adds no fault. */
function withOwn(integration: IntegrationFile, checked: CheckedCall, { args }: Resolution): CheckedCall {
	if (args === checked.named) return checked;
	const { args: filtered, sent, exact } = applyListFilters(integration, checked.operation, args, checked.clock);
	const zone = checked.sent?.time_zone;
	return { ...checked, args: filtered, named: args, sent: sent && zone ? { ...sent, time_zone: zone } : sent, exact };
}
