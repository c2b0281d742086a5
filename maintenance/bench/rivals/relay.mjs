// (a) The bare relay: parses the JSON-RPC, asks the vendor, returns its text. It knows no server and revokes nothing.
import { json, vendorRequest } from './vendor-request.mjs';

export default {
	async fetch(request, env) {
		const { params } = JSON.parse(await request.text());
		const answer = await fetch(...vendorRequest(params, env));
		return json(await answer.text());
	},
};
