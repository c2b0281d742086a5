// `npm run deploy`: puts Patchbay on the user's own Cloudflare account. Safe to run again: it makes what is missing,
// updates the code and leaves the rest. The sandbox and `LOCAL` stay on this machine.
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { bundleWorker } from './lib/bundle.ts';
import { findNamespace, listSecretNames, requireAccount, TRY_AGAIN } from './lib/cloudflare-account.ts';
import { type DeployConfig, deployDir, readDeployConfig, writeDeployConfig } from './lib/deploy-config.ts';
import { Failure, runCommand } from './lib/failure.ts';
import { readFlags } from './lib/flags.ts';
import { mintSecret, missingSecrets, SLOT_NAMES } from './lib/key-slots.ts';
import { integrationDirs, outsideDir } from './lib/outside-integrations.ts';
import { overlayPaths } from './lib/overlays.ts';
import { PROJECT_ROOT } from './lib/places.ts';
import { writePrivateFile } from './lib/private-file.ts';
import { requireSoundIntegrations } from './lib/require-sound-integrations.ts';
import { findWrangler, requireOk, type Wrangler } from './lib/wrangler-cli.ts';

/** Secret that names the API token that a deploy has made; the Worker takes it over when it is first used. */
const TOKEN_SECRET = 'DEPLOYED_API_TOKEN_SHA256';

const USAGE = {
	command: 'npm run deploy',
	summary:
		'Puts Patchbay on your Cloudflare account. Safe to run again: it makes what is missing and updates the code.',
	flags: {
		'dry-run': { type: 'boolean', default: false, help: 'says what would be done, and changes nothing' },
		'new-api-token': { type: 'boolean', default: false, help: 'hands out another API token' },
		paid: {
			type: 'boolean',
			default: false,
			help: 'the account is on the Workers Paid plan: bounds a request to 10 seconds of CPU, which the free plan refuses',
		},
		'no-cron': {
			type: 'boolean',
			default: false,
			help: 'sets no cron trigger: webhooks are told of nothing (the free plan allows 5 triggers an account)',
		},
		replace: { type: 'boolean', default: false, help: 'writes over another Worker of the same name' },
		name: { type: 'string', value: '<name>', help: 'name of the Worker, instead of the one in wrangler.toml' },
		'root-dir': { type: 'string', value: '<folder>', help: 'the project, if it is not this one' },
	},
} as const;

/** @returns the Worker with overlays and with integrations from outside the checkout; null where there are none */
async function packOwn(root: string, config: DeployConfig): Promise<string | null> {
	if (outsideDir() === null && overlayPaths(root).length === 0) return null;
	const path = join(deployDir(root), 'worker.js');
	const source = await bundleWorker(resolve(root, config.raw.main ?? ''), root, config.raw.alias);
	mkdirSync(dirname(path), { recursive: true });
	writeFileSync(path, source);
	return path;
}

/** @param args  the command line after `npm run deploy --` */
export async function runDeploy(args: string[], wranglerAt = findWrangler): Promise<void> {
	const { flags } = readFlags(USAGE, args);
	const root = resolve(flags['root-dir'] ?? PROJECT_ROOT);
	const config = readDeployConfig(root, flags.name);
	const wrangler = wranglerAt(root);
	requireSoundIntegrations(root);

	console.log(`Account    ${await requireAccount(wrangler, config.accountId)}`);
	const [secretNames, found] = await Promise.all([
		listSecretNames(wrangler, config.name),
		config.namespaceId ? null : findNamespace(wrangler, config.name),
	]);
	requireOurs(secretNames, config.name, flags.replace);
	const crons = flags['no-cron'] ? [] : (config.raw.triggers?.crons ?? []);
	if (flags['dry-run']) return describePlan(root, config, found, secretNames, crons);
	const namespaceId = await ensureNamespace(wrangler, config, found);
	const main = await packOwn(root, config);
	const configPath = writeDeployConfig(root, config, namespaceId, {
		isPaid: flags.paid,
		crons,
		...(main ? { main } : {}),
	});
	const url = await deploy(wrangler, configPath, secretNames ?? []);
	const isAsked = !secretNames?.includes(TOKEN_SECRET) || flags['new-api-token'];
	const apiToken = isAsked && !isLogKept() ? await handOverToken(wrangler, config.name) : null;
	if (isAsked && isLogKept()) console.log(NO_TOKEN_IN_LOG);

	console.log(`
Patchbay is deployed.

  Dashboard   ${url}/
  API token   ${apiToken ?? 'the one you have (another one: npm run deploy -- --new-api-token)'}
`);
	if (apiToken)
		console.log('The API token is shown this once and kept nowhere: put it into your password manager now.');
}

