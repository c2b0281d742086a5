// Stands for `@modelcontextprotocol/server/_shims` in the bundle (wrangler.toml, [alias]). That module brings a JSON Schema
// validator, 6 KiB gzip, for answers to elicitation and for tools that the SDK registers; we elicit nothing and register
// none. It also builds every schema of both protocol eras as soon as it is loaded; here each is built when it is needed.

/** Refuses where the SDK would begin to validate by JSON Schema. */
export class DefaultJsonSchemaValidator {
	getValidator(): never {
		throw new Error('this Worker has no JSON Schema validator: see workers/mcp/sdk-shims.ts');
	}
}
