// The schemas of requests, loaded when the first body comes: with zod they are most of what a cold start would cost. The
// bundler wraps whatever they import, so they import little.
import { loadOnce } from '../lib/load-once.ts';

export const loadInputs = loadOnce(() => import('./all-inputs.ts'));
