// Brings integrations/<name>/index.json up to date. Start and deploy do the same.
import { join } from 'node:path';
import { writeIndexes } from '../scripts/lib/integration-index.ts';
import { PROJECT_ROOT } from '../scripts/lib/places.ts';

const written = writeIndexes(join(PROJECT_ROOT, 'integrations'));
console.log(written.length > 0 ? `Wrote the index of ${written.join(', ')}.` : 'Every index is up to date.');
