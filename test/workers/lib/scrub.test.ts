// What goes wrong is written to the log, and no secret with it: not of a path, a header, a key of storage.
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { scrub } from '../../../workers/lib/errors.ts';
import {
	api,
	CREDENTIALS,
	captureLog,
	connectAccount,
	createApiToken,
	createServer,
	failingKv,
	keyedHash,
	mcp,
	refused,
	setUp,
} from '../support.ts';

setUp();

describe('the log', () => {
	// security: S-06
	it('holds no token of a path, though what failed tells the whole path', async ({ expect }) => {
		const log = captureLog();
		await connectAccount('scrubbed');
		const { url, token } = await createServer('scrubbed');
		const KV = new Proxy(env.KV, {
			get: (target, property) =>
				property === 'get'
					? () => Promise.reject(new Error(`GET ${url} failed`, { cause: new Error(`key token:${keyedHash(token)}`) }))
					: Reflect.get(target, property),
		});
		expect((await mcp(url, 'ping', {}, { env: { ...env, KV } })).status).toBe(503);
		expect(log.join('\n')).toContain('/mcp/[token] failed');
		expect(log.join('\n')).not.toContain(token);
		expect(log.join('\n')).not.toContain(keyedHash(token));
	});

	it('holds no API token, and nothing of an account’s credentials', async ({ expect }) => {
		const log = captureLog();
		const token = await createApiToken({ scope: 'manage', accounts: '*' });
		await connectAccount('scrubbed-account');
		const { url } = await createServer('scrubbed-account', { require_api_token_auth: true });
		const KV = failingKv(() => true);
		await mcp(url, 'ping', {}, { env: { ...env, KV }, headers: { authorization: `Bearer ${token}` } });
		await refused('POST', '/integrated-account/scrubbed-account/mcp', { name: 'x' }, { token, env: { ...env, KV } });
		await api('GET', '/nothing', undefined, { token });
		expect(log.length).toBeGreaterThan(0);
		for (const secret of [token, ...Object.values(CREDENTIALS)]) expect(log.join('\n')).not.toContain(secret);
	});

	const token = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U_-';
	const CASES = [
		{ name: 'a URL', text: `at https://x.example/mcp/${token}/sse`, secret: token },
		{ name: 'an API token', text: `Authorization: Bearer pb_${token}`, secret: token },
		{ name: 'a session', text: `cookie: __Host-patchbay-session=${token}; a=b`, secret: token },
		{ name: 'basic credentials', text: 'Authorization: Basic Y29tcGFueStwdWJsaWM6cHJpdmF0ZQ==', secret: 'Y29tcGFue' },
		{ name: 'a hash of storage', text: `KV put token:${'0123456789abcdef'.repeat(4)}`, secret: '0123456789abcdef' },
		{ name: 'a short API token in a header', text: 'bearer local-api-token', secret: 'local-api-token' },
		{
			name: 'an access token',
			text: `token tok_0123456789ab:${'g'.repeat(16)}:${'s'.repeat(32)} is unknown`,
			secret: 's'.repeat(32),
		},
	];
	for (const { name, text, secret } of CASES)
		it(`has ${name} taken out`, ({ expect }) => expect(scrub(text)).not.toContain(secret));
});
