// Documents: a form in, the file's bytes kept, and the bytes back out.

import type { Collection } from '../schema/collections.ts';
import { resourceOf } from '../schema/collections.ts';
import { formatDate } from '../schema/dates.ts';
import type { JsonObject } from '../schema/json.ts';
import { isObject } from '../schema/json.ts';
import { badRequest, invalidObject, notFound, wrongMediaType } from '../schema/vendor-errors.ts';
import type { ApiAnswer, ApiRequest } from './answers.ts';
import { answerCount, answerList, answerRecord, checkFields } from './answers.ts';
import type { Context } from './context.ts';
import { pdf, picture, standIn, typeOf } from './files.ts';
import { normaliseQuery } from './lists.ts';
import type { Handlers, OperationCall } from './operation-call.ts';
import { requireOne, shown } from './operation-call.ts';
import { saveRecord } from './record-changes.ts';
import { missingField } from './record-input.ts';
import { nameOf, present, presentAll } from './record-views.ts';
import type { Stored } from './store.ts';

const NOUN = 'documentInfo';
const MAX_FILE_BYTES = 10 * 1024 * 1024;

/** Record types that a document can belong to, and their collections. Other types are accepted unchecked. */
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

/** Reads the file and the document's fields from a form. */
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
async function createDocument(request: ApiRequest, context: Context): Promise<Stored> {
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
async function createVersion({ request, context, ids }: OperationCall): Promise<ApiAnswer> {
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

function download({ context, ids }: OperationCall): ApiAnswer {
	const document = requireOne(context, 'documents', ids[0]);
	const name = String(document.fileName ?? 'document');
	const bytes = context.store.files.get(document.id);
	return { status: 200, file: bytes ? { bytes, type: typeOf(name), name } : standIn(nameOf(document), name) };
}

/** Documents are listed for one record only; the two parameters say for which. */
function documentsOf({ request, context }: OperationCall): JsonObject[] {
	const { searchParams } = normaliseQuery(request.url);
	const recordType = searchParams.get('recordType')?.toLowerCase();
	const recordId = searchParams.get('recordId');
	if (!recordType || !recordId) throw badRequest('recordType and recordId are required.');
	return presentAll(context.store, 'documents', (document) => {
		return String(document.recordType).toLowerCase() === recordType && document.recordId === Number(recordId);
	});
}

function invoicePdf({ context, ids }: OperationCall): ApiAnswer {
	const invoice = requireOne(context, '/finance/invoices', ids[0]);
	const { company, date, dueDate, total, balance } = present(context.store, '/finance/invoices', invoice);
	const number = String(invoice.invoiceNumber ?? invoice.id);
	const lines = [
		`Invoice ${number}`,
		`For ${isObject(company) ? nameOf(company) : ''}`,
		`Date ${String(date).slice(0, 10)}, due ${String(dueDate).slice(0, 10)}`,
		`Total ${total} USD, open ${balance} USD`,
	];
	return { status: 200, file: pdf(lines, `Invoice_${number}.pdf`) };
}

export const DOCUMENTS: Handlers = {
	'GET /finance/invoices/*/pdf': invoicePdf,
	'GET /system/documents': (call) => answerList(call.request, documentsOf(call), 'DocumentInfo'),
	'GET /system/documents/count': (call) => answerCount(call.request, documentsOf(call), 'DocumentInfo'),
	'POST /system/documents': async ({ request, context }) => {
		checkFields(request, 'DocumentInfo');
		return answerRecord(request, context.store, 'documents', await createDocument(request, context), 201);
	},
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
