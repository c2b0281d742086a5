// The description of `GET /health`, for openapi.json.
import * as z from 'zod';
import { checkHealth } from '../access/health.ts';
import type { OpenRoute } from './route.ts';

export const HEALTH: OpenRoute = {
	method: 'GET',
	path: '/health',
	summary: 'Does storage answer?',
	status: 200,
	answer: z.object({ status: z.literal('ok') }),
	handleOpen: ({ env, now }) => checkHealth(env, now.getTime()),
};
