// Integrated accounts: connect, read, change, test, delete.

import { accountObject, directoryObject, forgetAccount, storageUnavailable } from '../access/access.ts';
import { openCredentials, sealCredentials } from '../access/credentials.ts';
import { spellingsOf, withoutCredentialsIn } from '../calls/untrusted-text/credentials.ts';
import type { Env } from '../contracts/env.ts';
import type { Credentials } from '../contracts/keys.ts';
import { mayTouch, publicAccount, type StoredAccount, type VendorFinding } from '../contracts/records.ts';
import type { IntegrationFile } from '../integration/format.ts';
import { loadHead, loadIntegrationNames, loadTimeZoneNames } from '../integration/load.ts';
import type { IntegrationHead } from '../integration/operations.ts';
import { ApiError, type Fault } from '../lib/errors.ts';
import { isLoopback } from '../lib/hosts.ts';
import { isObject } from '../lib/is-object.ts';
import { didYouMean } from '../lib/nearest.ts';
import { mintIdentity } from '../lib/secrets.ts';
import { type Connection, secretTexts } from '../vendor/auth.ts';
import { findBaseUrl, findsBaseUrl } from '../vendor/find-base-url.ts';
import { type LearntZone, learnTimeZone } from '../vendor/learn-time-zone.ts';
import { findingOf, type ProbeResult, probe } from '../vendor/probe.ts';
import { normalizeBaseUrl } from '../vendor/target.ts';
import { newIdSuffix, repeated } from './idempotency.ts';
import { inputFaults, invalidInput } from './input-faults.ts';
import { loadInputs } from './load-inputs.ts';
import { etagOf, nextUpdatedAt, requireMatch } from './preconditions.ts';
import { actorOf, type RouteRequest, readCursor, writeCursor } from './route.ts';

/** Attempts to apply a change when other changes come first. */
export const MAX_ROUNDS = 5;
/** Same limit as in `accountId` of inputs.ts. */
const ID_MAX = 63;

export async function createAccount(request: RouteRequest): Promise<Response> {
	const { env, body, apiToken, now } = request;
	const { accountInput } = await loadInputs();
	const faults = inputFaults(accountInput, body);
	const given = isObject(body) ? body : {};
	const integration = typeof given.integration === 'string' ? await loadHead(given.integration) : null;
	if (typeof given.integration === 'string' && !integration) {
		const guess = didYouMean(given.integration, await loadIntegrationNames());
		faults.push({
			path: 'integration',
			message: `unknown integration "${given.integration.slice(0, 60)}": there is no folder of integrations/ with this name.${guess}`,
		});
	}
	if (!integration && given.base_url !== undefined && given.site !== undefined) faults.push(TWO_TARGETS);
	const isFound = integration !== null && findsBaseUrl(integration.file) && !given.base_url && given.site === undefined;
	const said = integration && !isFound ? resolveTarget(env, integration.file, given, faults) : null;
	if (integration && isObject(given.credentials))
		faults.push(...credentialFaults(integration.file, given.credentials, true));
	const id = typeof given.id === 'string' ? given.id : `acc_${newIdSuffix(request, 'account')}`;
	const identity = mintIdentity();
	if (apiToken.accounts !== '*')
		throw new ApiError('insufficient_scope', 'This API token is bound to accounts and cannot connect new ones.');
	if (faults.length > 0 || !integration || (said === null && !isFound)) throw invalidInput(faults);
	const target = said ?? (await requireBaseUrl(integration.file, given.credentials as Credentials, env));

	const owner = { id, identity, base_url: target };
	const account: StoredAccount = {
		id,
		identity,
		integration: integration.file.name,
		name: String(given.name).trim(),
		base_url: target,
		created_at: now.toISOString(),
		updated_at: now.toISOString(),
		sealed_credentials: await sealCredentials(given.credentials as Credentials, owner, env),
		revision: 1,
	};
	const credentials = given.credentials as Credentials;
	if (wantsTest(request)) await requireConnection(connectionTo(account, integration.file, credentials, env));
	const { time_zone, isAccepted } = await learnZoneOf(account, integration.file, credentials, env, now);
	if (time_zone) account.time_zone = time_zone;
	const finding = wantsTest(request) || isAccepted ? 'accepted' : null;
	// The account's own object knows whether the id is free, and sees to it that the directory lists it.
	const object = accountObject(env, id);
	if (!(await object.createAccount(account, actorOf(request), finding).catch(storageUnavailable))) {
		if (typeof given.id !== 'string') throw repeated('account', id, 'Change it with PATCH.');
		throw new ApiError(
			'already_exists',
			`There is an account with the id "${id}" already. Change it with PATCH, or choose another id.`,
			{ id },
		);
	}
	return accountAnswer(env, account, 201);
}

