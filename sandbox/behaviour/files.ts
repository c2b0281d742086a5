// Files that the vendor hands out: what was uploaded, and small stand-ins for what was not.

import type { FileAnswer } from './answers.ts';

/** A picture of one pixel, so that whatever shows it has something valid. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const TYPES: Readonly<Record<string, string>> = {
	csv: 'text/csv',
	gif: 'image/gif',
	html: 'text/html',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	json: 'application/json',
	md: 'text/markdown',
	pdf: 'application/pdf',
	png: 'image/png',
	txt: 'text/plain',
	xml: 'application/xml',
	zip: 'application/zip',
};

const extensionOf = (name: string): string => name.slice(name.lastIndexOf('.') + 1).toLowerCase();

/** The media type that a file's name tells. */
export const typeOf = (name: string): string => TYPES[extensionOf(name)] ?? 'application/octet-stream';

export const picture = (name: string): FileAnswer => ({
	bytes: Uint8Array.from(atob(PIXEL), (char) => char.charCodeAt(0)),
	type: 'image/png',
	name,
});

/** A page of text as the smallest PDF that readers open; the offsets in its table are right. */
export function pdf(lines: readonly string[], name: string): FileAnswer {
	const literal = (line: string): string => line.replace(/[^\x20-\x7e]/g, '?').replace(/[\\()]/g, '\\$&');
	const text = lines.map((line) => `(${literal(line)}) Tj T*`).join('\n');
	const stream = `BT /F1 12 Tf 16 TL 72 720 Td\n${text}\nET`;
	const objects = [
		'<< /Type /Catalog /Pages 2 0 R >>',
		'<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
		'<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
		`<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
		'<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
	];
	let body = '%PDF-1.4\n';
	const offsets = objects.map((object, index) => {
		const offset = body.length;
		body += `${index + 1} 0 obj\n${object}\nendobj\n`;
		return `${String(offset).padStart(10, '0')} 00000 n \n`;
	});
	const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${offsets.join('')}`;
	const end = `trailer << /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${body.length}\n%%EOF`;
	return { bytes: new TextEncoder().encode(body + table + end), type: 'application/pdf', name };
}

/** A small file in place of a seeded document's, which was never uploaded. */
export function standIn(title: string, name: string): FileAnswer {
	const type = typeOf(name);
	if (type.startsWith('image/')) return { ...picture(name), type: 'image/png' };
	if (type === 'application/pdf') return pdf([title], name);
	return { bytes: new TextEncoder().encode(`${title}\n`), type: type.startsWith('text/') ? type : 'text/plain', name };
}
