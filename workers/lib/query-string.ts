// A path with its query, encoded as every vendor reads it: a space is %20.

/** @param path  which may have a query already */
export function withQuery(path: string, query: readonly (readonly [string, string])[]): string {
	if (query.length === 0) return path;
	const joint = path.includes('?') ? '&' : '?';
	return `${path}${joint}${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
