// A whole job in one call: which kind it is, and how it begins.

import { findOperation } from '../../integration/filter.ts';
import { checkJobArguments, type JobValues } from '../../tools/jobs/check-arguments.ts';
import { argumentsOf } from '../../tools/jobs/job-tools.ts';
import { findJob, type Job } from '../../tools/jobs/offered.ts';
import { unknownTool } from '../../tools/tool-search/answer.ts';
import type { CallContext } from '../context.ts';
import type { CallOutcome, Told } from '../outcome.ts';
import { changeMany } from './change-many.ts';
import { closeOut } from './close-out.ts';
import { gather } from './gather.ts';
import { logEntries } from './log-entries.ts';
import { type CallOne, type JobRun, Overtaken, refuse, startRun } from './run.ts';
import { summarizeRecords } from './summarize.ts';
import { watch } from './watch.ts';

/** @param one  calls a single tool and logs it */
export async function callJob(context: CallContext, job: Job, args: unknown, one: CallOne): Promise<CallOutcome> {
	try {
		return await runJob(startRun(context, job.name, false, one), job, args, one);
	} catch (error) {
		if (error instanceof Overtaken) return { state: 'withheld', admission: error.admission };
		throw error;
	}
}

async function runJob(run: JobRun, job: Job, args: unknown, one: CallOne): Promise<Told> {
	const values = checkJobArguments(argumentsOf(job.fact), args);
	if (Array.isArray(values)) return refuse(run, values);
	const { fact } = job;
	switch (fact.kind) {
		case 'preview':
			return previewChange(run, values, one);
		case 'summarize':
			return summarizeRecords(run, values);
		case 'change_many':
			return changeMany(run, fact, values);
		case 'gather':
			return gather(run, fact, values);
		case 'watch':
			return watch(run, fact, values);
		case 'close_out':
			return closeOut(run, fact, values);
		case 'log_entries':
			return logEntries(run, fact, values);
	}
}

/** `preview_change`: any tool that writes, another job included. */
async function previewChange(run: JobRun, { tool_name, arguments: args }: JobValues, one: CallOne): Promise<Told> {
	const { context } = run;
	const { integration, filter } = context;
	const name = String(tool_name);
	const job = findJob(integration, filter, name);
	if (job?.class === 'write') return runJob(startRun(context, job.name, true, one), job, args, one);
	const operation = findOperation(integration, filter, name);
	if (!operation) return refuse(run, [{ path: 'tool_name', message: unknownTool(integration, filter, name) }]);
	if (operation.readOnly)
		return refuse(run, [{ path: 'tool_name', message: `"${name}" only reads: call it by itself` }]);
	const told = await run.call(operation, args, { isPreview: true });
	return { ...told, admission: { state: 'current' } } as Told;
}
