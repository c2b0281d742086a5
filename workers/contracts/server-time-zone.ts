// The time zone that a server reads days and times in, and how it is known.
import type { ServerConfig, StoredAccount, StoredServer } from './records.ts';

export interface ServerTimeZone {
	/** IANA name. */
	name: string;
	/** Nobody said it: the vendor's server runs in it, or it is UTC for want of another. */
	isGuessed: boolean;
}

export const UTC: ServerTimeZone = { name: 'UTC', isGuessed: true };

/** The first that is known: the server's own, that of the member it acts for, the account's, UTC. */
export function serverTimeZone(
	server: Pick<StoredServer, 'acts_for'> & { config: ServerConfig },
	{ time_zone }: Pick<StoredAccount, 'time_zone'>,
): ServerTimeZone {
	const said = server.config.time_zone ?? server.acts_for?.time_zone;
	if (said !== undefined) return { name: said, isGuessed: false };
	return time_zone ? { name: time_zone.name, isGuessed: time_zone.is_guessed } : UTC;
}

/** `America/New_York`, and whether that is a guess. */
export function describeTimeZone({ name, isGuessed }: ServerTimeZone): string {
	return isGuessed ? `${name} (guessed: the operator can set the server's time_zone)` : name;
}
