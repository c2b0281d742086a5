// A tool call → the vendor's request, with the least that any relay does: the address, the body, the credentials.
const JSON_TYPE = { 'content-type': 'application/json' };

export const json = (text) => new Response(text, { headers: JSON_TYPE });

/** @returns the arguments of `fetch` */
export function vendorRequest({ name, arguments: given = {} }, env) {
	const headers = { authorization: env.AUTHORIZATION, clientId: env.CLIENT_ID, ...JSON_TYPE };
	const tickets = `${env.VENDOR}/service/tickets`;
	if (name.startsWith('list_')) {
		const query = new URLSearchParams({ conditions: String(given.conditions ?? ''), page: '1', pageSize: '25' });
		return [`${tickets}?${query}`, { headers }];
	}
	if (name.startsWith('get_')) return [`${tickets}/${encodeURIComponent(given.id)}`, { headers }];
	if (name.startsWith('create_')) return [tickets, { method: 'POST', headers, body: JSON.stringify(given) }];
	const { id, ...changes } = given;
	const patch = Object.entries(changes).map(([path, value]) => ({ op: 'replace', path, value }));
	return [`${tickets}/${encodeURIComponent(id)}`, { method: 'PATCH', headers, body: JSON.stringify(patch) }];
}
