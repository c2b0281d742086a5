// Routes of people: invitations, and the rules of sign-in.
import { INVITE_PREFIX } from '../contracts/addresses.ts';
import { acceptInvitation } from './accept-invitation.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import * as invitations from './invitations.ts';
import { pageOf } from './outputs.ts';
import * as inputs from './people-inputs.ts';
import * as outputs from './people-outputs.ts';
import { IF_MATCH } from './preconditions.ts';
import type { OpenRoute, Route } from './route.ts';
import * as signInRules from './sign-in-rules.ts';

export const PEOPLE_ROUTES: readonly (Route | OpenRoute)[] = [
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
		answer: pageOf(outputs.invitationOutput),
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
	{
		method: 'GET',
		path: '/sign-in-rules',
		summary: 'Whom an identity provider lets in, and how far',
		status: 200,
		answer: outputs.signInRulesOutput,
		handle: signInRules.readRules,
	},
	{
		method: 'PATCH',
		path: '/sign-in-rules',
		summary: 'Change the rules of sign-in; whoever they let in no further is out at once',
		body: inputs.signInRulesPatch(),
		headers: IF_MATCH,
		status: 200,
		answer: outputs.signInRulesOutput,
		handle: signInRules.changeRules,
	},
];
