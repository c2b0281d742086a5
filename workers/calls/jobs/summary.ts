// Records → groups with counts, sums and other figures. Pure.

import { valueAt } from '../../lib/json-path.ts';
import { addDays, dayAt, isoDay, type LocalDay } from '../../lib/time-zones.ts';

export type Figure = 'sum' | 'average' | 'min' | 'max';
export const FIGURES: readonly Figure[] = ['sum', 'average', 'min', 'max'];
export type Bucket = 'day' | 'week' | 'month';

export interface SummaryPlan {
	groupBy: readonly string[];
	/** Figure → path of its field. */
	figures: ReadonlyMap<Figure, string>;
	bucket: { by: Bucket; field: string; isDay: boolean } | null;
	top: number;
	zone: string;
}

interface Group {
	key: Record<string, unknown>;
	count: number;
	values: Map<Figure, Numbers>;
}

/** Milliseconds since 1970 where they are moments. */
interface Numbers {
	all: number[];
	areMoments: boolean;
}

export interface Summary {
	groups: Record<string, unknown>[];
	total: Record<string, unknown>;
	otherGroups: number;
}

/** The value of a field as a person names it: a reference by its name. */
export function namedValue(record: unknown, path: string): unknown {
	const value = valueAt(record, path);
	if (typeof value !== 'object' || value === null) return value ?? null;
	return valueAt(value, 'name') ?? valueAt(value, 'identifier') ?? valueAt(value, 'id') ?? null;
}

/** The field of the first record whose value a figure cannot be made of; null where all can. */
export function wrongFigure(rows: readonly unknown[], plan: SummaryPlan): { figure: Figure; field: string } | null {
	for (const [figure, field] of plan.figures) {
		const isRight = (value: unknown) =>
			typeof value === 'number' || ((figure === 'min' || figure === 'max') && isMoment(value));
		for (const row of rows) {
			const value = namedValue(row, field);
			if (value !== null && !isRight(value)) return { figure, field };
		}
	}
	return null;
}

export function summarize(rows: readonly unknown[], plan: SummaryPlan): Summary {
	const groups = new Map<string, Group>();
	const total: Group = { key: {}, count: 0, values: new Map() };
	for (const row of rows) {
		const key = keyOf(row, plan);
		const text = JSON.stringify(Object.values(key));
		const group = groups.get(text) ?? { key, count: 0, values: new Map() };
		groups.set(text, group);
		for (const one of [group, total]) add(one, row, plan);
	}
	const isGrouped = plan.groupBy.length > 0 || plan.bucket !== null;
	const sorted = isGrouped ? [...groups.values()].sort(plan.bucket ? byBucket : bySize(plan)) : [];
	return {
		groups: sorted.slice(0, plan.top).map((group) => ({ ...group.key, ...figuresOf(group) })),
		total: figuresOf(total),
		otherGroups: Math.max(0, sorted.length - plan.top),
	};
}

function keyOf(row: unknown, { groupBy, bucket, zone }: SummaryPlan): Record<string, unknown> {
	const key: Record<string, unknown> = {};
	if (bucket) key[bucket.by] = bucketOf(valueAt(row, bucket.field), bucket, zone);
	for (const path of groupBy) key[path] = namedValue(row, path);
	return key;
}

function add(group: Group, row: unknown, { figures }: SummaryPlan): void {
	group.count += 1;
	for (const [figure, field] of figures) {
		const value = namedValue(row, field);
		const number = typeof value === 'number' ? value : isMoment(value) ? Date.parse(value) : null;
		if (number === null) continue;
		const numbers = group.values.get(figure) ?? { all: [], areMoments: typeof value === 'string' };
		numbers.all.push(number);
		group.values.set(figure, numbers);
	}
}

function figuresOf({ count, values }: Group): Record<string, unknown> {
	const figures = [...values].map(([figure, { all, areMoments }]) => {
		const figured = figureOf(figure, all);
		return [figure, areMoments ? new Date(figured).toISOString() : rounded(figured)] as const;
	});
	return { count, ...Object.fromEntries(figures) };
}

function figureOf(figure: Figure, numbers: readonly number[]): number {
	const sum = numbers.reduce((all, one) => all + one, 0);
	switch (figure) {
		case 'sum':
			return sum;
		case 'average':
			return sum / numbers.length;
		case 'min':
			return numbers.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY);
		case 'max':
			return numbers.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY);
	}
}

/** Sums of decimals without the traces of binary fractions. */
export function rounded(value: number): number {
	return Math.round(value * 1e6) / 1e6;
}

function bySize({ figures }: SummaryPlan) {
	const [first] = figures.keys();
	const size = (group: Group) => (first ? figureOf(first, group.values.get(first)?.all ?? [0]) : group.count);
	return (a: Group, b: Group) => size(b) - size(a) || b.count - a.count;
}

function byBucket(a: Group, b: Group): number {
	const [x, y] = [JSON.stringify(Object.values(a.key)), JSON.stringify(Object.values(b.key))];
	return x < y ? -1 : x > y ? 1 : 0;
}

function isMoment(value: unknown): value is string {
	return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}(T|$)/.test(value) && !Number.isNaN(Date.parse(value));
}

/** `2026-04-01`, the Monday of its week, or `2026-04`; null without a time. */
export function bucketOf(value: unknown, { by, isDay }: { by: Bucket; isDay: boolean }, zone: string): string | null {
	if (!isMoment(value)) return null;
	const day = dayAt(isDay || value.length === 10 ? 'UTC' : zone, Date.parse(value));
	if (by === 'day') return isoDay(day);
	return by === 'month' ? isoDay(day).slice(0, 7) : isoDay(mondayOf(day));
}

function mondayOf(day: LocalDay): LocalDay {
	const weekday = new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
	return addDays(day, -((weekday + 6) % 7));
}