/** Cloudflare's build service and CI keep what a deploy prints, for everybody who may read the log. */
function isLogKept(): boolean {
	return Boolean(process.env.WORKERS_CI || process.env.CI) && !process.stdout.isTTY;
}

const NO_TOKEN_IN_LOG = `
API token  none is made here, because this log is kept. Sign in with the value of the Worker's secret FIRST_API_TOKEN
           (at least 32 characters). Where it is not set: npx wrangler secret put FIRST_API_TOKEN`;

/** Says what a deploy would do. @param found  id of the namespace that is there */
function describePlan(
	root: string,
	config: DeployConfig,
	found: string | null,
	secretNames: string[] | null,
	crons: readonly string[],
): void {
	const namespace = config.namespaceId ?? found;
	const missing = missingSecrets(secretNames ?? []);
	const own = ownParts(root).map(([kind, what]) => `\n  ${kind.padEnd(10)} pack ${what}`);
	console.log(`
This was a dry run; nothing was changed. A deploy would

  KV         ${namespace ? `use the namespace ${namespace}` : `create the namespace "${config.name}"`}
  Secrets    ${missing.length > 0 ? `make ${missing.join(' and ')}` : 'keep the keys that are there'}
  Worker     ${secretNames === null ? 'create' : 'update'} "${config.name}"${own.join('')}
  Cron       ${crons.length > 0 ? `run it at ${crons.join(' and ')}, to tell webhooks (the free plan allows 5 triggers)` : 'set no trigger'}
  API token  hand one out on the first deploy, and with --new-api-token`);
}

/** The installation's own integrations and overlays, which go into the Worker. */
function ownParts(root: string): [kind: string, what: string][] {
	const outside = outsideDir();
	const folders = outside === null ? [] : integrationDirs(outside).map((dir) => basename(dir));
	const overlays = overlayPaths(root).map((path) => basename(path, '.json'));
	const parts: [string, string][] = [];
	if (outside !== null) parts.push(['Own', `${folders.join(', ') || 'no integration'} from ${outside}`]);
	if (overlays.length > 0) parts.push(['Overlays', `those over ${[...new Set(overlays)].join(', ')}`]);
	return parts;
}

/** Someone's own Worker may have the same name: it is not written over unasked. */
function requireOurs(secretNames: string[] | null, name: string, mayReplace: boolean): void {
	// Cloudflare's build service (WORKERS_CI), behind the deploy button, makes an empty Worker before the first deploy.
	if (secretNames === null || mayReplace || process.env.WORKERS_CI) return;
	if ([...SLOT_NAMES.a, ...SLOT_NAMES.b].some((secret) => secretNames.includes(secret))) return;
	throw new Failure(
		`There is a Worker named "${name}" on the account that has none of Patchbay's secrets, so it is probably another one.`,
		'Deploy under another name (npm run deploy -- --name my-patchbay), or write over it (npm run deploy -- --replace).',
	);
}

