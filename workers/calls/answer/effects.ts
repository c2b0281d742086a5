// Effects of a write beyond its record: who sees it, and who is mailed.
import type { Arguments } from '../../integration/arguments.ts';
import type { Operation } from '../../integration/operations.ts';

/** Names of the record's fields that decide them. */
export function effectFields({ documentation: { visible_when, mails_when = [] } }: Operation): string[] {
	const { any_of = [], any_false = [] } = visible_when ?? {};
	const ofMails = mails_when.flatMap((one) => [...one.any_of, ...(one.unless_false ? [one.unless_false] : [])]);
	return [...new Set([...any_of, ...any_false, ...ofMails])];
}

/** Says whether customers see what was written: from the vendor's record, or else from the call. */
export function visibility(
	{ documentation: { visible_when } }: Operation,
	args: Arguments,
	record: Record<string, unknown>,
): string | null {
	const isSet = (name: string) => [record[name], args[name]].some((value) => value !== undefined && !!value);
	const isFalse = (name: string) => (record[name] ?? args[name]) === false;
	const { any_of = [], any_false = [], says = null } = visible_when ?? {};
	return any_of.some(isSet) || any_false.some(isFalse) ? says : null;
}

/** Says who may get e-mail from the vendor because of the write. */
export function mails(
	{ documentation: { mails_when = [] } }: Operation,
	args: Arguments,
	record: Record<string, unknown>,
): string[] {
	const given = (name: string) => args[name] ?? record[name];
	return mails_when.flatMap(({ any_of, unless_false, says }) => {
		const isOff = unless_false !== undefined && given(unless_false) === false;
		return !isOff && any_of.some((name) => !!given(name)) ? [says] : [];
	});
}
