// The custom field that each entry of a call means, by its id or its caption.
import type { CustomFields } from '../../integration/format.ts';
import { type Fault, MAX_FAULTS } from '../../lib/errors.ts';
import { foldText } from '../../lib/fold-text.ts';
import { didYouMean } from '../../lib/nearest.ts';

export type Entry = Record<string, unknown>;

/** Custom fields with the member that names an entry: its id, or where the vendor has none its caption. */
export type CustomFact = CustomFields & { id: string };

/** @param fields  that there are, each with its id and its caption */
export function matchEntries(
	fact: CustomFact,
	entries: readonly Entry[],
	fields: readonly Entry[],
): { values: Map<Entry, Entry>; faults: Fault[] } {
	const faults: Fault[] = [];
	const captions = fields.flatMap((field) =>
		typeof field[fact.caption] === 'string' ? [field[fact.caption] as string] : [],
	);
	const values = new Map<Entry, Entry>();
	const isByCaption = (entry: Entry) => entry[fact.id] === undefined || fact.id === fact.caption;
	const known = captions.length > 0 ? ` There are: ${captions.join(', ')}` : ' No record shows any custom field here';
	for (const [index, entry] of entries.entries()) {
		if (faults.length > MAX_FAULTS) break;
		const caption = entry[fact.caption];
		const isMeant = (one: Entry) =>
			isByCaption(entry) ? sameText(one[fact.caption], caption) : String(one[fact.id]) === String(entry[fact.id]);
		const field = fields.find(isMeant);
		const said = String(caption ?? entry[fact.id]).slice(0, 60);
		const alike = isByCaption(entry) ? fields.filter(isMeant) : [];
		const say = (message: string) => faults.push({ path: `${fact.field}[${index}]`, message });
		if (alike.length > 1) {
			const ids = alike.map((one) => String(one[fact.id])).join(', ');
			say(`"${said}" names ${alike.length} fields: give the ${fact.id}, one of ${ids}`);
		} else if (field && entry[fact.value] === undefined) say(`"${said}" needs a ${fact.value}; null clears it`);
		else if (field && values.has(field)) say(`"${said}" is set twice: give one value`);
		else if (field && isContradicted(fact, entry, field))
			say(`${fact.id} ${entry[fact.id]} is "${field[fact.caption]}", not "${caption}": give one of both`);
		else if (field) values.set(field, entry);
		else {
			say(`"${said}" is no custom field.${didYouMean(said, captions)}${faults.length > 0 ? '' : known}`);
		}
	}
	return { values, faults };
}

/** Both the id and the caption are given, and they name two fields. */
function isContradicted({ id, caption }: CustomFact, entry: Entry, field: Entry): boolean {
	const isBoth = id !== caption && entry[id] !== undefined && typeof entry[caption] === 'string';
	return isBoth && typeof field[caption] === 'string' && !sameText(field[caption], entry[caption]);
}

function sameText(a: unknown, b: unknown): boolean {
	return typeof a === 'string' && typeof b === 'string' && foldText(a) === foldText(b);
}
