// Flags of the commands: help, unknown flags, and that every command reads them the same way.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'vitest';
import { Failure } from '../../scripts/lib/failure.ts';
import { readFlags } from '../../scripts/lib/flags.ts';
import { PROJECT_ROOT } from '../../scripts/lib/places.ts';

const USAGE = {
	command: 'npm run cook',
	summary: 'Cooks.',
	flags: {
		minutes: { type: 'string', default: '5', value: '<n>', help: 'how long' },
		'dry-run': { type: 'boolean', default: false, help: 'does not cook' },
	},
} as const;

describe('the flags of a command', () => {
	it('are read with their defaults', ({ expect }) => {
		expect(readFlags(USAGE, ['--dry-run']).flags).toEqual({ minutes: '5', 'dry-run': true });
		expect(readFlags(USAGE, ['--minutes=7']).flags).toEqual({ minutes: '7', 'dry-run': false });
	});

	const refused: [args: string[], message: RegExp][] = [
		[['--dryrun'], /has no flag --dryrun\. Did you mean "dry-run"\?/],
		[['--nothing-like-it'], /has no flag --nothing-like-it\.$/],
		[['-x'], /has no flag --x\./],
		[['soup'], /takes flags only, not "soup"/],
		[['--minutes'], /--minutes <value>' argument missing/],
		[['--dry-run=yes'], /--dry-run/],
	];
	for (const [args, message] of refused)
		it(`refuse ${args.join(' ')} in words, with the way out`, ({ expect }) => {
			let failure: unknown;
			try {
				readFlags(USAGE, args);
			} catch (error) {
				failure = error;
			}
			expect(failure).toBeInstanceOf(Failure);
			expect((failure as Failure).message).toMatch(message);
			expect((failure as Failure).wayOut).toContain('npm run cook -- --help');
		});

	const { scripts } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')) as {
		scripts: Record<string, string>;
	};
	for (const [name, line] of Object.entries(scripts)) {
		const file = /^node (\S+\.ts)/.exec(line)?.[1];
		// Arguments of the test commands go on to vitest, which knows both.
		if (file === undefined || name.startsWith('test')) continue;
		it(`npm run ${name} reads its flags so`, ({ expect }) => {
			const source = readFileSync(join(PROJECT_ROOT, file), 'utf8');
			expect(source).toContain('readFlags(USAGE');
			expect(source).toContain(name === 'start' ? "command: 'npm start'" : `command: 'npm run ${name}'`);
		});
	}
});
