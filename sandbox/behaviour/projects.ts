// Side effects of writing projects, their phases and tickets.

import type { Context, Draft, HookTable } from './context.ts';
import { createRecord } from './record-changes.ts';
import { fillingIn, idOf, usual } from './setup-defaults.ts';

const INITIAL = {
	initialDescription: 'detailDescriptionFlag',
	initialInternalAnalysis: 'internalAnalysisFlag',
} as const;

/** A ticket of a project: what its phase and project tell, and a status of its board. */
function completeProjectTicket({ store }: Context, { record }: Draft): void {
	const phase = store.get('/project/projects/*/phases', idOf(record.phase));
	const project = store.get('/project/projects', Number(phase?.projectId ?? idOf(record.project)));
	if (!project) return;
	record.project = { id: project.id };
	for (const field of ['board', 'company', 'contact', 'site', 'agreement']) record[field] ??= project[field] ?? null;
	const statuses = store.where('statuses', 'board', idOf(record.board));
	const first = statuses.find(({ defaultFlag }) => defaultFlag === true) ?? statuses[0];
	if (!record.status && first) record.status = { id: first.id };
}

export const PROJECT_HOOKS: HookTable = {
	'/project/projects': fillingIn(({ store }, record) => {
		record.status ??= usual(store, '/project/statuses');
		record.closedFlag = store.get('/project/statuses', idOf(record.status))?.closedFlag === true;
	}),
	'/project/projects/*/phases': fillingIn(({ store }, record) => {
		record.status ??= usual(store, '/project/phaseStatuses');
	}),
	'/project/tickets': {
		complete: completeProjectTicket,
		prepare({ store }, { record, children }) {
			for (const name of Object.keys(INITIAL)) {
				children[name] = record[name] ?? null;
				delete record[name];
			}
			record.closedFlag = store.get('statuses', idOf(record.status))?.closedStatus === true;
			record.priority ??= usual(store, 'priorities');
			return [];
		},
		saved(context, ticket, { before, children }) {
			if (before) return;
			for (const [name, flag] of Object.entries(INITIAL)) {
				const text = children[name];
				if (typeof text !== 'string' || text === '') continue;
				createRecord(context, '/project/tickets/*/notes', ticket.id, { text, [flag]: true });
			}
		},
	},
};
