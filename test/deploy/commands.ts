// The commands for a deployed Patchbay, run inside the test's own process. Wrangler is replaced by a simulation that
// sends the same requests to the simulated Cloudflare API, which saves a process for every step; `npm run test:long`
// runs the same tests with the real wrangler.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inject, vi } from 'vitest';
import { runDeploy } from '../../scripts/deploy.ts';
import { exitCodeOf } from '../../scripts/lib/failure.ts';
import { findWrangler, type Wrangler } from '../../scripts/lib/wrangler-cli.ts';
import { runRotateKeys } from '../../scripts/rotate-keys.ts';
import { runUndeploy } from '../../scripts/undeploy.ts';
import { ACCOUNT_ID, type Binding, type CloudflareApi } from './cloudflare-api.ts';

const COMMANDS = { deploy: runDeploy, undeploy: runUndeploy, 'rotate-keys': runRotateKeys };

export interface CommandResult {
	code: number | null;
	/** What the command printed, stdout and stderr. */
	output: string;
}

/** The environment in which wrangler, real or simulated, asks the simulated API and nothing else. */
export function environmentFor(api: CloudflareApi): Record<string, string> {
	return {
		CLOUDFLARE_API_BASE_URL: api.url,
		CLOUDFLARE_API_TOKEN: 'simulated-token',
		CLOUDFLARE_ACCOUNT_ID: ACCOUNT_ID,
		npm_config_registry: 'http://127.0.0.1:9/',
		// A person's terminal, also where these tests run in CI.
		CI: '',
		WORKERS_CI: '',
	};
}

/** @param env  added to the environment; undefined takes a variable out */
export async function runCommand(
	api: CloudflareApi,
	command: keyof typeof COMMANDS,
	args: string[] = [],
	env: Record<string, string | undefined> = {},
): Promise<CommandResult> {
	let output = '';
	const print = (...parts: unknown[]) => {
		output += `${parts.map((part) => (part instanceof Error ? part.stack : String(part))).join(' ')}\n`;
	};
	const spies = [
		vi.spyOn(console, 'log').mockImplementation(print),
		vi.spyOn(console, 'error').mockImplementation(print),
	];
	for (const [name, value] of Object.entries({ ...environmentFor(api), ...env })) vi.stubEnv(name, value);
	try {
		const wranglerAt = inject('runs') === 'long' ? findWrangler : () => simulateWrangler(api.url);
		const code = await exitCodeOf(() => COMMANDS[command](args, wranglerAt));
		return { code, output };
	} finally {
		vi.unstubAllEnvs();
		for (const spy of spies) spy.mockRestore();
	}
}

/** Refused by the API: wrangler prints the reason and ends with exit code 1. */
class Refusal extends Error {}

/** The commands of wrangler that the scripts use. It prints what the scripts read from the real one's output. */
function simulateWrangler(apiUrl: string): Wrangler {
	const cloudflare: Cloudflare = async <T>(method: string, path: string, body?: unknown) => {
		const isForm = body instanceof FormData;
		const answer = await fetch(`${apiUrl}${path}`, {
			method,
			...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
			...(isForm ? {} : { headers: { 'content-type': 'application/json' } }),
		});
		const { result, errors } = (await answer.json()) as { result: T; errors: { code: number; message: string }[] };
		if (!answer.ok) {
			const reasons = errors.map(({ code, message }) => `${message} [code: ${code}]`).join('\n');
			throw new Refusal(`A request to the Cloudflare API (${path}) failed.\n${reasons}`);
		}
		return result;
	};
	return async (args, env = {}) => {
		try {
			const stdout = await runStep(cloudflare, args, env);
			return { ok: true, stdout, output: stdout };
		} catch (error) {
			if (error instanceof Refusal) return { ok: false, stdout: '', output: `ERROR ${error.message}` };
			throw error;
		}
	};
}

type Cloudflare = <T>(method: string, path: string, body?: unknown) => Promise<T>;

interface Step {
	cloudflare: Cloudflare;
	/** The account's part of the API. */
	account: string;
	flags: Record<string, string | boolean | undefined>;
	/** The last word of the command: a name or the path of a file. */
	last: string;
	reportPath: string;
}

const readJson = <T>(path: string) => JSON.parse(readFileSync(path, 'utf8')) as T;
const namespaces = ({ account }: Step) => `${account}/storage/kv/namespaces`;
const namespace = (step: Step) => `${namespaces(step)}/${step.flags['namespace-id']}`;
const secrets = ({ account, flags }: Step) => `${account}/workers/scripts/${flags.name}/secrets`;

