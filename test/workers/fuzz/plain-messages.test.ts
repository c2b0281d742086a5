// Plain messages are answered without the SDK: in the same bytes, with the same status and headers.
import { SUPPORTED_PROTOCOL_VERSIONS } from '@modelcontextprotocol/server';
import * as fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import type { CallOutcome, ToolResult } from '../../../workers/calls/outcome.ts';
import { answerPlain } from '../../../workers/mcp/plain-answers.ts';
import { readPlain } from '../../../workers/mcp/plain-messages.ts';
import { serveWithSdk } from '../../../workers/mcp/sdk.ts';
import type { ToolService } from '../../../workers/mcp/service.ts';
import { LEGACY_VERSIONS, META_PREFIX, MODERN_VERSION, ProtocolFault } from '../../../workers/mcp/wire.ts';
import { withDefaultHeaders } from '../../../workers/routes/answer-headers.ts';
import type { CompiledTool } from '../../../workers/tools/tools.ts';
import { awkwardJson, holds, reportCases, spoiled } from './fuzz.ts';

reportCases('plain messages');

const TOOLS: CompiledTool[] = [
	{
		name: 'list_things',
		title: 'List things',
		description: 'Lists “things”.',
		inputSchema: { type: 'object', properties: { limit: { type: 'integer', default: 25 } } },
		outputSchema: { type: 'object', properties: { result: { type: 'array' } } },
		annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
	},
];

/** What a tool answers with, by the name that is called. */
const RESULTS: Record<string, Partial<ToolResult>> = {
	list: { structuredContent: { result: [{ id: 1, summary: 'Umlaut ü, "quotes", \u2028, 𝒳' }], next_cursor: null } },
	empty: { structuredContent: {} },
	error: { structuredContent: { statusCode: 404, message: 'No\nsuch record' }, isError: true },
	marked: { structuredContent: { id: 7, summary: 'x' }, untrusted: ['summary', 'contact/name'] },
	marked_error: { structuredContent: { message: 'no' }, isError: true, untrusted: ['message'] },
	numbers: { structuredContent: { b: 1, a: -0.5, 10: 1, 2: [null, true, 1e21] } },
	text_file: {
		structuredContent: { file_name: 'a.txt' },
		download: { uri: 'file:///a.txt', mimeType: 'text/plain', text: 'héllo' },
		untrusted: ['file'],
	},
	binary_file: {
		structuredContent: { file_name: 'a.png' },
		download: { uri: 'file:///a.png', mimeType: 'image/png', blob: 'AAECAw==' },
	},
};

function outcomeOf(name: string, args: unknown): CallOutcome | null {
	if (name === 'withheld') return { state: 'withheld', admission: { state: 'gone' } };
	if (name === 'paused') throw new ProtocolFault(-32001, 'This server is paused.');
	if (name === 'broken') throw new TypeError('something is undefined');
	const result =
		name === 'echo' ? { structuredContent: { args } } : Object.hasOwn(RESULTS, name) ? RESULTS[name] : null;
	if (!result) return null;
	const { structuredContent = {}, isError = false } = result;
	const text = JSON.stringify(structuredContent);
	const facts = { upstreamStatus: 200, upstreamMs: 1, rateLimit: {}, end: { state: 'made' as const, record_id: null } };
	return { ...result, ...facts, structuredContent, text, isError, state: 'sent' };
}

/** The headers as they leave: both answers pass the boundary, which adds the default ones. */
function headersOf(response: Response): [string, string][] {
	return [...withDefaultHeaders(response, { isLocal: true }).headers];
}

/** Notes what it was asked, so that a call reaches the tool with the same arguments either way. */
function serviceOf(isPaused: boolean): { service: ToolService; asked: unknown[] } {
	const asked: unknown[] = [];
	const service: ToolService = {
		instructions: () => 'Do this; “then” that.\nAnd more.',
		unknownTool: () => '',
		listKey: () => 'key',
		listTools: () => {
			if (isPaused) throw new ProtocolFault(-32001, 'This server is paused.');
			return TOOLS;
		},
		callTool: async (name, args) => {
			asked.push([name, args]);
			return outcomeOf(name, args);
		},
		hasPrompts: () => !isPaused,
		listPrompts: () => [],
		fillPrompt: () => null,
		listResources: () => [],
		readResource: () => null,
	};
	return { service, asked };
}

const CLIENT = { name: 'client', title: 'A client', version: '1.0', websiteUrl: 'https://x.example', description: 'y' };
const CAPABILITIES = {
	roots: { listChanged: true },
	sampling: { tools: {}, context: {} },
	elicitation: { form: {}, url: {} },
	experimental: { 'x/y': { on: true } },
	extensions: { 'x/ui': { mimeTypes: ['text/html'] } },
};
const META = { progressToken: 'p1', 'x/trace': '00-1', traceparent: '00-abc-def-01' };

const id = fc.oneof(
	fc.integer(),
	fc.string({ unit: 'binary', maxLength: 12 }),
	fc.constantFrom(0, -1, 2 ** 53 - 1, ''),
);
const meta = fc.constantFrom(undefined, {}, META, { progressToken: 3 });
const some = <T extends object>(whole: T) =>
	fc.subarray(Object.entries(whole)).map((entries) => Object.fromEntries(entries));
const tool = fc.constantFrom(
	'echo',
	'list_things',
	'withheld',
	'paused',
	'broken',
	'',
	'toString',
	...Object.keys(RESULTS),
);
const withMeta = (params: fc.Arbitrary<object>) =>
	fc.tuple(params, meta).map(([given, _meta]) => (_meta === undefined ? given : { ...given, _meta }));
