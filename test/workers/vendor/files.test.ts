// Files to and from the vendor: what is refused, what a model is told, and the whole way through the public door.
import { afterEach, beforeAll, describe, it, vi } from 'vitest';
import {
	downloadedFile,
	MAX_DOWNLOAD_BYTES,
	MAX_UPLOAD_BYTES,
	uploadedFile,
	uploadFaults,
} from '../../../workers/vendor/files.ts';
import { callTool, connectAccount, createServer, type RpcBody, type ServerWithUrl } from '../support.ts';

const base64 = (text: string) => btoa(text);
const messages = (args: Record<string, unknown>) => uploadFaults(args).map(({ message }) => message);

describe('an upload', () => {
	const cases: { name: string; args: Record<string, unknown>; says: string[] }[] = [
		{ name: 'of text', args: { file_content: 'Grüße' }, says: [] },
		{ name: 'of base64', args: { file_content: base64('x'), file_encoding: 'base64' }, says: [] },
		{
			name: 'of what is no base64',
			args: { file_content: 'Grüße!', file_encoding: 'base64' },
			says: ['is no base64: check file_encoding'],
		},
		{ name: 'of nothing', args: { file_content: '' }, says: ['must not be empty'] },
		{
			name: 'of nothing in base64',
			args: { file_content: '', file_encoding: 'base64' },
			says: ['must not be empty'],
		},
		{ name: 'of exactly 5 MB', args: { file_content: 'x'.repeat(MAX_UPLOAD_BYTES) }, says: [] },
		{
			name: 'of a byte more',
			args: { file_content: 'x'.repeat(MAX_UPLOAD_BYTES + 1) },
			says: ['must have at most 5 MB'],
		},
		{ name: 'under a name with quotes', args: { file_name: 'the "log".txt', file_content: 'x' }, says: [] },
		{
			name: 'under a name that would begin another header, without content',
			args: { file_name: 'a\r\nContent-Type: text/html', file_content: '' },
			says: ['must not contain line breaks or control characters', 'must not be empty'],
		},
		{
			// Characters are not bytes.
			name: 'of 5 million letters of two bytes',
			args: { file_content: 'ü'.repeat(5_000_000) },
			says: ['must have at most 5 MB'],
		},
	];
	for (const { name, args, says } of cases) {
		it(`${name}: ${says[0] ?? 'no fault'}`, ({ expect }) => expect(messages(args)).toEqual(says));
	}

	it('keeps every byte, and the name', async ({ expect }) => {
		const every = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
		const file = uploadedFile({ file_name: 'all.bin', file_content: base64(every), file_encoding: 'base64' });
		expect(file.name).toBe('all.bin');
		expect(file.type).toBe('application/octet-stream');
		expect([...new Uint8Array(await file.arrayBuffer())]).toEqual(Array.from({ length: 256 }, (_, byte) => byte));
		const text = uploadedFile({ file_name: 'a.txt', file_content: 'Grüße 👋' });
		expect(await text.text()).toBe('Grüße 👋');
	});
});

const NO_TEXT = 'The file is no text: it is attached as bytes, which a model may not see.';

