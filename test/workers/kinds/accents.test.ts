// Names that people write without their accents, and with them: found in reads and in writes, and never called absent.
import { describe, it } from 'vitest';
import { unaccentedLetters } from '../../../workers/languages/name-parts.ts';
import { createVendor } from '../../sandbox/vendor.ts';
import { openDesk } from '../jobs/desk.ts';
import { setUp } from '../support.ts';

setUp();

const COMPANY = 'Café Élan';
const PEOPLE: [firstName: string, lastName: string][] = [
	['José', 'Núñez'],
	['Jürgen', 'Müller'],
	['Zoë', "D'Ávila"],
	['Élodie', 'Lefèvre'],
	['Siân', 'García Pérez'],
];
/** The first accent alone is written. */
const someAccents = (text: string) => text.replace(/(?<=[\u0080-\uffff].*)./gu, plain);
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '');

async function openAccented() {
	const vendor = createVendor(Date.now());
	const company = { name: COMPANY, identifier: 'CafeElan', site: { name: 'Main' } };
	const made = await vendor.call('POST', '/company/companies', company);
	const people = await Promise.all(
		PEOPLE.map(async ([firstName, lastName]) => {
			const contact = { firstName, lastName, company: { id: made.body.id } };
			const { body } = await vendor.call('POST', '/company/contacts', contact);
			return { id: body.id as number, firstName, lastName };
		}),
	);
	const desk = await openDesk({ methods: ['read', 'write'], duplicate_window_seconds: 0 }, vendor);
	return { desk, people, companyId: made.body.id as number };
}

describe('a name whose accents were left out, or written', () => {
	it('is found by a field, by a reference and in a write', async ({ expect }) => {
		const { desk, people, companyId } = await openAccented();
		const spellings = [plain, someAccents, (text: string) => text, (text: string) => plain(text).toUpperCase()];
		for (const [at, { id, firstName, lastName }] of people.entries())
			for (const spell of at === 0 ? spellings : spellings.slice(0, 2)) {
				const [first, last] = [spell(firstName), spell(lastName)];
				const byField = await desk.call('list_contacts', { last_name: last, fields: 'id' });
				expect(byField.content.result, last).toEqual([{ id }]);
				const byFirst = await desk.call('list_contacts', {
					first_name: first,
					company_name: spell(COMPANY),
					fields: 'id',
				});
				expect(byFirst.content.result, first).toEqual([{ id }]);
				const contact = `${first} ${last}`;
				const made = await desk.call('create_ticket', { summary: 'x', board: 1, company: spell(COMPANY), contact });
				expect(made.content, contact).toMatchObject({ company: { id: companyId }, contact: { id } });
				const listed = await desk.call('list_tickets', { contact_name: contact, limit: 1, fields: 'contact/id' });
				expect(listed.content.result, contact).toEqual([{ contact: { id } }]);
			}
	});

	it('costs nothing where a name is found as it was said, and one small question more where it is not', async ({
		expect,
	}) => {
		const { desk } = await openAccented();
		const asked = async (args: Record<string, string>) => {
			desk.sent.length = 0;
			const { content } = await desk.call('list_contacts', args);
			return { requests: desk.sent.length, content };
		};
		expect((await asked({ last_name: 'Núñez' })).requests).toBe(1);
		expect((await asked({ last_name: 'Nuñez' })).requests).toBeLessThanOrEqual(4);
		const none = await asked({ last_name: 'Nobrand' });
		expect(none.requests).toBeLessThanOrEqual(4);
		expect(none.content.notice).toMatch(/last_name "Nobrand" is in no record/);
	});

	it('is told with the others of that name', async ({ expect }) => {
		const { desk, companyId } = await openAccented();
		await desk.vendor.call('POST', '/company/contacts', {
			firstName: 'José',
			lastName: 'Nuñéz',
			company: { id: companyId },
		});
		const write = { summary: 'x', board: 1, company: companyId, contact: 'Jose Nunez' };
		const { content, isError } = await desk.call('create_ticket', write);
		expect([isError, content.message]).toEqual([true, expect.stringMatching(/names 2 records.*Núñez.*Nuñéz/)]);
		expect(desk.writes()).toEqual([]);
	});
});

describe('the letters that are asked for', () => {
	const cases: [text: string, letters: string[]][] = [
		['Nunez', ['N', 'z']],
		['Muller', ['M', 'll', 'r']],
		['jose nunez', ['j', 's']],
		['Elodie', ['l', 'd']],
		['Garcia Perez', ['P', 'r', 'z']],
		["O'Brien", ['Br']],
		['Müller', ['M', 'll', 'r']],
		['Celik', ['l', 'k']],
		['Łukasz', []],
		['Иванов', []],
		['Al', []],
		['123', []],
		['P1', []],
	];
	for (const [text, letters] of cases) it(text, ({ expect }) => expect(unaccentedLetters(text)).toEqual(letters));
	it('stand in every name that lacks its accents, in their order', ({ expect }) => {
		for (const name of [...PEOPLE.flat(), COMPANY, 'Ångström', 'Çelik', 'Ötzi', 'Ñandú']) {
			const letters = unaccentedLetters(plain(name));
			expect(letters.length, name).toBeGreaterThan(0);
			expect(name, letters.join()).toMatch(new RegExp(letters.join('.*'), 'i'));
			expect(unaccentedLetters(name), name).toEqual(letters);
		}
	});
});
