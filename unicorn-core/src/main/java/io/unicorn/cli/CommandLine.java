package io.unicorn.cli;

import java.io.PrintStream;
import java.util.List;

import io.unicorn.launch.JavaCommandLine;
import io.unicorn.launch.MasterProcess;
import io.unicorn.posix.Command;

/**
 * Runs one command: finds the pool that it is for, asks its master, and prints what comes
 * of it. Needs neither Spring nor native code.
 */
public final class CommandLine {

	/** What {@code -Djarmode} has to be. */
	public static final String MODE = "unicorn";

	private static final String HELP = """
			Commands to the pool that runs this application:

			  java -Djarmode=unicorn -jar app.jar <command> [options]

			  rollout            roll out the jar as it is now, and wait for the result
			    --no-wait          return when the roll-out has been asked for
			    --timeout <time>   stop waiting after 90s, 10m or 1h; the roll-out goes on
			  status             show the pool and its workers
			  help               show this text

			Which pool, if there are several:

			  --pid <number>     the one with this master
			  --work-dir <path>  the one with this unicorn.work-dir, also in another container

			Exit status: 0 done; 1 failed, rolled back, or no pool found; 2 the command line
			is wrong; 3 the result is not known (the time is over, the master has gone).
			""";

	private final PrintStream out;

	private final PrintStream err;

	/**
	 * Create.
	 * @param out gets what was asked for
	 * @param err gets what went wrong
	 */
	public CommandLine(PrintStream out, PrintStream err) {
		this.out = out;
		this.err = err;
	}

	/**
	 * Run a command.
	 * @param arguments the command and its options
	 * @return the exit status
	 */
	public int run(String... arguments) {
		try {
			return run(Arguments.parse(List.of(arguments)));
		}
		catch (CommandFailedException ex) {
			this.err.println("unicorn: " + ex.getMessage());
			if (ex.status() == CommandFailedException.USAGE) {
				this.err.println("The command 'help' shows what there is.");
			}
			return ex.status();
		}
		finally {
			this.out.flush();
			this.err.flush();
		}
	}

	private int run(Arguments arguments) throws CommandFailedException {
		switch (arguments.command()) {
			case HELP -> this.out.print(HELP);
			case STATUS -> {
				Target target = target(arguments);
				new StatusCommand(new MasterLine(target), this.out).run(target.description());
			}
			case ROLLOUT -> {
				Target target = target(arguments);
				return new RolloutCommand(new MasterLine(target), this.out, this.err).run(target.description(),
						arguments.waits(), arguments.timeout());
			}
		}
		return 0;
	}

	private static Target target(Arguments arguments) throws CommandFailedException {
		String application = MasterProcess.application(JavaCommandLine.parse(Command.ownArguments()));
		return new Targets(application).choose(arguments);
	}

}
