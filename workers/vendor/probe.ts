// One cheap question that tells an operator whether an account's connection works, and if not, why.
import type { VendorFinding } from '../contracts/records.ts';
import { requestUrl } from './address.ts';
import { type Connection, requireTarget, signatureOf } from './auth.ts';
import { UpstreamFailure } from './failure.ts';
import { send, type UpstreamAnswer } from './send.ts';

export interface ProbeResult {
	ok: boolean;
	/** host, company, keys, client_id, rights, rate_limit, vendor; null when ok */
	cause: string | null;
	message: string;
	upstream_status: number | null;
	duration_ms: number;
}

/** The state of an account that each cause shows. A vendor that is busy or broken has judged nothing. */
const FINDINGS: Record<string, VendorFinding | null> = {
	host: 'unreached',
	company: 'refused',
	keys: 'refused',
	client_id: 'refused',
	settings: 'refused',
	// Somebody without rights has been let in.
	rights: 'accepted',
	rate_limit: null,
	vendor: null,
};

/** @returns null where the test has shown nothing of the account */
export function findingOf({ ok, cause }: ProbeResult): VendorFinding | null {
	return ok ? 'accepted' : (FINDINGS[cause ?? ''] ?? null);
}

/** A person waits for it. */
const PROBE_TIMEOUT_MS = 15_000;

export async function probe(connection: Connection): Promise<ProbeResult> {
	const { integration, baseUrl, credentials } = connection;
	const { label } = integration;
	const startedAtMs = Date.now();
	const result = (cause: string | null, message: string, status: number | null): ProbeResult => ({
		ok: cause === null,
		cause,
		message,
		upstream_status: status,
		duration_ms: Date.now() - startedAtMs,
	});
	const ending = new AbortController();
	try {
		requireTarget(connection);
		const { headers, query } = await signatureOf(connection, ending);
		const { path } = integration.probe;
		const answer = await send(
			{ url: requestUrl({ baseUrl, settings: credentials, path, signature: query }), verb: 'GET', headers },
			ending,
			PROBE_TIMEOUT_MS,
		);
		const diagnosis = diagnose(connection, answer);
		if (diagnosis) return result(diagnosis.cause, diagnosis.message, answer.status);
		if (answer.status >= 400)
			return result('vendor', `${label} answered ${answer.status}. Try again later.`, answer.status);
		if (!isJson(answer.text))
			return result(
				'host',
				`This address answers, but not as the API of ${label} does. Check the base_url.`,
				answer.status,
			);
		return result(null, `Connected to ${label}.`, answer.status);
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		const cause = error.kind === 'credentials' ? 'keys' : 'host';
		return result(
			cause,
			`${label} ${error.message}${error.detail ? `: "${error.detail}"` : ''}. ${cause === 'host' ? 'Check the host in base_url.' : 'Check the credentials.'}`,
			error.status,
		);
	}
}

function diagnose({ integration }: Connection, { status, text }: UpstreamAnswer) {
	const body = text.toLowerCase();
	return integration.probe.diagnoses.find(
		(diagnosis) =>
			diagnosis.status.includes(status) &&
			(diagnosis.body_includes === undefined || body.includes(diagnosis.body_includes.toLowerCase())),
	);
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
