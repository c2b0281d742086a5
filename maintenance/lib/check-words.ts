// Checks what an integration says of the words that people use: every name in it is a tool's or a resource's.
import type { Integration } from '../../workers/integration/operations.ts';
import type { Fault } from '../../workers/lib/errors.ts';

export function checkWords({ file, words, byResource, headers }: Integration, faults: Fault[]): void {
	const resources = new Set(headers.map(({ resource }) => resource));
	const isKnown = (key: string) => resources.has(key) || byResource.has(key);
	for (const key of Object.keys(words))
		if (!isKnown(key)) faults.push({ path: 'words.json', message: `"${key}" is neither a resource nor a tool` });
	for (const [area, things] of Object.entries(file.areas ?? {}))
		for (const resource of Object.keys(things))
			if (!resources.has(resource))
				faults.push({ path: `integration.json areas ${area}`, message: `"${resource}" is no resource` });
	for (const key of file.pinned ?? [])
		if (!byResource.has(key)) faults.push({ path: 'integration.json pinned', message: `"${key}" is no tool` });
}
