// A call of `search` or `fetch`: several questions to the vendor, side by side, admitted together as one call.
import type { Integration } from '../../integration/operations.ts';
import { type FETCH, SEARCH } from '../../tools/search-and-fetch/search-tools.ts';
import { type Source, sourcesOf, webOrigin } from '../../tools/search-and-fetch/sources.ts';
import { besideAdmission, spent } from '../admission.ts';
import { argumentRefusal } from '../answer/refusal.ts';
import { carryOut, inFlight } from '../call.ts';
import { checkCall } from '../check.ts';
import { budgetBytes, type CallContext } from '../context.ts';
import { type CallOutcome, refused } from '../outcome.ts';
import { sendRequest } from '../send.ts';
import { type Ask, answerFetch, answerSearch, type LoadedSource, readFetch, readSearch } from './answer.ts';

/** @returns null where the server's filter leaves nothing to search */
export async function callSearchTool(
	context: CallContext,
	name: typeof SEARCH | typeof FETCH,
	args: unknown,
	nowMs: number,
): Promise<CallOutcome | null> {
	const { access, integration, filter } = context;
	const sources = sourcesOf(integration, filter).map((source) => loaded(integration, source));
	if (sources.length === 0) return null;
	const wanted = name === SEARCH ? readSearch(args) : readFetch(sources, args);
	if (Array.isArray(wanted)) return refused(argumentRefusal(name, wanted));
	const refusal = spent(context, nowMs);
	if (refusal) return refusal;
	const link = { web: webOrigin(integration.file, access.account.base_url), settings: access.credentials };
	return besideAdmission(context, nowMs, (ending) => {
		const ask: Ask = async (key, given) => {
			const operation = integration.byResource.get(key);
			if (!operation) throw new Error(`no operation ${key}`);
			const checked = checkCall(context, operation, given, { nowMs, how: { listFormat: 'records' } });
			if (checked.state !== 'checked') return checked;
			return inFlight(context, () => carryOut(context, checked, endedWith(ending), sendRequest));
		};
		return 'words' in wanted
			? answerSearch(sources, wanted, link, ask)
			: answerFetch(wanted, link, ask, budgetBytes(context));
	});
}

function loaded({ file, byResource }: Integration, source: Source): LoadedSource {
	const get = byResource.get(`${source.get.resource}.get`);
	return {
		...source,
		file,
		idField: get?.idField ?? 'id',
		hasTextIds: get?.places.get('id')?.schema.type === 'string',
	};
}

/** Each question has its own time limit; all of them end when nobody waits for the answer any more. */
function endedWith({ signal }: AbortController): AbortController {
	const ending = new AbortController();
	signal.addEventListener('abort', () => ending.abort(signal.reason));
	if (signal.aborted) ending.abort(signal.reason);
	return ending;
}
