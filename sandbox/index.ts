// A simulated ConnectWise PSA for local use: one Worker that passes every request to the object holding the records.
// Never deployed. Run: npx wrangler dev -c sandbox/wrangler.toml

import type { SandboxState } from './http/sandbox-state.ts';

export { SandboxState } from './http/sandbox-state.ts';

type Env = { SANDBOX: DurableObjectNamespace<SandboxState> };

export default {
	fetch(request: Request, env: Env): Promise<Response> {
		return env.SANDBOX.getByName('sandbox').fetch(request);
	},
};