describe('a download', () => {
	const bytesOf = (text: string) => new TextEncoder().encode(text);
	const headers = (type: string, disposition = '') =>
		new Headers({ 'content-type': type, ...(disposition ? { 'content-disposition': disposition } : {}) });
	const PATH = '/system/documents/512/download';

	it('of a text is text', ({ expect }) => {
		const { file, told } = downloadedFile(
			PATH,
			headers('text/plain; charset=utf-8', 'attachment; filename="log.txt"'),
			bytesOf('tunnel down'),
		);
		expect(file).toEqual({ uri: `patchbay://${PATH}`, mimeType: 'text/plain', text: 'tunnel down' });
		expect(told).toEqual({ file_name: 'log.txt', mime_type: 'text/plain', bytes: 11 });
	});

	it('of anything else is base64, byte for byte', ({ expect }) => {
		const bytes = Uint8Array.from({ length: 100_000 }, (_, place) => place % 251);
		const { file, told } = downloadedFile(PATH, headers('image/png'), bytes);
		expect(file.text).toBeUndefined();
		expect(Uint8Array.from(atob(file.blob ?? ''), (character) => character.charCodeAt(0))).toEqual(bytes);
		expect(told).toEqual({ mime_type: 'image/png', bytes: 100_000, notice: NO_TEXT });
	});

	const blobs = [
		{ name: 'a text over 60 KB', type: 'text/csv', bytes: bytesOf('x'.repeat(60_001)) },
		{ name: 'a file whose type is not said', type: '', bytes: Uint8Array.of(0x4d, 0x5a, 0x00, 0x01) },
	];
	const readable: [type: string, bytes: Uint8Array, text: string][] = [
		['text/plain', Uint8Array.of(0x47, 0xfc, 0x80), 'Gü€'],
		['text/plain; charset=iso-8859-1', Uint8Array.of(0x47, 0xfc), 'Gü'],
		['text/csv', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), 'a'],
		['application/octet-stream', bytesOf('a,b\n1,ü\n'), 'a,b\n1,ü\n'],
		['', bytesOf('x'), 'x'],
	];
	for (const [type, bytes, text] of readable)
		it(`of ${JSON.stringify(text)} as ${type || 'nothing'} is text`, ({ expect }) => {
			expect(downloadedFile(PATH, headers(type), bytes).file).toMatchObject({ mimeType: 'text/plain', text });
		});

	for (const { name, type, bytes } of blobs) {
		it(`of ${name} is base64`, ({ expect }) => {
			const { file } = downloadedFile(PATH, headers(type), bytes);
			expect(file.blob).toBeDefined();
			expect(file.text).toBeUndefined();
			expect(file.mimeType).toBe(type || 'application/octet-stream');
		});
	}

	const HTML = '<h1>Ignore</h1><script>alert(1)</script>';
	const pages: [type: string, name: string, content: string][] = [
		['text/html', '', HTML],
		['TEXT/HTML; charset=utf-8', 'a.txt', 'plain'],
		['application/xhtml+xml', '', HTML],
		['te\u00adxt/html', '', HTML],
		['text/html\u00ad', 'a.html', HTML],
		['text/plain', '', HTML],
		['text/plain', '', `notes\n${HTML}`],
		['text/markdown', 'a.md', `# x\n<iframe src=x>`],
		['text/xml', '', '<html xmlns="http://www.w3.org/1999/xhtml"><body/></html>'],
		['application/xml', '', '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="x"/>'],
		['image/svg+xml', '', '<svg onload="alert(1)"/>'],
		['application/octet-stream', 'page.html', HTML],
		['', 'page.htm', HTML],
		['application/x-ignore-all-rules', '', HTML],
	];
	for (const [type, name, content] of pages) {
		// security: S-19
		it(`of a page as ${JSON.stringify(type)} ${name} is bytes without a type of its own`, ({ expect }) => {
			const made = { get: (key: string) => (key === 'content-type' ? type : name && `attachment; filename="${name}"`) };
			const { file, told } = downloadedFile(PATH, made as unknown as Headers, bytesOf(content));
			expect([file.mimeType, told.mime_type, file.text]).toEqual([
				'application/octet-stream',
				'application/octet-stream',
				undefined,
			]);
			expect(atob(file.blob ?? '')).toBe(content);
		});
	}

	const texts: [type: string, name: string, bytes: Uint8Array, text: string][] = [
		['text/csv', '', bytesOf('a,b'), 'a,b'],
		['application/json', '', bytesOf('{"a":"<b>"}'), '{"a":"<b>"}'],
		['text/plain', '', bytesOf('if a < b and <user@acme.example>'), 'if a < b and <user@acme.example>'],
		['application/xml', 'a.xml', bytesOf('<?xml version="1.0"?><a/>'), '<?xml version="1.0"?><a/>'],
		['application/octet-stream', 'error.log', bytesOf('down'), 'down'],
		['', 'script.PS1', bytesOf('Get-Item'), 'Get-Item'],
		['text/plain', 'wide.txt', Uint8Array.of(0xff, 0xfe, 0x61, 0, 0xfc, 0), 'aü'],
	];
	for (const [type, name, bytes, text] of texts) {
		// security: S-19
		it(`of a text as ${JSON.stringify(type)} ${name} is text/plain`, ({ expect }) => {
			const { file, told } = downloadedFile(PATH, headers(type, name && `attachment; filename=${name}`), bytes);
			expect(file).toMatchObject({ mimeType: 'text/plain', text });
			expect(told.mime_type).toBe('text/plain');
		});
	}

	const names = [
		{ disposition: 'attachment; filename="Rechnung \\"A\\".pdf"', name: 'Rechnung "A".pdf' },
		{ disposition: 'attachment; filename=plain.pdf; size=3', name: 'plain.pdf' },
		{ disposition: 'attachment; filename="x.pdf"; filename*=UTF-8\'\'Gr%C3%BC%C3%9Fe.pdf', name: 'Grüße.pdf' },
		{ disposition: 'attachment; filename*=UTF-8\'\'%zz; filename="x.pdf"', name: 'x.pdf' },
		{ disposition: 'attachment; filename="=?UTF-8?B?R3LDvMOfZS5wZGY=?="', name: 'Grüße.pdf' },
		{ disposition: 'attachment; filename="=?utf-8?Q?Gr=C3=BC=C3=9Fe_2.pdf?="', name: 'Grüße 2.pdf' },
		{ disposition: 'attachment; filename="Gr%C3%BC%C3%9Fe.pdf"', name: 'Grüße.pdf' },
		{ disposition: 'attachment; filename="GrÃ¼Ã\u009fe.pdf"', name: 'Grüße.pdf' },
		{ disposition: 'attachment; filename="100%.pdf"', name: '100%.pdf' },
		{ disposition: `attachment; filename="${'x'.repeat(4000)}"`, name: `${'x'.repeat(254)}…` },
		{ disposition: 'inline', name: undefined },
	];
	for (const { disposition, name } of names) {
		it(`named by ${disposition} is ${name}`, ({ expect }) => {
			const { told } = downloadedFile(PATH, headers('application/pdf', disposition), Uint8Array.of(1));
			expect(told.file_name).toBe(name);
		});
	}
});

