// A ConnectWise PSA that has nothing but tickets, many and large ones: pages and `Link` as the vendor's, whole records.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PagingVendor {
	baseUrl: string;
	/** Records sent so far, those of repeated pages included. */
	recordsSent(): number;
	requests(): number;
	close(): Promise<void>;
}

/** @param template  a real ticket; the copies differ in id and in the length of their summary */
export async function startPagingVendor(template: Record<string, unknown>, count: number): Promise<PagingVendor> {
	let recordsSent = 0;
	let requests = 0;
	const record = (id: number) => ({ ...template, id, summary: `Ticket ${id} ${'– größer '.repeat(id % 40)}` });
	const server = createServer((request, response) => {
		requests++;
		const url = new URL(request.url ?? '', 'http://vendor');
		const size = Number(url.searchParams.get('pageSize') ?? 25);
		const page = Number(url.searchParams.get('page') ?? 1);
		if (!url.pathname.endsWith('/service/tickets') || !(size >= 1 && size <= 1000) || !(page >= 1)) {
			response.writeHead(400).end('{"code":"ConnectWiseApi","message":"No such page."}');
			return;
		}
		const first = (page - 1) * size + 1;
		const ids = Array.from({ length: Math.max(0, Math.min(size, count - first + 1)) }, (_, index) => first + index);
		recordsSent += ids.length;
		const hasNext = first + size - 1 < count;
		url.searchParams.set('page', String(hasNext ? page + 1 : 1));
		response.writeHead(200, {
			'content-type': 'application/json',
			link: `<${url}>; rel="${hasNext ? 'next' : 'first'}"`,
		});
		response.end(JSON.stringify(ids.map(record)));
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	return {
		baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v4_6_release/apis/3.0`,
		recordsSent: () => recordsSent,
		requests: () => requests,
		close: () =>
			new Promise((done) => {
				server.closeAllConnections();
				server.close(() => done());
			}),
	};
}