/** Wrangler's commands, each with what it prints to stdout. */
const STEPS: Record<string, (step: Step) => Promise<unknown>> = {
	whoami: async ({ cloudflare }) => {
		if (!process.env.CLOUDFLARE_API_TOKEN) throw new Refusal('{"loggedIn":false}');
		return { loggedIn: true, accounts: await cloudflare('GET', '/accounts') };
	},
	deploy: upload,
	delete: ({ cloudflare, account, last }) => cloudflare('DELETE', `${account}/workers/services/${last}?force=true`),
	'secret list': (step) => step.cloudflare('GET', secrets(step)),
	'secret bulk': (step) => {
		const changes = Object.entries(readJson<Record<string, string | null>>(step.last));
		const entries = changes.map(([name, text]) => [name, text === null ? null : { name, type: 'secret_text', text }]);
		return step.cloudflare('PATCH', `${secrets(step)}-bulk`, { secrets: Object.fromEntries(entries) });
	},
	'kv namespace list': (step) => step.cloudflare('GET', namespaces(step)),
	'kv namespace create': (step) => step.cloudflare('POST', namespaces(step), { title: step.last }),
	'kv namespace delete': (step) => step.cloudflare('DELETE', namespace(step)),
};

const STRING_FLAGS = ['name', 'format', 'config', 'secrets-file', 'namespace-id'];
const SWITCHES = ['json', 'force', 'skip-confirmation'];
const OPTIONS: Record<string, { type: 'string' | 'boolean' }> = {
	...Object.fromEntries(STRING_FLAGS.map((name) => [name, { type: 'string' }])),
	...Object.fromEntries(SWITCHES.map((name) => [name, { type: 'boolean' }])),
};

async function runStep(cloudflare: Cloudflare, args: string[], env: Record<string, string>): Promise<string> {
	const { positionals, values } = parseArgs({ args, allowPositionals: true, options: OPTIONS });
	const words = positionals.join(' ');
	const name = Object.keys(STEPS).find((step) => words === step || words.startsWith(`${step} `));
	const run = STEPS[name ?? ''];
	if (!run) throw new Error(`The simulated wrangler does not know: ${args.join(' ')}`);
	const account = `/accounts/${process.env.CLOUDFLARE_ACCOUNT_ID ?? ACCOUNT_ID}`;
	const reportPath = env.WRANGLER_OUTPUT_FILE_PATH ?? '';
	const flags = values as Step['flags'];
	return JSON.stringify(await run({ cloudflare, account, flags, last: positionals.at(-1) ?? '', reportPath }));
}

interface UploadedConfig {
	name: string;
	durable_objects?: { bindings: { name: string; class_name: string }[] };
	kv_namespaces?: { binding: string; id: string }[];
}

/** An upload with one empty module: the requests, bindings and secrets are those of the real wrangler. */
async function upload({ cloudflare, account, flags, reportPath }: Step): Promise<void> {
	const config = readJson<UploadedConfig>(String(flags.config));
	const made = flags['secrets-file'] ? readJson<Record<string, string>>(String(flags['secrets-file'])) : {};
	const bindings: Binding[] = [
		...(config.durable_objects?.bindings ?? []).map((binding) => ({ type: 'durable_object_namespace', ...binding })),
		...(config.kv_namespaces ?? []).map(({ binding, id }) => ({
			type: 'kv_namespace',
			name: binding,
			namespace_id: id,
		})),
		...Object.entries(made).map(([name, text]) => ({ type: 'secret_text', name, text })),
	];
	const script = `${account}/workers/scripts/${config.name}`;
	await cloudflare('POST', `${script}/assets-upload-session`, { manifest: {} });
	const form = new FormData();
	form.set('metadata', JSON.stringify({ main_module: 'index.js', bindings, keep_bindings: ['secret_text'] }));
	form.set('index.js', new Blob([''], { type: 'application/javascript+module' }), 'index.js');
	await cloudflare('PUT', script, form);
	await cloudflare('POST', `${script}/subdomain`, { enabled: true });
	const { subdomain } = await cloudflare<{ subdomain: string }>('GET', `${account}/workers/subdomain`);
	const report = { type: 'deploy', targets: [`https://${config.name}.${subdomain}.workers.dev`] };
	writeFileSync(reportPath, `${JSON.stringify(report)}\n`);
}
