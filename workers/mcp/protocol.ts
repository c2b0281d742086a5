// A message → its answer: one that was kept, one without the SDK, or the SDK's.
import type { CallOutcome } from '../calls/outcome.ts';
import { loadOnce } from '../lib/load-once.ts';
import { keepListAnswer, keptListAnswer, listAnswerKey } from './list-answers.ts';
import { answerPlain } from './plain-answers.ts';
import { readPlain } from './plain-messages.ts';
import type { ToolService } from './service.ts';

/** The answer to a message, and what became of the call that it made. */
export interface Served {
	response: Response;
	/** null for a message that called no tool. */
	outcome: CallOutcome | null;
}

/**
 * @param request  a POST whose body was read already
 * @param message  that body, parsed
 */
export async function serveMcp(request: Request, message: unknown, service: ToolService): Promise<Served> {
	const key = listAnswerKey(request, message, service);
	const kept = key === null ? null : keptListAnswer(key, message);
	if (kept) return { response: kept, outcome: null };
	const plain = readPlain(request, message);
	const served = plain ? await answerPlain(plain, service) : await answerWithSdk(request, message, service);
	if (key === null || served.response.status !== 200) return served;
	return { ...served, response: await keepListAnswer(key, message, served.response) };
}

/** The official SDK is most of what a cold start would cost. */
export const loadSdk = loadOnce(() => import('./sdk.ts'));

async function answerWithSdk(request: Request, message: unknown, service: ToolService): Promise<Served> {
	const { serveWithSdk } = await loadSdk();
	let outcome: CallOutcome | null = null;
	const observed: ToolService = {
		...service,
		callTool: async (name, args) => {
			outcome = await service.callTool(name, args);
			return outcome;
		},
	};
	const response = await serveWithSdk(request, message, observed);
	return { response, outcome };
}
