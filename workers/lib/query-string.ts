// A path with its query, encoded as every vendor reads it: a space is %20.

export function withQuery(path: string, query: readonly (readonly [string, string])[]): string {
	if (query.length === 0) return path;
	return `${path}?${query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
