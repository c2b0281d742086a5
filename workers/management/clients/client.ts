// Facts on a client: how a person adds a server to it, and how it treats many tools.

/** Stands for the server's secret URL, which nobody can tell after the server was created. */
export const URL_PLACEHOLDER = '<url>';
export const TOKEN_PLACEHOLDER = '<API token>';

/** One way to connect: steps, and what to copy where a client takes a file or a command. */
export interface Way {
	steps: string[];
	/** A whole file of the client, for the user's own configuration. */
	file: { path: string; content: string } | null;
	command: string | null;
	/** A link that the client opens and adds the server by itself. */
	install: string | null;
}

/** The address that a way leads to. */
export interface Target {
	/** The server's name in the client: lowercase letters, digits and hyphens. */
	name: string;
	url: string;
	authentication: 'OAuth' | 'API token' | 'None';
	/** The server runs on this machine, without TLS. */
	isLocal: boolean;
}

export interface Client {
	client: string;
	label: string;
	/** Runs at its vendor's, so that it needs a public address. */
	isHosted: boolean;
	takes: { oauth: boolean; secretUrl: boolean; apiToken: boolean };
	/** One or two sentences on how the client treats many tools or long answers. */
	limit: string | null;
	way(target: Target): { steps: string[] } & Partial<Way>;
}

/** Clients that people run themselves take every kind of address. */
export const TAKES_ALL = { oauth: true, secretUrl: true, apiToken: true };

export function bearer(): [string, string] {
	return ['Authorization', `Bearer ${TOKEN_PLACEHOLDER}`];
}

/** The header of a server that requires an API token, as JSON files name it. */
export function headers({ authentication }: Target): { headers?: Record<string, string> } {
	return authentication === 'API token' ? { headers: Object.fromEntries([bearer()]) } : {};
}

/** The same header, as commands take it. */
export function headerOption({ authentication }: Target): string {
	return authentication === 'API token' ? ` --header "${bearer().join(': ')}"` : '';
}

export function json(value: unknown): string {
	return `${JSON.stringify(value, null, 2)}\n`;
}

/** Steps that only one kind of authentication needs. */
export function onlyFor(wanted: Target['authentication'], { authentication }: Target, ...steps: string[]): string[] {
	return authentication === wanted ? steps : [];
}
