// One API request from start to answer: credentials, endpoint, operation. Everything below `/{codebase}/apis/3.0`.

import type { ApiAnswer, ApiRequest } from '../behaviour/answers.ts';
import { HOOKS } from '../behaviour/hook-table.ts';
import { answerListOperation } from '../behaviour/list-operations.ts';
import type { OperationCall } from '../behaviour/operation-call.ts';
import { answerSpecial } from '../behaviour/special-operations.ts';
import type { Store } from '../behaviour/store.ts';
import { findEndpoints } from '../schema/endpoints.ts';
import type { Json } from '../schema/json.ts';
import { noEndpoint, wrongMethod } from '../schema/vendor-errors.ts';
import { API_MEMBER, checkCredentials } from './credentials.ts';

/** Answers one API request; throws a VendorError for every answer that is not a success. */
export async function handleApi(request: ApiRequest, store: Store, nowMs: number): Promise<ApiAnswer> {
	checkCredentials(request.headers);
	const found = findEndpoints(request.path);
	if (!found) throw noEndpoint();
	const endpoint = found.endpoints.get(request.method);
	if (!endpoint) throw wrongMethod([...found.endpoints.keys()]);
	const { values } = found;
	const context = { store, nowMs, member: API_MEMBER, hooks: HOOKS };
	const call: OperationCall = { request, context, endpoint, values, ids: values.map(Number) };
	return (await answerSpecial(call)) ?? answerListOperation(call);
}

/** Answer to `GET /login/companyinfo/{companyId}`; JSON null for an unknown company. */
export function companyInfo(companyId: string, known: string): Json {
	if (companyId.toLowerCase() !== known) return null;
	return {
		CompanyName: 'Patchbay Managed Services',
		Codebase: 'v2025_1/',
		VersionCode: 'v2025.1',
		VersionNumber: 'v4.6.103550',
		CompanyID: known,
		IsCloud: true,
	};
}
