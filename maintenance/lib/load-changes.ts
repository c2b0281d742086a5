// Changes under load: servers are opened, rotated, revoked, narrowed and paused, and the vendor loses answers.
import type { Change, Door, LoadRun } from './load-run.ts';

const CONFIG = { tags: ['service'], calls_per_minute: 1_000_000 };
const KINDS: readonly Change[] = ['rotate', 'revoke', 'narrow', 'pause'];
const SHUT_MAX = 40;

export async function openDoor(run: LoadRun, accountId: string): Promise<Door> {
	const path = `/integrated-account/${accountId}/mcp`;
	const { id, url } = await run.manage<{ id: string; url: string }>('POST', path, { name: run.name, config: CONFIG });
	return { url, path: `${path}/${id}`, mayRead: true, mayWrite: true, epoch: 0 };
}

/** Changes servers until the run is over. */
export async function changeDoors(run: LoadRun): Promise<void> {
	while (!run.isOver()) {
		const index = Math.floor(Math.random() * run.slots.length);
		const kind = KINDS[Math.floor(Math.random() * KINDS.length)] as Change;
		await changeDoor(run, index, kind);
		run.report.changes[kind]++;
		await run.pause(50);
	}
}

async function changeDoor(run: LoadRun, index: number, kind: Change): Promise<void> {
	const door = run.slots[index] as Door;
	door.epoch++;
	if (kind === 'rotate') {
		const { url } = await run.manage<{ url: string }>('POST', `${door.path}/rotate`);
		run.slots[index] = { ...door, url, epoch: 0 };
		close(run, door);
	} else if (kind === 'revoke') {
		await run.manage('DELETE', door.path);
		close(run, door);
		run.slots[index] = await openDoor(run, door.path.split('/')[2] ?? '');
	} else await narrowAndWiden(run, door, kind);
}

async function narrowAndWiden(run: LoadRun, door: Door, kind: 'narrow' | 'pause'): Promise<void> {
	const narrowed = kind === 'pause' ? { paused: true } : { config: { methods: ['read'] } };
	const widened = kind === 'pause' ? { paused: false } : { config: { methods: null } };
	await run.manage('PATCH', door.path, narrowed);
	door.mayWrite = false;
	door.mayRead = kind !== 'pause';
	await run.pause(150);
	// Either answer is right until the change is answered.
	door.mayRead = true;
	door.mayWrite = true;
	await run.manage('PATCH', door.path, widened);
	door.epoch++;
}

/** Closes a door for good once the change has been answered. */
function close(run: LoadRun, door: Door): void {
	door.mayRead = false;
	door.mayWrite = false;
	run.shut.push(door);
	if (run.shut.length > SHUT_MAX) run.shut.shift();
}

/** Has the sandbox lose an answer now and then, after it has done what it was asked. */
export async function dropAnswers(run: LoadRun, sandboxUrl: string): Promise<void> {
	while (!run.isOver()) {
		await run.pause(400);
		const fault = { kind: 'drop', count: 1, method: 'POST', path: '/service/tickets' };
		await run.http('POST', `${sandboxUrl}/sandbox/control`, { fault });
	}
}
