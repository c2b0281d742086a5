// `npm run deploy` and `npm run undeploy` against a simulated Cloudflare API: the first deploy is the real command with the
// real wrangler, the others run in this process.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'vitest';
import { deployDir, readDeployConfig, writeDeployConfig } from '../../scripts/lib/deploy-config.ts';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';
import { type CloudflareApi, startCloudflareApi } from './cloudflare-api.ts';
import { type CommandResult, environmentFor, runCommand } from './commands.ts';

let api: CloudflareApi;
/** Everything that the commands of a test have printed. */
let printed = '';

beforeEach(async () => {
	api = await startCloudflareApi();
	printed = '';
});

afterEach(() => api.close());

async function run(...command: Parameters<typeof runCommand> extends [unknown, ...infer Rest] ? Rest : never) {
	const result = await runCommand(api, ...command);
	printed += result.output;
	return result;
}

/** The command as npm starts it, with the real wrangler. */
async function runProcess(script: 'deploy' | 'undeploy', args: string[] = []): Promise<CommandResult> {
	const child = spawn(process.execPath, [join(PROJECT_ROOT, 'scripts', `${script}.ts`), ...args], {
		cwd: PROJECT_ROOT,
		stdio: ['ignore', 'pipe', 'pipe'],
		env: { ...process.env, ...environmentFor(api), WRANGLER_LOG: 'error' },
	});
	let output = '';
	child.stdout.on('data', (chunk) => (output += chunk));
	child.stderr.on('data', (chunk) => (output += chunk));
	const [code] = (await once(child, 'close')) as [number | null];
	printed += output;
	return { code, output };
}

const apiTokensIn = (output: string) => output.match(/pb_[A-Za-z0-9_-]{43}/g) ?? [];
const TOKEN_SECRET = 'DEPLOYED_API_TOKEN_SHA256';
const hashOf = (token: string) => createHash('sha256').update(token).digest('hex');
const script = () => {
	const found = api.state.scripts.get('patchbay');
	if (!found) throw new Error(`no Worker was deployed; printed:\n${printed}`);
	return found;
};
const values = () => [...api.state.namespaces.values()][0]?.values ?? new Map<string, string>();

/** A Worker that was there before the test, with one secret of this name. */
function placeWorker(secret: string): void {
	api.state.scripts.set('patchbay', {
		metadata: { bindings: [] },
		modules: new Map(),
		secrets: new Map([[secret, 'x']]),
		migrationTag: undefined,
		uploads: 1,
		onWorkersDev: true,
	});
}

