// A read whose first page is empty is looked into: a name may mean something that was not asked as it is called.
import type { Arguments } from '../integration/arguments.ts';
import { filterParameters } from '../integration/method-wire.ts';
import { applyListFilters } from '../languages/language.ts';
import type { VendorClient } from '../vendor/client.ts';
import { UpstreamFailure } from '../vendor/failure.ts';
import { describeRequest } from '../vendor/request.ts';
import { noticeOf } from './answer/texts.ts';
import type { CheckedCall } from './check.ts';
import type { CallContext } from './context.ts';
import type { DescribedCall } from './describe.ts';
import { askOf } from './names/ask.ts';
import { type Explanation, explainEmpty } from './names/explain-empty.ts';
import type { Failed, Sent } from './outcome.ts';
import { sendRequest } from './send.ts';
import { cleanTexts, noFindings, textPolicy } from './untrusted-text/result-texts.ts';

/** Sends a read. One request where something is found; else at most three questions about its names, and once more. */
export async function sendRead(
	context: CallContext,
	described: DescribedCall,
	vendor: VendorClient,
): Promise<Sent | Failed> {
	const outcome = await sendRequest(context, described, vendor);
	const { call } = described;
	if (outcome.state !== 'sent' || call.how.takesEmpty || !isEmptyAnswer(call, outcome)) return outcome;
	const explanation = await explain(context, call, vendor);
	if (!explanation?.meant) {
		const empty = withNotices(context, described, outcome, explanation?.notices ?? []);
		return explanation?.unknown.length ? { ...empty, unknownNames: explanation.unknown } : empty;
	}
	const again = withMeaning(context, described, explanation.meant, explanation);
	const found = await sendRequest(context, again, vendor);
	if (found.state !== 'sent' || found.isError) return withNotices(context, described, outcome, explanation.notices);
	return isEmptyAnswer(again.call, found)
		? withNotices(context, again, found, explanation.notices)
		: withFindings(context, again, found, explanation.said);
}

/** Null where the vendor does not answer: the empty answer stands without a reason. */
async function explain(
	{ integration }: CallContext,
	{ operation, named }: CheckedCall,
	vendor: VendorClient,
): Promise<Explanation | null> {
	try {
		return await explainEmpty(integration, operation, named, askOf(integration.file, vendor));
	} catch (error) {
		if (!(error instanceof UpstreamFailure) || error.kind === 'ended') throw error;
		return null;
	}
}

function isEmptyAnswer({ operation, page }: CheckedCall, { isError, structuredContent }: Sent): boolean {
	if (isError) return false;
	if (operation.kind === 'count') return structuredContent.count === 0;
	const { result_count, next_cursor } = structuredContent;
	// A read with a meaning of its own may answer a list, too.
	if (operation.kind === 'custom') return result_count === 0 && Array.isArray(structuredContent.result);
	return operation.kind === 'list' && result_count === 0 && next_cursor === null && page?.position.offset === 0;
}

/** The call with the names as they are meant; a cursor keeps them, so that later pages ask the same. */
function withMeaning(
	{ integration }: CallContext,
	described: DescribedCall,
	meant: Arguments,
	{ resolved }: Explanation,
): DescribedCall {
	const { call } = described;
	const named = { ...call.named, ...meant };
	const { args, sent, exact } = applyListFilters(integration.file, call.operation, named, call.clock);
	const zone = call.sent?.time_zone;
	const page = call.page && { ...call.page, position: { ...call.page.position, meant } };
	const again: CheckedCall = {
		...call,
		args,
		named,
		sent: sent && zone ? { ...sent, time_zone: zone } : sent,
		exact,
		page,
	};
	return {
		...described,
		call: again,
		resolved: { ...described.resolved, ...resolved },
		request: describeRequest(integration.file, call.operation, args, page),
	};
}

/** Says what was asked, in the vendor's words, and what is known of its names. */
function withNotices(
	{ integration }: CallContext,
	{ call }: DescribedCall,
	outcome: Sent,
	findings: readonly string[],
): Sent {
	const asked = describeFilters(call, filterParameters(integration.file, call.operation.documentation));
	return withFindings({ integration }, { call }, outcome, [asked, ...computedIn(call, asked), ...findings]);
}

/** A condition on what the vendor works out for the answer may find nothing, whatever the records are. */
function computedIn({ operation }: CheckedCall, asked: string): string[] {
	const named = (operation.documentation.computed ?? []).filter((field) => asked.includes(field));
	return named.length > 0 ? [`${named.join(', ')}: worked out for the answer, so conditions may not see it.`] : [];
}

/** The findings are the vendor's words. */
function withFindings(
	{ integration }: Pick<CallContext, 'integration'>,
	{ call }: Pick<DescribedCall, 'call'>,
	outcome: Sent,
	findings: readonly string[],
): Sent {
	if (findings.length === 0) return outcome;
	const clean = cleanTexts([...findings], textPolicy(integration.file, call.redact), noFindings());
	const before = outcome.structuredContent.notice;
	const notice = noticeOf([...clean, typeof before === 'string' ? before : null]);
	const { text: _stale, ...rest } = outcome;
	return { ...rest, structuredContent: { ...outcome.structuredContent, ...notice } };
}

function describeFilters({ args }: CheckedCall, parameters: readonly string[]): string {
	const said = parameters.flatMap((name) => {
		const asked = args[name];
		if (typeof asked === 'string') return [`${name}: ${asked}`];
		return Array.isArray(asked) ? [`${name}: ${JSON.stringify(asked)}`] : [];
	});
	return said.length > 0 ? `Nothing matches. Asked was ${said.join('; ')}.` : 'The list is empty.';
}
