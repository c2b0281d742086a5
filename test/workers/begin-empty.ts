// Set-up of every file in the Workers runtime: files share a runtime, so what an earlier one left in storage goes.
import { reset } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll } from 'vitest';

beforeAll(async () => {
	await reset();
	// `reset` leaves KV as it is.
	for (;;) {
		const { keys } = await env.KV.list();
		if (keys.length === 0) return;
		await Promise.all(keys.map(({ name }) => env.KV.delete(name)));
	}
});
