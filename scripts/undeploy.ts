// `npm run undeploy`: takes Patchbay off the user's Cloudflare account, with everything it kept there.
import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { findNamespace, listSecretNames, requireAccount, TRY_AGAIN } from './lib/cloudflare-account.ts';
import { deployDir, readDeployConfig } from './lib/deploy-config.ts';
import { Failure, runCommand } from './lib/failure.ts';
import { readFlags } from './lib/flags.ts';
import { PROJECT_ROOT } from './lib/places.ts';
import { findWrangler, requireOk } from './lib/wrangler-cli.ts';

const USAGE = {
	command: 'npm run undeploy',
	summary: 'Takes Patchbay off your Cloudflare account, with everything that it keeps there.',
	flags: {
		yes: { type: 'boolean', default: false, help: 'does not ask' },
		name: { type: 'string', value: '<name>', help: 'the Worker, if it is not named as in wrangler.toml' },
		'root-dir': { type: 'string', value: '<folder>', help: 'the project, if it is not this one' },
	},
} as const;

/** @param args  the command line after `npm run undeploy --` */
export async function runUndeploy(args: string[], wranglerAt = findWrangler): Promise<void> {
	const { flags } = readFlags(USAGE, args);
	const root = resolve(flags['root-dir'] ?? PROJECT_ROOT);
	const config = readDeployConfig(root, flags.name);
	const wrangler = wranglerAt(root);
	const account = await requireAccount(wrangler, config.accountId);
	const [secretNames, namespaceId] = await Promise.all([
		listSecretNames(wrangler, config.name),
		findNamespace(wrangler, config.name, config.namespaceId),
	]);
	const hasWorker = secretNames !== null;
	const found = [
		...(hasWorker ? [`the Worker "${config.name}" with its Durable Objects and secrets`] : []),
		...(namespaceId ? [`the KV namespace "${config.name}"`] : []),
	];
	if (found.length === 0) {
		console.log(`Nothing to remove: the account ${account} has no Worker and no KV namespace named "${config.name}".`);
		return;
	}
	console.log(`On the account ${account} this deletes ${found.join(' and ')}.`);
	console.log('Every integrated account, MCP URL, API token and call log in it is lost, and cannot be brought back.');
	if (!flags.yes) await requireConsent(config.name);

	// The Worker first: without its namespace it would answer every call with an error, and still hold the credentials.
	if (hasWorker) {
		requireOk(await wrangler(['delete', config.name, '--force']), 'Deleting the Worker', TRY_AGAIN);
		console.log('Deleted    the Worker');
	}
	if (namespaceId) {
		const args = ['kv', 'namespace', 'delete', '--namespace-id', namespaceId, '--skip-confirmation'];
		requireOk(await wrangler(args), 'Deleting the KV namespace', TRY_AGAIN);
		console.log('Deleted    the KV namespace');
	}
	rmSync(deployDir(root), { recursive: true, force: true });
	console.log('Patchbay is gone from the account. What `npm start` keeps on this machine is untouched.');
}

async function requireConsent(name: string): Promise<void> {
	const NOTHING_DONE = 'Nothing has been deleted. Without a terminal, say it with a flag: npm run undeploy -- --yes';
	if (!process.stdin.isTTY) throw new Failure('There is no terminal to ask at.', NOTHING_DONE);
	const prompt = createInterface({ input: process.stdin, output: process.stdout });
	const answer = await prompt.question(`Type the Worker's name, ${name}, to go on: `);
	prompt.close();
	if (answer.trim() !== name) throw new Failure('That is not the name.', 'Nothing has been deleted.');
}

await runCommand(import.meta.filename, runUndeploy);
