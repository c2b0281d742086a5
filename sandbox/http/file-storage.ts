// The bytes of uploaded files in SQLite. A value there holds two megabytes at most, so files lie in parts.

import type { Files } from '../behaviour/store.ts';

const PART_BYTES = 1024 * 1024;
/** All files together; the oldest go when a new one would pass it. */
const MAX_PARTS = 64;

type PartRow = { body: ArrayBuffer };

export function createFileStore(sql: SqlStorage): Files {
	const remove = (id: number): void => {
		sql.exec('DELETE FROM files WHERE id = ?', id);
	};
	return {
		remove,
		put(id, bytes) {
			remove(id);
			for (let part = 0; part * PART_BYTES < bytes.byteLength; part++) {
				const body = bytes.slice(part * PART_BYTES, (part + 1) * PART_BYTES);
				sql.exec('INSERT INTO files (id, part, body) VALUES (?, ?, ?)', id, part, body.buffer);
			}
			dropOldest(sql, id);
		},
		get(id) {
			const parts = sql.exec<PartRow>('SELECT body FROM files WHERE id = ? ORDER BY part', id).toArray();
			if (parts.length === 0) return null;
			const bytes = new Uint8Array(parts.reduce((sum, { body }) => sum + body.byteLength, 0));
			let offset = 0;
			for (const { body } of parts) {
				bytes.set(new Uint8Array(body), offset);
				offset += body.byteLength;
			}
			return bytes;
		},
	};
}

function dropOldest(sql: SqlStorage, kept: number): void {
	for (;;) {
		const [row] = sql.exec<{ parts: number }>('SELECT COUNT(*) AS parts FROM files').toArray();
		if ((row?.parts ?? 0) <= MAX_PARTS) return;
		sql.exec('DELETE FROM files WHERE id = (SELECT MIN(id) FROM files WHERE id <> ?)', kept);
	}
}
