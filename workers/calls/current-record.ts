// An update of a vendor that empties what is left out: the record as it is now, which the update is laid over.
import type { Arguments } from '../integration/arguments.ts';
import { updateBodyOf } from '../integration/method-wire.ts';
import type { Integration, Operation } from '../integration/operations.ts';
import { isObject } from '../lib/is-object.ts';
import { recordIn } from '../vendor/answer-shape.ts';
import { describeRequest, type UpstreamRequest } from '../vendor/request.ts';
import type { UpstreamAnswer } from '../vendor/send.ts';
import { readAnswer } from './names/ask.ts';

/**
 * @returns the fields of the record that an update may send, nothing where an update sends what it changes alone, or the
 *   answer that is no record
 */
export async function readCurrent(
	{ file, byResource }: Integration,
	operation: Operation,
	args: Arguments,
	send: (request: UpstreamRequest) => Promise<UpstreamAnswer>,
): Promise<{ record?: Arguments } | { answer: UpstreamAnswer }> {
	const get = byResource.get(`${operation.resource}.get`);
	if (operation.kind !== 'update' || updateBodyOf(file, operation.fact) !== 'whole' || !get) return {};
	const answer = await send(describeRequest(file, get, args, null));
	const record = recordIn(file, get.fact, readAnswer(answer));
	if (!isObject(record)) return { answer };
	return {
		record: Object.fromEntries(Object.entries(record).filter(([name]) => operation.bodyFields.has(name))),
	};
}
