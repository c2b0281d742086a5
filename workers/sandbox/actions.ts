// The vendor's operations with a meaning of their own, by resource and method.

import type { ApiAnswer, ApiRequest } from './answers.ts';
import type { Endpoint } from './endpoints.ts';
import type { Context } from './writing.ts';

/** Answers an operation that is none of those that every list has; null when it is one of those. */
export async function runAction(
	_request: ApiRequest,
	_context: Context,
	_endpoint: Endpoint,
	_values: readonly string[],
): Promise<ApiAnswer | null> {
	return null;
}