describe('npm run deploy', () => {
	// security: S-36
	it('deploys, and a second time changes nothing that must stay', async ({ expect }) => {
		const first = await runProcess('deploy');
		expect(first, first.output).toMatchObject({ code: 0 });
		expect(first.output).toContain('https://patchbay.example-team.workers.dev');
		const [token = '', ...others] = apiTokensIn(first.output);
		expect(others).toEqual([]);
		// A secret names it, which only whoever may deploy can set.
		expect(script().secrets.get(TOKEN_SECRET)).toBe(hashOf(token));
		expect([...values()]).toEqual([]);

		// What runs there: our code with its bindings, and nothing of a local start.
		const bindings = script()
			.metadata.bindings.map(({ type, name }) => `${type} ${name}`)
			.sort();
		expect(bindings).toEqual([
			'durable_object_namespace API_TOKENS',
			'durable_object_namespace AUTHORIZATION_SERVERS',
			'durable_object_namespace DIRECTORY',
			'durable_object_namespace EVENT_STREAMS',
			'durable_object_namespace INTEGRATED_ACCOUNTS',
			'kv_namespace KV',
			'ratelimit ADDRESS_LIMIT',
			'secret_text ENCRYPTION_KEY',
			'secret_text TOKEN_KEY',
		]);
		expect(script().crons).toEqual(['*/5 * * * *']);
		// The dashboard goes up beside it: what the page loads, and no note to the tools.
		expect([...api.state.assets.paths.keys()]).toEqual(expect.arrayContaining(['/index.html', '/js/app.js']));
		expect([...api.state.assets.paths.keys()].filter((path) => /types|_headers|assetsignore/.test(path))).toEqual([]);
		expect([...api.state.assets.paths.values()].filter((hash) => !api.state.assets.uploaded.has(hash))).toEqual([]);
		expect(JSON.stringify(script().metadata.assets)).toContain('Referrer-Policy: no-referrer');

		// The code knows the local API token by name, to refuse it: only LOCAL, which is no binding here, lets it in.
		const uploaded = [...script().modules].flat().join('\n');
		// What the configuration puts in a module's place is found from where its copy lies.
		expect(uploaded).toContain('this Worker has no JSON Schema validator');
		expect(uploaded.length).toBeGreaterThan(0);
		expect(
			/SandboxState|sandboxPrivateKey|sandbox\/(?:http|schema|behaviour|seed)\//.exec(uploaded)?.[0],
		).toBeUndefined();

		const secrets = new Map(script().secrets);
		expect([...secrets.keys()].sort()).toEqual([TOKEN_SECRET, 'ENCRYPTION_KEY', 'TOKEN_KEY']);
		for (const name of ['ENCRYPTION_KEY', 'TOKEN_KEY'])
			expect(Buffer.from(secrets.get(name) ?? '', 'base64')).toHaveLength(32);
		expect(new Set(secrets.values()).size).toBe(3);

		const second = await run('deploy');
		expect(second, second.output).toMatchObject({ code: 0 });
		expect(second.output).toContain('https://patchbay.example-team.workers.dev');
		expect(apiTokensIn(second.output)).toEqual([]);
		expect(script().uploads).toBe(2);
		expect(script().secrets).toEqual(secrets);
		expect(api.state.namespaces.size).toBe(1);

		// A further token on demand. The Worker keeps the first one, if that was ever used.
		const third = await run('deploy', ['--new-api-token']);
		const [another = ''] = apiTokensIn(third.output);
		expect(another).not.toBe(token);
		expect(script().secrets).toEqual(new Map(secrets).set(TOKEN_SECRET, hashOf(another)));

		for (const value of secrets.values()) expect(printed).not.toContain(value);
		expect(api.unknown).toEqual([]);
	});

	it('goes on after a failure at any step', async ({ expect }) => {
		const steps = [
			{ step: /^POST .*\/storage\/kv\/namespaces$/, says: 'Creating the KV namespace' },
			{ step: /^POST .*\/assets-upload-session$/, says: 'Deploying the Worker' },
			{ step: /^PUT .*\/workers\/scripts\/patchbay$/, says: 'Deploying the Worker' },
			{ step: /^POST .*\/scripts\/patchbay\/subdomain$/, says: 'Deploying the Worker' },
			{ step: /^PATCH .*\/secrets-bulk$/, says: 'Handing over the API token' },
		];
		let firstSecrets: Map<string, string> | undefined;
		for (const { step, says } of steps) {
			api.failOn(step);
			const failed = await run('deploy');
			expect(failed.code, `${step}\n${failed.output}`).toBe(1);
			expect(failed.output).toContain(`${says} failed`);
			expect(failed.output).toContain('Run the same command again');
			expect(apiTokensIn(failed.output)).toEqual([]);
			const secrets = api.state.scripts.get('patchbay')?.secrets;
			if (secrets && !firstSecrets) firstSecrets = new Map(secrets);
		}
		api.failOn(null);
		const finished = await run('deploy');
		expect(finished, finished.output).toMatchObject({ code: 0 });
		expect(apiTokensIn(finished.output)).toHaveLength(1);
		const { [TOKEN_SECRET]: _made, ...keys } = Object.fromEntries(script().secrets);
		expect(keys).toEqual(Object.fromEntries(firstSecrets ?? []));
		expect(api.state.namespaces.size).toBe(1);
	});

	// security: S-36
	it('does not write over somebody’s own Worker of the same name', async ({ expect }) => {
		placeWorker('OTHER');
		const { code, output } = await run('deploy');
		expect(code).toBe(1);
		expect(output).toContain('npm run deploy -- --name');
		expect(script().uploads).toBe(1);
		expect(api.state.namespaces.size).toBe(0);
	});

	it('says in a dry run what it would do, and sets no cron trigger where none is wanted', async ({ expect }) => {
		const dry = await run('deploy', ['--dry-run']);
		expect(dry, dry.output).toMatchObject({ code: 0 });
		expect(dry.output).toMatch(/KV +create.*Secrets +make.*Worker +create.*Cron +run it at \*\/5 \* \* \* \*/s);
		expect((await run('deploy', ['--dry-run', '--no-cron'])).output).toMatch(/Cron +set no trigger/);
		expect(api.state.scripts.size).toBe(0);
		const config = readDeployConfig(PROJECT_ROOT);
		const cronsOf = (options: { crons?: string[] }) =>
			JSON.parse(readFileSync(writeDeployConfig(PROJECT_ROOT, config, 'namespace', options), 'utf8')).triggers;
		expect([cronsOf({}), cronsOf({ crons: [] })]).toEqual([{ crons: ['*/5 * * * *'] }, { crons: [] }]);
	});

	it('asks to choose when the login opens several accounts', async ({ expect }) => {
		api.state.accounts.push({ id: 'f'.repeat(32), name: 'Another Team' });
		const { code, output } = await run('deploy', [], { CLOUDFLARE_ACCOUNT_ID: undefined });
		expect(code).toBe(1);
		expect(output).toContain('Another Team');
		expect(output).toContain('CLOUDFLARE_ACCOUNT_ID=');
	});

	it('says how to log in when nobody is', async ({ expect }) => {
		const home = join(PROJECT_ROOT, 'node_modules/.cache/no-such-home');
		const { code, output } = await run('deploy', [], {
			CLOUDFLARE_API_TOKEN: undefined,
			HOME: home,
			XDG_CONFIG_HOME: home,
		});
		expect(code).toBe(1);
		expect(output).toContain('npx wrangler login');
		expect(api.calls).toEqual([]);
	});
});

