// What the server does by itself with the setup of boards.

import { at } from '../schema/json.ts';
import type { Hooks } from './hooks.ts';

export const subTypeHooks: Hooks = {
	complete({ store }, { record }) {
		const types = store.where('types', 'board', Number(at(record.board, 'id')));
		if (record.removeAllTypesFlag === true) record.typeAssociationIds = [];
		if (record.addAllTypesFlag === true) record.typeAssociationIds = types.map(({ id }) => id);
		// One-off actions: never kept.
		record.addAllTypesFlag = false;
		record.removeAllTypesFlag = false;
	},
};
