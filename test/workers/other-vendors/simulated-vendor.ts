// What simulated vendors share: a request taken apart, and an answer in JSON.

/** A request as it reached the vendor. */
export interface VendorRequest {
	method: string;
	url: URL;
	headers: Headers;
	text: string;
	/** Parsed; null for what is no JSON. */
	json: unknown;
}

export interface SimulatedVendor {
	/** Settings of an account that the vendor accepts. */
	credentials: Record<string, string>;
	answer(request: VendorRequest): Response;
	/** The next request is answered with 429. */
	limitNext(): void;
}

export type Row = Record<string, unknown> & { id: number };

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Response {
	return Response.json(body, { status, headers });
}

/** `GET Tickets/:id` of `GET /api/Tickets/12` below `/api/`. */
export function routeOf({ method, url }: VendorRequest, base: string): { route: string; id: number } {
	const path = url.pathname.slice(base.length).replace(/\.json$/, '');
	return { route: `${method} ${path.replace(/\d+/, ':id')}`, id: Number(/\d+/.exec(path)?.[0] ?? Number.NaN) };
}

/** @returns true once after `arm` */
export function onceArmed(): { arm(): void; fires(): boolean } {
	let isArmed = false;
	return {
		arm: () => {
			isArmed = true;
		},
		fires: () => {
			const fired = isArmed;
			isArmed = false;
			return fired;
		},
	};
}