async function accountAnswer(env: Env, account: StoredAccount, status: 200 | 201 = 200): Promise<Response> {
	const health = await accountObject(env, account.id).getHealth().catch(storageUnavailable);
	if (!health) throw unknownAccount();
	return Response.json(publicAccount(account, health), { status, headers: etagOf(account) });
}

export async function listAccounts({ env, apiToken, url }: RouteRequest): Promise<Response> {
	const { limit, before } = readCursor(url);
	const { accounts, next } = await directoryObject(env).listAccounts(apiToken, limit, before).catch(storageUnavailable);
	return Response.json({ result: accounts, next_cursor: writeCursor(next) });
}

export async function getAccount(request: RouteRequest): Promise<Response> {
	return accountAnswer(request.env, await requireAccount(request));
}

export async function updateAccount(request: RouteRequest): Promise<Response> {
	const { env } = request;
	for (let round = 0; round < MAX_ROUNDS; round++) {
		const account = await requireAccount(request);
		requireMatch(request, account);
		const { change, finding } = await accountChange(request, account);
		const changed = await accountObject(env, account.id)
			.updateAccount(change, account, actorOf(request), finding)
			.catch(storageUnavailable);
		forgetAccount(account.id);
		if (changed === 'not_found') throw unknownAccount();
		if (changed === 'outdated') continue;
		return accountAnswer(env, changed);
	}
	return storageUnavailable(new Error(`the account was changed ${MAX_ROUNDS} times meanwhile`));
}

/**
 * The changes that the body of a PATCH makes to this account, and what is known of it then.
 *
 * @throws ApiError invalid_input, connection_failed
 */
async function accountChange(
	request: RouteRequest,
	account: StoredAccount,
): Promise<{ change: Partial<StoredAccount>; finding: VendorFinding | null | undefined }> {
	const { env, body, now } = request;
	const integration = await requireIntegrationOf(account);
	const { accountPatch } = await loadInputs();
	const faults = inputFaults(accountPatch, body);
	const given = isObject(body) ? body : {};
	const target =
		given.base_url === undefined && given.site === undefined
			? account.base_url
			: resolveTarget(env, integration.file, given, faults);
	if (isObject(given.credentials)) faults.push(...credentialFaults(integration.file, given.credentials, false));
	if (target !== null) faults.push(...moveFaults(env, integration.file, account.base_url, target, given.credentials));
	if (faults.length > 0 || target === null) throw invalidInput(faults);

	const change: Partial<StoredAccount> = { base_url: target, updated_at: nextUpdatedAt(account, now) };
	const isMoved =
		(isObject(given.credentials) && Object.keys(given.credentials).length > 0) || target !== account.base_url;
	const isTested = wantsTest(request);
	if (account.state === 'needs_reauth' && (isMoved || isTested)) Object.assign(change, activeState(now));
	if (typeof given.name === 'string') change.name = given.name.trim();
	// They are sealed for the address that they are sent to.
	if (isMoved) {
		const merged = { ...(await openOrEmpty(env, account)), ...((given.credentials ?? {}) as Credentials) };
		const missing = credentialFaults(integration.file, merged, true);
		if (missing.length > 0) throw invalidInput(missing);
		change.sealed_credentials = await sealCredentials(merged, { ...account, base_url: target }, env);
	}
	if (!isTested) return { change, finding: isMoved ? null : undefined };
	const changed = { ...account, ...change };
	await requireConnection(connectionTo(changed, integration.file, await openCredentials(changed, env), env));
	return { change, finding: 'accepted' };
}