const requestOf = (method: string, params: fc.Arbitrary<object | undefined>) =>
	fc
		.tuple(id, params)
		.map(([one, given]) => ({ jsonrpc: '2.0', id: one, method, ...(given ? { params: given } : {}) }));

const good = fc.oneof(
	requestOf('ping', fc.option(withMeta(fc.constant({})), { nil: undefined })),
	requestOf('tools/list', fc.option(withMeta(fc.constant({})), { nil: undefined })),
	requestOf('tools/call', withMeta(fc.record({ name: tool, arguments: fc.dictionary(fc.string(), awkwardJson) }))),
	requestOf('tools/call', withMeta(fc.record({ name: tool }))),
	requestOf(
		'initialize',
		withMeta(
			fc.record({
				protocolVersion: fc.constantFrom(...LEGACY_VERSIONS, '2026-07-28', '1999-01-01', ''),
				capabilities: some(CAPABILITIES),
				clientInfo: some(CLIENT).map((client) => ({ ...client, name: 'c', version: '1' })),
			}),
		),
	),
	fc.constantFrom('initialized', 'cancelled', 'progress', 'roots/list_changed', 'made-up').map((name) => ({
		jsonrpc: '2.0',
		method: `notifications/${name}`,
		params: { requestId: 1, reason: 'x', progressToken: 1, progress: 1 },
	})),
	fc.constant({ jsonrpc: '2.0', method: 'notifications/initialized' }),
);
/** Good messages, and such with one part replaced by something awkward. */
const message = fc.oneof(
	good,
	good.chain((one) => spoiled(one)),
);

const headers = fc.record(
	{
		'content-type': fc.constantFrom(
			...['application/json', 'application/json; charset=utf-8', 'application/json;charset=UTF-8'],
			...['text/json', 'APPLICATION/JSON', 'application/json; charset=latin1', 'application/jsonp'],
		),
		'mcp-protocol-version': fc.constantFrom(...LEGACY_VERSIONS, '2026-07-28', '1999-01-01', ''),
		accept: fc.constantFrom('application/json', 'text/event-stream', '*/*', 'text/html'),
		'mcp-method': fc.constantFrom('tools/call', 'ping'),
		'mcp-name': fc.constantFrom('echo', 'other'),
		'mcp-session-id': fc.constant('s1'),
		'last-event-id': fc.constant('e1'),
	},
	{ requiredKeys: [] },
);
/** A message of the modern era with the headers that it needs; some with one part replaced by something awkward. */
const modern = fc
	.tuple(good, some({ ...META, [`${META_PREFIX}clientInfo`]: CLIENT }), some(CAPABILITIES), fc.boolean())
	.chain(([one, more, capabilities, isSpoiled]) => {
		const { params, ...rest } = one as { method: string; params?: { _meta?: object; name?: string } };
		const isHandshake = rest.method === 'initialize';
		const envelope = {
			...more,
			[`${META_PREFIX}protocolVersion`]: MODERN_VERSION,
			[`${META_PREFIX}clientCapabilities`]: capabilities,
		};
		const method = isHandshake ? 'server/discover' : rest.method;
		const said = { ...rest, method, params: { ...(isHandshake ? {} : params), _meta: envelope } };
		const named = params?.name === undefined ? {} : { 'mcp-name': params.name };
		const headers = { 'mcp-protocol-version': MODERN_VERSION, 'mcp-method': method, ...named };
		return fc.tuple(isSpoiled ? spoiled(said) : fc.constant(said), fc.oneof(fc.constant(headers), some(headers)));
	});

const usual = fc.constantFrom({}, { 'mcp-protocol-version': '2025-06-18' }, { 'mcp-protocol-version': '2025-11-25' });

const legacy = fc.tuple(message, fc.oneof({ weight: 3, arbitrary: usual }, { weight: 1, arbitrary: headers }));

describe('a plain message', () => {
	let plainOnes = 0;
	let modernOnes = 0;
	let all = 0;
	afterAll(() => {
		console.log(
			`plain messages: ${plainOnes} of ${all} were answered without the SDK, ${modernOnes} of the modern era`,
		);
	});

	it('is answered as the SDK answers it', async ({ expect }) => {
		await holds(
			fc.tuple(fc.oneof({ weight: 2, arbitrary: legacy }, { weight: 1, arbitrary: modern }), fc.boolean()),
			5_000,
			async ([[said, extra], isPaused]) => {
				all++;
				const text = JSON.stringify(said) ?? 'null';
				const requestOfIt = () =>
					new Request('https://patchbay.example/mcp/x', {
						method: 'POST',
						headers: new Headers({ 'content-type': 'application/json', ...(extra as Record<string, string>) }),
						body: text,
					});
				const plain = readPlain(requestOfIt(), JSON.parse(text));
				if (!plain) return;
				plainOnes++;
				if ('isModern' in plain && plain.isModern) modernOnes++;
				const own = serviceOf(isPaused);
				const sdk = serviceOf(isPaused);
				const [{ response }, expected] = await Promise.all([
					answerPlain(plain, own.service),
					serveWithSdk(requestOfIt(), JSON.parse(text), sdk.service),
				]);
				expect(own.asked).toEqual(sdk.asked);
				// A withheld call's answer is thrown away.
				if (plain.method === 'tools/call' && plain.name === 'withheld') return;
				expect([response.status, headersOf(response), await response.text()], text).toEqual([
					expected.status,
					headersOf(expected),
					await expected.text(),
				]);
			},
		);
		expect(plainOnes / all).toBeGreaterThan(0.3);
		expect(modernOnes / all).toBeGreaterThan(0.05);
	});

	it('is one of the revisions that the SDK supports', ({ expect }) => {
		expect(LEGACY_VERSIONS).toEqual(SUPPORTED_PROTOCOL_VERSIONS);
	});
});
