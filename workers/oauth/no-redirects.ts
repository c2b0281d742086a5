// No request of the OAuth library follows a redirect: it fetches clients' descriptions from addresses that strangers
// name, and has no option of its own for that.

const guarded = new WeakSet<typeof fetch>();

/** Makes `redirect: "manual"` the default of this isolate's fetch. Our own requests say so themselves. Safe to repeat. */
export function refuseRedirects(): void {
	const before = globalThis.fetch;
	if (guarded.has(before)) return;
	const withoutRedirects: typeof fetch = (input: RequestInfo | URL, init?: RequestInit) =>
		before.call(globalThis, input as RequestInfo, { redirect: 'manual', ...init });
	guarded.add(withoutRedirects);
	globalThis.fetch = withoutRedirects;
}
