// Documents: a form in, the file's bytes kept, and the bytes back out.

import type { ApiAnswer, ApiRequest } from '../http/answers.ts';
import { picture, standIn, typeOf } from '../http/files.ts';
import { resourceOf } from '../schema/collections.ts';
import { badRequest, invalidObject, notFound, wrongMediaType } from '../schema/errors.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Collection } from '../schema/resources.ts';
import type { Action, Handlers } from './action.ts';
import { requireOne, shown } from './action.ts';
import { nameOf } from './present.ts';
import { saveRecord } from './records.ts';
import type { Stored } from './store.ts';
import type { Context } from './writing.ts';
import { formatDate, missingField } from './writing.ts';

const NOUN = 'documentInfo';
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** What a document can lie with, and where that is. Other kinds of the vendor's are taken as they come. */
const OWNERS: Readonly<Record<string, readonly Collection[]>> = {
	agreement: ['/finance/agreements'],
	company: ['companies'],
	configuration: ['configurations'],
	contact: ['contacts'],
	expense: ['/expense/entries'],
	opportunity: ['/sales/opportunities'],
	project: ['/project/projects'],
	purchaseorder: ['/procurement/purchaseorders'],
	rma: ['/procurement/rmaTags'],
	salesorder: ['/sales/orders'],
	servicetemplate: ['/service/templates'],
	projectticket: ['/project/tickets'],
	ticket: ['tickets', '/project/tickets'],
};

async function readForm(request: ApiRequest): Promise<FormData> {
	const contentType = request.headers.get('content-type') ?? '';
	if (!contentType.toLowerCase().startsWith('multipart/form-data')) throw wrongMediaType();
	try {
		return await new Response(request.body.slice(), { headers: { 'content-type': contentType } }).formData();
	} catch {
		throw badRequest('The request body is not a valid form.');
	}
}

const textOf = (form: FormData, name: string): string => {
	const value = form.get(name);
	return typeof value === 'string' ? value.trim() : '';
};

function requireOwner({ store }: Context, recordType: string, recordId: number): void {
	const faults = [
		...(recordType === '' ? [missingField(NOUN, 'recordType')] : []),
		...(Number.isInteger(recordId) && recordId > 0 ? [] : [missingField(NOUN, 'recordId')]),
	];
	if (faults.length > 0) throw invalidObject(NOUN, faults);
	const collections = OWNERS[recordType.toLowerCase()];
	const [first] = collections ?? [];
	if (!first || collections?.some((collection) => store.get(collection, recordId))) return;
	throw notFound(resourceOf(first).label, recordId);
}

/** What a form says of a file, as a document's fields. */
async function readUpload(form: FormData): Promise<{ fields: JsonObject; bytes: Uint8Array | null }> {
	const file = form.get('file');
	const url = textOf(form, 'url');
	if (!(file instanceof File) && url === '') throw invalidObject(NOUN, [missingField(NOUN, 'file')]);
	const bytes = file instanceof File ? new Uint8Array(await file.arrayBuffer()) : null;
	if (bytes && bytes.byteLength > MAX_FILE_BYTES) {
		throw badRequest(`The file is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB.`);
	}
	const fileName = file instanceof File ? file.name : '';
	return {
		bytes,
		fields: {
			title: textOf(form, 'title') || fileName || url,
			fileName: fileName || url,
			serverFileName: fileName === '' ? null : `${crypto.randomUUID()}-${fileName}`,
			linkFlag: !bytes,
			urlFlag: !bytes,
			imageFlag: typeOf(fileName).startsWith('image/'),
			publicFlag: textOf(form, 'privateFlag').toLowerCase() !== 'true',
			readOnlyFlag: /^true$/i.test(textOf(form, 'readOnlyFlag') || textOf(form, 'readOnlyFlay')),
			size: bytes?.byteLength ?? 0,
		},
	};
}

/** Keeps an uploaded document and its file. */
export async function createDocument(request: ApiRequest, context: Context): Promise<Stored> {
	const form = await readForm(request);
	const recordType = textOf(form, 'recordType');
	const recordId = Number(textOf(form, 'recordId'));
	requireOwner(context, recordType, recordId);
	const { fields, bytes } = await readUpload(form);
	const id = context.store.nextId('documents');
	if (bytes) context.store.files.put(id, bytes);
	const document: Stored = {
		id,
		...fields,
		owner: context.member,
		createdOnDate: formatDate(context.nowMs),
		guid: crypto.randomUUID(),
		recordType,
		recordId,
	};
	return saveRecord(context, 'documents', document, 'uploaded');
}

/** A new file for a document that is there; what it lies with stays. */
async function createVersion({ request, context, ids }: Action): Promise<ApiAnswer> {
	const document = requireOne(context, 'documents', ids[0]);
	const form = await readForm(request);
	const { fields, bytes } = await readUpload(form);
	if (bytes) context.store.files.put(document.id, bytes);
	const title = textOf(form, 'title') || (document.title ?? null);
	return shown(
		context,
		'documents',
		saveRecord(context, 'documents', { ...document, ...fields, title }, 'new version'),
	);
}

function download({ context, ids }: Action): ApiAnswer {
	const document = requireOne(context, 'documents', ids[0]);
	const name = String(document.fileName ?? 'document');
	const bytes = context.store.files.get(document.id);
	return { status: 200, file: bytes ? { bytes, type: typeOf(name), name } : standIn(nameOf(document), name) };
}

export const DOCUMENTS: Handlers = {
	'POST /system/documents/*': createVersion,
	'GET /system/documents/*/download': download,
	'GET /system/documents/*/thumbnail': ({ context, ids }) => {
		requireOne(context, 'documents', ids[0]);
		return { status: 200, file: picture('thumbnail.png') };
	},
	'GET /system/documents/uploadsample': () => ({
		status: 200,
		body: '<form method="post" enctype="multipart/form-data"><input type="file" name="file"></form>',
	}),
};
