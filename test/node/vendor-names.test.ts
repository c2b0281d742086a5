// A vendor is a folder of JSON: no line of the Worker, the Durable Objects or the dashboard names one. The adapters of query
// languages are the exception, since a language may have its vendor's name.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { describe, it } from 'vitest';
import { integrationDirs } from '../../scripts/lib/outside-integrations.ts';
import { PROJECT_ROOT } from './support.ts';

const CODE = ['workers', 'durable-objects', 'dashboard'];
/** Adapters of query languages, and the grammar of one. */
const ADAPTERS = ['workers/languages/', 'workers/conditions/'];
/** The name of a query language, which data chooses. */
const LANGUAGE = /'connectwise_conditions'/g;

const OTHERS =
	'acronis addigy atera atlassian autotask axcient bitdefender connectwise datto freshdesk freshservice gorelo haloitsm halopsa hubspot hudu intercom itglue ivanti jira kaseya liongard manageengine myconnectwise ninjaone ninjarmm pax8 pipedrive pulseway rewst salesforce sentinelone servicedesk servicenow superops syncro zendesk zoho';

/** As a person, a host, an identifier or a file may write it: with a blank, `_` or `-`, or nothing, between its words. */
function spellings(): RegExp {
	const shipped = integrationDirs(join(PROJECT_ROOT, 'integrations')).map((folder) => basename(folder));
	const names = [...shipped, ...OTHERS.split(' ')].map((name) => {
		const spelt = name.replace(/[_-]/g, '[ _-]?');
		// A short one stands inside other words: atera in lateral.
		return name.length > 5 ? spelt : `(?<![a-z])${spelt}(?![a-z])`;
	});
	return new RegExp(names.join('|'), 'i');
}

function filesOf(folder: string): string[] {
	return readdirSync(join(PROJECT_ROOT, folder), { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile() && /\.(ts|js|html|css)$/.test(entry.name))
		.map((entry) => relative(PROJECT_ROOT, join(entry.parentPath, entry.name)));
}

describe('no vendor is named', () => {
	const named = spellings();
	for (const folder of CODE)
		it(`in ${folder}/`, ({ expect }) => {
			const files = filesOf(folder).filter((file) => !ADAPTERS.some((adapters) => file.startsWith(adapters)));
			expect(files.length).toBeGreaterThan(10);
			const lines = files.flatMap((file) =>
				readFileSync(join(PROJECT_ROOT, file), 'utf8')
					.split('\n')
					.flatMap((line, index) => (named.test(line.replace(LANGUAGE, '')) ? [`${file}:${index + 1}: ${line}`] : [])),
			);
			expect(lines).toEqual([]);
		});

	for (const line of ['// as ConnectWise PSA does', "case 'halopsa':", 'https://api.HubSpot.com', 'if (isServiceNow)'])
		it(`and ${line} would be found`, ({ expect }) => {
			expect(named.test(line)).toBe(true);
		});
});
