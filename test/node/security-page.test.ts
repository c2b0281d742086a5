// SECURITY.md claims nothing without a test. A claim and the tests behind it carry the same id: `[S-12]` on the page, a
// comment `// security: S-12` above the test, so that titles and files can change freely.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { PROJECT_ROOT } from './support.ts';

const page = readFileSync(join(PROJECT_ROOT, 'SECURITY.md'), 'utf8');
const [, threats = ''] = page.split(/^## Threats$/m);
const sections = (threats.split(/^## /m)[0] ?? '').split(/^### /m).slice(1);

const claimed = [...threats.matchAll(/\[(S-\d+)\]/g)].map(([, id = '']) => id);

interface Mark {
	file: string;
	ids: string[];
	/** The line below the comment, without its indentation. */
	marked: string;
}

const testFiles = readdirSync(join(PROJECT_ROOT, 'test'), { recursive: true, encoding: 'utf8' }).filter((file) =>
	file.endsWith('.test.ts'),
);

const marks: Mark[] = testFiles.flatMap((file) => {
	const lines = readFileSync(join(PROJECT_ROOT, 'test', file), 'utf8').split('\n');
	return lines.flatMap((line, index) => {
		const [, ids] = /^\s*\/\/ security: (.+)$/.exec(line) ?? [];
		return ids ? [{ file, ids: ids.split(', '), marked: (lines[index + 1] ?? '').trim() }] : [];
	});
});

describe('SECURITY.md', () => {
	it('has ids of one form, each at one claim', ({ expect }) => {
		expect(claimed.length).toBeGreaterThan(40);
		expect(claimed.filter((id) => !/^S-\d\d$/.test(id))).toEqual([]);
		expect(claimed.filter((id, index) => claimed.indexOf(id) !== index)).toEqual([]);
	});

	it('has a test behind each id, and each id of a test stands on the page', ({ expect }) => {
		const tested = new Set(marks.flatMap(({ ids }) => ids));
		expect([...tested].sort()).toEqual([...claimed].sort());
	});

	it('has each comment above a test that runs', ({ expect }) => {
		expect(marks.filter(({ marked }) => !/\b(?:it|describe)\(/.test(marked))).toEqual([]);
	});

	it('shows for every threat what stops it, by a test, and what does not', ({ expect }) => {
		expect(sections.length).toBeGreaterThanOrEqual(12);
		for (const section of sections) {
			const title = section.split('\n')[0] ?? '';
			expect([title, /\[S-\d\d\]/.test(section)]).toEqual([title, true]);
			if (title !== 'Faults') expect([title, /^- Does not stop it: /m.test(section)]).toEqual([title, true]);
		}
	});

	it('names commands that there are', ({ expect }) => {
		const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
			scripts: Record<string, string>;
		};
		for (const [, name = ''] of page.matchAll(/npm run ([a-z-]+)/g)) expect(scripts).toHaveProperty(name);
		for (const [, paths = ''] of page.matchAll(/npx vitest run ([^`]+)`/g))
			for (const path of paths.split(' ')) expect([path, existsSync(join(PROJECT_ROOT, path))]).toEqual([path, true]);
	});
});
