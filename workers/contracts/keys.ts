// Shapes of the installation's keys and of what is made with them.

/** Secrets of the Worker. Slot b is empty but for a rotation, or after one; without CURRENT_KEYS slot a counts. */
export interface KeyEnv {
	/** Key of every token's HMAC, base64 of at least 32 bytes. */
	TOKEN_KEY?: string;
	/** Key that encrypts accounts' credentials, base64 of 32 bytes (AES-256). */
	ENCRYPTION_KEY?: string;
	TOKEN_KEY_B?: string;
	ENCRYPTION_KEY_B?: string;
	CURRENT_KEYS?: string;
}

/** Storage keeps these instead of a token. */
export interface TokenHashes {
	hash: string;
	/** Id of the key that `hash` is made with. */
	key_id: string;
	/** The same token under the other slot's key, where there is one. */
	other: string | null;
}

/** Setting name → value, e.g. `private_key`. Plain only while a request is served. */
export type Credentials = Record<string, string>;
