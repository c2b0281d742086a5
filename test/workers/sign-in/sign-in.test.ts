// Sign-in by OpenID Connect and by Cloudflare Access: who is let in, how far, and everybody who is not.
import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import type { Env } from '../../../workers/contracts/env.ts';
import type { SignInRule } from '../../../workers/contracts/people.ts';
import type { ApiTokenRecord } from '../../../workers/contracts/records.ts';
import type { TrailEntry } from '../../../workers/contracts/trail.ts';
import { authorizeUrl, callWith, exchange, openPage, register, submit } from '../oauth/support.ts';
import {
	api,
	at,
	captureLog,
	connectAccount,
	createServer,
	directoryStub,
	dumpStorage,
	eventually,
	faultsOf,
	type Json,
	LIST_TICKETS,
	ORIGIN,
	type Page,
	refused,
	type ServerWithUrl,
	send,
	serverPath,
	setUp,
	tablesOf,
} from '../support.ts';
import { browse, CLIENT_ID, Provider, type SignedIn, type Spoilt } from './provider.ts';

setUp();

async function rules(...given: (Partial<SignInRule> & Pick<SignInRule, 'scope'>)[]): Promise<void> {
	const { status, text } = await api('PATCH', '/sign-in-rules', { rules: given });
	if (status !== 200) throw new Error(`no rules: ${text}`);
}

const counts = () =>
	runInDurableObject(directoryStub(), (_, state) => {
		const { session = [], person = [], api_token = [] } = tablesOf(state);
		return [session.length, person.length, api_token.length];
	});

const people = async () =>
	(await api<Page<ApiTokenRecord>>('GET', '/api-token')).body.result.filter(({ person }) => person);

