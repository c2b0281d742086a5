// The documentation as a reader meets it: short lines, a short README, links that lead somewhere, files and commands that
// exist, and no page that the index leaves out.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize, relative } from 'node:path';
import { describe, it } from 'vitest';
import { PROJECT_ROOT } from './support.ts';

const MAX_LINE = 120;
const FOLDERS = [
	'docs',
	'workers',
	'durable-objects',
	'sandbox',
	'integrations',
	'dashboard',
	'scripts',
	'maintenance',
];
/** Files of a user's own, and addresses that look like files. */
const ELSEWHERE = new Set(['User/mcp.json', 'claude_desktop_config.json', 'openapi.json']);
const FILE = /\.(?:ts|js|json|md|toml|ya?ml|css|html|svg|png)$/;

const filesBelow = (folder: string): string[] =>
	existsSync(join(PROJECT_ROOT, folder))
		? readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
				.filter((file) => !file.includes('node_modules'))
				.map((file) => join(folder, file))
		: [];

/** What is in the repository: not what an install or a start leaves beside it. */
const top = readdirSync(PROJECT_ROOT).filter(
	(name) => !/^(?:\.wrangler|\.dev\.vars|\.git|node_modules|dist)$/.test(name),
);
const files = [...top, ...[...FOLDERS, 'test', '.github', '.ci', 'kv-seed'].flatMap(filesBelow)];
const names = new Set(files.map((file) => basename(file)));
const pages = files
	.filter((file) => file.endsWith('.md') && !file.startsWith('test/'))
	.map((file) => ({ file, text: readFileSync(join(PROJECT_ROOT, file), 'utf8') }));
const textOf = (file: string) => pages.find((page) => page.file === file)?.text ?? '';

/** Text without fenced blocks, in which `#` and brackets mean something else. */
const prose = (text: string) => text.replace(/^(```|~~~)[\s\S]*?^\1$/gm, '');

/** Anchors of a page's headings, as GitHub makes them. */
function anchors(text: string): Set<string> {
	const seen = new Map<string, number>();
	const found = new Set<string>();
	for (const [, heading = ''] of prose(text).matchAll(/^#{1,6} (.+)$/gm)) {
		const slug = heading
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\s_-]/gu, '')
			.replace(/ /g, '-');
		const count = seen.get(slug) ?? 0;
		seen.set(slug, count + 1);
		found.add(count === 0 ? slug : `${slug}-${count}`);
	}
	return found;
}

/** Targets of Markdown links, pictures, reference definitions and `src` attributes, without those on the web. */
function relativeLinks(text: string): string[] {
	const plain = prose(text).replace(/`[^`\n]*`/g, '');
	const found = [
		...plain.matchAll(/\]\(([^)\s]+)\)/g),
		...plain.matchAll(/^\[[^\]]+\]: (\S+)/gm),
		...plain.matchAll(/(?:src|href)="([^"]+)"/g),
	];
	return found.map(([, target = '']) => target).filter((target) => !/^[a-z]+:/i.test(target));
}

function leadsSomewhere(file: string, target: string): boolean {
	const [path = '', anchor] = target.split('#');
	const page = path === '' ? file : normalize(join(dirname(file), path));
	if (page.startsWith('..') || !existsSync(join(PROJECT_ROOT, page))) return false;
	return anchor === undefined || anchors(textOf(page)).has(anchor);
}