/**
 * Returns the faults of a move to another address. A stolen API token must not be able to send the stored secrets to a
 * host of its own: for a host that is not the vendor's, they must be entered again.
 */
function moveFaults(env: Env, file: IntegrationFile, from: string, to: string, credentials: unknown): Fault[] {
	const target = new URL(to);
	const { sites, hosts } = file.base_url;
	const isVendors = hosts !== undefined || Object.values(sites).includes(target.origin);
	const isHere = env.LOCAL === 'true' && isLoopback(target);
	if (isVendors || isHere || (URL.canParse(from) && new URL(from).origin === target.origin)) return [];
	const given = isObject(credentials) ? credentials : {};
	return Object.entries(file.credentials)
		.filter(([name, { secret }]) => secret && given[name] === undefined)
		.map(([name, { label }]) => ({
			path: `credentials.${name}`,
			message: `is required with another address: what was stored is not sent where it was not entered for. Enter the ${label.toLowerCase()} again`,
		}));
}

/** An account whose calls go out again. */
function activeState(now: Date): Required<Pick<StoredAccount, 'state' | 'state_since'>> {
	return { state: 'active', state_since: now.toISOString() };
}

/** Credentials that no longer open (another ENCRYPTION_KEY) may be replaced by a complete new set. */
async function openOrEmpty(env: Env, account: StoredAccount): Promise<Credentials> {
	return openCredentials(account, env).catch(() => ({}));
}

export async function deleteAccount(request: RouteRequest): Promise<Response> {
	const { id, identity } = await requireAccount(request);
	const existed = await accountObject(request.env, id)
		.deleteAccount(identity, actorOf(request))
		.catch(storageUnavailable);
	forgetAccount(id);
	if (!existed) throw unknownAccount();
	return new Response(null, { status: 204 });
}

export async function testAccount(request: RouteRequest): Promise<Response> {
	const account = await requireAccount(request);
	const integration = await requireIntegrationOf(account);
	const credentials = await openCredentials(account, request.env);
	const { env, now } = request;
	const result = await tryOut(connectionTo(account, integration.file, credentials, env));
	const finding = findingOf(result);
	const object = accountObject(env, account.id);
	const zone = result.ok ? await learnZoneOf(account, integration.file, credentials, env, now) : null;
	const time_zone = zone?.time_zone;
	// An account that was changed meanwhile is left as it is.
	if (time_zone && JSON.stringify(time_zone) !== JSON.stringify(account.time_zone)) {
		const change = { time_zone, ...(account.state === 'needs_reauth' ? activeState(now) : {}) };
		await object.updateAccount(change, account, actorOf(request), finding ?? undefined).catch(storageUnavailable);
	} else if (finding !== null) await object.noteTest(finding, account, actorOf(request)).catch(storageUnavailable);
	forgetAccount(account.id);
	return Response.json(result);
}

/** Tests a connection. The vendor's own words may repeat what it was sent. */
async function tryOut(connection: Connection): Promise<ProbeResult> {
	const result = await probe(connection);
	const spellings = spellingsOf(secretTexts(connection, { isError: true }));
	return { ...result, message: withoutCredentialsIn(result.message, spellings) };
}

/** `?test=true`: nothing is saved that the vendor does not accept. */
function wantsTest({ url }: RouteRequest): boolean {
	const text = url.searchParams.get('test');
	if (text !== null && text !== 'true' && text !== 'false')
		throw invalidInput([{ path: 'test', message: 'must be true or false' }]);
	return text === 'true';
}

/** @throws ApiError connection_failed */
async function requireConnection(connection: Connection): Promise<void> {
	const { ok, message } = await tryOut(connection);
	if (!ok) throw new ApiError('connection_failed', `Nothing was saved: the test failed. ${message}`);
}

/** The account is good without a zone. */
async function learnZoneOf(
	account: StoredAccount,
	file: IntegrationFile,
	credentials: Credentials,
	env: Env,
	now: Date,
): Promise<LearntZone> {
	if (!file.time_zone) return { time_zone: null, isAccepted: false };
	const names = await loadTimeZoneNames(file.name);
	return learnTimeZone(connectionTo(account, file, credentials, env), names, now.getTime());
}

