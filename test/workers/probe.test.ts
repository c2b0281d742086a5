import { beforeAll, it } from 'vitest';
import * as s from './support.ts';

beforeAll(async () => {
	await s.claimApiToken();
});
it('probe', async ({ expect }) => {
	await s.connectAccount('demo');
	for (const e of ['9999-12-31T23:59:59Z', '2263-01-01T00:00:00Z', '2261-01-01T00:00:00Z', '2027-02-30T00:00:00Z', '2027-01-01T24:00:00Z', '2027-01-01T00:00:00+99:99', '2027-13-01T00:00:00Z','2027-01-01T00:00+05:30']) {
		const far = await s.api('POST', '/integrated-account/demo/mcp', { name: 'far', expires_at: e });
		console.log(e, far.status, far.text.slice(0, 200), await s.alarmOf('demo'));
		if (far.status === 201) { const r = await s.api('PATCH', s.serverPath(far.body as never), { name: 'y' }); console.log(r.status, r.text.slice(0,150), await s.alarmOf('demo')); }
	}
	expect(1).toBe(1);
});