/** What stands in code spans and names a file or folder of this repository. */
function namedFiles(text: string): string[] {
	return [...prose(text).matchAll(/`([^`]+)`/g)]
		.flatMap(([, span = '']) => span.split(/\s+/))
		.filter((word) => !ELSEWHERE.has(word) && /^[\w.@-][\w./@-]*$/.test(word))
		.filter((word) => FILE.test(word) || (word.includes('/') && top.includes(word.split('/')[0] ?? '')));
}

const exists = (name: string) => (name.includes('/') ? existsSync(join(PROJECT_ROOT, name)) : names.has(name));

describe('documentation', () => {
	it('is found: the pages of a newcomer, and those of docs/', ({ expect }) => {
		const found = pages.map(({ file }) => file);
		for (const file of ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md', 'SECURITY.md'])
			expect(found).toContain(file);
		expect(found.filter((file) => file.startsWith('docs/')).length).toBeGreaterThan(20);
	});

	it('README has 600 to 900 words, a logo and a picture of at most 200 KB', ({ expect }) => {
		const readme = textOf('README.md');
		const words = readme.split(/\s+/).filter(Boolean).length;
		expect(words).toBeGreaterThanOrEqual(600);
		expect(words).toBeLessThanOrEqual(900);
		const pictures = relativeLinks(readme).filter((target) => /\.(?:svg|png)$/.test(target));
		expect(pictures.length).toBeGreaterThanOrEqual(2);
		for (const picture of filesBelow('docs/images')) {
			const bytes = readFileSync(join(PROJECT_ROOT, picture)).length;
			expect([picture, bytes <= 200_000]).toEqual([picture, true]);
		}
	});

	for (const { file, text } of pages) {
		it(`${file}: lines, links, files and commands`, ({ expect }) => {
			const tooLong = text.split('\n').filter((line) => line.length >= MAX_LINE);
			const broken = relativeLinks(text).filter((target) => !leadsSomewhere(file, target));
			const missing = namedFiles(text).filter((name) => !exists(name));
			expect({ tooLong, broken, missing }).toEqual({ tooLong: [], broken: [], missing: [] });
			for (const [, script = ''] of text.matchAll(/npm run ([a-z][a-z:-]*)/g))
				expect(JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')).scripts).toHaveProperty(script);
		});
	}

	it('ARCHITECTURE.md has a row for each room that there is, and no other', ({ expect }) => {
		const [, table = ''] = /^\| room [\s\S]*?\n\n/m.exec(textOf('ARCHITECTURE.md'))?.[0].split(/^\| -+ .*$/m) ?? [];
		const rooms = [...table.matchAll(/^\| `([\w-]+)\/`/gm)].map(([, room = '']) => room);
		const folders = [PROJECT_ROOT, join(PROJECT_ROOT, 'workers')].flatMap((folder) =>
			readdirSync(folder, { withFileTypes: true })
				.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
				.map(({ name }) => name),
		);
		const besides = new Set(['workers', 'node_modules', 'dist']);
		expect(rooms.sort()).toEqual(folders.filter((name) => !besides.has(name)).sort());
	});

	it('begins no comment with a fragment: each is a sentence about the thing below it', ({ expect }) => {
		const words = 'Of|What|Where|By|Who|Whose|Whether|Under|As|How|Which|That|Why|With|Without|From|To';
		const fragment = new RegExp(`(?:^\\s*/\\*\\*\\s+(?:\\* )?|(?<!^\\s*//.*\\n)^\\s*// )(?:${words})\\b.*`, 'gm');
		const sources = files.filter((file) => /\.(?:ts|js)$/.test(file) && !file.startsWith('test/'));
		expect(sources.length).toBeGreaterThan(300);
		const found = sources.flatMap((file) =>
			[...readFileSync(join(PROJECT_ROOT, file), 'utf8').matchAll(fragment)].map(([text]) => `${file}: ${text.trim()}`),
		);
		expect(found).toEqual([]);
	});

	it('has every page of docs/ in an index', ({ expect }) => {
		const linked = new Set(
			['docs/README.md', 'docs/decisions/README.md'].flatMap((index) =>
				relativeLinks(textOf(index)).map((target) => relative('.', join(dirname(index), target))),
			),
		);
		const left = pages.map(({ file }) => file).filter((file) => file.startsWith('docs/') && !linked.has(file));
		expect(left).toEqual(['docs/README.md']);
	});
});
