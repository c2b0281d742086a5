// `me` in a filter: the account's own record, asked for once per call.

import type { Arguments } from '../../integration/arguments.ts';
import type { Integration, Operation } from '../../integration/operations.ts';
import type { UpstreamAnswer } from '../../vendor/send.ts';
import { type Ask, readAnswer } from './ask.ts';
import { candidatesOf, ME } from './lookup-plan.ts';
import type { Resolution } from './resolve-references.ts';

/** @returns the same arguments when no filter says `me`: then nothing is asked */
export async function resolveOwn(
	{ file }: Integration,
	{ namedFilters }: Operation,
	args: Arguments,
	ask: Ask,
): Promise<Resolution | { answer: UpstreamAnswer }> {
	const own = Array.from(namedFilters).filter(([name, { me }]) => me !== null && isMe(args[name]));
	const lookups = Object.values(file.lookups ?? {});
	let changed = args;
	const resolved: Resolution['resolved'] = {};
	for (const path of new Set(own.map(([, { me }]) => me))) {
		const lookup = lookups.find(({ me }) => me === path);
		if (path === null || !lookup) continue;
		const answer = await ask(path);
		const record = readAnswer(answer);
		const [self] = candidatesOf({ lookup, key: null }, [record]);
		const said = self?.wholeNames[0];
		if (!self || said === undefined) return { answer };
		for (const [name, filter] of own) {
			if (filter.me !== path) continue;
			changed = { ...changed, [name]: said };
			resolved[name] = { id: self.id, name: self.name };
		}
	}
	return { args: changed, resolved };
}

function isMe(value: unknown): boolean {
	return typeof value === 'string' && value.trim().toLowerCase() === ME;
}
