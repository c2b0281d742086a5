// The vendor of the benchmark, a process of its own: constant answers over raw sockets, so that it never is what limits.
// Run as `node upstream.ts`; prints its port.
import { createServer } from 'node:net';

/** A ticket as ConnectWise answers it, shortened to the members that most tenants fill. */
const TICKET = {
	id: 15_992,
	summary: 'Printer offline at front desk',
	recordType: 'ServiceTicket',
	board: { id: 1, name: 'Help Desk', _info: { board_href: 'https://vendor.example/service/boards/1' } },
	status: { id: 5, name: 'In Progress', Sort: 5, _info: { status_href: 'https://vendor.example/status/5' } },
	company: { id: 102, identifier: 'XYZ', name: 'XYZ Industries', _info: { mobileGuid: '5c1f7f5a-2b06-4a5e' } },
	site: { id: 2, name: 'Main' },
	siteName: 'Main',
	addressLine1: '4110 George Road',
	city: 'Tampa',
	stateIdentifier: 'FL',
	zip: '33634',
	contact: { id: 1001, name: 'Dana Reyes', _info: { contact_href: 'https://vendor.example/contacts/1001' } },
	contactPhoneNumber: '8135550144',
	contactEmailAddress: 'dana.reyes@example.com',
	type: { id: 3, name: 'Break-fix' },
	team: { id: 25, name: 'Service Team' },
	owner: { id: 151, identifier: 'jsmith', name: 'Jo Smith' },
	priority: { id: 8, name: 'Priority 3 - Medium', sort: 8, level: 'Medium' },
	serviceLocation: { id: 1, name: 'On-Site' },
	source: { id: 2, name: 'Email Connector' },
	requiredDate: '2026-11-30T17:00:00Z',
	severity: 'Medium',
	impact: 'Medium',
	closedFlag: false,
	actualHours: 1.25,
	approved: true,
	estimatedExpenseCost: 0,
	estimatedTimeCost: 0,
	resources: 'jsmith',
	automaticEmailContactFlag: false,
	automaticEmailResourceFlag: false,
	billTime: 'Billable',
	mergedParentTicket: null,
	dateResolved: null,
	respondMinutes: 12,
	isInSla: true,
	hasChildTicket: false,
	_info: { lastUpdated: '2026-11-26T14:03:11Z', updatedBy: 'jsmith', dateEntered: '2026-11-26T13:51:00Z' },
};

const LISTED = ({ id }: { id: number }) => {
	const { summary, board, status, priority, company, owner } = TICKET;
	return { id, summary, board, status, priority, company, owner };
};

const TICKETS = JSON.stringify(Array.from({ length: 25 }, (_, index) => LISTED({ id: 15_992 - index })));
/** The summary stands first, so that a write's own can take its place. */
const { summary: SUMMARY, ...REST } = TICKET;
const TICKET_AFTER_SUMMARY = JSON.stringify(REST).slice(1);
const ticketNamed = (summary: string) => `{"summary":${JSON.stringify(summary)},${TICKET_AFTER_SUMMARY}`;
const ONE_TICKET = ticketNamed(SUMMARY);

function httpAnswer(status: string, body: string): string {
	const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\n`;
	return `${head}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

const LIST_ANSWER = httpAnswer('200 OK', TICKETS);
const GET_ANSWER = httpAnswer('200 OK', ONE_TICKET);

/** A write answers with the record as it now is. */
function answerTo(head: string, body: string): string {
	if (head.startsWith('GET ')) return /^GET [^?]*\/tickets[? ]/.test(head) ? LIST_ANSWER : GET_ANSWER;
	const summary = /"summary":"([^"]*)"/.exec(body)?.[1] ?? /"value":"([^"]*)"/.exec(body)?.[1] ?? SUMMARY;
	return httpAnswer(head.startsWith('POST ') ? '201 Created' : '200 OK', ticketNamed(summary));
}

const server = createServer({ noDelay: true }, (socket) => {
	let waiting = '';
	socket.setEncoding('latin1');
	socket.on('error', () => {});
	socket.on('data', (chunk: string) => {
		waiting += chunk;
		for (let end = waiting.indexOf('\r\n\r\n'); end >= 0; end = waiting.indexOf('\r\n\r\n')) {
			const head = waiting.slice(0, end);
			const bodyEnd = end + 4 + Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
			if (waiting.length < bodyEnd) return;
			socket.write(answerTo(head, waiting.slice(end + 4, bodyEnd)));
			waiting = waiting.slice(bodyEnd);
		}
	});
});
server.listen(0, '127.0.0.1', () => {
	const address = server.address();
	console.log(typeof address === 'object' ? address?.port : '');
});
process.on('disconnect', () => process.exit(0));
