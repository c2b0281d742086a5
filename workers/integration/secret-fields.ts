// Fields of records that hold secrets (`secrets` of integration.json), recognized in every spelling.
import { fold, likeLatin } from '../lib/fold.ts';

/** @returns the secret's name as the data has it, whatever case, width, accents or separators `name` is written with */
export function secretNamed(secrets: readonly string[] | undefined, name: string): string | undefined {
	return secrets && secretFinder(secrets)(name);
}

/** `secretNamed` for many names, by name alone. */
export function secretFinder(secrets: readonly string[]): (name: string) => string | undefined {
	let find = finders.get(secrets);
	if (!find) {
		find = makeFinder(secrets);
		finders.set(secrets, find);
	}
	return find;
}

const finders = new WeakMap<readonly string[], (name: string) => string | undefined>();

function makeFinder(secrets: readonly string[]): (name: string) => string | undefined {
	const folded = new Map(secrets.map((name) => [fold(name), name]));
	/** Fields of a vendor's records are the same few hundred in every answer; null for those that are no secret. */
	const judged = new Map<string, string | null>();
	return (name) => {
		let secret = judged.get(name);
		if (secret === undefined) {
			secret = folded.get(fold(likeLatin(name))) ?? null;
			if (name.length <= JUDGED_NAME_MAX && judged.size < JUDGED_MAX) judged.set(name, secret);
		}
		return secret ?? undefined;
	};
}

const JUDGED_MAX = 2_000;
const JUDGED_NAME_MAX = 60;

/** A field, or a path to one inside references: the only forms in which a call may name fields. */
export const FIELD_PATH = /^[A-Za-z_]\w*(?:\/[A-Za-z_]\w*)*$/;

/** @returns the secret that a path names, by some step or as a whole: who reads it may skip what separates the steps */
export function secretInPath(secrets: readonly string[] | undefined, path: string): string | undefined {
	return [path, ...path.split(/[/.]/)].map((step) => secretNamed(secrets, step)).find(Boolean);
}
