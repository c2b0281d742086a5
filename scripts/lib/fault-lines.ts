// Finds the file and line of a fault in a folder.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findNodeAtLocation, type Node, type ParseError, parse, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { FolderFault } from '../../maintenance/lib/tolerant-parse.ts';

const IN_FILE = /^([\w/-]+\.json)(?: (.*))?$/;

/** @returns `documentation/service.json:12: tickets.list: …`, without the line where no file has it */
export function faultLine(dir: string, fault: FolderFault, modules: readonly string[]): string {
	const { path, message } = fault;
	const place = placeOf(dir, fault, modules);
	const text = place ? readText(join(dir, place.file)) : null;
	if (!place || text === null) return `${path}: ${message}`;
	const root = parseTree(text);
	const node = root && deepestNode(root, place.at);
	const inside = node ? quotedOffset(text, node, message) : 0;
	const inFile = IN_FILE.exec(path)?.[2] ?? (IN_FILE.test(path) ? '' : path);
	return `${place.file}:${lineOf(text, inside)}: ${inFile === '' ? '' : `${inFile}: `}${message}`;
}

/** A file that is no JSON: what is wrong with it, by its lines. */
export function syntaxFaults(path: string, text: string): string[] {
	const errors: ParseError[] = [];
	parse(text, errors, { disallowComments: true });
	return errors.map(
		({ error, offset }) => `${path}:${lineOf(text, offset)}: is no JSON: ${printParseErrorCode(error)}`,
	);
}

function placeOf(
	dir: string,
	{ path, at }: FolderFault,
	modules: readonly string[],
): { file: string; at: readonly PropertyKey[] } | null {
	const [, file, inside = ''] = IN_FILE.exec(path) ?? [];
	if (file !== undefined) return { file, at: at ?? (inside === '' ? [] : inside.split('.')) };
	const [resource = '', method] = path.split(' ')[0]?.split('.') ?? [];
	for (const module of modules) {
		const documentation = `documentation/${module}.json`;
		const root = parseTree(readText(join(dir, documentation)) ?? '');
		if (root && findNodeAtLocation(root, [resource]))
			return { file: documentation, at: method === undefined ? [resource] : [resource, 'methods', method] };
	}
	return { file: 'integration.json', at: path.split('.') };
}

function deepestNode(root: Node, at: readonly PropertyKey[]): Node {
	for (let length = at.length; length > 0; length--) {
		const node = findNodeAtLocation(
			root,
			at.slice(0, length).map((step) => (typeof step === 'number' ? step : String(step))),
		);
		if (node) return node.parent?.type === 'property' ? node.parent : node;
	}
	return root;
}

/** Offset of the first name within a node that the message quotes. */
function quotedOffset(text: string, node: Node, message: string): number {
	const within = text.slice(node.offset, node.offset + node.length);
	for (const [, quoted = ''] of message.matchAll(/"([^"]+)"/g)) {
		const found = within.indexOf(JSON.stringify(quoted));
		if (found >= 0) return node.offset + found;
	}
	return node.offset;
}

function lineOf(text: string, offset: number): number {
	return text.slice(0, offset).split('\n').length;
}

function readText(path: string): string | null {
	return existsSync(path) ? readFileSync(path, 'utf8') : null;
}
