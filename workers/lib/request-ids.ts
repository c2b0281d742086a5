// Ids of management requests: in the header `x-request-id` and in the log of what failed.
const ids = new WeakMap<object, string>();

export function giveRequestId(request: object): void {
	ids.set(request, crypto.randomUUID());
}

export function requestIdOf(request: object): string | undefined {
	return ids.get(request);
}
