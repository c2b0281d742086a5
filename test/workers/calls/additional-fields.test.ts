// Fields of a record that are no arguments of their own.
import { describe, it } from 'vitest';
import { validateArguments } from '../../../workers/tools/validate.ts';
import { describeRequest } from '../../../workers/vendor/request.ts';
import { operationOf, requireConnectWise } from '../integration/integrations.ts';

const connectWise = await requireConnectWise();

function call(key: string, given: Record<string, unknown>) {
	const operation = operationOf(connectWise, key);
	const { faults, values } = validateArguments(operation, given, connectWise.file.datetime);
	const request = () => describeRequest(connectWise.file, operation, values, null);
	return {
		faults: faults.map(({ path, message }) => `${path} ${message}`),
		body: () => JSON.parse(String(request().body ?? 'null')),
	};
}

describe('additional_fields', () => {
	it('go beside the named ones when a record is created', ({ expect }) => {
		const { faults, body } = call('tickets.create', {
			summary: 'VPN down',
			company: 102,
			additional_fields: { externalXRef: 'RMM-7', allowAllClientsPortalView: true, department: 4 },
		});
		expect(faults).toEqual([]);
		expect(body()).toMatchObject({
			summary: 'VPN down',
			company: { id: 102 },
			externalXRef: 'RMM-7',
			allowAllClientsPortalView: true,
			department: { id: 4 },
		});
		expect(body()).not.toHaveProperty('additional_fields');
	});

	it('are operations of their own on an update, `clear` empties one', ({ expect }) => {
		const { faults, body } = call('tickets.update', { id: 1, clear: ['externalXRef'] });
		expect(faults).toEqual([]);
		expect(body()).toEqual([{ op: 'remove', path: 'externalXRef' }]);
	});

	it('are held to the record, every fault at once', ({ expect }) => {
		const { faults } = call('tickets.create', {
			summary: 'x',
			company: 102,
			additional_fields: { summary: 'y', externalXReff: 'a', allowAllClientsPortalView: 'maybe', id: 5 },
		});
		expect(faults).toEqual([
			'additional_fields.summary is an argument of its own: give "summary" beside additional_fields',
			'additional_fields.externalXReff unknown field. Did you mean "externalXRef"?',
			'additional_fields.allowAllClientsPortalView must be a boolean, got the string "maybe"',
			'additional_fields.id unknown field.',
		]);
	});

	it('are named where one of them is given beside the named ones', ({ expect }) => {
		const { faults } = call('tickets.create', { summary: 'x', company: 102, externalXRef: 'RMM-7' });
		expect(faults).toEqual([
			"externalXRef unknown argument. It is one of the record's other fields: give it inside additional_fields",
		]);
	});

	it('must be an object', ({ expect }) => {
		expect(call('tickets.create', { summary: 'x', company: 1, additional_fields: [1] }).faults).toEqual([
			'additional_fields must be an object, got the array [1]',
		]);
	});
});
