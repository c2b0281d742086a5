// The overview at `/`: what is in the sandbox and what changed last, for a person who watches a model at work.

import { nameOf, present } from '../behaviour/record-views.ts';
import type { Store } from '../behaviour/store.ts';
import { COLLECTIONS, resourceOf } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(value: unknown): string {
	return String(value ?? '').replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char);
}

function renderTable(headings: string[], rows: unknown[][]): string {
	const head = headings.map((heading) => `<th>${escapeHtml(heading)}</th>`).join('');
	const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`).join('\n');
	return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}

function ticketRow(ticket: JsonObject): unknown[] {
	return [
		ticket.id,
		ticket.summary,
		at(ticket.company, 'name'),
		at(ticket.status, 'name'),
		at(ticket.priority, 'name'),
		at(ticket.owner, 'identifier'),
		at(ticket._info, 'lastUpdated'),
	];
}

export function renderPage(store: Store, requestCount: number): string {
	const boards = store.all('boards').map((board) => {
		const newest = store.where('tickets', 'board', board.id).sort((a, b) => b.id - a.id);
		const open = newest.filter((ticket) => ticket.closedFlag !== true).length;
		const rows = newest.slice(0, 8).map((ticket) => ticketRow(present(store, 'tickets', ticket)));
		const headings = ['Id', 'Summary', 'Company', 'Status', 'Priority', 'Owner', 'Last updated'];
		return `<h2>${escapeHtml(nameOf(board))} (board ${board.id}, ${open} open)</h2>${renderTable(headings, rows)}`;
	});
	const changes = store.changes
		.slice(0, 20)
		.map((change) => [change.at, change.member, change.action, change.what, change.text]);
	const counts = COLLECTIONS.map((name) => [resourceOf(name).path, store.all(name).length]).filter(
		([, count]) => count !== 0,
	);
	return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Sandbox PSA</title>
<style>body{font:15px system-ui;margin:2rem;max-width:75rem}table{border-collapse:collapse;width:100%}
td,th{border-bottom:1px solid #ccc;padding:.2rem .6rem;text-align:left}</style></head><body>
<h1>Sandbox PSA</h1>
<p>A simulated ConnectWise PSA of Patchbay Managed Services. ${requestCount} API requests kept in the log.</p>
<h2>Last changes</h2>
${changes.length > 0 ? renderTable(['When', 'Who', 'Action', 'What', 'Text'], changes) : '<p>None yet.</p>'}
${boards.join('\n')}
<h2>Records</h2>
${renderTable(['Endpoint', 'Records'], counts)}
</body></html>`;
}
