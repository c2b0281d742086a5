// A real Chromium: the machine's own where there is one, else the binary that comes with npm.
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { COMPILE_CACHE } from '../../scripts/lib/places.ts';

const FLAGS = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Where package managers and installers put it. CHROME_PATH comes first. */
const KNOWN_PLACES = [
	'/usr/bin/google-chrome',
	'/usr/bin/google-chrome-stable',
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

export async function launchChromium(): Promise<Browser> {
	const own = [process.env.CHROME_PATH ?? '', ...KNOWN_PLACES].find((path) => path !== '' && existsSync(path));
	if (own) return chromium.launch({ executablePath: own, args: FLAGS });
	if (process.platform !== 'linux' || process.arch !== 'x64')
		throw new Error('There is no Chrome or Chromium here: install one, or say where it is with CHROME_PATH.');
	const dir = await unpackedChromium();
	return chromium.launch({
		executablePath: join(dir, 'chromium'),
		args: FLAGS,
		// A bare machine has neither the libraries nor the fonts: both come along.
		env: {
			...process.env,
			LD_LIBRARY_PATH: [process.env.LD_LIBRARY_PATH, join(dir, 'al2023/lib')].filter(Boolean).join(':'),
			FONTCONFIG_FILE: join(dir, FONTS_FILE),
		},
	});
}

const FONTS_FILE = 'fonts.conf';

/** The machine's own fonts, and ours. */
function fontsFile(dir: string): string {
	return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include><dir>${dir}</dir></fontconfig>
`;
}

/** Unpacks once per version, whole or not at all: an unpacking that broke off must not look like a browser. */
async function unpackedChromium(): Promise<string> {
	const manifest = createRequire(import.meta.url).resolve('@sparticuz/chromium');
	const root = join(dirname(manifest), '..');
	const { version } = createRequire(import.meta.url)(join(root, 'package.json')) as { version: string };
	const dir = join(COMPILE_CACHE, `chromium-${version}`);
	if (existsSync(dir)) return dir;
	await mkdir(COMPILE_CACHE, { recursive: true });
	const making = await mkdtemp(join(COMPILE_CACHE, 'unpacking-'));
	const before = process.env.TMPDIR;
	// The package unpacks into the temporary directory, wherever that is.
	process.env.TMPDIR = making;
	try {
		if (tmpdir() !== making) throw new Error('the temporary directory cannot be moved');
		const { inflate } = await import('@sparticuz/chromium');
		for (const file of ['chromium.br', 'fonts.tar.br', 'al2023.tar.br']) await inflate(join(root, 'bin', file));
		await writeFile(join(making, FONTS_FILE), fontsFile(join(dir, 'fonts/fonts')));
	} finally {
		if (before === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = before;
	}
	await rename(making, dir).catch(async (error: unknown) => {
		await rm(making, { recursive: true, force: true });
		if (!existsSync(dir)) throw error;
	});
	return dir;
}
