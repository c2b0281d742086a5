// Tries a call of a tool: the request that it sends, and the result of the vendor's answer. Checked with the Worker's
// own types, since it runs the Worker's own steps: see tsconfig.json.
import { answerToResult } from '../../../workers/calls/answer/answer.ts';
import { endOf } from '../../../workers/calls/answer/vendor-facts.ts';
import { checkArguments } from '../../../workers/calls/check.ts';
import type { IntegrationFile } from '../../../workers/integration/format.ts';
import { pagingOf } from '../../../workers/integration/method-wire.ts';
import type { Operation } from '../../../workers/integration/operations.ts';
import { valueAt } from '../../../workers/lib/json-path.ts';
import { parseJson } from '../../../workers/lib/parse-json.ts';
import { isTokenAuth, tokenRequest } from '../../../workers/vendor/access-token.ts';
import { describeRequest } from '../../../workers/vendor/request.ts';
import type { StandIn, TriedCall, TryCall } from './tried-call.ts';

export const tryCall: TryCall = ({ file }, operation, given, { owner, answer, status, nowMs }) => {
	const checked = checkArguments(file, operation, given, {
		listFormat: 'records',
		budgetBytes: 60_000,
		serverId: 'show',
		cursorKey: new Uint8Array(32),
		nowMs,
	});
	if (Array.isArray(checked)) {
		const faults = checked.map(({ path, message }) => `${path} ${message}`.trim());
		return { faults, request: null, token: null, result: null, missing: [], kept: null };
	}
	const request = describeRequest(file, operation, checked.args, checked.page);
	const token = tokenOf(file, owner);
	if (answer === null) return { faults: [], request, token, result: null, missing: [], kept: null };
	const upstream = { status, headers: new Headers(), text: answer, durationMs: 0 };
	const result = answerToResult(upstream, { ...checked, integration: file, secrets: [] });
	const end = endOf(upstream, result, file);
	return {
		faults: [],
		request,
		token,
		result: { isError: result.isError, content: result.structuredContent },
		missing: missingPaths(file, operation, answer),
		kept: operation.readOnly ? null : end.state === 'made' ? `id ${end.record_id}` : end.state,
	};
};

function missingPaths(file: IntegrationFile, { kind, fact }: Operation, answer: string): string[] {
	const paging = pagingOf(file, fact);
	const body = parseJson(answer);
	if (kind !== 'list' || paging.style === 'none' || body === undefined) return [];
	const { total_header: _header, ...more } = { total_header: '', ...paging.more };
	const paths = { ...('next_path' in paging ? { next_path: paging.next_path } : {}), ...more };
	return Object.entries(paths).flatMap(([member, path]) =>
		path !== undefined && valueAt(body, path) === undefined ? [`${member} "${path}"`] : [],
	);
}

function tokenOf({ auth }: IntegrationFile, owner: StandIn): TriedCall['token'] {
	if (!isTokenAuth(auth)) return null;
	const { verb, url, headers, body } = tokenRequest(owner, auth);
	return { verb, url, headers, body: typeof body === 'string' ? body : '' };
}
