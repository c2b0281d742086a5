// Fields of records that hold secrets (`secrets` of integration.json), recognized in every spelling.
import { fold, likeLatin } from '../lib/fold.ts';

const foldedOf = new WeakMap<readonly string[], ReadonlyMap<string, string>>();

function foldedNames(secrets: readonly string[]): ReadonlyMap<string, string> {
	const known = foldedOf.get(secrets);
	if (known) return known;
	const made = new Map(secrets.map((name) => [fold(name), name]));
	foldedOf.set(secrets, made);
	return made;
}

/** @returns the secret's name as the data has it, whatever case, width, accents or separators `name` is written with */
export function secretNamed(secrets: readonly string[] | undefined, name: string): string | undefined {
	if (!secrets) return undefined;
	let known = judged.get(secrets);
	if (!known) {
		known = new Map();
		judged.set(secrets, known);
	}
	let secret = known.get(name);
	if (secret === undefined) {
		secret = foldedNames(secrets).get(fold(likeLatin(name))) ?? null;
		if (name.length <= JUDGED_NAME_MAX && known.size < JUDGED_MAX) known.set(name, secret);
	}
	return secret ?? undefined;
}

/** Fields of a vendor's records are the same few hundred in every answer; null for those that are no secret. */
const judged = new WeakMap<readonly string[], Map<string, string | null>>();
const JUDGED_MAX = 2_000;
const JUDGED_NAME_MAX = 60;

/** A field, or a path to one inside references: the only forms in which a call may name fields. */
export const FIELD_PATH = /^[A-Za-z_]\w*(?:\/[A-Za-z_]\w*)*$/;

/** @returns the secret that a path names, by some step or as a whole: who reads it may skip what separates the steps */
export function secretInPath(secrets: readonly string[] | undefined, path: string): string | undefined {
	return [path, ...path.split(/[/.]/)].map((step) => secretNamed(secrets, step)).find(Boolean);
}
