// Safe read-modify-write: answers carry `updated_at` as their ETag, and a PATCH may ask that it is still the same.
import { ApiError } from '../lib/errors.ts';
import type { RouteRequest } from './route.ts';

interface Versioned {
	updated_at?: string;
	created_at: string;
}

export function etagOf({ updated_at, created_at }: Versioned): Record<string, string> {
	return { etag: `"${updated_at ?? created_at}"` };
}

/** @throws ApiError precondition_failed */
export function requireMatch({ raw }: Pick<RouteRequest, 'raw'>, record: Versioned): void {
	const wanted = raw.headers.get('if-match');
	if (wanted === null || wanted.trim() === '*') return;
	const current = record.updated_at ?? record.created_at;
	const isNamed = wanted.split(',').some((tag) => tag.trim().replace(/^"(.*)"$/, '$1') === current);
	if (!isNamed)
		throw new ApiError(
			'precondition_failed',
			`This was changed at ${current}, after what If-Match names. Read it again and decide anew; nothing was changed.`,
		);
}

/** Later than the last change, so that no two states have the same ETag. */
export function nextUpdatedAt({ updated_at, created_at }: Versioned, now: Date): string {
	return new Date(Math.max(now.getTime(), Date.parse(updated_at ?? created_at) + 1)).toISOString();
}