describe('through the door', () => {
	const UPLOAD = 'create_a_connect_wise_psa_document';
	const DOWNLOAD = 'download_connect_wise_psa_document';
	let server: ServerWithUrl;
	/** What the vendor keeps, by id. */
	const kept = new Map<string, { bytes: Uint8Array; name: string; type: string }>();
	const sent: { url: string; contentType: string; parts: Record<string, unknown> }[] = [];

	beforeAll(async () => {
		await connectAccount('files');
		server = await createServer('files');
	});
	afterEach(() => {
		vi.restoreAllMocks();
		kept.clear();
		sent.length = 0;
	});

	/** Takes a form as the vendor does, and gives the file back as it came. */
	function keepFiles(answer?: (url: string) => Response | null): void {
		vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
			const request = new Request(input as RequestInfo, init as RequestInit);
			const own = answer?.(request.url);
			if (own) return own;
			if (request.method === 'POST') {
				const form = await request.formData();
				const file = form.get('file') as unknown as File;
				sent.push({
					url: request.url,
					contentType: request.headers.get('content-type') ?? '',
					parts: Object.fromEntries([...form].filter(([name]) => name !== 'file')),
				});
				kept.set('512', { bytes: new Uint8Array(await file.arrayBuffer()), name: file.name, type: file.type });
				return Response.json({ id: 512, title: form.get('title'), fileName: file.name, size: file.size });
			}
			const id = /documents\/(\d+)\/download$/.exec(request.url)?.[1] ?? '';
			const file = kept.get(id);
			if (!file) return Response.json({ code: 'NotFound', message: `Document ${id} not found` }, { status: 404 });
			return new Response(file.bytes as Uint8Array<ArrayBuffer>, {
				headers: { 'content-type': file.type, 'content-disposition': `attachment; filename="${file.name}"` },
			});
		});
	}

	const resultOf = ({ body }: { body: RpcBody }) =>
		body.result as {
			isError?: boolean;
			structuredContent: Record<string, unknown>;
			content: { type: string; text?: string; resource?: Record<string, unknown> }[];
		};

	it('a file goes up as a form and comes down as it was', async ({ expect }) => {
		keepFiles();
		const content = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte)).repeat(400);
		const uploaded = resultOf(
			await callTool(server.url, UPLOAD, {
				file_name: 'capture.pcap',
				file_content: base64(content),
				file_encoding: 'base64',
				recordType: 'Ticket',
				recordId: 14059,
				title: 'Capture',
				privateFlag: true,
			}),
		);
		expect(uploaded.structuredContent).toEqual({ id: 512, title: 'Capture', fileName: 'capture.pcap' });
		expect(sent[0]?.contentType).toMatch(/^multipart\/form-data; ?boundary=/);
		expect(sent[0]?.parts).toEqual({
			recordType: 'Ticket',
			recordId: '14059',
			title: 'Capture',
			privateFlag: 'true',
		});
		expect(new URL(sent[0]?.url ?? '').pathname).toMatch(/\/system\/documents$/);

		const { content: blocks, structuredContent } = resultOf(await callTool(server.url, DOWNLOAD, { document_id: 512 }));
		expect(structuredContent).toEqual({
			notice: NO_TEXT,
			file_name: 'capture.pcap',
			mime_type: 'application/octet-stream',
			bytes: 102_400,
		});
		expect(JSON.parse(blocks[0]?.text ?? '')).toEqual(structuredContent);
		expect(blocks[1]).toMatchObject({ type: 'resource', resource: { mimeType: 'application/octet-stream' } });
		expect(atob(String(blocks[1]?.resource?.blob))).toBe(content);
	});

	it('a text comes down as text', async ({ expect }) => {
		keepFiles();
		const file = { file_name: 'log.txt', file_content: 'tunnel up ↑', recordType: 'Ticket', recordId: 14059 };
		await callTool(server.url, UPLOAD, file);
		const { content } = resultOf(await callTool(server.url, DOWNLOAD, { document_id: 512 }));
		expect(content[1]?.resource).toMatchObject({ mimeType: 'text/plain', text: 'tunnel up ↑' });
	});

	it('what is no base64 is not sent', async ({ expect }) => {
		keepFiles();
		const { isError, structuredContent } = resultOf(
			await callTool(server.url, UPLOAD, {
				file_name: 'a.bin',
				file_content: 'not base64!',
				file_encoding: 'base64',
				recordType: 'Ticket',
				recordId: 14059,
			}),
		);
		expect(isError).toBe(true);
		expect(structuredContent.errors).toEqual([{ field: 'file_content', message: 'is no base64: check file_encoding' }]);
		expect(sent).toEqual([]);
	});

	it('a missing file is the vendor’s 404, as data', async ({ expect }) => {
		keepFiles();
		const { isError, structuredContent, content } = resultOf(
			await callTool(server.url, DOWNLOAD, { document_id: 404 }),
		);
		expect(isError).toBe(true);
		expect(structuredContent).toMatchObject({ statusCode: 404, code: 'NotFound' });
		expect(content).toHaveLength(1);
	});

	it('a file over 4 MB is refused with its limit', async ({ expect }) => {
		keepFiles(() => new Response(new Uint8Array(MAX_DOWNLOAD_BYTES + 1)));
		const { isError, structuredContent } = resultOf(await callTool(server.url, DOWNLOAD, { document_id: 512 }));
		expect(isError).toBe(true);
		expect(structuredContent.message).toContain('more than 4 MB');
	});
});
