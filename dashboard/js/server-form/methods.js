// Four switches say what a server may do; single methods beyond them stay single. The API takes one list of names.

/** @typedef {import('../../types.d.ts').Integration} Integration */
/** @typedef {'read' | 'change' | 'delete' | 'special'} Switch */

const CHANGES = ['create', 'update'];
/** Each group of the API, with the switches that together mean it. */
const GROUPS = /** @type {const} */ ({ read: ['read'], write: ['change', 'delete'], custom: ['special'] });

/**
 * @param {string[] | undefined} methods  of a config; undefined: everything
 * @returns {{ switches: Set<Switch>, singles: string[] }}
 */
export function splitMethods(methods) {
	const names = new Set(methods ?? Object.keys(GROUPS));
	/** @type {Set<Switch>} */
	const switches = new Set();
	for (const [group, meant] of Object.entries(GROUPS))
		if (names.delete(group)) for (const name of meant) switches.add(name);
	if (CHANGES.every((name) => names.has(name))) {
		switches.add('change');
		for (const name of CHANGES) names.delete(name);
	}
	if (names.delete('delete')) switches.add('delete');
	return { switches, singles: [...names] };
}

/**
 * @param {Set<Switch>} switches
 * @param {string[]} singles
 * @returns {string[] | undefined} for a config; undefined: everything
 */
export function joinMethods(switches, singles) {
	if (Object.values(GROUPS).every((meant) => meant.every((name) => switches.has(name)))) return undefined;
	const isWrite = GROUPS.write.every((name) => switches.has(name));
	return [
		...(switches.has('read') ? ['read'] : []),
		...(isWrite ? ['write'] : switches.has('change') ? CHANGES : switches.has('delete') ? ['delete'] : []),
		...(switches.has('special') ? ['custom'] : []),
		...singles,
	];
}
