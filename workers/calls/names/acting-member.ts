// The member that a server works for (`config.acts_for`), looked up at the vendor when it is set.
import type { ActingMember } from '../../contracts/records.ts';
import type { IntegrationFile, Lookup } from '../../integration/format.ts';
import { ownLookup } from '../../integration/own-lookup.ts';
import { isTextId } from '../../integration/reference-places.ts';
import { ianaName } from '../../integration/time-zone-names.ts';
import type { RecordId } from '../../languages/lookup-question.ts';
import { withoutHidden } from '../../lib/hidden-characters.ts';
import { valueAt } from '../../lib/json-path.ts';
import { nearest } from '../../lib/nearest.ts';
import { ellipsis } from '../../lib/text.ts';
import { type Connection, secretTexts } from '../../vendor/auth.ts';
import { withClient } from '../../vendor/client.ts';
import { UpstreamFailure } from '../../vendor/failure.ts';
import { endAfter } from '../../vendor/send.ts';
import { type CredentialSpellings, spellingsOf, withoutCredentialsIn } from '../untrusted-text/credentials.ts';
import { askOf, readAnswer } from './ask.ts';
import { type Candidate, candidatesOf, lookedUp, lookupRequest, recordsById, requestById } from './lookup-plan.ts';
import { namedBy } from './match-names.ts';

/** A person waits for the form. */
const TIMEOUT_MS = 10_000;
const CANDIDATES_MAX = 10;

export type ActingMemberOutcome =
	| { state: 'found'; member: ActingMember }
	/** The vendor knows no such member, or several. */
	| { state: 'unknown'; message: string }
	/** The vendor could not be asked, or may not be: its answer's status where there was one. */
	| { state: 'unavailable'; status: number | null };

/**
 * @param said   identifier, name or id
 * @param zones  the vendor's names of time zones, see `time-zones.json`
 */
export async function findActingMember(
	connection: Connection,
	said: string | number,
	zones: Readonly<Record<string, string>>,
	nowMs: number,
): Promise<ActingMemberOutcome> {
	const outcome = await lookUp(connection, said, zones, nowMs);
	// A form sends an id as a text, which may be somebody's identifier, too.
	const isId = typeof said === 'string' && connection.integration.id_type !== 'string' && /^[1-9]\d{0,14}$/.test(said);
	if (outcome.state !== 'unknown' || !isId) return outcome;
	const byId = await lookUp(connection, Number(said), zones, nowMs);
	return byId.state === 'unknown' ? outcome : byId;
}

async function lookUp(
	connection: Connection,
	said: string | number,
	zones: Readonly<Record<string, string>>,
	nowMs: number,
): Promise<ActingMemberOutcome> {
	const file = connection.integration;
	const own = ownLookup(file);
	if (!own) return { state: 'unknown', message: 'is not offered by this integration' };
	const { lookup } = own;
	const id = idIn(file, lookup, said);
	const request =
		id === null
			? lookupRequest(file, { lookup, text: String(said) }, {}, { withZone: true })
			: requestById(file, lookup, id, true);
	if (request === null) return { state: 'unknown', message: `cannot be looked up by ${id === null ? 'name' : 'id'}` };
	const ending = new AbortController();
	const inTime = endAfter(ending, TIMEOUT_MS);
	try {
		const answer = await withClient(connection, ending, (vendor) => askOf(file, vendor)(request));
		const body = readAnswer(answer);
		// A record that has no address is no fault of the vendor's.
		const isNone = id !== null && answer.status === 404;
		const records = isNone ? [] : id === null ? lookedUp(file, lookup, body) : recordsById(file, lookup, body);
		if (records === null) return { state: 'unavailable', status: answer.status };
		const all = candidatesOf({ lookup, key: null, idType: file.id_type }, records);
		const shown = withCleanNames(all, spellingsOf(secretTexts(connection, { isError: false })));
		return chosen(own, { said, id }, { records, all: shown }, (names) => ianaName({ names }, zones, nowMs));
	} catch (error) {
		if (!(error instanceof UpstreamFailure)) throw error;
		return { state: 'unavailable', status: null };
	} finally {
		inTime();
	}
}

type Own = NonNullable<ReturnType<typeof ownLookup>>;

/** Null for a name. A text of digits is an id where the vendor's are texts. */
function idIn({ id_type }: IntegrationFile, lookup: Lookup, said: string | number): RecordId | null {
	if (id_type === 'string') return isTextId(String(said), lookup) ? String(said) : null;
	return typeof said === 'number' ? said : null;
}

interface Wanted {
	said: string | number;
	/** Null for a name. */
	id: RecordId | null;
}

/** Longest identifier that is kept: an address of e-mail. */
const NAME_MAX = 254;

/**
 * The members as they may be told: what the vendor calls them stands in errors, on pages, and in the instructions of a
 * server. One with another id than it shows is none.
 */
function withCleanNames(candidates: readonly Candidate[], spellings: CredentialSpellings): Candidate[] {
	const clean = (text: string) =>
		ellipsis(withoutCredentialsIn(withoutHidden(text).text, spellings).replace(/\s+/g, ' ').trim(), NAME_MAX);
	return candidates.flatMap((each) => {
		if (typeof each.id === 'string' && clean(each.id) !== each.id) return [];
		const { name, names, wholeNames } = each;
		return [{ ...each, name: clean(name), names: names.map(clean), wholeNames: wholeNames.map(clean) }];
	});
}

function chosen(
	{ name, lookup }: Own,
	{ said, id: asked }: Wanted,
	{ records, all }: { records: readonly unknown[]; all: readonly Candidate[] },
	zoneOf: (names: string[]) => string | null,
): ActingMemberOutcome {
	const found = asked === null ? namedBy(String(said), all, true) : all.filter(({ id }) => id === asked);
	const [one, ...others] = found;
	const names = (of: readonly Candidate[]) =>
		of.slice(0, CANDIDATES_MAX).map((each) => `${each.wholeNames[0]} (${each.name})`);
	if (!one) {
		const near =
			typeof said === 'string'
				? nearest(
						said,
						all.flatMap((each) => each.names),
					)
				: [];
		const close = all.filter((each) => each.names.some((text) => near.includes(text)));
		const hint = close.length > 0 ? ` Near it: ${names(close).join(', ')}.` : '';
		return { state: 'unknown', message: `names no ${name} that the vendor knows.${hint}` };
	}
	if (others.length > 0)
		return { state: 'unknown', message: `names several: ${names(found).join(', ')}. Give the identifier.` };
	const record = records.find((each) => String(valueAt(each, lookup.id ?? 'id')) === String(one.id));
	const zone = lookup.time_zone === undefined ? undefined : valueAt(record, lookup.time_zone);
	const time_zone = typeof zone === 'string' ? zoneOf([zone]) : null;
	const identifier = one.wholeNames[0];
	return {
		state: 'found',
		member: {
			id: one.id,
			...(identifier === undefined ? {} : { identifier }),
			...(time_zone === null ? {} : { time_zone }),
		},
	};
}
