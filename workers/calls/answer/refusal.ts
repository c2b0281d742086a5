// The answer to arguments that were refused before anything was sent: every fault at once.
import { type Fault, firstFaults, reasonPhrase } from '../../lib/errors.ts';
import type { ToolResult } from '../outcome.ts';
import { sentence } from './texts.ts';

export function argumentRefusal(tool: string, faults: readonly Fault[], nothingWas = 'sent'): ToolResult {
	const first = firstFaults(faults);
	const list = first.map(({ path, message }) => `${path} ${message}`.trim().replace(/\.$/, '')).join('; ');
	return {
		structuredContent: {
			statusCode: 400,
			error: reasonPhrase(400),
			message: `Nothing was ${nothingWas}. ${sentence(`Arguments of ${tool}: ${list}`)} Correct them and call again.`,
			is_remote_error: false,
			code: 'invalid_arguments',
			errors: first.map(({ path, message }) => ({ field: path, message })),
		},
		isError: true,
		rateLimit: {},
	};
}
