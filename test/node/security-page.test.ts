// SECURITY.md claims nothing without a test: every test that it names exists, and every threat has one.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { PROJECT_ROOT } from './support.ts';

const page = readFileSync(join(PROJECT_ROOT, 'SECURITY.md'), 'utf8');
const named = [...page.matchAll(/`(test\/[\w./-]+\.test\.ts)` › `((?:[^`])+)`/g)].map(([, file = '', name = '']) => ({
	file,
	name,
}));

/** The names as they stand behind `it(`, whatever quotes they are in. */
function testNames(file: string): Set<string> {
	const text = readFileSync(join(PROJECT_ROOT, file), 'utf8');
	const found = text.matchAll(/\bit\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g);
	return new Set([...found].map(([, single, double, template]) => single ?? double ?? template ?? ''));
}

describe('SECURITY.md', () => {
	it('names many tests, and every one of them exists', ({ expect }) => {
		expect(named.length).toBeGreaterThan(60);
		const missing = named.filter(
			({ file, name }) => !existsSync(join(PROJECT_ROOT, file)) || !testNames(file).has(name),
		);
		expect(missing).toEqual([]);
	});

	it('leaves no mention of a test unread', ({ expect }) => {
		const mentions = page.match(/`test\/[\w./-]+\.test\.ts` ›/g) ?? [];
		expect(mentions.length).toBe(named.length);
	});

	it('shows for every threat what stops it, by a test, and what does not', ({ expect }) => {
		const [, threats = ''] = page.split(/^## Threats$/m);
		const sections = (threats.split(/^## /m)[0] ?? '').split(/^### /m).slice(1);
		expect(sections.length).toBeGreaterThanOrEqual(12);
		for (const section of sections) {
			const title = section.split('\n')[0] ?? '';
			expect([title, /\.test\.ts` ›/.test(section)]).toEqual([title, true]);
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
