// What comes with Patchbay from elsewhere: named with its reason, under a licence that allows it, pinned by its hash.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { readLock } from '../../scripts/lib/lock-file.ts';
import { PROJECT_ROOT } from './support.ts';

const read = (path: string) => readFileSync(join(PROJECT_ROOT, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as {
	dependencies: Record<string, string>;
	devDependencies: Record<string, string>;
	allowScripts: Record<string, boolean>;
	scripts: Record<string, string>;
};
const packages = readLock(PROJECT_ROOT);

/** Licences that ask for no more than their text and the names in it. */
const PERMISSIVE = new Set([
	'MIT',
	'ISC',
	'Apache-2.0',
	'BSD-2-Clause',
	'BSD-3-Clause',
	'0BSD',
	'CC0-1.0',
	'BlueOak-1.0.0',
]);
/** Used on a developer's machine and never handed on: these may be weakly copyleft as well. */
const OF_TOOLS = new Set([...PERMISSIVE, 'MPL-2.0', 'LGPL-3.0-or-later']);
/** Says "SEE LICENSE IN LICENSE", which is MIT moving to Apache-2.0. */
const READ_BY_HAND = new Set(['@modelcontextprotocol/inspector']);

/** Packages of which the dashboard has a copy: browsers load it as it is. */
const served = readdirSync(join(PROJECT_ROOT, 'dashboard/js/vendor')).map((file) => file.replace(/\.js$/, ''));

/** Of "A AND B" all must be allowed, of "A OR B" one. */
function isAllowed(expression: string, allowed: Set<string>): boolean {
	return expression
		.replace(/[()]/g, '')
		.split(' AND ')
		.every((part) => part.split(' OR ').some((name) => allowed.has(name)));
}

describe('dependencies', () => {
	// security: S-44
	it('are in docs/dependencies.md, each with its reason, and no others are', ({ expect }) => {
		const rows = [...read('docs/dependencies.md').matchAll(/^- `([^`]+)`: (.+)$/gm)];
		const named = new Map(rows.map(([, name = '', reason = '']) => [name, reason]));
		const needed = Object.keys({ ...manifest.dependencies, ...manifest.devDependencies });
		expect([...named.keys()].sort()).toEqual(needed.sort());
		for (const [name, reason] of named) expect([name, reason.length > 10]).toEqual([name, true]);
	});

	// security: S-44
	it('are pinned to one version, and to the hash of every package that they bring', ({ expect }) => {
		for (const [name, version] of Object.entries(manifest.dependencies))
			expect([name, /^\d+\.\d+\.\d+/.test(version)]).toEqual([name, true]);
		expect(packages.filter(({ integrity }) => !integrity?.startsWith('sha512-')).map(({ name }) => name)).toEqual([]);
	});

	it('that are deployed have permissive licences', ({ expect }) => {
		const deployed = packages.filter(({ isDeployed }) => isDeployed);
		expect(deployed.length).toBeGreaterThanOrEqual(Object.keys(manifest.dependencies).length);
		expect(deployed.filter(({ license }) => !isAllowed(license, PERMISSIVE))).toEqual([]);
	});

	it('of development have licences that are known', ({ expect }) => {
		const unknown = packages.filter(({ name, license }) => !isAllowed(license, OF_TOOLS) && !READ_BY_HAND.has(name));
		expect(unknown.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
	});

	it('that run scripts at install are named in package.json, with what they may', ({ expect }) => {
		const running = packages.filter(({ runsScripts }) => runsScripts).map(({ name }) => name);
		expect(Object.keys(manifest.allowScripts).sort()).toEqual([...new Set(running)].sort());
	});

	// security: S-44
	it('that are deployed run none', ({ expect }) => {
		expect(packages.filter(({ isDeployed, runsScripts }) => isDeployed && runsScripts)).toEqual([]);
	});

	it('of the Worker are imported by it or served with the dashboard, and nothing else is', ({ expect }) => {
		const imported = new Set(
			['workers', 'durable-objects']
				.flatMap((folder) => sourcesIn(join(PROJECT_ROOT, folder)))
				.flatMap((text) => [...text.matchAll(/from '((?:@[^/']+\/)?[^./'][^/']*)/g)])
				.map(([, name = '']) => name)
				.filter((name) => !name.startsWith('cloudflare:') && !name.startsWith('node:')),
		);
		expect([...imported, ...served].sort()).toEqual(Object.keys(manifest.dependencies).sort());
	});

	it('of the dashboard are served as they were published, with their licence', ({ expect }) => {
		for (const name of served) {
			const copy = read(`dashboard/js/vendor/${name}.js`);
			const original = read(`node_modules/${name}/dist/index.mjs`);
			expect(copy.endsWith(original), `dashboard/js/vendor/${name}.js ends with ${name}/dist/index.mjs`).toBe(true);
			const words = (text: string) => text.split(/[\s*]+/).join(' ');
			expect(words(copy)).toContain(words(read(`node_modules/${name}/LICENSE`)).trim());
		}
	});
});

describe('the Worker', () => {
	it('writes to the console in one place, which takes secrets out', ({ expect }) => {
		const writing = ['workers', 'durable-objects'].flatMap((folder) =>
			sourcesIn(join(PROJECT_ROOT, folder)).filter((text) => /\bconsole\./.test(text)),
		);
		expect(writing.length).toBe(1);
		expect(writing[0]).toContain('console.error(scrub(');
		expect(writing[0]?.match(/\bconsole\./g)?.length).toBe(1);
	});
});

describe('the configuration of the Worker', () => {
	// security: S-81
	it('keeps request logs off, which would hold the path of an MCP URL', ({ expect }) => {
		const config = read('wrangler.toml');
		expect(config).toMatch(/^observability = \{ enabled = false \}$/m);
		expect(config).not.toMatch(/logpush|tail_consumers/i);
	});

	// security: S-54
	it('counts a thousand requests a minute for each address', ({ expect }) => {
		expect(read('wrangler.toml')).toMatch(/^name = "ADDRESS_LIMIT"\n.*\nsimple = \{ limit = 1000, period = 60 \}$/m);
	});
});

describe('the workflows of the repository', () => {
	const workflows = readdirSync(join(PROJECT_ROOT, '.github/workflows')).map((name) =>
		read(`.github/workflows/${name}`),
	);

	it('run scripts that exist', ({ expect }) => {
		for (const text of workflows) {
			for (const [, name = ''] of text.matchAll(/npm run ([a-z-]+)/g)) expect(manifest.scripts).toHaveProperty(name);
			for (const [, path = ''] of text.matchAll(/run: (\.[^\s]+)/g))
				expect([path, existsSync(join(PROJECT_ROOT, path))]).toEqual([path, true]);
		}
	});

	// security: S-50
	it('use actions by the commit alone, with its version beside it', ({ expect }) => {
		const used = workflows.flatMap((text) => [...text.matchAll(/uses: (.*)$/gm)].map(([, action = '']) => action));
		expect(used.length).toBeGreaterThan(5);
		expect(used.filter((action) => !/^[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
	});

	// security: S-50
	it('give rights to no job that installs or checks out anything', ({ expect }) => {
		for (const text of workflows) {
			const jobs = text
				.slice(text.indexOf('\njobs:'))
				.split(/\n {2}(?=[a-z]+:\n)/)
				.slice(1);
			expect(jobs.length).toBeGreaterThan(0);
			for (const job of jobs.filter((one) => one.includes('permissions:')))
				expect(job).not.toMatch(/checkout@|setup-node@|npm |npx |\.ci\//);
			if (text.includes('id-token: write')) expect(jobs.length).toBe(2);
		}
	});

	// security: S-50
	it('install without scripts, but those that package.json allows', ({ expect }) => {
		const install = read('.ci/install');
		expect(install).toContain('npm ci --ignore-scripts');
		expect(install).toContain('allowScripts');
		for (const text of [...workflows, read('.ci/run')])
			expect(text).not.toMatch(/npm (?:ci|install|i)(?! --ignore-scripts)\b/);
	});

	// security: S-83
	it('audit what is deployed, verify signatures, and attest the bundle that is released', ({ expect }) => {
		const [check, release] = ['check', 'release'].map((name) => read(`.github/workflows/${name}.yml`));
		expect(check).toMatch(/run: npm audit --omit=dev$/m);
		expect(check).toMatch(/npm audit signatures$/m);
		expect(release).toMatch(/attest-build-provenance@\S+ # \S+\n\s+with:\n\s+subject-path: patchbay-worker\.tar\.gz$/m);
		expect(release).toMatch(/gh release create "\$GITHUB_REF_NAME" patchbay-worker\.tar\.gz /);
	});

	it('may read, unless a job says what more it needs', ({ expect }) => {
		for (const text of workflows) expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
	});
});

function sourcesIn(folder: string): string[] {
	return readdirSync(folder, { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => readFileSync(join(folder, name), 'utf8'));
}
