// A seeded generator: a failure is repeated by its seed.

export interface Random {
	/** From 0 below `limit`. */
	below(limit: number): number;
	pick<T>(choices: readonly T[]): T;
}

/** mulberry32 (Tommy Ettinger, public domain). */
export function randomFrom(seed: number): Random {
	let state = seed;
	const below = (limit: number): number => {
		state = (state + 0x6d2b79f5) | 0;
		let value = Math.imul(state ^ (state >>> 15), state | 1);
		value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
		return Math.floor((((value ^ (value >>> 14)) >>> 0) / 4_294_967_296) * limit);
	};
	return {
		below,
		pick: (choices) => {
			const choice = choices[below(choices.length)];
			if (choice === undefined) throw new RangeError('nothing to pick from');
			return choice;
		},
	};
}

const PIECES = [
	...['"', "'", '\\', '[', ']', '*', '%', '_', '[[]', '\\"', "\\'", '\\\\', '(', ')', ',', '=', '<', '&&', '||', ';'],
	...[
		'“',
		'”',
		'‘',
		'’',
		'`',
		'\n',
		'\t',
		'\0',
		'\u0007',
		'\u00a0',
		'\u200b',
		'\u2028',
		'é',
		'İ',
		'ß',
		'日本',
		'🛠️',
		'؀',
	],
	...[
		' ',
		' and ',
		' OR ',
		'null',
		'true',
		'like',
		'x',
		'A',
		'7',
		'2026-04-01',
		"O'Brien",
		'"West"',
		' & Sons',
		'100%',
		'[UK]',
	],
];

/** What a person could type or paste: 1 to `longest` pieces of text, quotes, brackets, control characters. */
export function randomText(random: Random, longest: number): string {
	return Array.from({ length: 1 + random.below(longest) }, () => random.pick(PIECES)).join('');
}