describe('npm run undeploy', () => {
	it('takes everything away, half of it when half is there, and then says that nothing is left', async ({ expect }) => {
		placeWorker('TOKEN_KEY');
		api.state.namespaces.set('a'.repeat(32), { title: 'someone else’s', values: new Map() });
		api.state.namespaces.set('b'.repeat(32), { title: 'patchbay', values: new Map() });
		mkdirSync(join(PROJECT_ROOT, '.wrangler/patchbay-deploy'), { recursive: true });
		const unasked = await run('undeploy');
		expect(unasked.code).toBe(1);
		expect(unasked.output).toContain('--yes');
		expect(script().uploads).toBe(1);

		api.failOn(/^DELETE .*\/storage\/kv\/namespaces\//);
		const half = await run('undeploy', ['--yes']);
		expect(half.code).toBe(1);
		expect(half.output).toContain('Deleting the KV namespace failed');
		api.failOn(null);
		expect(api.state.scripts.size).toBe(0);
		expect(api.state.namespaces.size).toBe(2);

		const rest = await run('undeploy', ['--yes']);
		expect(rest, rest.output).toMatchObject({ code: 0 });
		expect([...api.state.namespaces.keys()]).toEqual(['a'.repeat(32)]);
		expect(existsSync(join(PROJECT_ROOT, '.wrangler/patchbay-deploy'))).toBe(false);

		const again = await run('undeploy', ['--yes']);
		expect(again).toMatchObject({ code: 0 });
		expect(again.output).toContain('Nothing to remove');
		expect(api.unknown).toEqual([]);
	});
});

describe('a deploy', () => {
	for (const variable of ['WORKERS_CI', 'CI']) {
		// security: S-51
		it(`whose log is kept (${variable}) shows no API token and says how to get one`, async ({ expect }) => {
			const { code, output } = await run('deploy', [], { [variable]: '1' });
			expect(code, output).toBe(0);
			expect(apiTokensIn(output)).toEqual([]);
			expect(output).toContain('FIRST_API_TOKEN');
			expect(script().secrets.has(TOKEN_SECRET)).toBe(false);
			// A person who deploys later gets theirs.
			expect(apiTokensIn((await run('deploy')).output)).toHaveLength(1);
		});
	}
});

describe('a deploy of own integrations and overlays', () => {
	const FIXTURE = join(PROJECT_ROOT, 'test/fixtures/integrations/zendesk');
	const OVERLAY = {
		over: 'connect_wise_psa',
		instructions: { append: 'Contoso: never close a ticket without time.' },
		tools: { 'tickets.create': { defaults: { board: 'Contoso Desk' } } },
	};
	let dir: string;
	beforeEach(() => {
		dir = mkdtempSync(join(tmpdir(), 'patchbay-own-'));
		cpSync(FIXTURE, join(dir, 'integrations/zendesk'), { recursive: true });
		mkdirSync(join(dir, 'overlays/contoso'), { recursive: true });
		writeOverlay(OVERLAY);
	});
	afterEach(() => rmSync(dir, { recursive: true }));

	const writeOverlay = (overlay: object) =>
		writeFileSync(join(dir, 'overlays/contoso/connect_wise_psa.json'), JSON.stringify(overlay, null, '\t'));
	const deploy = (args: string[] = []) =>
		run('deploy', args, {
			PATCHBAY_INTEGRATIONS: join(dir, 'integrations'),
			PATCHBAY_OVERLAYS: join(dir, 'overlays'),
		});

	it('says in a dry run what is packed, and then packs it', async ({ expect }) => {
		const plan = await deploy(['--dry-run']);
		expect(plan, plan.output).toMatchObject({ code: 0 });
		expect(plan.output).toContain(`pack zendesk from ${join(dir, 'integrations')}`);
		expect(plan.output).toContain('pack those over connect_wise_psa');
		expect(api.state.scripts.size).toBe(0);

		const deployed = await deploy();
		expect(deployed, deployed.output).toMatchObject({ code: 0 });
		const folder = deployDir(PROJECT_ROOT);
		const { main } = JSON.parse(readFileSync(join(folder, 'wrangler.json'), 'utf8')) as { main: string };
		const packedWorker = readFileSync(resolve(folder, main), 'utf8');
		for (const packed of ['zendesk.com/api/v2', 'Contoso: never close', 'Contoso Desk'])
			expect(packedWorker).toContain(packed);
	});

	it('deploys nothing while one of them has a fault', async ({ expect }) => {
		writeOverlay({ ...OVERLAY, tools: { 'ticket.create': { hidden: true } } });
		const wrong = await deploy();
		expect(wrong.code).toBe(1);
		expect(wrong.output).toMatch(
			/contoso\/connect_wise_psa\.json:\d+: tools ticket\.create: is no tool of .*"tickets\.create"/,
		);
		writeOverlay({ ...OVERLAY, auth: { scheme: 'headers' } });
		expect((await deploy(['--dry-run'])).output).toMatch(/has no member "auth"/);
		writeOverlay(OVERLAY);
		writeFileSync(join(dir, 'integrations/zendesk/integration.json'), '{ "name": ');
		expect((await deploy()).output).toMatch(/zendesk.*integration\.json/);
		expect(api.state.scripts.size).toBe(0);
		expect(api.calls.filter((call) => !call.startsWith('GET '))).toEqual([]);
	});
});

describe('the configuration that is deployed', () => {
	it('bounds the CPU of a request on the paid plan alone', ({ expect }) => {
		const config = readDeployConfig(PROJECT_ROOT);
		const limitsOf = (isPaid: boolean) =>
			JSON.parse(readFileSync(writeDeployConfig(PROJECT_ROOT, config, 'namespace', { isPaid }), 'utf8')).limits;
		expect([limitsOf(true), limitsOf(false)]).toEqual([{ cpu_ms: 10_000 }, undefined]);
	});
});
