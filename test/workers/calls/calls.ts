// Calls to a simulated vendor without the network: from arguments to a result by the same steps as `callTool`.

import { answerToResult } from '../../../workers/calls/answer/answer.ts';
import { type CheckedCall, checkArguments } from '../../../workers/calls/check.ts';
import type { CallContext } from '../../../workers/calls/context.ts';
import type { ToolResult } from '../../../workers/calls/outcome.ts';
import type { StoredAccount } from '../../../workers/contracts/records.ts';
import type { ServerTimeZone } from '../../../workers/contracts/server-time-zone.ts';
import type { Integration } from '../../../workers/integration/operations.ts';
import type { Connection } from '../../../workers/vendor/auth.ts';
import { describeRequest } from '../../../workers/vendor/request.ts';
import { operationOf, requireConnectWise, requireDesk } from '../integration/integrations.ts';

export const connectWise = await requireConnectWise();
export const desk = requireDesk();
export const CURSOR_KEY = new Uint8Array(32).fill(7);
export const NOW_MS = Date.parse('2026-04-01T09:00:00Z');

export type Arguments = Record<string, unknown>;

export function integrationOf(key: string): Integration {
	return connectWise.byResource.has(key) ? connectWise : desk;
}

/** Credentials that a text cannot hold by chance; those of ConnectWise hold every character that needs care. */
export function connectionTo(integration: Integration, more: Partial<Connection> = {}): Connection {
	const credentials: Record<string, string> =
		integration === connectWise
			? {
					company_id: 'Acme',
					public_key: 'pubKeyZq81+x/Y',
					private_key: 'prïvé:Key+9Xw==',
					client_id: '2f05e5ff-c186-70e8-8000-000000000001',
				}
			: { client_id: 'desk-client-7', client_secret: 'desk-s3cret&=+%' };
	return {
		integration: integration.file,
		accountIdentity: '1d'.repeat(16),
		baseUrl:
			integration === connectWise
				? 'https://api-na.myconnectwise.net/v4_6_release/apis/3.0'
				: 'https://acme.desk.example/api/v2',
		credentials,
		revision: 1,
		...more,
	};
}

/** A server with everything allowed, whose writes are admitted. */
export function contextOf(integration: Integration, more: Partial<Connection> = {}): CallContext {
	const connection = connectionTo(integration, more);
	const { accountIdentity, baseUrl, credentials, revision, isLocal = false } = connection;
	const at = '2026-01-01T00:00:00Z';
	const account = {
		id: 'demo',
		identity: accountIdentity,
		integration: integration.file.name,
		name: 'x',
		base_url: baseUrl,
		revision,
	};
	return {
		access: {
			token: null,
			server: {
				id: 'mcp_cwp_1',
				name: 'x',
				config: {},
				integrated_account_id: 'demo',
				account_identity: accountIdentity,
				expires_at: null,
				created_at: at,
				updated_at: at,
				revision: 1,
			},
			account: { ...account, created_at: at, updated_at: at, credentials_sealed: '' } as unknown as StoredAccount,
			credentials,
			digest: '',
			isFromKv: false,
		},
		filter: {},
		integration: { ...integration, file: connection.integration },
		admit: async () => ({ state: 'current', write: { may: 'go', ticket: null, send_by_ms: Infinity } }),
		settleWrite: async () => {},
		clock: Date.now,
		tokenKeys: [{ id: 'k', bytes: CURSOR_KEY }],
		isLocal,
	};
}

export interface PrepareOptions {
	listFormat?: 'records' | 'table';
	budgetBytes?: number;
	serverId?: string;
	cursorKey?: Uint8Array;
	redact?: boolean;
	/** What relative times count from. */
	nowMs?: number;
	timeZone?: ServerTimeZone;
}

/** @returns the call, or its faults as lines */
export function prepare(key: string, args: Arguments, options: PrepareOptions = {}): CheckedCall | string[] {
	const integration = integrationOf(key);
	const prepared = checkArguments(integration.file, operationOf(integration, key), args, {
		listFormat: 'records',
		budgetBytes: 60_000,
		serverId: 'mcp_cwp_1',
		cursorKey: CURSOR_KEY,
		nowMs: NOW_MS,
		...options,
	});
	return Array.isArray(prepared)
		? prepared.map(({ path, message }) => (path ? `${path} ${message}` : message))
		: prepared;
}

export function requireCall(key: string, args: Arguments, options: PrepareOptions = {}): CheckedCall {
	const prepared = prepare(key, args, options);
	if (Array.isArray(prepared)) throw new Error(prepared.join('; '));
	return prepared;
}

export interface SimulatedAnswer {
	status?: number;
	headers?: HeadersInit;
	/** A text goes as it is, everything else as JSON. */
	body: unknown;
}

/** One call to a vendor that answers with a function of the request's URL. */
export function call(
	key: string,
	args: Arguments,
	answer: SimulatedAnswer | ((url: URL) => SimulatedAnswer),
	options: PrepareOptions = {},
): ToolResult {
	const integration = integrationOf(key);
	const prepared = requireCall(key, args, options);
	const { path } = describeRequest(integration.file, prepared.operation, prepared.args, prepared.page);
	const {
		status = 200,
		headers,
		body,
	} = typeof answer === 'function' ? answer(new URL(`https://vendor.example${path}`)) : answer;
	const text = typeof body === 'string' ? body : JSON.stringify(body);
	return answerToResult(
		{ status, headers: new Headers(headers), text, durationMs: 5 },
		{ ...prepared, integration: integration.file, nowMs: NOW_MS, secrets: [] },
	);
}

/** What the vendor is sent. */
export function requestOf(key: string, args: Arguments): { line: string; body: unknown } {
	const { operation, args: values, page } = requireCall(key, args);
	const { verb, path, body } = describeRequest(integrationOf(key).file, operation, values, page);
	return { line: `${verb} ${path}`, body: typeof body === 'string' ? JSON.parse(body) : body };
}
