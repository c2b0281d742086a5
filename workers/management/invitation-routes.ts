// Routes of invitations.
import { INVITE_PREFIX } from '../contracts/addresses.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import * as inputs from './inputs.ts';
import * as invitations from './invitations.ts';
import * as outputs from './outputs.ts';
import type { OpenRoute, Route } from './route.ts';

export const INVITATION_ROUTES: readonly (Route | OpenRoute)[] = [
	{
		method: 'POST',
		path: '/invitation',
		summary: 'Invite one person: a link that becomes an API token of the scope use, once',
		body: inputs.invitationInput(0),
		headers: IDEMPOTENCY_KEY,
		status: 201,
		answer: outputs.invitationWithUrl,
		handle: invitations.createInvitation,
	},
	{
		method: 'GET',
		path: '/invitation',
		summary: 'List invitations, newest first; each for 30 days past the end of its link',
		status: 200,
		answer: outputs.pageOf(outputs.invitationOutput),
		handle: invitations.listInvitations,
	},
	{
		method: 'DELETE',
		path: '/invitation/:invitation_id',
		summary: 'Revoke an invitation that nobody has accepted',
		status: 204,
		handle: invitations.revokeInvitation,
	},
	{
		method: 'POST',
		path: `${INVITE_PREFIX}/:secret`,
		summary: 'Accept an invitation, once: the API token that it becomes. A browser is shown a page',
		status: 200,
		moreFaults: [404, 410, 429],
		answer: outputs.acceptedOutput,
		handleOpen: acceptInvitation,
	},
];
