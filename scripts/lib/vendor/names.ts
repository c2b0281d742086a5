// Names for a first folder, guessed from a vendor's paths: the folder says them as data, and its author corrects them.

export interface PathStep {
	name: string;
	isPlaceholder: boolean;
}

export function pathSteps(path: string): PathStep[] {
	return path
		.split('/')
		.filter(Boolean)
		.map((step) => ({ name: step.replace(/[{}]/g, ''), isPlaceholder: /^\{.*\}$/.test(step) }));
}

export function snakeCaseOf(name: string): string {
	const words = name
		.replace(/([a-z0-9])([A-Z])/g, '$1_$2')
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '_')
		.replace(/^_+|_+$/g, '');
	return /^[a-z]/.test(words) ? words : `x_${words}`;
}

export function singularOf(plural: string): string {
	if (/ies$/.test(plural)) return plural.replace(/ies$/, 'y');
	if (/(s|x|z|ch|sh)es$/.test(plural)) return plural.replace(/es$/, '');
	return /[^su]s$/.test(plural) ? plural.replace(/s$/, '') : plural;
}
