// An error a person can act on: what is wrong, and the way out. Scripts print it without a stack trace.

export class Failure extends Error {
	override name = 'Failure';
	readonly wayOut: string;

	constructor(message: string, wayOut: string, options?: ErrorOptions) {
		super(message, options);
		this.wayOut = wayOut;
	}
}

/** Runs a script's main function; a failure becomes two lines on stderr and exit code 1. */
export async function runScript(main: () => Promise<void>): Promise<void> {
	try {
		await main();
	} catch (error) {
		if (error instanceof Failure) console.error(`\n${error.message}\n${error.wayOut}`);
		else console.error(error);
		process.exit(1);
	}
}
