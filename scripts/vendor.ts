// `npm run vendor`: begins, checks and tries out an integration's folder.
import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { didYouMean } from '../workers/lib/nearest.ts';
import { checkFolder, sharedNames } from './lib/check-integrations.ts';
import { Failure, runScript } from './lib/failure.ts';
import { readFlags } from './lib/flags.ts';
import { INTEGRATIONS_VARIABLE, integrationDirs, outsideDir } from './lib/outside-integrations.ts';
import { checkOverlays } from './lib/overlays.ts';
import { PROJECT_ROOT } from './lib/places.ts';
import { newVendor } from './lib/vendor/new-vendor.ts';
import { showTool } from './lib/vendor/show-tool.ts';

const USAGE = {
	command: 'npm run vendor',
	summary: `Begins, checks and tries out an integration.

  new <name>                        writes a first folder
  check <name>                      tells every fault of a folder, and of the overlays over it
  show <name> <tool> '<arguments>'  shows a tool and the request that a call sends

<name> is a folder of integrations/, of ${INTEGRATIONS_VARIABLE}, or a path.`,
	positionals: 'new|check|show <name> …',
	flags: {
		openapi: { type: 'string', value: '<file>', help: 'new: the vendor’s OpenAPI document, as JSON' },
		document: { type: 'string', value: '<resources>', help: 'new: resources to document at once, with commas' },
		answer: { type: 'string', value: '<file>', help: 'show: the vendor’s answer, as JSON: shows what a model gets' },
		status: { type: 'string', value: '<status>', default: '200', help: 'show: status of that answer' },
	},
	environment: { [INTEGRATIONS_VARIABLE]: 'folder of your own integrations, outside the checkout' },
} as const;

await runScript(async () => {
	const { flags, positionals } = readFlags(USAGE, process.argv.slice(2));
	const [action = '', name, ...rest] = positionals;
	const actions = ['new', 'check', 'show'];
	if (!actions.includes(action) || name === undefined)
		throw new Failure(
			action === '' || actions.includes(action)
				? 'Name what to do and the integration.'
				: `There is no "${action}".${didYouMean(action, actions)}`,
			'All of it: npm run vendor -- --help',
		);
	if (action === 'new') return newVendor(placeOf(name), { ...flags, said: name });
	const dir = findFolder(name);
	if (action === 'check') return check(dir);
	const [tool, given = '{}'] = rest;
	if (tool === undefined)
		throw new Failure(
			'Name the tool, by its name or as resource.method.',
			`npm run vendor -- show ${name} tickets.list`,
		);
	const answer = flags.answer === undefined ? null : readFileSync(resolve(flags.answer), 'utf8');
	const { text, isRefused } = await showTool(dir, { tool, given, answer, status: Number(flags.status) });
	console.log(text);
	if (isRefused) process.exitCode = 1;
});

function check(dir: string): void {
	const faults = [
		...checkFolder(dir).map((line) => join(dir, line)),
		...sharedNames([...installed().filter((one) => one !== dir), dir]),
	];
	if (faults.length === 0) faults.push(...checkOverlays(PROJECT_ROOT, [dir], basename(dir)));
	if (faults.length === 0) console.log(`${basename(dir)} is sound.`);
	else reportFaults(faults);
}

function reportFaults(faults: readonly string[]): never {
	for (const line of faults) console.log(line);
	throw new Failure(`${faults.length} fault${faults.length === 1 ? '' : 's'}.`, 'Correct them and check again.');
}

/** Folders that a start packs. */
function installed(): string[] {
	const outside = outsideDir();
	return [join(PROJECT_ROOT, 'integrations'), ...(outside === null ? [] : [outside])].flatMap(integrationDirs);
}

/** Returns the path of a new folder. */
function placeOf(name: string): string {
	if (name.includes('/')) return resolve(name);
	return join(outsideDir() ?? join(PROJECT_ROOT, 'integrations'), name);
}

function findFolder(name: string): string {
	if (name.includes('/') || existsSync(join(resolve(name), 'integration.json'))) return resolve(name);
	const found = installed().find((dir) => basename(dir) === name);
	if (found) return found;
	const example = join(PROJECT_ROOT, 'test/fixtures/integrations', name);
	if (existsSync(example)) return example;
	throw new Failure(
		`There is no integration "${name}".${didYouMean(
			name,
			installed().map((dir) => basename(dir)),
		)}`,
		`npm run vendor -- new ${name}`,
	);
}
