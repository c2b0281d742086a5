// Files with secrets in them: readable by their owner only, and never half written.
import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes `text` with mode 600, through a neighbour that is renamed, so that a reader sees the old file or the new one. */
export function writePrivateFile(path: string, text: string): void {
	mkdirSync(dirname(path), { recursive: true });
	const draft = `${path}.${process.pid}.new`;
	writeFileSync(draft, text, { mode: 0o600 });
	// The mode above counts only for a new file.
	chmodSync(draft, 0o600);
	renameSync(draft, path);
}
