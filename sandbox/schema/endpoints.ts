// Finds the vendor's operations on a path: a tree of path segments, made once from the facts.

import type { Place } from './collections.ts';
import { listPathOf, placeOf } from './collections.ts';
import type { MethodFact } from './vendor-facts.ts';
import { RESOURCE_FACTS } from './vendor-facts.ts';

/** One of the vendor's operations. `place` is null where the sandbox keeps no records for its resource. */
export type Endpoint = { resource: string; method: string; fact: MethodFact; place: Place | null };

type Node = {
	children: Map<string, Node>;
	wild: { node: Node; isId: boolean } | null;
	endpoints: Map<string, Endpoint>;
};

/** The operations on a path, by verb, and what stands for each placeholder. */
export type EndpointMatch = { endpoints: ReadonlyMap<string, Endpoint>; values: string[] };

const PLACEHOLDER = /^\{\{(\w+)\}\}$/;

const newNode = (): Node => ({ children: new Map(), wild: null, endpoints: new Map() });
const segmentsOf = (path: string): string[] => path.replace(/^\/|\/+$/g, '').split('/');

function step(node: Node, segment: string): Node {
	const name = PLACEHOLDER.exec(segment)?.[1];
	if (name !== undefined) {
		const isId = /(?:^|_)id$/.test(name);
		node.wild ??= { node: newNode(), isId };
		// Members go by id at one address and by identifier at the same.
		node.wild.isId &&= isId;
		return node.wild.node;
	}
	const key = segment.toLowerCase();
	const known = node.children.get(key);
	if (known) return known;
	const made = newNode();
	node.children.set(key, made);
	return made;
}

function plant(): Node {
	const root = newNode();
	for (const [resource, fact] of RESOURCE_FACTS) {
		const listPath = listPathOf(fact);
		const place = listPath ? placeOf(listPath) : null;
		for (const [method, methodFact] of Object.entries(fact.methods)) {
			let node = root;
			for (const segment of segmentsOf(methodFact.path)) node = step(node, segment);
			if (!node.endpoints.has(methodFact.verb)) {
				node.endpoints.set(methodFact.verb, { resource, method, fact: methodFact, place });
			}
		}
	}
	return root;
}

// Built once per isolate, never changed.
const root = plant();

/** Finds the operations on a path below `apis/3.0`; a literal segment comes before a placeholder. */
export function findEndpoints(path: string): EndpointMatch | null {
	return descend(root, segmentsOf(path), 0, []);
}

function descend(node: Node, segments: string[], index: number, values: string[]): EndpointMatch | null {
	const segment = segments[index];
	if (segment === undefined) return node.endpoints.size > 0 ? { endpoints: node.endpoints, values } : null;
	const child = node.children.get(segment.toLowerCase());
	const found = child && descend(child, segments, index + 1, values);
	if (found || !node.wild) return found ?? null;
	if (segment === '' || (node.wild.isId && !/^\d{1,9}$/.test(segment))) return null;
	return descend(node.wild.node, segments, index + 1, [...values, decodeURIComponent(segment)]);
}
