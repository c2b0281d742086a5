// An error a person can act on: what is wrong, and the way out. Scripts print it without a stack trace.
import { realpathSync } from 'node:fs';

export class Failure extends Error {
	override name = 'Failure';
	readonly wayOut: string;

	constructor(message: string, wayOut: string, options?: ErrorOptions) {
		super(message, options);
		this.wayOut = wayOut;
	}
}

/** Runs a script's main function; a failure becomes two lines on stderr. @returns the exit code: 0 or 1 */
export async function exitCodeOf(main: () => Promise<void>): Promise<0 | 1> {
	try {
		await main();
		return 0;
	} catch (error) {
		if (error instanceof Failure) console.error(`\n${error.message}\n${error.wayOut}`);
		else console.error(error);
		return 1;
	}
}

/** Runs a script's main function and ends the process with exit code 1 when it fails. */
export async function runScript(main: () => Promise<void>): Promise<void> {
	if ((await exitCodeOf(main)) !== 0) process.exit(1);
}

/**
 * Runs a command when `file` is the script that node was started with. A test imports the file and runs the command itself.
 *
 * Node has `import.meta.main` for this from 24.2 on; with an earlier one the script would silently do nothing.
 */
export async function runCommand(file: string, command: (args: string[]) => Promise<void>): Promise<void> {
	const [, started, ...args] = process.argv;
	if (started && realpathSync(started) === realpathSync(file)) await runScript(() => command(args));
}
