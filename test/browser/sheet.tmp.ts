import { readFileSync } from 'node:fs';
import { launchChromium } from './chromium.ts';

const [, , out, width, height, ...names] = process.argv;
const browser = await launchChromium();
const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
const cells = names.map(
	(n) =>
		`<figure style="margin:0;width:${width}px;max-height:${height}px;overflow:hidden;border:1px solid #888"><figcaption style="font:12px sans-serif;background:#ffd">${n}</figcaption><img style="width:100%" src="data:image/png;base64,${readFileSync(`/tmp/dash-shots/${n}.png`).toString('base64')}"></figure>`,
);
await page.setContent(
	`<body style="margin:4px;display:flex;flex-wrap:wrap;gap:6px;align-items:flex-start">${cells.join('')}`,
);
await page.waitForTimeout(300);
await page.screenshot({ path: out as string, fullPage: true });
await browser.close();
