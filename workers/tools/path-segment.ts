// Checks ids that become part of a path.

/**
 * A string becomes one segment of the path. URL parsing resolves `.` and `..` even when percent-encoded, and `/`
 * would reach another endpoint with the account's credentials: such values are refused rather than escaped.
 */
export function isPathSegment(value: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
	return value !== '' && !/^\.+$/.test(value) && !/[/\\?#%\u0000-\u001f]/.test(value);
}
