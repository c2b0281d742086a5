// Credentials that a vendor repeats: in no answer, at no status, in no spelling, and nothing else goes with them.
import { beforeAll, describe, it } from 'vitest';
import {
	spellingsOf,
	withoutCredentials,
	withoutCredentialsIn,
} from '../../../../workers/calls/untrusted-text/credentials.ts';
import type { LogEntry } from '../../../../workers/contracts/records.ts';
import {
	api,
	callTool,
	connectAccount,
	createServer,
	dumpStorage,
	eventually,
	GET_TICKET,
	type Json,
	LIST_TICKETS,
	mcp,
	mockVendor,
	type Page,
	resultOf,
	type ServerWithUrl,
	setUp,
	UPDATE_TICKET,
} from '../../support.ts';

setUp();
const KEY = 'sup3rS3cret+Priv/9Xw==';
const PUBLIC = 'pubKeyZq81';
const BASIC = btoa(`acme+${PUBLIC}:${KEY}`);
const CREATE_TICKET = 'create_a_connect_wise_psa_ticket';
const DOWNLOAD = 'download_connect_wise_psa_document';
let server: ServerWithUrl;
let table: ServerWithUrl;
beforeAll(async () => {
	const credentials = { company_id: 'acme', public_key: PUBLIC, private_key: KEY, client_id: crypto.randomUUID() };
	await connectAccount('repeats', { credentials });
	server = await createServer('repeats', {});
	table = await createServer('repeats', { list_format: 'table', redact: true });
});

const each = (text: string, change: (character: string, index: number) => string) => [...text].map(change).join('');
const percent = (c: string) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`;
const unicode = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
const utf16 = (text: string) =>
	String.fromCharCode(...text.split('').flatMap((c) => [c.charCodeAt(0) & 0xff, c.charCodeAt(0) >> 8]));
const hex = (text: string) => each(text, (c) => c.charCodeAt(0).toString(16).padStart(2, '0'));

const spellings: [name: string, text: string][] = [
	['as it is', KEY],
	['in upper case', KEY.toUpperCase()],
	['with a zero-width space inside', each(KEY, (c, i) => (i === 7 ? `\u200b${c}` : c))],
	[
		'with a hidden character behind each',
		each(KEY, (c, i) => c + String.fromCodePoint([0xad, 0x2060, 0xe0041][i % 3] ?? 0)),
	],
	['with private use inside', each(KEY, (c, i) => (i % 5 === 2 ? `${c}\ue123` : c))],
	['with blanks inside', each(KEY, (c) => `${c} `)],
	['on lines of their own', each(KEY, (c, i) => (i % 6 === 5 ? `${c}\r\n` : c))],
	['with dashes', each(KEY, (c, i) => (i % 4 === 3 ? `${c}-` : c))],
	['percent-encoded where it must be', encodeURIComponent(KEY)],
	['percent-encoded throughout', each(KEY, percent)],
	['percent-encoded twice', encodeURIComponent(each(KEY, percent))],
	['in JSON escapes', each(KEY, unicode)],
	['in HTML entities', each(KEY, (c) => `&#x${c.charCodeAt(0).toString(16)};`)],
	['in decimal HTML entities', each(KEY, (c) => `&#${c.charCodeAt(0)};`)],
	['in full width', each(KEY, (c) => (/[a-z0-9]/i.test(c) ? String.fromCharCode(c.charCodeAt(0) + 0xfee0) : c))],
	['in base64', btoa(KEY)],
	['in base64 behind one byte', btoa(`x${KEY}`)],
	['in base64 behind two bytes, with more', btoa(`xy${KEY}zzz`)],
	['in base64url', btoa(KEY).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
	['in hexadecimal', hex(KEY)],
	['as the header', `Basic ${BASIC}`],
	['as the header’s value without a hidden character', each(BASIC, (c, i) => (i % 9 === 4 ? `\u200d${c}` : c))],
	['inside JSON inside a text', JSON.stringify({ key: JSON.stringify({ inner: KEY }) })],
];

