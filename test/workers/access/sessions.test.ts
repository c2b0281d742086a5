// Sessions of the dashboard: a cookie that stands for an API token, for as long as both last.
import { describe, it } from 'vitest';
import {
	type Answer,
	api,
	at,
	connectAccount,
	createApiToken,
	createServer,
	dumpStorage,
	type ErrorBody,
	type Json,
	LOCAL_TOKEN,
	mcp,
	ORIGIN,
	type Page,
	secondsFromNow,
	send,
	setUp,
} from '../support.ts';

setUp();

interface Session {
	id: string;
	api_token_id: string;
	created_at: string;
	expires_at: string;
	client: string;
}
interface Who {
	session: Session | null;
	api_token: { id: string; name: string } | null;
}

const OURS = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };

async function ask<T = Json>(
	method: string,
	path: string,
	headers: Record<string, string> = {},
	body?: unknown,
	origin = ORIGIN,
): Promise<Answer<T>> {
	const response = await send(
		new Request(origin + path, { method, headers, body: body === undefined ? null : JSON.stringify(body) }),
	);
	const text = await response.text();
	return {
		status: response.status,
		headers: response.headers,
		text,
		body: (text === '' ? null : JSON.parse(text)) as T,
	};
}

const signIn = <T = Who>(token: string, headers: Record<string, string> = OURS) =>
	ask<T>('POST', '/session', headers, { token });

/** What the browser sends back. */
const cookieOf = (answer: Answer<unknown>) => answer.headers.get('set-cookie')?.split(';')[0] ?? '';

async function signedIn(token = LOCAL_TOKEN): Promise<{ cookie: string; session: Session }> {
	const answer = await signIn(token);
	if (!answer.body.session) throw new Error(`not signed in: ${answer.text}`);
	return { cookie: cookieOf(answer), session: answer.body.session };
}

describe('signing in', () => {
	it('answers with a cookie that no script reads and no other site sends, and who it is', async ({ expect }) => {
		const answer = await signIn(LOCAL_TOKEN, { ...OURS, 'user-agent': 'Telltale/1.0' });
		expect(answer.status).toBe(201);
		expect(answer.headers.get('cache-control')).toBe('no-store');
		expect(answer.headers.get('set-cookie')).toMatch(
			/^patchbay-session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/,
		);
		expect(answer.body).toMatchObject({
			session: { id: expect.stringMatching(/^ses_[0-9a-f]{12}$/), client: 'Telltale/1.0' },
			api_token: { name: 'Local API token', scope: 'manage', accounts: '*' },
		});
		expect(answer.text).not.toContain(cookieOf(answer).split('=')[1]);
	});

	// security: S-15
	it('keeps neither the token nor the cookie, only an HMAC', async ({ expect }) => {
		const { cookie } = await signedIn();
		const kept = await dumpStorage();
		expect(kept).not.toContain(cookie.split('=')[1]);
		expect(kept).not.toContain(LOCAL_TOKEN);
	});

	it('demands Secure and the __Host- prefix where there is TLS', async ({ expect }) => {
		const origin = 'https://localhost';
		const answer = await ask('POST', '/session', { origin }, { token: LOCAL_TOKEN }, origin);
		expect(answer.headers.get('set-cookie')).toMatch(
			/^__Host-patchbay-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800; Secure$/,
		);
	});

	it('is refused to a wrong token, one for the second factor alone, and nonsense', async ({ expect }) => {
		const wrong = await signIn<ErrorBody>('pb_wrong');
		expect([wrong.status, wrong.body.code, wrong.headers.get('set-cookie')]).toEqual([401, 'unauthorized', null]);
		const use = await signIn<ErrorBody>(await createApiToken({ scope: 'use' }));
		expect([use.status, use.body.code]).toEqual([403, 'insufficient_scope']);
		const empty = await ask<ErrorBody>('POST', '/session', OURS, { token: '', name: 'x' });
		expect(empty.body.details?.map(({ path }) => path).sort()).toEqual(['name', 'token']);
	});
});

