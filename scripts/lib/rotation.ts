// The steps of changing an installation's keys while it runs, whatever the installation is.
import { Failure } from './failure.ts';
import { CURRENT_NAME, mintSlot, otherSlot, SLOT_NAMES, type Slot } from './key-slots.ts';

/** An installation: the place of its keys, and the Worker that uses them. */
export interface Installation {
	/** Sets secrets, takes those out that are null. All at once; returns when the new version serves. */
	setSecrets(changes: Record<string, string | null>): Promise<void>;
	/** The management API. @throws Failure for everything but a good answer */
	api<T>(method: 'GET' | 'POST', path: string): Promise<T>;
	/** Waits until every place that answers shows what `isThere` asks for. */
	untilEverywhere(isThere: (keys: KeysAnswer) => boolean, what: string): Promise<void>;
	say(line: string): void;
}

interface Named {
	id: string;
	name: string;
}

/** `GET /keys` */
export interface KeysAnswer {
	current: Slot;
	other: 'new' | 'earlier' | null;
	accounts: number;
	api_tokens: number;
	api_tokens_behind: Named[];
	sessions_behind: number;
	invitations_behind: number;
}

interface Resealed extends Named {
	credentials: 'current' | 'resealed' | 'unreadable' | 'changing' | 'gone';
	servers: number;
	servers_behind: Named[];
}

/** Everything that still needs the earlier keys. */
export interface Behind {
	accounts: Named[];
	servers: (Named & { account: string })[];
	apiTokens: Named[];
	sessions: number;
	webhooks: Named[];
	invitations: number;
}

/** Few at once: each account is several questions to Durable Objects, of which one request may ask a limited number. */
const PAGE = 10;

/** Brings new keys in and makes them count. Safe to run again when it broke off. @returns what needs the earlier ones */
export async function rotateKeys(installation: Installation): Promise<Behind> {
	const { api, say, setSecrets, untilEverywhere } = installation;
	const { current, other } = await api<KeysAnswer>('GET', '/keys');
	if (other === 'earlier') {
		throw new Failure(
			`Slot ${otherSlot(current)} holds the keys of an earlier rotation still.`,
			'End that one first: npm run rotate-keys -- --finish (with the same other arguments).',
		);
	}
	const next = otherSlot(current);
	say(`Keys       slot ${current} counts`);
	if (other === null) {
		await setSecrets(mintSlot(next));
		say(`1 of 3     new keys are in slot ${next}: accepted, not yet used`);
	} else say(`1 of 3     new keys are in slot ${next} already, from a rotation that broke off`);
	// A Worker that does not know a key must never meet anything made with it.
	await untilEverywhere((keys) => keys.current === current && keys.other === 'new', `the keys in slot ${next}`);
	await setSecrets({ [CURRENT_NAME]: next });
	await untilEverywhere((keys) => keys.current === next, `slot ${next} as the one that counts`);
	say(`2 of 3     slot ${next} counts; the keys in slot ${current} are still accepted`);
	return reseal(installation);
}

/** Takes the earlier keys out. @throws Failure when something still needs them, unless forced */
export async function finishRotation(installation: Installation, force: boolean): Promise<void> {
	const { api, say, setSecrets, untilEverywhere } = installation;
	const { current, other } = await api<KeysAnswer>('GET', '/keys');
	if (other === null) throw new Failure('There are no earlier keys to take out.', 'Nothing is to be done.');
	if (other === 'new') {
		throw new Failure(
			`The keys in slot ${otherSlot(current)} are new, and not in use yet.`,
			'Go on with the rotation that broke off: npm run rotate-keys.',
		);
	}
	const behind = await reseal(installation);
	const lines = describeBehind(behind);
	if (lines.length > 0 && !force) {
		throw new Failure(
			`Without the earlier keys these would stop working:\n${lines.map((line) => `  ${line}`).join('\n')}`,
			'Each server and API token goes over by itself when it is next used. Wait for that, rotate or revoke what is left, or give it up: npm run rotate-keys -- --finish --force.',
		);
	}
	const earlier = SLOT_NAMES[otherSlot(current)];
	await setSecrets(Object.fromEntries(earlier.map((name) => [name, null])));
	await untilEverywhere((keys) => keys.other === null, 'the earlier keys gone');
	say(`Finished   ${earlier.join(' and ')} are gone`);
	for (const line of lines) say(`Ended      ${line}`);
}

export function describeBehind({ accounts, servers, apiTokens, sessions, invitations, webhooks }: Behind): string[] {
	return [
		...accounts.map(({ id, name }) => `account ${id} (${name}): its credentials do not open; enter them again`),
		...servers.map(({ account, id, name }) => `server ${id} of account ${account} (${name})`),
		...apiTokens.map(({ id, name }) => `API token ${id} (${name})`),
		...webhooks.map(({ id, name }) => `webhook ${id} (${name}): its secret does not open; delete it and make another`),
		...(sessions > 0 ? [`${sessions} sign-ins to the dashboard`] : []),
		...(invitations > 0 ? [`${invitations} invitations that nobody has accepted yet`] : []),
	];
}

/** Seals every account's credentials with the current key, page by page. */
async function reseal({ api, say }: Installation): Promise<Behind> {
	const behind: Behind = { accounts: [], servers: [], apiTokens: [], sessions: 0, invitations: 0, webhooks: [] };
	const { accounts } = await api<KeysAnswer>('GET', '/keys');
	let done = 0;
	let servers = 0;
	let cursor: string | null = null;
	do {
		const path: string = `/keys/reseal?limit=${PAGE}${cursor === null ? '' : `&cursor=${cursor}`}`;
		const page: { result: Resealed[]; next_cursor: string | null; webhooks_unreadable?: Named[] } = await api(
			'POST',
			path,
		);
		behind.webhooks.push(...(page.webhooks_unreadable ?? []));
		for (const { id, name, credentials, servers: count, servers_behind } of page.result) {
			if (credentials === 'unreadable' || credentials === 'changing') behind.accounts.push({ id, name });
			behind.servers.push(...servers_behind.map((server) => ({ ...server, account: id })));
			servers += count;
		}
		done += page.result.length;
		cursor = page.next_cursor;
		say(`3 of 3     credentials sealed anew: ${done} accounts done, ${Math.max(0, accounts - done)} left`);
	} while (cursor !== null);
	const keys = await api<KeysAnswer>('GET', '/keys');
	behind.apiTokens = keys.api_tokens_behind;
	behind.sessions = keys.sessions_behind;
	behind.invitations = keys.invitations_behind;
	say(
		`Behind     ${behind.servers.length} of ${servers} servers and ${behind.apiTokens.length} of ${keys.api_tokens} API tokens are kept under the earlier key`,
	);
	return behind;
}