/** Nothing from which one could read it: neither folded nor decoded. */
function leaks(text: string): boolean {
	let seen = text;
	for (let round = 0; round < 3; round++) {
		const folded = seen
			.normalize('NFKD')
			.toLowerCase()
			.replace(/[^a-z0-9]/g, '');
		if (folded.includes('sup3rs3cret') || folded.includes(BASIC.toLowerCase().replace(/[^a-z0-9]/g, ''))) return true;
		if (folded.includes(btoa(KEY).toLowerCase().slice(0, 20)) || folded.includes(hex(KEY))) return true;
		seen = seen
			.replace(/\\u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
			.replace(/&#x([0-9a-f]+);/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)))
			.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
			.replace(/%([0-9a-f]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
	}
	return false;
}

interface Place {
	name: string;
	tool: string;
	args: Json;
	answer(text: string): Response;
}
const places: Place[] = [
	{
		name: 'a record',
		tool: GET_TICKET,
		args: { id: 7 },
		answer: (text) => Response.json({ id: 7, summary: `key ${text} said` }),
	},
	{
		name: 'a member’s name',
		tool: GET_TICKET,
		args: { id: 7 },
		answer: (text) => Response.json({ id: 7, customFields: [{ [text]: 1 }] }),
	},
	{
		name: 'a list',
		tool: LIST_TICKETS,
		args: { fields: '*' },
		answer: (text) => Response.json([{ id: 1 }, { id: 2, board: { name: text } }]),
	},
	{
		name: 'a long text that is cut',
		tool: GET_TICKET,
		args: { id: 7 },
		answer: (text) => Response.json({ id: 7, summary: 'x'.repeat(7_990) + text + 'y'.repeat(90_000) }),
	},
	{
		name: 'a success that is none',
		tool: UPDATE_TICKET,
		args: { id: 7, summary: 'x' },
		answer: (text) => Response.json({ success: false, message: `bad ${text}` }),
	},
	{
		name: 'a content type',
		tool: GET_TICKET,
		args: { id: 7 },
		answer: (text) => new Response('x', { headers: { 'content-type': `text/${text.replace(/[^\w.+-]/g, '')}` } }),
	},
	{
		name: 'an error in plain text',
		tool: GET_TICKET,
		args: { id: 7 },
		answer: (text) => new Response(`refused: ${text}`, { status: 400 }),
	},
	{
		name: 'an error of every field',
		tool: GET_TICKET,
		args: { id: 7 },
		answer: (text) =>
			Response.json(
				{ code: text, message: text, errors: [{ field: text, message: text, code: text }] },
				{ status: 403 },
			),
	},
	{
		name: 'an error that is cut',
		tool: GET_TICKET,
		args: { id: 7 },
		answer: (text) => Response.json({ message: 'x'.repeat(485) + text }, { status: 500 }),
	},
	{
		name: 'a file’s text',
		tool: DOWNLOAD,
		args: { document_id: 1 },
		answer: (text) => new Response(`line\n${text}\n`, { headers: { 'content-type': 'text/plain' } }),
	},
	{
		name: 'a file’s name',
		tool: DOWNLOAD,
		args: { document_id: 1 },
		answer: (text) =>
			new Response('x', {
				headers: {
					'content-type': 'text/plain',
					'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(text)}`,
				},
			}),
	},
];

describe('credentials that a vendor repeats', () => {
	for (const place of places) {
		// security: S-20
		it(`in ${place.name} reach no result, in ${spellings.length} spellings`, async ({ expect }) => {
			const leaked: string[] = [];
			for (const [name, spelling] of spellings) {
				mockVendor(() => place.answer(spelling));
				for (const { url } of [server, table]) {
					const { text } = await callTool(url, place.tool, place.args);
					if (leaks(text)) leaked.push(`${name}: ${text.slice(0, 300)}`);
				}
			}
			expect(leaked).toEqual([]);
		});
	}

	// security: S-20
	it('in a file of bytes have it withheld', async ({ expect }) => {
		for (const before of ['', '\0', '\0\0']) {
			const bytes = new TextEncoder().encode(`${before}${KEY}`);
			mockVendor(() => new Response(bytes, { headers: { 'content-type': 'application/pdf' } }));
			const { content, structuredContent } = resultOf(await callTool(server.url, DOWNLOAD, { document_id: 1 }));
			expect(content).toHaveLength(1);
			expect(structuredContent.notice).toMatch(/withheld/);
		}
	});

	const wide = (text: string) => Uint8Array.from(`\u00ff\u00fe${utf16(text)}`, (c) => c.charCodeAt(0));
	const asBytes: [name: string, type: string, fileOf: (text: string) => BodyInit][] = [
		['a drawing', 'image/svg+xml', (text) => `<svg><text>key ${text} said</text></svg>`],
		['a drawing in UTF-16', 'image/svg+xml', (text) => wide(`<svg><text>key ${text} said</text></svg>`)],
		['a page whose type is kept back', 'application/octet-stream', (text) => `<html><body>${text}</body></html>`],
		['a long text', 'text/plain', (text) => `${'line\n'.repeat(15_000)}${text}`],
		['a text that is called a document', 'application/pdf', (text) => `%PDF-1.4\n${text}`],
	];
	for (const [name, type, fileOf] of asBytes) {
		// security: S-20
		it(`in ${name}, which goes as bytes, have it withheld in ${spellings.length} spellings`, async ({ expect }) => {
			const left: string[] = [];
			for (const [spelt, text] of spellings) {
				mockVendor(() => new Response(fileOf(text), { headers: { 'content-type': type } }));
				const { content } = resultOf(await callTool(server.url, DOWNLOAD, { document_id: 1 }));
				if (content.length > 1) left.push(spelt);
			}
			expect(left).toEqual([]);
			mockVendor(() => new Response(fileOf('none'), { headers: { 'content-type': type } }));
			expect(resultOf(await callTool(server.url, DOWNLOAD, { document_id: 1 })).content).toHaveLength(2);
		});
	}

	// security: S-15, S-20
	it('in the place of a new record’s id are kept nowhere, and what else is no id', async ({ expect }) => {
		const own = await createServer('repeats', {});
		const ids = [KEY, KEY.toUpperCase(), encodeURIComponent(KEY), BASIC, btoa(KEY), `Jane Doe ${PUBLIC}`, 'Jane Doe'];
		for (const [index, id] of ids.entries()) {
			mockVendor(() => Response.json({ id, summary: 'x' }));
			const create = () => callTool(own.url, CREATE_TICKET, { summary: `n${index}`, board: 1, company: 1 });
			await create();
			const calls = mockVendor(() => Response.json({ id: 5 }));
			expect(resultOf(await create()).structuredContent.code).toBe('repeat_of_unknown');
			expect(calls).toEqual([]);
		}
		const path = `/integrated-account/repeats/mcp/${own.id}/log`;
		const log = await eventually(async () => {
			const { text, body } = await api<Page<LogEntry>>('GET', path);
			const lines = body.result.filter(({ tool }) => tool === CREATE_TICKET);
			if (lines.length < ids.length * 2) throw new Error(`${lines.length} lines`);
			return text;
		});
		for (const kept of [log, await dumpStorage()]) for (const id of ids) expect(kept).not.toContain(id);
	});

	// security: S-20
	it('in a member’s names reach neither an operator nor the instructions of a server', async ({ expect }) => {
		const hidden = `${KEY.slice(0, 5)}\u200b${KEY.slice(5)} ${BASIC} x\u{e0041}\ufe0fy\nz`;
		const member = (id: number) => ({ id, identifier: `${hidden}${id}`, firstName: 'anna', lastName: hidden });
		const made: [actsFor: string | number, records: Json[], status: number][] = [
			['anna', [member(5), member(6)], 400],
			['ann', [member(5), member(6)], 400],
			[5, [member(5)], 201],
		];
		const bad: unknown[] = [];
		for (const [acts_for, records, expected] of made) {
			mockVendor(() => Response.json(records));
			const input = { name: 'x', config: { acts_for } };
			const { status, text, body } = await api<ServerWithUrl>('POST', '/integrated-account/repeats/mcp', input);
			expect(status).toBe(expected);
			const told = [text];
			if (status === 201) {
				told.push((await api('GET', `/integrated-account/repeats/mcp/${body.id}`)).text);
				const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
				told.push((await mcp(body.url, 'initialize', params)).text);
				expect(told.at(-1)).toContain('works for the member [credential]');
			}
			bad.push(...told.filter((one) => leaks(one) || /\p{Default_Ignorable_Code_Point}|\\u200b/u.test(one)));
		}
		expect(bad).toEqual([]);
	});

	it('take nothing else with them', async ({ expect }) => {
		const body = {
			id: 7,
			summary: 'Private key of acme: ask the super secret privy council',
			board: { name: 'c2VjcmV0' },
		};
		mockVendor(() => Response.json(body));
		expect(resultOf(await callTool(server.url, GET_TICKET, { id: 7 })).structuredContent).toEqual(body);
		mockVendor(() => Response.json({ id: 7, summary: `before ${KEY} behind` }));
		expect(resultOf(await callTool(server.url, GET_TICKET, { id: 7 })).structuredContent.summary).toBe(
			'before [credential]== behind',
		);
	});
});

describe('a text', () => {
	const short = spellingsOf(['k3y!', 'Summer!']);
	it('loses a short one only as it is written', ({ expect }) => {
		expect(withoutCredentialsIn('k3y! and K3Y! in summer! Summer!', short)).toBe(
			'[credential] and K3Y! in summer! [credential]',
		);
	});

	const entity = (before: string, behind: string) => each(KEY, (c) => `&${before}${hex(c)}${behind}`);
	const more: [name: string, text: string][] = [
		['in short JavaScript escapes', each(KEY, (c) => `\\u{${hex(c)}}`)],
		['in escapes before letters that look like more of them', `\\u0073${KEY.slice(1)}`],
		['in escapes of escapes', each(KEY, (c) => `\\\\u${hex(c).padStart(4, '0')}`)],
		['in HTML entities of any length', entity('#x00000000', ';')],
		['in HTML entities without an end', entity('#x', ' ')],
		['in HTML entities of HTML entities', entity('amp;#x', ';')],
		['in the entities of letters', each(KEY, (c) => (/[a-z]/i.test(c) ? `&${c}opf;` : c))],
		...['NoBreak', 'InvisibleComma', 'ic', 'Tab', 'NewLine', 'shy', 'zwnj', 'ZeroWidthSpace'].map(
			(name): [string, string] => [`with ${name} between`, each(KEY, (c) => `${c}&${name};`)],
		),
		['with tags inside', each(KEY, (c, i) => (i % 4 === 1 ? `${c}<wbr/>` : c))],
		['as a tag, partly escaped', `<${KEY.replace('u', '%75')}>`],
		['in mail', each(KEY, (c) => `=${hex(c).toUpperCase()}`)],
		['in numbers of bytes', each(KEY, (c) => `0x${hex(c)}, `)],
		['in numbers of characters', each(KEY, (c) => `U+00${hex(c)} `)],
		['percent-encoded four times', [1, 2, 3].reduce(encodeURIComponent, each(KEY, percent))],
		['in base64 of base64', btoa(btoa(KEY))],
		['in base64 of hexadecimal', btoa(hex(KEY))],
		['in base64 of UTF-16', btoa(utf16(KEY))],
		['in hexadecimal of UTF-16', hex(utf16(KEY))],
		...[0x34f, 0x115f, 0x1160, 0x3164, 0xffa0, 0x17b4, 0xe0100, 0xfe0f].map((point): [string, string] => [
			`with ${point.toString(16)} between`,
			each(KEY, (c) => c + String.fromCodePoint(point)),
		]),
	];
	// security: S-20
	it('loses a secret in every further spelling, and when it is cut inside one', ({ expect }) => {
		const known = spellingsOf([KEY, BASIC]);
		const left = more.flatMap(([name, text]) => {
			const cut = `${'x'.repeat(30)} ${text.slice(0, Math.ceil(text.length * 0.8))}…`;
			const whole = withoutCredentialsIn(`key ${text} said`, known);
			return [
				...(whole.includes('[credential]') && whole.length < text.length ? [] : [name]),
				...(withoutCredentialsIn(cut, known).includes('[credential]') ? [] : [`${name}, cut`]),
			];
		});
		expect(left).toEqual([]);
	});

	// security: S-20
	it('loses a secret of digits that comes as a number', ({ expect }) => {
		const known = spellingsOf(['908172635', '4711']);
		const content = {
			key: 908172635,
			negative: -908172635,
			fraction: 9081726.35,
			longer: 19081726350,
			rows: [[908172635, 5]],
			pin: 4711,
			kept: [47110, 14711, 90817263, 1.5, 0, true, null],
		};
		const answer = { structuredContent: content, text: JSON.stringify(content), isError: false };
		const { structuredContent, text } = withoutCredentials(answer, known);
		const { kept, ...cleaned } = structuredContent as typeof content;
		expect(kept).toEqual(content.kept);
		expect(JSON.stringify(cleaned).replace(/[^0-9]/g, '')).not.toMatch(/908172635|4711/);
		expect(text).toBe(JSON.stringify(structuredContent));
	});

	// security: S-20
	it('loses a secret whose beginning looks like the rest of an escape', ({ expect }) => {
		const secrets = ['Abcd-Efgh-1234', 'beef0000cafe77', '41deadBEEF99xy', 'nrtTokenValue1', '0041secretValue'];
		const left: string[] = [];
		for (const secret of secrets)
			for (const before of ['%', '%25', '\\', '\\u', '\\x', '\\u{', '&#x', '&#', '&', '100%'])
				for (const behind of ['', ' %41', ' \\n', '%']) {
					const text = `key ${before}${secret}${behind}`;
					if (withoutCredentialsIn(text, spellingsOf([secret])).includes(secret.slice(2))) left.push(text);
				}
		expect(left).toEqual([]);
	});
});
