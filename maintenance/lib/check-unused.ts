// Checks for what an integration describes and nothing uses: most often a misspelt name.
import type { Integration } from '../../workers/integration/operations.ts';
import type { FolderFault } from './tolerant-parse.ts';

export function checkUnused({ file, operations }: Integration, faults: FolderFault[]): void {
	const say = (member: string, message: string) =>
		faults.push({ path: `integration.json ${member}`, message, at: member.split('.') });
	const queries = new Set(operations.flatMap(({ documentation }) => documentation.query ?? []));
	for (const name of Object.keys(file.query))
		if (!queries.has(name)) say(`query.${name}`, `"${name}" is used by no method`);
	const tags = new Set(operations.flatMap((operation) => [...operation.tags]));
	for (const name of Object.keys(file.tags))
		if (!tags.has(name)) say(`tags.${name}`, `tag "${name}" is used by no method`);
	for (const name of file.must_be_named ?? [])
		if (!Object.hasOwn(file.tags, name)) say('must_be_named', `there is no tag "${name}"`);
	const settings = JSON.stringify([
		file.auth,
		file.headers,
		file.base_url,
		file.constants ?? {},
		file.search ?? {},
		file.probe,
		operations.map(({ fact }) => [fact.path, fact.constants ?? {}]),
	]);
	for (const name of Object.keys(file.credentials))
		if (!settings.includes(`{{${name}}}`) && !settings.includes(`{{setting:${name}}}`))
			say(`credentials.${name}`, `setting "${name}" is used by nothing`);
}
