// Routes of people: invitations, and the rules of sign-in.
import { INVITE_PREFIX } from '../contracts/addresses.ts';
import { acceptInvitation } from './accept-invitation.ts';
import * as invitations from './invitations.ts';
import type { OpenRoute, Route } from './route.ts';
import * as signInRules from './sign-in-rules.ts';

export const PEOPLE_ROUTES: readonly (Route | OpenRoute)[] = [
	{
		method: 'POST',
		path: '/invitation',
		takesBody: true,
		handle: invitations.createInvitation,
	},
	{
		method: 'GET',
		path: '/invitation',
		handle: invitations.listInvitations,
	},
	{
		method: 'DELETE',
		path: '/invitation/:invitation_id',
		handle: invitations.revokeInvitation,
	},
	{
		method: 'POST',
		path: `${INVITE_PREFIX}/:secret`,
		handleOpen: acceptInvitation,
	},
	{
		method: 'GET',
		path: '/sign-in-rules',
		handle: signInRules.readRules,
	},
	{
		method: 'PATCH',
		path: '/sign-in-rules',
		takesBody: true,
		handle: signInRules.changeRules,
	},
];
