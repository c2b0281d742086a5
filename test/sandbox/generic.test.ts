// The layer that answers what no code describes: requests on it, and the vendor's answers. Shapes and texts of the errors
// are those of real answers to other records, as public client code and the vendor's guide quote them.

import { beforeEach, describe, it } from 'vitest';
import { type Answer, createVendor, replace, type Vendor } from './vendor.ts';

let vendor: Vendor;
beforeEach(() => {
	vendor = createVendor();
});

const AGREEMENT = { name: 'Backup', type: { id: 3 }, company: { id: 102 }, contact: { id: 1001 } };
const fault = (resource: string, code: string, field: string, message: string): object => ({
	code,
	message,
	resource,
	field,
});
const invalid = (resource: string, ...errors: object[]): object => ({
	code: 'InvalidObject',
	message: `${resource} object is invalid`,
	errors,
});

describe('errors', () => {
	const cases: { name: string; send: () => Promise<Answer>; status: number; body: object }[] = [
		{
			name: 'every required field that is missing, at once',
			send: () => vendor.call('POST', '/finance/agreements', { name: 'Backup' }),
			status: 400,
			body: invalid(
				'agreement',
				fault('agreement', 'MissingRequiredField', 'type', 'type is required.'),
				fault('agreement', 'MissingRequiredField', 'company', 'company is required.'),
				fault('agreement', 'MissingRequiredField', 'contact', 'contact is required.'),
			),
		},
		{
			name: 'a reference to no record',
			send: () => vendor.call('POST', '/finance/agreements', { ...AGREEMENT, company: { id: 19299 } }),
			status: 400,
			body: invalid('agreement', fault('agreement', 'NotFound', 'company/id', 'company 19299 not found')),
		},
		{
			name: 'a text that is too long',
			send: () => vendor.call('PATCH', '/finance/agreements/302', replace('name', 'x'.repeat(101))),
			status: 400,
			body: invalid(
				'agreement',
				fault('agreement', 'MaxLengthField', 'name', 'The field name must be a string with a maximum length of 100.'),
			),
		},
		{
			name: 'a value that is none of the enum, in a record',
			send: () =>
				vendor.call('POST', '/finance/agreements/302/additions', { product: { id: 1 }, billCustomer: 'Often' }),
			status: 400,
			body: {
				...invalid('addition'),
				errors: [{ resource: 'addition', field: 'billCustomer' }],
			},
		},
		{
			name: 'a value that is none of the enum, in conditions',
			send: () => vendor.get('/finance/agreements', { conditions: 'agreementStatus = "Sleeping"' }),
			status: 400,
			body: { code: 'ApiFindCondition', message: 'Enum value supplied was invalid' },
		},
		{
			name: 'conditions on a field that the record does not have',
			send: () => vendor.get('/procurement/purchaseorders', { conditions: 'colour = "red"' }),
			status: 400,
			body: { code: 'ApiFindCondition', message: 'colour is not a recognized name.' },
		},
		{
			name: 'orderBy and fields likewise',
			send: () => vendor.get('/sales/opportunities', { fields: 'id,colour' }),
			status: 400,
			body: { code: 'ApiFindCondition', message: 'colour is not a recognized name.' },
		},
		{
			name: 'a flag that is no boolean',
			send: () => vendor.call('PATCH', '/finance/agreements/302', replace('cancelledFlag', 'perhaps')),
			status: 500,
			body: { code: 'ConnectWiseApi', message: 'String was not recognized as a valid Boolean.' },
		},
		{
			name: 'a record that is not there',
			send: () => vendor.get('/procurement/purchaseorders/404'),
			status: 404,
			body: { code: 'NotFound', message: 'Purchase Order 404 not found' },
		},
		{
			name: 'a parent that is not there',
			send: () => vendor.get('/finance/agreements/4040/additions'),
			status: 404,
			body: { code: 'NotFound', message: 'Agreement 4040 not found' },
		},
		{
			name: 'a grandparent that is not there',
			send: () => vendor.get('/system/workflows/404/events/1/actions'),
			status: 404,
			body: { code: 'NotFound', message: 'Workflow 404 not found' },
		},
		{
			name: 'an endpoint that is not there',
			send: () => vendor.get('/finance/agreementz'),
			status: 404,
			body: { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' },
		},
		{
			name: 'a verb that the endpoint does not take',
			send: () => vendor.call('DELETE', '/finance/companyFinance/102'),
			status: 405,
			body: { code: 'ConnectWiseApi' },
		},
		{
			name: 'JSON where a form is wanted',
			send: () => vendor.call('POST', '/system/documents', { recordType: 'Ticket' }),
			status: 415,
			body: { code: 'ConnectWiseApi' },
		},
		{
			name: 'the audit trail of nothing',
			send: () => vendor.get('/system/audittrail'),
			status: 400,
			body: invalid(
				'auditTrail',
				fault('auditTrail', 'MissingRequiredField', 'type', 'type is required.'),
				fault('auditTrail', 'MissingRequiredField', 'id', 'id is required.'),
			),
		},
	];
	for (const { name, send, status, body } of cases) {
		it(name, async ({ expect }) => {
			const answer = await send();
			expect(answer.status).toBe(status);
			expect(answer.body).toMatchObject(body);
		});
	}

	it('changes nothing that is refused', async ({ expect }) => {
		const before = await vendor.get('/finance/agreements/302');
		await vendor.call('PATCH', '/finance/agreements/302', [
			...replace('billAmount', 1),
			...replace('type', { id: 99 }),
		]);
		expect(await vendor.get('/finance/agreements/302')).toEqual(before);
	});
});

describe('records', () => {
	it('creates, reads, changes, replaces and deletes what only the facts describe', async ({ expect }) => {
		const made = await vendor.call('POST', '/finance/agreements', { ...AGREEMENT, colour: 'red' });
		expect(made.status).toBe(201);
		expect(made.body).toMatchObject({ name: 'Backup', company: { identifier: 'AcmeCorp' }, agreementStatus: 'Active' });
		expect(made.body).not.toHaveProperty('colour');
		const path = `/finance/agreements/${made.body.id}`;
		const patched = await vendor.call('PATCH', path, replace('billAmount', 99));
		expect(patched.body).toMatchObject({ id: made.body.id, billAmount: 99 });
		const replaced = await vendor.call('PUT', path, { ...AGREEMENT, name: 'Backup 2' });
		expect(replaced.body.name).toBe('Backup 2');
		expect(replaced.body).not.toHaveProperty('billAmount');
		expect((await vendor.call('DELETE', path)).status).toBe(204);
		expect((await vendor.get(path)).status).toBe(404);
	});

	it('answers a false 200 to a PATCH path with a slash', async ({ expect }) => {
		const answer = await vendor.call('PATCH', '/sales/opportunities/801', replace('stage/id', 4));
		expect([answer.status, answer.body.stage.id]).toEqual([200, 3]);
	});

	it('filters, sorts, pages and projects', async ({ expect }) => {
		const open = { conditions: 'balance > 0 and company/name = "Metro Print & Sign"', orderBy: 'dueDate desc' };
		const { body } = await vendor.get('/finance/invoices', { ...open, fields: 'id,balance,dueDate', pageSize: '3' });
		expect(body).toHaveLength(3);
		expect(Object.keys(body[0]).sort()).toEqual(['balance', 'dueDate', 'id']);
		expect(body[0].dueDate >= body[1].dueDate).toBe(true);
		const count = await vendor.get('/finance/invoices/count', { conditions: open.conditions });
		expect(count.body.count).toBeGreaterThan(3);
	});

	it('keeps children with their parents, several levels down', async ({ expect }) => {
		const [one, two] = (await vendor.get('/service/surveys')).body;
		const questions = (await vendor.get(`/service/surveys/${one.id}/questions`)).body;
		const options = `/service/surveys/${one.id}/questions/${questions[0].id}/options`;
		const made = await vendor.call('POST', options, { caption: 'Partly', points: 3 });
		expect(made.status).toBe(201);
		expect((await vendor.get(`${options}/${made.body.id}`)).body.caption).toBe('Partly');
		const elsewhere = `/service/surveys/${two.id}/questions/${questions[0].id}/options/${made.body.id}`;
		expect((await vendor.get(elsewhere)).status).toBe(404);
		await vendor.call('DELETE', `/service/surveys/${one.id}`);
		expect((await vendor.get(`${options}/${made.body.id}`)).status).toBe(404);
	});

	it('keeps what others refer to, and says who does', async ({ expect }) => {
		expect((await vendor.call('DELETE', '/finance/billingTerms/1')).status).toBe(409);
		const { body } = await vendor.get('/finance/billingTerms/1/usages');
		expect(body.find(({ type }: { type: string }) => type === 'Invoice').count).toBeGreaterThan(50);
		const each = await vendor.get('/finance/billingTerms/1/usages/list', { pageSize: '5' });
		expect(each.body).toHaveLength(5);
		expect(each.body[0].hyperlink).toContain('/apis/3.0/');
	});

	it('shows the same records at their second addresses', async ({ expect }) => {
		const members = await vendor.get('/system/info/members', { pageSize: '50' });
		expect(members.body.map(({ identifier }: { identifier: string }) => identifier)).toContain('jsmith');
		expect(members.body[0]).not.toHaveProperty('hourlyCost');
		const events = await vendor.get('/system/workflows/events');
		const below = await vendor.get('/system/workflows/1/events');
		expect(events.body).toEqual(expect.arrayContaining(below.body));
		const types = await vendor.get('/finance/billingTerms/info');
		expect(types.body[0]).toMatchObject({ id: 1, name: 'Net 30 days' });
	});

	it('searches by POST, the query in the body', async ({ expect }) => {
		const body = { conditions: 'project/id = 901 and closedFlag = false', orderBy: 'id desc' };
		const found = await vendor.call('POST', '/project/tickets/search', body);
		const listed = await vendor.get('/project/tickets', body);
		expect(found.body.length).toBeGreaterThan(1);
		expect(found).toEqual(listed);
	});

	it('takes paths in any case and with a slash at the end', async ({ expect }) => {
		for (const path of ['/Finance/AGREEMENTS/302', '/finance/agreements/302/']) {
			expect((await vendor.get(path)).status, path).toBe(200);
		}
	});
});

describe('what the vendor works out', () => {
	it('prices an addition from the catalog', async ({ expect }) => {
		const body = { product: { id: 13 }, quantity: 10, billCustomer: 'Billable' };
		const { body: made } = await vendor.call('POST', '/finance/agreements/302/additions', body);
		expect(made).toMatchObject({ agreementId: 302, unitPrice: 6.5, extPrice: 65, extCost: 31, margin: 34 });
	});

	it('numbers and totals an invoice, and settles it with payments', async ({ expect }) => {
		const given = {
			type: 'Miscellaneous',
			company: { id: 102 },
			serviceTotal: 200,
			taxCode: { id: 8 },
			taxableFlag: true,
		};
		const { body: invoice } = await vendor.call('POST', '/finance/invoices', given);
		expect(invoice).toMatchObject({ subtotal: 200, salesTax: 12, total: 212, balance: 212, status: { name: 'New' } });
		expect(invoice.invoiceNumber).toMatch(/^INV\d+$/);
		const path = `/finance/invoices/${invoice.id}`;
		await vendor.call('POST', `${path}/payments`, { amount: 100, type: 'Check' });
		expect((await vendor.get(path)).body).toMatchObject({ payments: 100, balance: 112 });
		const file = (await vendor.get(`${path}/pdf`)).file;
		expect([file?.type, file?.name]).toEqual(['application/pdf', `Invoice_${invoice.invoiceNumber}.pdf`]);
		expect(new TextDecoder().decode(file?.bytes)).toMatch(/^%PDF-1\.4[\s\S]*open 112 USD[\s\S]*%%EOF$/);
	});

	it('totals a purchase order from its lines', async ({ expect }) => {
		const given = { status: { id: 1 }, terms: { id: 1 }, vendorCompany: { id: 131 } };
		const { body: order } = await vendor.call('POST', '/procurement/purchaseorders', given);
		const path = `/procurement/purchaseorders/${order.id}`;
		const line = { lineNumber: 1, product: { id: 4 }, description: 'Monitor', quantity: 2, unitOfMeasure: { id: 1 } };
		await vendor.call('POST', `${path}/lineitems`, line);
		expect((await vendor.get(path)).body).toMatchObject({ subTotal: 410, total: 410 });
		const done = await vendor.call('DELETE', `${path}/lineitems/bulk`, { ids: [999, 998] });
		expect(done.body.payload).toMatchObject([
			{ success: false, originalIndex: 0, statusCode: 404, error: { code: 'NotFound' } },
			{ success: false, originalIndex: 1 },
		]);
	});

	it('takes a sheet from open to approved, its entries along, and no step twice', async ({ expect }) => {
		const { body: sheets } = await vendor.get('/time/sheets', { conditions: 'status = "Open" and hours > 0' });
		const path = `/time/sheets/${sheets[0].id}`;
		expect((await vendor.call('POST', `${path}/approve`, {})).status).toBe(400);
		expect((await vendor.call('POST', `${path}/submit`)).body).toMatchObject({ success: true });
		expect((await vendor.call('POST', `${path}/approve`, { approvalType: 'Tier1Update' })).status).toBe(200);
		expect((await vendor.get(path)).body.status).toBe('ApprovedByTierOne');
		await vendor.call('POST', `${path}/approve`, {});
		const entries = await vendor.get('/time/entries', { conditions: `timeSheet/id = ${sheets[0].id}` });
		expect(new Set(entries.body.map(({ status }: { status: string }) => status))).toEqual(
			new Set(['ApprovedByTierTwo']),
		);
	});

	it('adds a new expense to the report of its week', async ({ expect }) => {
		const given = { type: { id: 1 }, amount: 12.5, date: '2026-11-24T00:00:00Z', member: { id: 155 } };
		const { body: entry } = await vendor.call('POST', '/expense/entries', given);
		const report = await vendor.get(`/expense/reports/${entry.expenseReport.id}`);
		expect(report.body).toMatchObject({ member: { id: 155 }, status: 'Open', total: 12.5 });
	});

	it('makes an order, an agreement, a project and a ticket of an opportunity', async ({ expect }) => {
		const path = '/sales/opportunities/801';
		const order = (await vendor.call('POST', `${path}/convertToSalesOrder`, { includeAllProductsFlag: true })).body;
		expect(order).toMatchObject({ company: { id: 102 }, opportunity: { id: 801 } });
		const products = await vendor.get('/procurement/products', { conditions: `salesOrder/id = ${order.id}` });
		expect(products.body).toHaveLength(1);
		expect((await vendor.get(path)).body).toMatchObject({ status: { name: 'Won' } });
		const agreement = (await vendor.call('POST', `${path}/convertToAgreement`, { type: { id: 1 } })).body;
		expect(agreement).toMatchObject({ name: 'Laptop refresh 2027', company: { id: 102 }, contact: { id: 1001 } });
		const project = (await vendor.call('POST', `${path}/convertToProject`, { name: 'Roll out laptops' })).body;
		expect(project).toMatchObject({ name: 'Roll out laptops', opportunity: { id: 801 } });
		const ticket = (await vendor.call('POST', `${path}/convertToServiceTicket`, { summary: 'Order laptops' })).body;
		expect((await vendor.get(`/service/tickets/${ticket.id}`)).body).toMatchObject({ summary: 'Order laptops' });
		expect((await vendor.get('/sales/opportunities/conversions/801')).body).toMatchObject({
			parentType: 'Opportunity',
			convertedTo: { id: ticket.id },
		});
	});

	it('copies an agreement with what lies below it', async ({ expect }) => {
		const copy = (await vendor.call('POST', '/finance/agreements/302/copy')).body;
		expect(copy).toMatchObject({ name: 'Copy of Managed Services', company: { id: 102 } });
		const additions = async (id: number) => (await vendor.get(`/finance/agreements/${id}/additions`)).body;
		const amounts = (list: { extPrice: number }[]) => list.map(({ extPrice }) => extPrice);
		expect(amounts(await additions(copy.id))).toEqual(amounts(await additions(302)));
	});

	it('plans a project from a template, and moves a ticket into it', async ({ expect }) => {
		const plan = (await vendor.call('POST', '/project/projects/905/applyTemplate/2')).body;
		expect(plan).toMatchObject({ projectId: 905 });
		expect(plan.phases.length).toBe(8);
		const phase = { id: plan.phases[7].id };
		await vendor.call('POST', '/service/tickets/14059/convert', { phase, wbsCode: '4.9' });
		expect((await vendor.get('/service/tickets/14059')).status).toBe(404);
		expect((await vendor.get('/project/tickets/14059')).body).toMatchObject({ project: { id: 905 }, phase });
	});

	it('keeps the bytes of a document', async ({ expect }) => {
		const bytes = Uint8Array.from({ length: 3000 }, (_, index) => index % 256);
		const form = new FormData();
		form.set('file', new File([bytes], 'dump.zip'));
		form.set('recordType', 'Project');
		form.set('recordId', '901');
		form.set('title', 'Memory dump');
		const made = await vendor.call('POST', '/system/documents', form);
		expect(made.body).toMatchObject({ title: 'Memory dump', fileName: 'dump.zip', size: 3000, owner: 'patchbay-api' });
		const of = { recordType: 'Project', recordId: '901' };
		expect((await vendor.get('/system/documents', of)).body).toMatchObject([{ id: made.body.id }]);
		const { file } = await vendor.get(`/system/documents/${made.body.id}/download`);
		expect(file).toEqual({ bytes, type: 'application/zip', name: 'dump.zip' });
		form.set('recordId', '404');
		expect((await vendor.call('POST', '/system/documents', form)).body).toMatchObject({
			message: 'Project 404 not found',
		});
	});

	it('runs reports with conditions and columns', async ({ expect }) => {
		const path = '/system/reports/Invoice';
		const query = { conditions: 'Balance > 0', columns: 'Invoice_Number,Balance' };
		const { body } = await vendor.get(path, query);
		expect(body.column_definitions).toEqual([
			{ Invoice_Number: { type: 'Text', isNullable: true, identityColumn: false } },
			{ Balance: { type: 'Numeric', isNullable: true, identityColumn: false } },
		]);
		expect(body.row_values.every(([, balance]: [string, number]) => balance > 0)).toBe(true);
		expect((await vendor.get('/system/reports/Nothing')).status).toBe(404);
		const trail = await vendor.get('/system/audittrail', { type: 'Ticket', id: '14059' });
		expect(trail.body.map(({ auditSubType }: { auditSubType: string }) => auditSubType)).toEqual([
			'Created',
			'Updated',
		]);
	});
});