export function connectionTo(
	{ identity, base_url, revision }: StoredAccount,
	integration: IntegrationFile,
	credentials: Credentials,
	{ LOCAL }: Env,
): Connection {
	return {
		integration,
		accountIdentity: identity,
		baseUrl: base_url,
		credentials,
		revision,
		isLocal: LOCAL === 'true',
	};
}

/** @throws ApiError not_found, also for what the token may not see */
export async function requireAccount({ env, apiToken, params }: RouteRequest): Promise<StoredAccount> {
	const id = params.id ?? '';
	// An id that the token does not name wakes no object.
	const isNamed = apiToken.accounts === '*' || apiToken.accounts.includes(id);
	const account =
		isNamed && id.length <= ID_MAX ? await accountObject(env, id).getAccount().catch(storageUnavailable) : null;
	if (!account || !mayTouch(apiToken, account)) throw unknownAccount();
	return account;
}

export async function requireIntegrationOf(account: StoredAccount): Promise<IntegrationHead> {
	const integration = await loadHead(account.integration);
	if (!integration)
		throw new ApiError('internal_error', `The integration ${account.integration} is not part of this installation.`);
	return integration;
}

function unknownAccount(): ApiError {
	return new ApiError('not_found', 'There is no such integrated account, or this API token may not see it.');
}

/** @throws ApiError invalid_input when the vendor's address cannot be found out */
async function requireBaseUrl(file: IntegrationFile, credentials: Credentials, env: Env): Promise<string> {
	const { url, fault } = await findBaseUrl(file, credentials, env.LOCAL === 'true');
	if (fault) throw invalidInput([fault]);
	return url;
}

const TWO_TARGETS: Fault = { path: 'site', message: 'must not be given together with base_url' };

/** The base_url to store, from `base_url` or `site`; faults are pushed. */
function resolveTarget(
	env: Env,
	file: IntegrationFile,
	given: Record<string, unknown>,
	faults: Fault[],
): string | null {
	const { base_url, site } = given;
	const { sites, path, example } = file.base_url;
	if (base_url !== undefined && site !== undefined) {
		faults.push(TWO_TARGETS);
		return null;
	}
	if (typeof site === 'string') {
		const known = site.trim().toLowerCase();
		const origin = Object.hasOwn(sites, known) ? sites[known] : undefined;
		if (origin) return origin + path;
		faults.push({
			path: 'site',
			message: `must be one of ${Object.keys(sites).join(', ')}.${didYouMean(site, Object.keys(sites))} For another host give base_url`,
		});
		return null;
	}
	if (base_url === undefined && site === undefined) {
		faults.push({ path: 'base_url', message: `is required (or site): e.g. ${example}` });
		return null;
	}
	if (typeof base_url !== 'string') return null;
	const { url, fault } = normalizeBaseUrl(file, base_url, { isLocal: env.LOCAL === 'true' });
	if (fault) faults.push(fault);
	return url;
}

function credentialFaults(file: IntegrationFile, credentials: Record<string, unknown>, isComplete: boolean): Fault[] {
	const faults: Fault[] = [];
	for (const name of Object.keys(credentials)) {
		if (!Object.hasOwn(file.credentials, name)) {
			faults.push({
				path: `credentials.${name.slice(0, 60)}`,
				message: `is not known.${didYouMean(name, Object.keys(file.credentials))}`,
			});
		}
	}
	for (const [name, { label, pattern, where }] of Object.entries(file.credentials)) {
		const value = credentials[name];
		if (value === undefined) {
			if (isComplete) faults.push({ path: `credentials.${name}`, message: `is required. ${label}: ${where}` });
		} else if (
			typeof value === 'string' &&
			(value.length > 500 || (pattern !== undefined && !new RegExp(pattern).test(value)))
		) {
			// The value may be secret: it is not repeated.
			faults.push({ path: `credentials.${name}`, message: `does not look right. ${label}: ${where}` });
		}
	}
	return faults;
}
