// Interleaved rounds: every variant has its turn in each round, so whatever else the machine does hits all of them.
import { readdirSync, readFileSync } from 'node:fs';
import { type Channel, Connection, isGood, requireGood } from './connection.ts';

/** Something that answers a message, and the process that bears its cost. */
export interface Target {
	name: string;
	port: number;
	/** The process whose CPU time counts. */
	pid: number;
	/** The bytes of one request; `index` grows by one with each, so that a write never repeats itself. */
	request(index: number): Buffer;
	/** True when its process has ended. */
	isGone?(): boolean;
	/** Opens a channel, where the variant is not reached by HTTP. */
	open?(): Channel;
}

export interface Sample {
	answers: number;
	/** Answers per second. */
	rps: number;
	p50_ms: number;
	p99_ms: number;
	/** CPU time of the whole process, divided by the answers; null where the system does not tell. */
	cpu_us: number | null;
}

export type Figures = Omit<Sample, 'answers'>;

export interface Pace {
	rounds: number;
	/** Length of one variant's turn in one round. */
	ms: number;
	/** Answers of each variant before the first round: code that V8 has not compiled yet is no measure. */
	warmUp: number;
	/** A turn ends after this many answers, whatever the time. */
	calls?: number;
	/** The warm-up ends after this time, whatever it has reached. */
	warmUpMs: number;
}

export function median(values: readonly number[]): number {
	return quantile(values, 0.5);
}

function quantile(values: readonly number[], share: number): number {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** CPU time of all threads of a process, in microseconds; null on systems without /proc. */
export function cpuUs(pid: number): number | null {
	try {
		const tasks = readdirSync(`/proc/${pid}/task`);
		return tasks.reduce((sum, task) => sum + Number(readSchedule(pid, task)), 0) / 1_000;
	} catch {
		return null;
	}
}

/** Nanoseconds on a CPU. A thread may end between the listing and the reading. */
function readSchedule(pid: number, task: string): string {
	try {
		return readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ', 1)[0] ?? '0';
	} catch {
		return '0';
	}
}

let sent = 0;

/** An answer that takes longer ends the run: a rival that hangs must not hold it up. */
const ANSWER_MS = 30_000;

/** @throws Error that names whom it waited for */
export async function withinMs<T>(ms: number, whom: string, work: Promise<T>): Promise<T> {
	let timer: NodeJS.Timeout | undefined;
	const late = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(new Error(`${whom}: no answer within ${ms} ms`)), ms);
	});
	try {
		return await Promise.race([work, late]);
	} finally {
		clearTimeout(timer);
	}
}

/**
 * Share of failures that ends the run. A busy disk may delay a write's admission beyond its lease: it is refused then. Failures are no
 * answers; more of them than this share end the run.
 */
const MOST_FAILED = 0.1;

interface Turn {
	latenciesMs: number[];
	elapsedMs: number;
}

async function send(target: Target, connection: Channel): Promise<Buffer> {
	try {
		return await connection.send(target.request(++sent));
	} catch (cause) {
		throw new Error(`${target.name}: ${(cause as Error).message}`, { cause });
	}
}

/** Every connection sends its next request as soon as it has an answer, until the time or the number is over. */
async function load(target: Target, connections: Channel[], ms: number, most = Number.POSITIVE_INFINITY) {
	const latenciesMs: number[] = [];
	const failures: Buffer[] = [];
	const startedAt = performance.now();
	await Promise.all(
		connections.map(async (connection) => {
			for (let now = startedAt; now - startedAt < ms && latenciesMs.length < most; ) {
				const answer = await withinMs(ANSWER_MS, target.name, send(target, connection));
				const before = now;
				now = performance.now();
				if (isGood(answer)) latenciesMs.push(now - before);
				else failures.push(answer);
			}
		}),
	);
	const [failure] = failures;
	if (failure) {
		process.stderr.write(`${target.name}: ${failures.length} failed beside ${latenciesMs.length}\n`);
		if (failures.length > MOST_FAILED * latenciesMs.length) requireGood(failure, target.name);
	}
	return { latenciesMs, elapsedMs: performance.now() - startedAt } satisfies Turn;
}

async function sample(target: Target, connections: Channel[], { ms, calls }: Pace): Promise<Sample> {
	const before = cpuUs(target.pid);
	const { latenciesMs, elapsedMs } = await load(
		target,
		connections,
		calls === undefined ? ms : Number.POSITIVE_INFINITY,
		calls,
	);
	const after = cpuUs(target.pid);
	return {
		answers: latenciesMs.length,
		rps: latenciesMs.length / (elapsedMs / 1_000),
		p50_ms: quantile(latenciesMs, 0.5),
		p99_ms: quantile(latenciesMs, 0.99),
		cpu_us: before === null || after === null ? null : (after - before) / latenciesMs.length,
	};
}

/** @returns for each target its rounds, in the order of the targets */
export async function interleave(targets: readonly Target[], connections: number, pace: Pace): Promise<Sample[][]> {
	const open = await Promise.all(
		targets.map(({ port, open }) =>
			Promise.all(Array.from({ length: connections }, () => open?.() ?? Connection.open(port))),
		),
	);
	const ofTarget = (index: number) => [targets[index] as Target, open[index] as Channel[]] as const;
	try {
		for (const index of targets.keys()) await load(...ofTarget(index), pace.warmUpMs, pace.warmUp);
		const samples: Sample[][] = targets.map(() => []);
		for (let round = 0; round < pace.rounds; round++) {
			const order = [...targets.keys()];
			for (const index of round % 2 === 0 ? order : order.reverse())
				samples[index]?.push(await sample(...ofTarget(index), pace));
		}
		return samples;
	} finally {
		for (const connection of open.flat()) connection.close();
	}
}

/** The medians of a target's rounds. */
export function summarize(samples: readonly Figures[]): Figures {
	const of = (member: keyof Figures) => median(samples.map((one) => one[member] ?? Number.NaN));
	const cpu = of('cpu_us');
	return { rps: of('rps'), p50_ms: of('p50_ms'), p99_ms: of('p99_ms'), cpu_us: Number.isNaN(cpu) ? null : cpu };
}

/** The medians of the rounds' ratios: each round is compared with the same round of the other. */
export function ratios(of: readonly Sample[], to: readonly Sample[]): Figures {
	return summarize(
		of.map((one, round) => {
			const other = to[round] as Sample;
			return {
				rps: one.rps / other.rps,
				p50_ms: one.p50_ms / other.p50_ms,
				p99_ms: one.p99_ms / other.p99_ms,
				cpu_us: one.cpu_us === null || other.cpu_us === null ? null : one.cpu_us / other.cpu_us,
			};
		}),
	);
}
