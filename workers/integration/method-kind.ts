// Kinds of methods, and the classes by which a server's `methods` names them.

export type MethodClass = 'read' | 'write' | 'custom';

/** The methods with a meaning of their own; every other one is `custom`. */
export type MethodKind = 'list' | 'get' | 'create' | 'update' | 'delete' | 'count' | 'custom';

export const KINDS: Record<string, MethodKind> = {
	list: 'list',
	get: 'get',
	create: 'create',
	update: 'update',
	delete: 'delete',
	count: 'count',
};
export const CLASSES: Record<MethodKind, MethodClass> = {
	list: 'read',
	get: 'read',
	create: 'write',
	update: 'write',
	delete: 'write',
	count: 'custom',
	custom: 'custom',
};
