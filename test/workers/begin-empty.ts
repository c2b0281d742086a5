// Set-up of every file in the Workers runtime: files share a runtime, so what an earlier one left in storage goes.
import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll } from 'vitest';
import { loadIntegration, loadTimeZoneNames } from '../../workers/integration/load.ts';
import { loadInputs } from '../../workers/management/load-inputs.ts';
import { loadSdk } from '../../workers/mcp/protocol.ts';

beforeAll(async () => {
	// Here an import is I/O of the request that begins it, and a second request could not wait for it.
	await Promise.all([
		loadIntegration('connect_wise_psa'),
		loadTimeZoneNames('connect_wise_psa'),
		loadSdk(),
		loadInputs(),
	]);
	await reset();
	// `reset` leaves KV as it is.
	for (;;) {
		const { keys } = await env.KV.list();
		if (keys.length === 0) return;
		await Promise.all(keys.map(({ name }) => env.KV.delete(name)));
	}
});
