// Joining: a member joins a service team, a company or contact joins a marketing group.

import { resourceOf } from '../schema/collections.ts';
import type { JsonObject } from '../schema/json.ts';
import { at } from '../schema/json.ts';
import { invalidObject } from '../schema/vendor-errors.ts';
import type { ApiAnswer } from './answers.ts';
import type { Handler, Handlers, OperationCall } from './operation-call.ts';
import { readBody, requireOne, shown } from './operation-call.ts';
import { createRecord, saveRecord } from './record-changes.ts';
import { present } from './record-views.ts';

/** A member joins a team of the board that the body names; the team keeps its members by id. */
function joinTeam(call: OperationCall): ApiAnswer {
	const { context } = call;
	const { store } = context;
	const body = readBody(call, 'teamMember');
	const team = requireOne(context, 'teams', Number(at(body.team, 'id')));
	const memberId = Number(at(body.member, 'id'));
	const members = [...new Set([...[team.members ?? []].flat().map(Number), memberId])];
	const teamLeader: JsonObject = body.teamLeaderFlag === true ? { teamLeader: { id: memberId } } : {};
	saveRecord(context, 'teams', { ...team, members, ...teamLeader }, `member ${memberId} joined`);
	const view = present(store, 'teams', team);
	return {
		status: 201,
		body: {
			id: memberId,
			board: { id: Number(team.boardId) },
			team: { id: team.id, name: view.name ?? null },
			member: at(shown(context, 'members', requireOne(context, 'members', memberId)).body, 'identifier')
				? { id: memberId }
				: null,
			teamLeaderFlag: body.teamLeaderFlag ?? false,
		},
	};
}

/** An entry of a marketing group has the id of its company or contact. */
const joinGroup =
	(collection: '/marketing/groups/*/companies' | '/marketing/groups/*/contacts'): Handler =>
	(call) => {
		const { context, ids } = call;
		const { store } = context;
		const groupId = ids[0] ?? 0;
		requireOne(context, '/marketing/groups', groupId);
		const { id: given, ...body } = readBody(call, resourceOf(collection).noun);
		if (!given) return shown(context, collection, createRecord(context, collection, groupId, body), 201);
		const noun = resourceOf(collection).noun;
		const owner = collection.endsWith('companies') ? 'companies' : 'contacts';
		const id = Number(given);
		const fault = (code: string, message: string) =>
			invalidObject(noun, [{ code, message, resource: noun, field: 'id' }]);
		if (!store.get(owner, id))
			throw fault('NotFound', `${owner === 'companies' ? 'company' : 'contact'} ${id} not found`);
		if (store.get(collection, id)?.groupId === groupId) throw fault('ObjectExists', `${id} is in the group already.`);
		return shown(context, collection, saveRecord(context, collection, { ...body, id, groupId }, 'joined'), 201);
	};

export const MEMBERSHIPS: Handlers = {
	'POST /service/teammembers': joinTeam,
	'POST /marketing/groups/*/companies': joinGroup('/marketing/groups/*/companies'),
	'POST /marketing/groups/*/contacts': joinGroup('/marketing/groups/*/contacts'),
};
