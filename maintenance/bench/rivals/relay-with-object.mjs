// (b) The relay with the object's word: the least that revoking at once can cost. A read asks a Durable Object beside the
// vendor, a write before it. (b′) A write whose object commits two rows first: the least that a guarded write can cost.
import { DurableObject } from 'cloudflare:workers';
import { json, vendorRequest } from './vendor-request.mjs';

const CLAIM = {
	server_id: 'bench',
	token_hash: '4f'.repeat(32),
	key_id: 'k',
	other_hash: null,
	digest: 'a1'.repeat(16),
};

export class Account extends DurableObject {
	constructor(ctx, env) {
		super(ctx, env);
		ctx.storage.sql.exec('CREATE TABLE IF NOT EXISTS written (key TEXT PRIMARY KEY, state TEXT) WITHOUT ROWID');
	}

	admit({ token_hash, digest }) {
		return { state: token_hash === CLAIM.token_hash && digest === CLAIM.digest ? 'current' : 'gone' };
	}

	admitWrite(claim, key) {
		this.ctx.storage.sql.exec("INSERT INTO written VALUES (?1, 'open'), (?2, 'open')", key, `log ${key}`);
		return this.admit(claim);
	}
}

export default {
	async fetch(request, env) {
		const { params } = JSON.parse(await request.text());
		const account = env.ACCOUNTS.getByName('account');
		const isRead = /^(?:list|get)_/.test(params.name);
		const key = env.COMMITS === 'true' && !isRead ? crypto.randomUUID() : null;
		const admission = key === null ? account.admit(CLAIM) : account.admitWrite(CLAIM, key);
		if (!isRead && (await admission).state !== 'current') return new Response(null, { status: 404 });
		const [answer, { state }] = await Promise.all([
			fetch(...vendorRequest(params, env)).then((response) => response.text()),
			admission,
		]);
		return state === 'current' ? json(answer) : new Response(null, { status: 404 });
	},
};
