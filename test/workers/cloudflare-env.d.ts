// Types of what `cloudflare:workers` hands to the tests: the bindings of wrangler.toml and the Worker itself.
declare namespace Cloudflare {
	type ProjectEnv = import('../../workers/contracts/env.ts').Env;
	interface Env extends ProjectEnv {}
	interface GlobalProps {
		mainModule: typeof import('../../workers/index.ts');
		durableNamespaces: 'IntegratedAccount' | 'Directory' | 'ApiToken' | 'AuthorizationServer' | 'EventStreams';
	}
}