/** The management API, from the dashboard of somebody who is signed in. */
async function asked(session: string, path: string, method = 'GET'): Promise<number> {
	const headers = { cookie: session, origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
	return (await send(new Request(ORIGIN + path, { method, headers }))).status;
}

describe('whoever the rules name', () => {
	const cases: { name: string; rule: Partial<SignInRule>; claims?: Json; more?: Partial<Env> }[] = [
		{ name: 'by address, in whatever case', rule: { email: 'JANE@acme.example' } },
		{ name: 'by the domain of the address', rule: { email_domain: 'Acme.example' } },
		{ name: 'by a group', rule: { group: 'g-1' }, claims: { groups: ['g-0', 'g-1'] } },
		{
			name: 'by a role, where that is the claim',
			rule: { group: 'desk' },
			claims: { roles: 'desk' },
			more: { OIDC_GROUPS_CLAIM: 'roles' },
		},
		{
			name: 'by the name that a directory gives, where that is the claim',
			rule: { email: 'jane@tenant.example' },
			claims: { preferred_username: 'jane@tenant.example', email_verified: false },
			more: { OIDC_ADDRESS_CLAIM: 'preferred_username' },
		},
		{
			name: 'by an address that the provider calls verified in text',
			rule: { email: 'jane@acme.example' },
			claims: { email_verified: 'true' },
		},
	];
	for (const { name, rule, claims, more } of cases) {
		// security: S-62
		it(`is let in to the dashboard: ${name}`, async ({ expect }) => {
			const provider = new Provider();
			Object.assign(provider.claims, claims);
			await rules({ ...rule, scope: 'manage' });
			const page = await provider.signIn('/', { env: provider.env(more) });
			expect([page.status, page.html.includes('url=/"')]).toEqual([200, true]);
			expect(page.headers.getSetCookie()).toEqual([
				expect.stringMatching(/^patchbay-session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=28800$/),
				'patchbay-sign-in=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0',
			]);
			expect(await asked(page.session, '/integrated-account')).toBe(200);
		});
	}

	it('is asked at the provider with PKCE, state and nonce, and no secret is in an address', async ({ expect }) => {
		const provider = new Provider();
		await rules({ email: 'jane@acme.example', scope: 'use' });
		const { location } = await browse('/sign-in', provider.env());
		const query = Object.fromEntries(new URL(location ?? '').searchParams);
		expect(query).toMatchObject({
			response_type: 'code',
			client_id: CLIENT_ID,
			redirect_uri: `${ORIGIN}/sign-in/callback`,
			code_challenge_method: 'S256',
			scope: 'openid profile email',
		});
		expect(new Set([query.state, query.nonce, query.code_challenge]).size).toBe(3);
		await provider.signIn();
		expect(provider.calls.map(({ url }) => url).join()).not.toContain('telltale');
		expect(provider.calls.find(({ url }) => url.endsWith('/token'))?.headers.get('authorization')).toMatch(/^Basic /);
		expect(await dumpStorage()).not.toContain('telltale');
	});

	it('keeps one API token without a secret over many sign-ins, and an end that moves', async ({ expect }) => {
		const provider = new Provider();
		await rules({ email: 'jane@acme.example', scope: 'use' });
		provider.claims.sub = 'often';
		await provider.signIn();
		const [first] = await people();
		await provider.signIn();
		const again = (await people()).filter(({ person }) => person?.subject === 'often');
		expect(again.map(({ id }) => id)).toEqual([first?.id]);
		expect(first).toMatchObject({
			name: 'Jane Doe',
			scope: 'use',
			person: { issuer: provider.issuer, subject: 'often', email: 'jane@acme.example', groups: [] },
		});
		const days = (Date.parse(first?.expires_at ?? '') - Date.now()) / 86_400_000;
		expect(Math.round(days)).toBe(30);
		expect((await api('GET', '/integrated-account', undefined, { token: `person ${first?.id}` })).status).toBe(401);
	});

	it('sees the servers that they may use, and no dashboard, with the scope use', async ({ expect }) => {
		await connectAccount('si-use');
		const [own, other] = [await createServer('si-use', {}, { name: 'Own' }), await createServer('si-use')];
		const provider = new Provider();
		await rules({ email: 'jane@acme.example', scope: 'use', accounts: ['si-use'], servers: [own.id] });
		const page = await provider.signIn();
		expect(page.html).toContain(`href="${own.oauth_url}"`);
		expect(page.html).not.toContain(other.id);
		expect(await asked(page.session, '/integrated-account')).toBe(403);
	});
});

describe('nobody is signed in', () => {
	const spoilt: { name: string; spoil: Spoilt; says: RegExp; status?: number }[] = [
		{ name: 'by a foreign issuer', spoil: { claims: { iss: 'https://evil.example' } }, says: /issuer/i },
		{ name: 'by a token for another audience', spoil: { claims: { aud: 'another-client' } }, says: /audience/i },
		{
			name: 'by a token for several, of which another was asked',
			spoil: { claims: { aud: [CLIENT_ID, 'x'], azp: 'x' } },
			says: /azp/i,
		},
		{ name: 'by a token with another nonce', spoil: { claims: { nonce: 'x' } }, says: /nonce/i },
		{ name: 'by a token without a nonce', spoil: { claims: { nonce: undefined } }, says: /nonce/i },
		{ name: 'by a token that has expired', spoil: { claims: { exp: 1 } }, says: /exp/i },
		{ name: 'by a token without an end', spoil: { claims: { exp: undefined } }, says: /exp/i },
		{ name: 'by a token that a stranger has signed', spoil: { isStrangersKey: true }, says: /signature/i },
		{
			name: 'by a token that nobody has signed',
			spoil: { tokens: (answer) => ({ ...answer, id_token: unsigned(String(answer.id_token)) }) },
			says: /alg/i,
		},
		{ name: 'without an ID token', spoil: { tokens: ({ id_token: _, ...answer }) => answer }, says: /id_token/i },
		{ name: 'by a token that stands for nobody', spoil: { claims: { sub: undefined } }, says: /sub/i },
		{
			name: 'by a code that the provider does not know',
			spoil: { tokens: () => Response.json({ error: 'invalid_grant' }, { status: 400 }) },
			says: /says invalid_grant/,
		},
		{
			name: 'by a provider that fails',
			spoil: { tokens: () => new Response('<h1>oops', { status: 500 }) },
			says: /not accepted/,
		},
		{
			name: 'by a provider that redirects',
			spoil: { tokens: () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }) },
			says: /not accepted/,
		},
		{ name: 'by an answer of another issuer', spoil: { callback: { iss: 'https://evil.example' } }, says: /iss/i },
		{
			name: 'by an answer with another state',
			spoil: { callback: { state: 'x'.repeat(64) } },
			says: /not begun in this browser/,
		},
		{ name: 'by an answer without a state', spoil: { callback: { state: null } }, says: /not begun in this browser/ },
		{ name: 'by an answer without a code', spoil: { callback: { code: null } }, says: /code/ },
		{
			name: 'when they say no',
			spoil: { callback: { error: 'access_denied', code: null } },
			says: /says access_denied/,
		},
		{
			name: 'by a provider that calls itself another',
			spoil: { discovery: { issuer: 'https://evil.example' } },
			says: /issuer/i,
		},
		{
			name: 'at a private token endpoint',
			spoil: { discovery: { token_endpoint: 'https://10.0.0.1/token' } },
			says: /private/,
		},
		{
			name: 'at a token endpoint without TLS',
			spoil: { discovery: { token_endpoint: 'http://login.example.com/token' } },
			says: /https/,
		},
		{
			name: 'at a page without TLS',
			spoil: { discovery: { authorization_endpoint: 'http://login.example.com/' } },
			says: /https/,
		},
		{
			name: 'at a page that is a script',
			spoil: { discovery: { authorization_endpoint: 'javascript:alert(1)' } },
			says: /https/,
		},
		{
			name: 'with keys of a private host',
			spoil: { discovery: { jwks_uri: 'https://metadata.internal/keys' } },
			says: /private/,
		},
	];
	for (const { name, spoil, says, status = 403 } of spoilt) {
		// security: S-62
		it(name, async ({ expect }) => {
			const provider = new Provider();
			await rules({ email: 'jane@acme.example', scope: 'manage' });
			provider.spoilt = spoil;
			const before = await counts();
			const page = await provider.signIn();
			expect([page.status, page.session]).toEqual([status, '']);
			expect(/role="alert">([^<]+)</.exec(page.html)?.[1]).toMatch(says);
			expect(page.html).not.toContain('telltale');
			expect(await counts()).toEqual(before);
		});
	}

	const strangers: {
		name: string;
		rule: Partial<SignInRule> & Pick<SignInRule, 'scope'>;
		claims?: Json;
		says: RegExp;
	}[] = [
		{
			name: 'a group that maps to nothing',
			rule: { group: 'g-9', scope: 'manage' },
			claims: { groups: ['g-1'] },
			says: /no rule/,
		},
		{ name: 'another address', rule: { email: 'joe@acme.example', scope: 'manage' }, says: /no rule/ },
		{
			name: 'a domain below that of the rule',
			rule: { email_domain: 'example', scope: 'manage' } as never,
			says: /no rule/,
		},
		{
			name: 'an address that is not verified',
			rule: { email_domain: 'acme.example', scope: 'manage' },
			claims: { email_verified: false },
			says: /no e-mail address/,
		},
		{
			name: 'an address of which nobody says so',
			rule: { email_domain: 'acme.example', scope: 'manage' },
			claims: { email_verified: undefined },
			says: /no e-mail address/,
		},
		{
			name: 'an address that is two',
			rule: { email_domain: 'acme.example', scope: 'manage' },
			claims: { email: 'a@evil.example,b@acme.example' },
			says: /no e-mail address/,
		},
		...['\u212aate@acme.example', 'kate@\u212aacme.example', 'kate@acme.example\u0307'].map((email) => ({
			name: `an address that only looks like another: ${encodeURIComponent(email)}`,
			rule: email.includes('@\u212a')
				? { email_domain: 'kacme.example', scope: 'manage' as const }
				: { email: 'kate@acme.example', scope: 'manage' as const },
			claims: { email },
			says: /no rule/,
		})),
		{ name: 'a group in the place of a name', rule: { group: 'jane@acme.example', scope: 'manage' }, says: /no rule/ },
		{ name: 'one whom a rule keeps out', rule: { email: 'jane@acme.example', scope: 'none' }, says: /keeps out/ },
	];
	for (const { name, rule, claims, says } of strangers) {
		// security: S-63
		it(`who is ${name}`, async ({ expect }) => {
			const provider = new Provider();
			Object.assign(provider.claims, { sub: `stranger ${name}` }, claims);
			await rules(
				...(rule.email_domain === 'example' ? [{ email_domain: 'example.com', scope: 'manage' as const }] : [rule]),
			);
			const before = await counts();
			const page = await provider.signIn();
			expect([page.status, page.session, says.test(page.html)]).toEqual([403, '', true]);
			expect(await counts()).toEqual(before);
		});
	}

	// security: S-62
	it('from a browser that has begun nothing, or too long ago, or has changed its cookie', async ({ expect }) => {
		const provider = new Provider();
		await rules({ email: 'jane@acme.example', scope: 'manage' });
		const cookies = ['', 'patchbay-sign-in=x', `patchbay-sign-in=${'a'.repeat(43)}.${Date.now()}.Lw`];
		for (const cookie of cookies) expect((await provider.signIn('/', { cookie: cookie || 'a=b' })).status).toBe(403);
		const { cookie, location } = await browse('/sign-in', provider.env());
		const state = new URL(location ?? '').searchParams.get('state');
		const path = `/sign-in/callback?code=code-1&state=${state}`;
		const changed = cookie.replace(/\.(\d+)\./, (_, ms) => `.${Number(ms) + 1}.`);
		expect((await browse(path, provider.env(), changed)).status).toBe(403);
		await at(Date.now() + 10 * 60_000, async () =>
			expect((await browse(path, provider.env(), cookie)).status).toBe(403),
		);
	});

	it('where nothing is set up, or half of it, and a page says which', async ({ expect }) => {
		const cases: [Partial<Env>, number, RegExp][] = [
			[{}, 404, /no identity provider/],
			[{ OIDC_ISSUER: 'https://login.example.com' }, 500, /OIDC_CLIENT_ID is missing/],
			[{ OIDC_CLIENT_ID: 'x' }, 500, /OIDC_ISSUER must be a URL/],
			[{ OIDC_ISSUER: 'http://login.example.com', OIDC_CLIENT_ID: 'x' }, 500, /OIDC_ISSUER must start with https/],
			[{ OIDC_ISSUER: 'https://192.168.1.1', OIDC_CLIENT_ID: 'x' }, 500, /OIDC_ISSUER must not point at a private/],
			[{ ACCESS_TEAM_DOMAIN: 'acme.cloudflareaccess.com' }, 500, /ACCESS_AUD is missing/],
			[{ ACCESS_TEAM_DOMAIN: 'acme.cloudflareaccess.com', ACCESS_AUD: 'a' }, 404, /must protect this address/],
		];
		captureLog();
		for (const [more, status, says] of cases) {
			const page = await browse('/sign-in', { ...env, ...more });
			expect([more, page.status, says.test(page.html)]).toEqual([more, status, true]);
			// API tokens go on.
			expect((await api('GET', '/session', undefined, { env: { ...env, ...more } })).status).toBe(200);
		}
	});

	// security: S-28
	it('by a picture or a script of another page', async ({ expect }) => {
		const provider = new Provider();
		for (const mode of ['no-cors', 'cors'])
			expect((await browse('/sign-in', provider.env(), '', { 'sec-fetch-mode': mode })).status).toBe(403);
	});

	// security: S-64
	it('and then sent to another site', async ({ expect }) => {
		const provider = new Provider();
		await rules({ email: 'jane@acme.example', scope: 'manage' });
		for (const to of [
			'https://evil.example/',
			'//evil.example',
			'/\\evil.example',
			'/connect/a/b/authorize',
			'/connect/a/b/authorize?\n',
			'/x',
			`/connect/a/b/authorize?${'x'.repeat(3_000)}`,
		]) {
			const page = await provider.signIn(to);
			expect([to, page.html.match(/url=([^"]*)"/)?.[1]]).toEqual([to, '/']);
		}
		const page = await provider.signIn('/connect/a/b/authorize?x="><script>');
		expect(page.html).not.toContain('<script>');
	});
});

function unsigned(token: string): string {
	const [, payload] = token.split('.');
	return `${btoa('{"alg":"none"}').replace(/=+$/, '')}.${payload}.`;
}

describe('Cloudflare Access', () => {
	const AUD = 'audience-tag-of-the-application';
	const accessEnv = (provider: Provider): Env => ({
		...env,
		ACCESS_TEAM_DOMAIN: new URL(provider.issuer).host,
		ACCESS_AUD: AUD,
	});
	async function pass(provider: Provider, assertion: string): Promise<SignedIn> {
		return browse('/sign-in', accessEnv(provider), '', { 'cf-access-jwt-assertion': assertion });
	}

	// security: S-65
	it('lets in whom it sends along, by address or by the group in its token', async ({ expect }) => {
		for (const [rule, claims] of [
			[{ email: 'jane@acme.example' }, {}],
			[{ group: 'desk' }, { custom: { groups: ['desk'] } }],
		] as const) {
			const provider = new Provider();
			await rules({ ...rule, scope: 'manage' });
			const page = await pass(provider, await provider.idToken({ aud: [AUD], ...claims }));
			expect([page.status, await asked(page.session, '/integrated-account')]).toEqual([200, 200]);
		}
	});

	const forged: { name: string; claims: Json; spoil?: Spoilt }[] = [
		{ name: 'of another application', claims: { aud: [CLIENT_ID] } },
		{ name: 'of another team', claims: { iss: 'https://evil.cloudflareaccess.com' } },
		{ name: 'that has expired', claims: { exp: 1 } },
		{ name: 'without an end', claims: { exp: undefined } },
		{ name: 'that a stranger has signed', claims: {}, spoil: { isStrangersKey: true } },
		{ name: 'of a service, which is nobody', claims: { sub: '', common_name: 'service' } },
		{ name: 'of somebody whom no rule names', claims: { email: 'joe@evil.example' } },
	];
	for (const { name, claims, spoil = {} } of forged) {
		// security: S-65
		it(`lets in nobody by a header ${name}`, async ({ expect }) => {
			const provider = new Provider();
			await rules({ email: 'jane@acme.example', scope: 'manage' });
			provider.spoilt = spoil;
			const before = await counts();
			const page = await pass(provider, await provider.idToken({ aud: [AUD], ...claims }));
			expect([page.status, page.session, await counts()]).toEqual([403, '', before]);
		});
	}

	// security: S-65
	it('means nothing where it is not set up, and nothing to the management API', async ({ expect }) => {
		const provider = new Provider();
		await rules({ email: 'jane@acme.example', scope: 'manage' });
		const headers = { 'cf-access-jwt-assertion': await provider.idToken({ aud: [AUD] }) };
		expect((await browse('/sign-in', env, '', headers)).status).toBe(404);
		const direct = new Request(`${ORIGIN}/integrated-account`, { headers });
		expect((await send(direct, accessEnv(provider))).status).toBe(401);
	});
});

describe('a change of the rules', () => {
	// security: S-66
	it('ends, narrows and widens what people have, at once', async ({ expect }) => {
		await connectAccount('si-rules');
		const provider = new Provider();
		Object.assign(provider.claims, { sub: 'changing', groups: ['g-1', 'g-2'] });
		await rules({ group: 'g-1', scope: 'manage' }, { group: 'g-2', scope: 'use' });
		const { session } = await provider.signIn();
		expect(await asked(session, '/integrated-account/si-rules')).toBe(200);
		await rules({ group: 'g-2', scope: 'use' });
		expect(await asked(session, '/integrated-account/si-rules')).toBe(403);
		await rules({ group: 'g-3', scope: 'manage' });
		expect(await asked(session, '/integrated-account/si-rules')).toBe(401);
		await rules({ group: 'g-1', scope: 'manage', accounts: ['si-rules'] });
		const again = await provider.signIn();
		expect([
			await asked(again.session, '/integrated-account/si-rules'),
			await asked(again.session, '/api-token'),
		]).toEqual([200, 403]);
		await rules({ email: 'jane@acme.example', scope: 'none' }, { group: 'g-1', scope: 'manage' });
		expect(await asked(again.session, '/integrated-account/si-rules')).toBe(401);
		expect((await provider.signIn()).status).toBe(403);
	});

	// security: S-66
	it('ends the invitations of those who may not invite any more', async ({ expect }) => {
		for (const next of [[], [{ email: 'jane@acme.example', scope: 'use' as const }]]) {
			const provider = new Provider();
			provider.claims.sub = `inviting ${next.length}`;
			await rules({ email: 'jane@acme.example', scope: 'manage' });
			const { session } = await provider.signIn();
			const headers = { cookie: session, origin: ORIGIN, 'sec-fetch-site': 'same-origin' };
			const made = new Request(`${ORIGIN}/invitation`, { method: 'POST', headers, body: '{"name":"Guest"}' });
			const { url } = (await (await send(made)).json()) as { url: string };
			await rules(...next);
			expect((await api('POST', new URL(url).pathname, undefined, { token: null })).status).toBe(404);
		}
	});

	// security: S-66
	it('binds them to accounts as they are, not to the next one of the same id', async ({ expect }) => {
		await connectAccount('si-again');
		const provider = new Provider();
		provider.claims.sub = 'again';
		await rules({ email: 'jane@acme.example', scope: 'manage', accounts: ['si-again'] });
		await api('DELETE', '/integrated-account/si-again');
		await connectAccount('si-again');
		const { session } = await provider.signIn();
		expect(await asked(session, '/integrated-account/si-again')).toBe(404);
	});

	it('is told in the trail, with the people whom it lets in', async ({ expect }) => {
		const provider = new Provider();
		provider.claims.sub = 'trail';
		const { result: before } = (await api<{ result: TrailEntry[] }>('GET', '/trail')).body;
		await rules({ email: 'jane@acme.example', scope: 'use' });
		await provider.signIn();
		await rules({ email: 'jane@acme.example', scope: 'manage' });
		const { result } = (await api<{ result: TrailEntry[] }>('GET', '/trail')).body;
		const own = result
			.slice(before.length)
			.filter(({ action, after }) => action.startsWith('sign_in') || (after?.person as Json)?.subject === 'trail');
		expect(own.map(({ action, via, after }) => [action, via, after?.scope])).toEqual([
			['sign_in_rules.changed', 'api_token', undefined],
			['api_token.created', 'sign_in', 'use'],
			['sign_in_rules.changed', 'api_token', undefined],
			['api_token.changed', 'api_token', 'manage'],
		]);
		expect(own[0]?.after?.rules).toEqual([{ email: 'jane@acme.example', scope: 'use', accounts: '*' }]);
	});

	it('is refused with every fault at once, and where somebody else was quicker', async ({ expect }) => {
		await connectAccount('si-bad');
		const rule = { email: 'a@b.example', scope: 'use' };
		const cases: [Json, Record<string, RegExp>][] = [
			[{}, { '': /at least one of rules, days/ }],
			[{ days: 0 }, { days: /1/ }],
			[{ rules: [{ scope: 'use' }] }, { 'rules.0': /one of email/ }],
			[{ rules: [{ ...rule, group: 'x' }] }, { 'rules.0': /one of email/ }],
			[{ rules: [{ email: 'x', scope: 'use' }] }, { 'rules.0.email': /e-mail/ }],
			[{ rules: [{ email_domain: 'x', scope: 'use' }] }, { 'rules.0.email_domain': /domain/ }],
			[{ rules: [{ ...rule, scope: 'all' }] }, { 'rules.0.scope': /./ }],
			[{ rules: [rule, { ...rule, accounts: ['never-was'] }] }, { 'rules.1.accounts': /no account "never-was"/ }],
			[{ rules: [{ ...rule, accounts: ['si-bad'], servers: ['mcp_1'] }] }, { 'rules.0.servers.0': /mcp_1/ }],
			[
				{ rules: [{ ...rule, scope: 'manage', accounts: ['si-bad'], servers: ['mcp_1'] }] },
				{ 'rules.0.servers': /scope use/ },
			],
		];
		const before = (await api('GET', '/sign-in-rules')).body;
		for (const [patch, faults] of cases) {
			const answer = await refused('PATCH', '/sign-in-rules', patch);
			expect([patch, answer.status]).toEqual([patch, 400]);
			for (const [path, message] of Object.entries(faults))
				expect([patch, faultsOf(answer)[path]]).toEqual([patch, expect.stringMatching(message)]);
		}
		expect((await api('GET', '/sign-in-rules')).body).toEqual(before);
		const late = new Request(`${ORIGIN}/sign-in-rules`, {
			method: 'PATCH',
			headers: { authorization: 'Bearer local-api-token', 'if-match': '"2020-01-01T00:00:00.000Z"' },
			body: JSON.stringify({ days: 5 }),
		});
		expect((await send(late)).status).toBe(412);
		expect((await api<{ days: number }>('PATCH', '/sign-in-rules', { days: 5 })).body.days).toBe(5);
		await api('PATCH', '/sign-in-rules', { days: 30 });
	});
});

describe('a person', () => {
	async function consent(server: ServerWithUrl, session: string) {
		const clientId = (await register(server)).body.client_id;
		const page = await openPage(await authorizeUrl(server, clientId), { cookie: session });
		const given = await submit(server, page, { api_token: '', cookie: `${page.cookie}; ${session}` });
		return { clientId, page, given };
	}

	// security: S-67
	it('agrees on the consent page without an API token, for servers that they may use, and the log names them', async ({
		expect,
	}) => {
		await connectAccount('si-consent');
		const [own, other] = [await createServer('si-consent'), await createServer('si-consent')];
		const provider = new Provider();
		Object.assign(provider.claims, { sub: 'consenting' });
		await rules({ email: 'jane@acme.example', scope: 'use', accounts: ['si-consent'], servers: [own.id] });
		const { session } = await provider.signIn();
		const { clientId, page, given } = await consent(own, session);
		expect(page.html).toContain('You are signed in as <strong>Jane Doe</strong>');
		const code = given.location?.searchParams.get('code') ?? '';
		const { body } = await exchange(own, clientId, code);
		const call = () => callWith(body.access_token, own.oauth_url, 'tools/call', { name: LIST_TICKETS, arguments: {} });
		expect((await call()).status).toBe(200);
		const entry = await eventually(async () => {
			const log = await api<Page<Json>>('GET', `${serverPath(own)}/log`);
			const [line] = log.body.result;
			if (!line) throw new Error('not logged yet');
			return line;
		});
		expect(entry).toMatchObject({ via: 'oauth', person: 'jane@acme.example' });
		const refusedThere = await consent(other, session);
		expect(refusedThere.page.html).toContain('may not use this server');
		expect([refusedThere.given.status, refusedThere.given.location]).toEqual([400, null]);
		const [person] = (await people()).filter((one) => one.person?.subject === 'consenting');
		await api('DELETE', `/api-token/${person?.id}`);
		expect((await call()).status).toBe(401);
		expect((await consent(own, session)).given.status).toBe(400);
		expect((await provider.signIn()).status).toBe(200);
	});

	it('is led from the consent page to the provider and back to the question', async ({ expect }) => {
		await connectAccount('si-led');
		const server = await createServer('si-led');
		const provider = new Provider();
		await rules({ email: 'jane@acme.example', scope: 'use' });
		const stub = env.AUTHORIZATION_SERVERS.getByName(`si-led/${server.id}`);
		await runInDurableObject(stub, (instance) => {
			const object = instance as unknown as { env: Env };
			object.env = provider.env({ OIDC_NAME: 'Acme & Sons' });
		});
		const question = await authorizeUrl(server, (await register(server)).body.client_id);
		const page = await openPage(question);
		expect(page.html).toContain('Sign in with Acme &#38; Sons');
		const path = /href="(\/sign-in[^"]*)"/.exec(page.html)?.[1]?.replaceAll('&#38;', '&') ?? '';
		const to = new URL(path, ORIGIN).searchParams.get('to') ?? '';
		const back = await provider.signIn(to);
		const next = /url=([^"]*)"/.exec(back.html)?.[1]?.replaceAll('&#38;', '&');
		expect(ORIGIN + next).toBe(question);
	});

	// security: S-60
	it('accepts an invitation by signing in, once, and comes back without it until it is revoked', async ({ expect }) => {
		await connectAccount('si-inv');
		const server = await createServer('si-inv', {}, { name: 'Invited' });
		const provider = new Provider();
		Object.assign(provider.claims, { sub: 'invited', email: 'guest@other.example' });
		await rules();
		const input = { name: 'Guest', ends_as: 'sign_in', accounts: ['si-inv'] };
		expect(faultsOf(await refused('POST', '/invitation', input))).toHaveProperty(['ends_as']);
		expect(faultsOf(await refused('POST', '/invitation', { name: 'x', scope: 'manage' }))).toHaveProperty(['scope']);
		const { body } = await api<{ url: string }>('POST', '/invitation', input, { env: provider.env() });
		const path = new URL(body.url).pathname;
		expect((await api('POST', path, undefined, { token: null })).status).toBe(403);
		const page = await browse(path, provider.env());
		expect(page.html).toContain(`href="/sign-in?to=${encodeURIComponent(path)}"`);
		expect((await provider.signIn()).status).toBe(403);
		const welcome = await provider.signIn(path);
		expect([welcome.status, welcome.html.includes(server.oauth_url)]).toEqual([200, true]);
		expect((await browse(path, provider.env())).status).toBe(410);
		Object.assign(provider.claims, { sub: 'another' });
		expect((await provider.signIn(path)).status).toBe(410);
		Object.assign(provider.claims, { sub: 'invited' });
		expect((await provider.signIn()).status).toBe(200);
		const [person] = (await people()).filter((one) => one.person?.subject === 'invited');
		await api('DELETE', `/api-token/${person?.id}`);
		expect((await provider.signIn()).status).toBe(403);
	});

	it('who is invited past the rules is let in until the invitation says, and never when kept out', async ({
		expect,
	}) => {
		const provider = new Provider();
		Object.assign(provider.claims, { sub: 'until' });
		await rules({ email: 'jane@acme.example', scope: 'none' });
		const access_expires_at = new Date(Date.now() + 86_400_000).toISOString();
		const input = { name: 'Until', ends_as: 'sign_in', scope: 'manage', access_expires_at };
		const { body } = await api<{ url: string }>('POST', '/invitation', input, { env: provider.env() });
		const path = new URL(body.url).pathname;
		expect((await provider.signIn(path)).status).toBe(403);
		await rules();
		const { session } = await provider.signIn(path);
		expect(await asked(session, '/integrated-account')).toBe(200);
		await at(access_expires_at, async () => expect((await provider.signIn()).status).toBe(403));
	});

	it('is asked for by the dashboard, where somebody can sign in', async ({ expect }) => {
		const who = async (more: Partial<Env>) =>
			(await api<Json>('GET', '/session', undefined, { env: { ...env, ...more }, token: null })).body.sign_in;
		expect(await who({})).toBe(undefined);
		expect(await who({ OIDC_ISSUER: 'https://accounts.google.com', OIDC_CLIENT_ID: 'x' })).toEqual({
			label: 'accounts.google.com',
		});
		expect(await who({ OIDC_ISSUER: 'https://x.example', OIDC_CLIENT_ID: 'x', OIDC_NAME: 'Acme' })).toEqual({
			label: 'Acme',
		});
		expect(await who({ ACCESS_TEAM_DOMAIN: 'a.cloudflareaccess.com', ACCESS_AUD: 'x' })).toEqual({
			label: 'Cloudflare Access',
		});
	});
});
