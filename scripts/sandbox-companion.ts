// The sandbox beside `npx wrangler dev`: `node scripts/sandbox-companion.ts <port> <pid>` serves until that process ends.
import { findPlaces } from './lib/places.ts';
import { startSandbox } from './lib/runtime.ts';

const [port, pid] = process.argv.slice(2).map(Number);
/** Interval of the check that the process still runs. */
const WATCH_MS = 500;

await startSandbox(findPlaces(), port ?? 0);
// The process that started this one waits for the message.
process.send?.('ready');
process.disconnect?.();
setInterval(() => {
	try {
		process.kill(pid ?? 0, 0);
	} catch {
		process.exit(0);
	}
}, WATCH_MS);
