// Reads the person from the claims of a verified token.
import type { Identity } from '../../contracts/people.ts';
import { ApiError } from '../../lib/errors.ts';
import { withoutHidden } from '../../lib/hidden-characters.ts';

const TEXT_MAX = 200;
const GROUPS_MAX = 1_000;
/** A mailbox without comments and quotes. */
const ADDRESS = /^[^\s@"(),:;<>[\\\]]{1,64}@[^\s@"(),:;<>[\\\]]{1,190}$/;

export interface ClaimChoice {
	issuer: string;
	/** Claim that holds the address. */
	address: string;
	/** Does the issuer vouch for that address? One that it does not might be somebody else's. */
	isVerified: boolean;
	groups: unknown;
}

/** @throws ApiError sign_in_refused for a token that stands for nobody */
export function identityOf(
	claims: Readonly<Record<string, unknown>>,
	{ issuer, address, isVerified, groups }: ClaimChoice,
): Identity {
	const { sub, name } = claims;
	if (typeof sub !== 'string' || sub === '' || sub.length > 255)
		throw new ApiError('sign_in_refused', 'The identity provider names no person (the claim "sub").');
	const said = claims[address];
	const email = isVerified && typeof said === 'string' && ADDRESS.test(said) ? lowerCased(said) : null;
	const shown = typeof name === 'string' ? withoutHidden(name).text.trim().slice(0, TEXT_MAX) : '';
	return { issuer, subject: sub, email, name: shown || email || sub.slice(0, TEXT_MAX), groups: groupsOf(groups) };
}

/** Changes ASCII letters alone: the lower case of the Kelvin sign is a plain k, which would make one mailbox another. */
function lowerCased(address: string): string {
	return address.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

function groupsOf(claim: unknown): string[] {
	const all: unknown[] = Array.isArray(claim) ? claim : [claim];
	return all
		.filter((group): group is string => typeof group === 'string' && group !== '' && group.length <= TEXT_MAX)
		.slice(0, GROUPS_MAX);
}