/** @param found  id of the namespace that has the Worker's name, if there is one */
async function ensureNamespace(wrangler: Wrangler, config: DeployConfig, found: string | null): Promise<string> {
	if (config.namespaceId) {
		console.log(`KV         the namespace in wrangler.toml, ${config.namespaceId}`);
		return config.namespaceId;
	}
	if (found) {
		console.log(`KV         namespace "${config.name}" is there`);
		return found;
	}
	requireOk(await wrangler(['kv', 'namespace', 'create', config.name]), 'Creating the KV namespace', TRY_AGAIN);
	const created = await findNamespace(wrangler, config.name);
	if (!created)
		throw new Failure(`The KV namespace "${config.name}" was created, but is not in the list yet.`, TRY_AGAIN);
	console.log(`KV         namespace "${config.name}" created`);
	return created;
}

/**
 * Uploads the code, together with the secrets that the Worker lacks: a version without its keys never runs, and a key
 * that is there is never written over, for that would lock out every server and every account.
 *
 * @returns the Worker's address
 */
async function deploy(wrangler: Wrangler, configPath: string, present: string[]): Promise<string> {
	const missing = missingSecrets(present);
	console.log(
		missing.length > 0
			? `Secrets    making ${missing.join(' and ')}`
			: 'Secrets    the keys are there and stay (npm run rotate-keys changes them)',
	);
	const dir = mkdtempSync(join(tmpdir(), 'patchbay-deploy-'));
	try {
		const reportPath = join(dir, 'report.ndjson');
		const args = ['deploy', '--config', configPath];
		if (missing.length > 0) {
			const secretsPath = join(dir, 'secrets.json');
			writePrivateFile(secretsPath, JSON.stringify(Object.fromEntries(missing.map((name) => [name, mintSecret()]))));
			args.push('--secrets-file', secretsPath);
		}
		console.log('Uploading  the Worker');
		const result = await wrangler(args, { WRANGLER_OUTPUT_FILE_PATH: reportPath });
		requireOk(result, 'Deploying the Worker', wayOut(result.output));
		const url = readUrl(reportPath) ?? /https:\/\/\S+\.workers\.dev/.exec(result.output)?.[0];
		if (!url)
			throw new Failure(
				'The Worker is deployed, but under no address.',
				'Set `workers_dev = true` or a route in wrangler.toml.',
			);
		return url.replace(/\/$/, '');
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
}

function wayOut(output: string): string {
	if (/workers\.dev subdomain/i.test(output))
		return 'Choose your workers.dev subdomain once, at dash.cloudflare.com under "Workers & Pages", and run this again.';
	if (/cron trigger|\/schedules/i.test(output))
		return 'The Worker is uploaded; only its cron trigger is missing. The free plan allows 5 of them: remove one of another Worker and run this again, or go without webhooks: npm run deploy -- --no-cron';
	return TRY_AGAIN;
}

/** Wrangler's report has one JSON object per line; the one of type "deploy" holds the addresses. */
function readUrl(reportPath: string): string | undefined {
	const lines = readFileSync(reportPath, 'utf8').split('\n').filter(Boolean);
	const entries = lines.map((line) => JSON.parse(line) as { type: string; targets?: string[] });
	const target = entries.find(({ type }) => type === 'deploy')?.targets?.[0]?.split(/[\s*]/)[0];
	if (!target) return undefined;
	return target.startsWith('https://') ? target : `https://${target}`;
}

/** Mints an API token and leaves its hash with the Worker, where only whoever can deploy can leave one. */
async function handOverToken(wrangler: Wrangler, name: string): Promise<string> {
	const token = `pb_${randomBytes(32).toString('base64url')}`;
	const dir = mkdtempSync(join(tmpdir(), 'patchbay-deploy-'));
	try {
		const path = join(dir, 'secrets.json');
		writePrivateFile(path, JSON.stringify({ [TOKEN_SECRET]: createHash('sha256').update(token).digest('hex') }));
		const args = ['secret', 'bulk', path, '--name', name];
		requireOk(await wrangler(args), 'Handing over the API token', TRY_AGAIN);
	} finally {
		rmSync(dir, { recursive: true, force: true });
	}
	return token;
}

await runCommand(import.meta.filename, runDeploy);
