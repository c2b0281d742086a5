// Patchbay with meters: rows at every SQL cursor, alarms, requests to Durable Objects, KV operations. `/bench-meter`
// answers what was counted since it was last asked.
import worker, {
	ApiToken as PlainApiToken,
	AuthorizationServer as PlainAuthorizationServer,
	Directory as PlainDirectory,
	EventStreams as PlainEventStreams,
	IntegratedAccount as PlainIntegratedAccount,
} from '../../workers/index.ts';

let counts = {};
let cursors = [];
const count = (name) => {
	counts[name] = (counts[name] ?? 0) + 1;
};

const wrapped = new WeakSet();

/** Cursors count on while they are read, so they are asked at the end. */
function meterStorage({ storage }) {
	const sql = Object.getPrototypeOf(storage.sql);
	if (wrapped.has(sql)) return;
	wrapped.add(sql);
	const { exec } = sql;
	sql.exec = function (...args) {
		const cursor = exec.apply(this, args);
		cursors.push(cursor);
		return cursor;
	};
	const object = Object.getPrototypeOf(storage);
	for (const name of ['setAlarm', 'deleteAlarm', 'put', 'delete']) {
		const act = object[name];
		object[name] = function (...args) {
			count(`storage.${name}`);
			return act.apply(this, args);
		};
	}
}

const countingCalls = (target, prefix) =>
	new Proxy(target, {
		get(_, name) {
			const member = Reflect.get(target, name);
			if (typeof member !== 'function') return member;
			return (...args) => {
				count(`${prefix}${String(name)}`);
				return Reflect.apply(member, target, args);
			};
		},
	});

const meteredNamespace = (namespace, binding) =>
	new Proxy(namespace, {
		get(target, name) {
			const member = Reflect.get(target, name);
			if (name === 'getByName') return (of) => countingCalls(target.getByName(of), `${binding}.`);
			return typeof member === 'function' ? member.bind(target) : member;
		},
	});

const metered = new WeakMap();

function meter(env) {
	const known = metered.get(env);
	if (known) return known;
	const namespaces = ['INTEGRATED_ACCOUNTS', 'DIRECTORY', 'API_TOKENS', 'EVENT_STREAMS', 'AUTHORIZATION_SERVERS'];
	const own = Object.fromEntries(namespaces.map((name) => [name, meteredNamespace(env[name], name)]));
	const made = { ...env, ...own, KV: countingCalls(env.KV, 'KV.') };
	metered.set(env, made);
	return made;
}

const withMeter = (Class) =>
	class extends Class {
		constructor(ctx, env) {
			meterStorage(ctx);
			super(ctx, meter(env));
		}
		alarm(...args) {
			count('alarm');
			return super.alarm?.(...args);
		}
	};

export const IntegratedAccount = withMeter(PlainIntegratedAccount);
export const AuthorizationServer = withMeter(PlainAuthorizationServer);
export const Directory = withMeter(PlainDirectory);
export const ApiToken = withMeter(PlainApiToken);
export const EventStreams = withMeter(PlainEventStreams);

function takeCounts() {
	const rows = (member) => cursors.reduce((sum, cursor) => sum + cursor[member], 0);
	const taken = { ...counts, rowsRead: rows('rowsRead'), rowsWritten: rows('rowsWritten') };
	counts = {};
	cursors = [];
	return taken;
}

export default {
	fetch: (request, env, ctx) =>
		new URL(request.url).pathname === '/bench-meter'
			? Response.json(takeCounts())
			: worker.fetch(request, meter(env), ctx),
};
