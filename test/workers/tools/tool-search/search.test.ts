// Search as people of an MSP ask: the right tool is among the first three.
import { describe, it } from 'vitest';
import type { Operation } from '../../../../workers/integration/operations.ts';
import { searchOperations } from '../../../../workers/tools/tool-search/search-operations.ts';
import { connectWise } from '../../calls/calls.ts';
import { QUESTIONS } from './questions.ts';

const FIRST = 3;
const SHARE = 0.9;

const keyOf = ({ resource, method }: Operation) => `${resource}.${method}`;
const answers = (question: string, limit: number) => searchOperations(connectWise, {}, question, limit).map(keyOf);

describe('search', () => {
	it('is asked for tools that exist', ({ expect }) => {
		expect(QUESTIONS.length).toBeGreaterThanOrEqual(80);
		const unknown = QUESTIONS.filter(([, ...right]) => !right.some((key) => connectWise.byResource.has(key)));
		expect(unknown.map(([question]) => question)).toEqual([]);
	});

	it(`has the right tool among the first ${FIRST} for at least ${SHARE * 100} % of the questions`, ({ expect }) => {
		const missed = QUESTIONS.flatMap(([question, ...right]) => {
			const found = answers(question, FIRST);
			return found.some((key) => right.includes(key)) ? [] : [`${question} → ${found.join(', ')}`];
		});
		const first = QUESTIONS.filter(([question, ...right]) => right.includes(answers(question, 1)[0] ?? ''));
		const share = 1 - missed.length / QUESTIONS.length;
		console.log(
			`search: ${(share * 100).toFixed(1)} % of ${QUESTIONS.length} questions among the first ${FIRST}, ` +
				`${((first.length / QUESTIONS.length) * 100).toFixed(1)} % first\n  missed: ${missed.join('\n          ')}`,
		);
		expect(share).toBeGreaterThanOrEqual(SHARE);
	});

	it('finds the same without regard to case, plural and punctuation', ({ expect }) => {
		const plain = answers('unpaid invoice', 5);
		expect(answers('Unpaid INVOICES?!', 5)).toEqual(plain);
	});

	it('answers a question of any length and kind', ({ expect }) => {
		for (const question of ['', '   ', '?', 'the of a', 'x'.repeat(300), '🛠️', '__proto__', 'constructor'])
			expect(answers(question, 3).length, question).toBeLessThanOrEqual(3);
	});
});
