// A simulated ConnectWise PSA for local use: one Worker that passes every request to the object holding the records.
// Never deployed. Run: npx wrangler dev -c sandbox/wrangler.toml

import type { SandboxState } from './http/sandbox-state.ts';

export { SandboxState } from './http/sandbox-state.ts';

type Env = { SANDBOX: DurableObjectNamespace<SandboxState> };

const LOCAL_ADDRESS = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?\//;

export default {
	async fetch(request: Request, env: Env): Promise<Response> {
		// A page in a browser could reach this machine under a name of its own that resolves to it.
		if (!LOCAL_ADDRESS.test(request.url))
			return new Response('The sandbox answers on localhost only.', { status: 403 });
		return env.SANDBOX.getByName('sandbox').fetch(request);
	},
};
