// Start and deploy do this first, so that a person reads of faults in integrations/ before a client finds them.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkIntegrations } from './check-integrations.ts';
import { Failure } from './failure.ts';
import { writeIndexes } from './integration-index.ts';
import { integrationDirs, outsideDir } from './outside-integrations.ts';
import { checkOverlays } from './overlays.ts';

/** @throws Failure that names every fault */
export function requireSoundIntegrations(root: string): void {
	const dir = join(root, 'integrations');
	if (!existsSync(dir)) return;
	const written = writeIndexes(dir);
	if (written.length > 0) console.log(`Brought index.json of ${written.join(', ')} up to date.`);
	const outside = outsideDir();
	const parents = [dir, ...(outside === null ? [] : [outside])];
	const faults = checkIntegrations(...parents);
	// An overlay is judged against folders that are sound.
	if (faults.length === 0) faults.push(...checkOverlays(root, parents.flatMap(integrationDirs)));
	if (faults.length === 0) return;
	throw new Failure(
		`The integrations have ${faults.length} fault(s):\n${faults.map((fault) => `  ${fault}`).join('\n')}`,
		'Correct them and run this again.',
	);
}
