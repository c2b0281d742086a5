// (d) The official SDK's own server, as its guide shows it: `createMcpHandler` with a server per request that registers
// its tools. The tools are those of Patchbay, given with PUT for a path; each speaks to the vendor as the relay does.
import { createMcpHandler, fromJsonSchema, McpServer } from '@modelcontextprotocol/server';
import { json, vendorRequest } from './vendor-request.mjs';

const handlers = new Map();

/** Schemas are made once per isolate, as a module's constants would be. */
function register({ name, inputSchema, outputSchema, ...described }) {
	const output = outputSchema ? { outputSchema: fromJsonSchema(outputSchema) } : {};
	return { name, config: { ...described, ...output, inputSchema: fromJsonSchema(inputSchema) } };
}

function handlerOf(tools, env) {
	const registered = tools.map(register);
	return createMcpHandler(() => {
		const server = new McpServer({ name: 'by-hand', version: '1.0.0' });
		for (const { name, config } of registered) {
			server.registerTool(name, config, async (given) => {
				const answer = await fetch(...vendorRequest({ name, arguments: given }, env));
				const value = await answer.json();
				const structuredContent = Array.isArray(value) ? { records: value } : value;
				return { content: [{ type: 'text', text: JSON.stringify(structuredContent) }], structuredContent };
			});
		}
		return server;
	});
}

export default {
	async fetch(request, env) {
		const { pathname } = new URL(request.url);
		if (request.method !== 'PUT') return handlers.get(pathname).fetch(request);
		handlers.set(pathname, handlerOf(await request.json(), env));
		return json('{}');
	},
};
