// One message in Patchbay beside its rivals, at each number of connections.
import { type Figures, interleave, type Pace, ratios, summarize, type Target } from './measure.ts';

export interface Plan extends Pace {
	connections: readonly number[];
}

/** A row of the table: one message at one number of connections. */
export interface Comparison {
	message: string;
	era: string;
	connections: number;
	patchbay: Figures;
	/** Each rival's own figures, and Patchbay's divided by them. */
	rivals: Record<string, { figures: Figures; ratio: Figures }>;
}

/** @param targets  Patchbay first */
export async function compare(
	message: string,
	era: string,
	targets: readonly Target[],
	{ connections, ...pace }: Plan,
): Promise<Comparison[]> {
	const rows: Comparison[] = [];
	for (const [index, count] of connections.entries()) {
		process.stderr.write(`${message}, ${era}, ${count} connections\n`);
		const warm = index === 0 ? pace : { ...pace, warmUp: 0 };
		const { compared, samples } = await twice(async () => {
			const standing = targets.filter(({ isGone }) => !isGone?.());
			return { compared: standing, samples: await interleave(standing, count, warm) };
		});
		const [own = [], ...others] = samples;
		const rivals = others.map((rounds, index) => [
			compared[index + 1]?.name ?? '',
			{ figures: summarize(rounds), ratio: ratios(own, rounds) },
		]);
		rows.push({ message, era, connections: count, patchbay: summarize(own), rivals: Object.fromEntries(rivals) });
	}
	return rows;
}

/** A comparison that fails, since a rival ended or the machine was busy for a moment, is made once more. */
async function twice<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		process.stderr.write(`once more, after: ${String(error).slice(0, 300)}\n`);
		return work();
	}
}
