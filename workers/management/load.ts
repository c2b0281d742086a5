// The management API, loaded when it is first asked: its schemas are three quarters of what a cold start would cost.
import { loadOnce } from '../lib/load-once.ts';

export const loadManagement = loadOnce(() => import('./index.ts'));
