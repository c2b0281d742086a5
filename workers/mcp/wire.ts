// Names and numbers of MCP on the wire. The official SDK has them too; here they cost no loading of it.

/** Revisions of the era that begins with `initialize`, the newest first: what the SDK supports. */
export const LEGACY_VERSIONS: readonly string[] = [
	'2025-11-25',
	'2025-06-18',
	'2025-03-26',
	'2024-11-05',
	'2024-10-07',
];
/** The revision in which each request carries its version and client in `_meta`. */
export const MODERN_VERSION = '2026-07-28';

/** Prefix of MCP's own members of `_meta`. */
export const META_PREFIX = 'io.modelcontextprotocol/';
export const CLIENT_INFO_META_KEY = `${META_PREFIX}clientInfo`;

/** JSON-RPC 2.0, section 5.1. */
export const INVALID_PARAMS = -32602;
export const INTERNAL_ERROR = -32603;

/** An answer of JSON-RPC with an error: it is not a failure of ours. */
export class ProtocolFault extends Error {
	readonly code: number;

	constructor(code: number, message: string) {
		super(message);
		this.code = code;
	}
}

/** Accepts the content type as clients write it. The SDK judges other spellings of it. */
export function isPlainlyJson({ headers }: Request): boolean {
	const type = headers.get('content-type');
	return type === 'application/json' || /^application\/json; ?charset=utf-8$/i.test(type ?? '');
}