describe('a session', () => {
	it('opens the management API, and says who is signed in', async ({ expect }) => {
		const { cookie, session } = await signedIn();
		const who = await ask<Who>('GET', '/session', { cookie });
		expect(who.body).toMatchObject({ session, api_token: { name: 'Local API token' } });
		expect((await ask('GET', '/integrated-account', { cookie })).status).toBe(200);
		const made = await ask('POST', '/api-token', { cookie, ...OURS }, { name: 'by cookie', scope: 'use' });
		expect(made.status).toBe(201);
	});

	it('is nobody without a cookie, or with one that was made up', async ({ expect }) => {
		for (const cookie of ['', 'patchbay-session=', `patchbay-session=${'A'.repeat(43)}`, 'other=1']) {
			expect((await ask<Who>('GET', '/session', { cookie })).body).toEqual({ session: null, api_token: null });
			expect((await ask('GET', '/integrated-account', { cookie })).status, cookie).toBe(401);
		}
	});

	it('reaches what its API token reaches, and no more', async ({ expect }) => {
		await connectAccount('mine-session');
		await connectAccount('others');
		const { cookie } = await signedIn(await createApiToken({ scope: 'manage', accounts: ['mine-session'] }));
		expect((await ask('GET', '/integrated-account/mine-session', { cookie })).status).toBe(200);
		expect((await ask('GET', '/integrated-account/others', { cookie })).status).toBe(404);
		expect((await ask('GET', '/api-token', { cookie })).status).toBe(403);
	});

	it('counts towards the limit of its API token', async ({ expect }) => {
		const { cookie } = await signedIn(await createApiToken({ scope: 'manage', requests_per_minute: 3 }));
		const statuses = [];
		for (let asked = 0; asked < 4; asked++) statuses.push((await ask('GET', '/integrated-account', { cookie })).status);
		expect(statuses).toEqual([200, 200, 429, 429]);
	});

	it('is no second factor of an MCP URL', async ({ expect }) => {
		await connectAccount('factor');
		const { url } = await createServer('factor', { require_api_token_auth: true });
		const { cookie } = await signedIn();
		expect((await mcp(url, 'tools/list', {}, { headers: { cookie } })).status).toBe(401);
	});

	// security: S-28
	it('changes nothing for a page of another origin', async ({ expect }) => {
		const { cookie } = await signedIn();
		const FOREIGN: Record<string, string>[] = [
			{},
			{ origin: 'https://evil.example' },
			{ origin: 'http://localhost:8788' },
			{ origin: 'null' },
			{ 'sec-fetch-site': 'cross-site' },
			{ 'sec-fetch-site': 'same-site', origin: ORIGIN },
			{ 'sec-fetch-site': 'none' },
			{ 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
		];
		for (const headers of FOREIGN) {
			const label = JSON.stringify(headers);
			const made = await ask<ErrorBody>('POST', '/api-token', { cookie, ...headers }, { name: 'x', scope: 'manage' });
			expect([made.status, made.body.code], label).toEqual([403, 'cross_origin']);
			expect((await ask('DELETE', '/session', { cookie, ...headers })).status, label).toBe(403);
			expect((await signIn(LOCAL_TOKEN, headers)).status, label).toBe(403);
		}
		expect((await ask<Who>('GET', '/session', { cookie })).body.session).not.toBeNull();
	});

	it('gives way to a bearer token, which needs no origin', async ({ expect }) => {
		const { cookie } = await signedIn();
		const authorization = `Bearer ${LOCAL_TOKEN}`;
		const made = await ask('POST', '/api-token', { cookie, authorization }, { name: 'script', scope: 'use' });
		expect(made.status).toBe(201);
		const wrong = await ask('GET', '/integrated-account', { cookie, authorization: 'Bearer pb_wrong' });
		expect(wrong.status).toBe(401);
	});
});

describe('a session ends', () => {
	const isOpen = async (cookie: string) => (await ask('GET', '/integrated-account', { cookie })).status === 200;

	it('on sign-out, which also takes the cookie away and may be repeated', async ({ expect }) => {
		const { cookie } = await signedIn();
		for (const round of [1, 2]) {
			const out = await ask('DELETE', '/session', { cookie, ...OURS });
			expect(out.status, `round ${round}`).toBe(204);
			expect(out.headers.get('set-cookie')).toMatch(
				/^patchbay-session=; Path=\/; HttpOnly; SameSite=Strict; Max-Age=0$/,
			);
		}
		expect(await isOpen(cookie)).toBe(false);
	});

	it('after eight hours', async ({ expect }) => {
		const { cookie, session } = await signedIn();
		expect(Date.parse(session.expires_at) - Date.parse(session.created_at)).toBe(8 * 3600 * 1000);
		expect(await at(Date.parse(session.expires_at) - 1000, () => isOpen(cookie))).toBe(true);
		expect(await at(Date.parse(session.expires_at), () => isOpen(cookie))).toBe(false);
	});

	// security: S-09
	it('with its API token, revoked or expired', async ({ expect }) => {
		const { body } = await api<{ id: string; token: string }>('POST', '/api-token', { name: 't', scope: 'manage' });
		const { cookie } = await signedIn(body.token);
		expect(await isOpen(cookie)).toBe(true);
		await api('DELETE', `/api-token/${body.id}`);
		expect(await isOpen(cookie)).toBe(false);
		const expires_at = secondsFromNow(120);
		const short = await signedIn(await createApiToken({ scope: 'manage', expires_at }));
		expect(await at(Date.parse(expires_at) - 1000, () => isOpen(short.cookie))).toBe(true);
		expect(await at(expires_at, () => isOpen(short.cookie))).toBe(false);
	});

	it('from the list of sessions, where a bound token sees its own alone', async ({ expect }) => {
		const other = await signedIn();
		const bound = await signedIn(await createApiToken({ scope: 'manage', accounts: ['mine-session'] }));
		const all = await ask<Page<Session>>('GET', '/sessions', { cookie: other.cookie });
		expect(all.body.result.map(({ id }) => id)).toEqual(expect.arrayContaining([other.session.id, bound.session.id]));
		const own = await ask<Page<Session>>('GET', '/sessions', { cookie: bound.cookie });
		expect(own.body.result.map(({ id }) => id)).toEqual([bound.session.id]);
		const end = (session: Session, cookie: string) =>
			ask('DELETE', `/sessions/${session.id}`, { cookie, ...OURS }).then(({ status }) => status);
		expect(await end(other.session, bound.cookie)).toBe(404);
		expect(await end(bound.session, other.cookie)).toBe(204);
		expect(await end(bound.session, other.cookie)).toBe(404);
		expect(await isOpen(bound.cookie)).toBe(false);
	});

	it('and its row goes when the next one begins', async ({ expect }) => {
		const { session } = await signedIn();
		await at(Date.parse(session.expires_at) + 1000, () => signIn(LOCAL_TOKEN));
		expect(await dumpStorage()).not.toContain(session.id);
	});
});
