// The flags of a command: `--help` in words, and an unknown flag answered with the nearest one.
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { didYouMean } from '../../workers/lib/nearest.ts';
import { Failure } from './failure.ts';

interface Flag {
	type: 'string' | 'boolean';
	default?: string | boolean;
	/** Placeholder of the value in the help text, e.g. `<seconds>`. */
	value?: string;
	help: string;
}

export interface Usage<Flags extends Record<string, Flag>> {
	/** The command as a person types it, e.g. `npm run deploy`. */
	command: string;
	/** One sentence on what the command does. */
	summary: string;
	flags: Flags;
	/** Arguments without a name, e.g. `<facts file>`. */
	positionals?: string;
	/** Environment variables that the command reads, with what they do. */
	environment?: Record<string, string>;
}

type Values<Flags extends Record<string, Flag>> = {
	[Name in keyof Flags]: Flags[Name] extends { type: 'boolean' }
		? boolean
		: Flags[Name] extends { default: string }
			? string
			: string | undefined;
};

/**
 * Reads the command line; prints the help and ends the process where `--help` is asked for.
 *
 * @param args  the command line after the script's name
 * @throws Failure for a flag that the command does not have, or one without its value
 */
export function readFlags<const Flags extends Record<string, Flag>>(
	usage: Usage<Flags>,
	args: readonly string[],
): { flags: Values<Flags>; positionals: string[] } {
	if (args.includes('--help') || args.includes('-h')) {
		console.log(describeUsage(usage));
		process.exit(0);
	}
	try {
		const { values, positionals } = parseArgs({
			args: [...args],
			options: optionsOf(usage.flags),
			allowPositionals: usage.positionals !== undefined,
		});
		return { flags: values as Values<Flags>, positionals };
	} catch (error) {
		throw new Failure(explain(usage, args, error as Error), `All flags: ${withFlags(usage.command, '--help')}`);
	}
}

/** npm passes on only what stands behind `--`. */
function withFlags(command: string, flags: string): string {
	return command.startsWith('npm ') ? `${command} -- ${flags}` : `${command} ${flags}`;
}

function optionsOf(flags: Record<string, Flag>): ParseArgsOptionsConfig {
	return Object.fromEntries(
		Object.entries(flags).map(([name, { type, default: value }]) => [
			name,
			value === undefined ? { type } : { type, default: value },
		]),
	);
}

function explain({ command, flags, positionals }: Usage<Record<string, Flag>>, args: readonly string[], error: Error) {
	const names = Object.keys(flags);
	const known = (name: string) => names.includes(name.replace(/^no-/, ''));
	const unknown = args
		.filter((arg) => arg.startsWith('-') && arg !== '--')
		.map((arg) => arg.replace(/^-+/, '').split('=', 1)[0] ?? '')
		.find((name) => !known(name));
	if (unknown !== undefined) return `\`${command}\` has no flag --${unknown}.${didYouMean(unknown, names)}`;
	const code = (error as NodeJS.ErrnoException).code;
	if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL' && positionals === undefined) {
		const extra = args.find((arg) => !arg.startsWith('-')) ?? '';
		return `\`${command}\` takes flags only, not "${extra}".`;
	}
	return `\`${command}\`: ${error.message.split('. ', 1)[0]}.`;
}

function describeUsage({
	command,
	summary,
	flags,
	positionals,
	environment = {},
}: Usage<Record<string, Flag>>): string {
	const rows = [
		...Object.entries(flags).map(([name, { value, help, type, default: initial }]) => [
			`--${name}${type === 'string' ? ` ${value ?? '<value>'}` : ''}`,
			typeof initial === 'string' ? `${help} (default: ${initial})` : help,
		]),
		['--help', 'prints this'],
		...Object.entries(environment),
	];
	const width = Math.max(...rows.map(([name = '']) => name.length));
	const lines = rows.map(([name = '', help = '']) => `  ${name.padEnd(width)}   ${help}`);
	const call = withFlags(command, positionals === undefined ? '[flags]' : `${positionals} [flags]`);
	return [summary, '', `Usage: ${call}`, '', ...lines].join('\n');
}
