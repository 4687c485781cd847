package io.unicorn.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;

import io.unicorn.ipc.Message;
import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.PoolProcess;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.posix.Command;

/**
 * Runs one command: finds the pool, queries its master and prints the result. Needs
 * neither Spring nor native code. Not thread-safe.
 */
public final class CommandLine {

	/** The value of {@code -Djarmode} that selects this command line. */
	public static final String MODE = "unicorn";

	/** Each connection has one question; the master sets the trigger itself. */
	private static final long QUERY = 1;

	private static final String HELP = """
			Commands to the pool that runs this application:

			  java -Djarmode=unicorn -jar app.jar <command> [options]

			  rollout            roll out the jar as it is now, and wait for the result
			    --no-wait          return when the roll-out has been asked for
			    --timeout <time>   stop waiting after 90s, 10m or 1h; the roll-out goes on
			  status             show the pool and its workers
			    --json             all that is known, as the endpoint unicorn shows it
			  top                show the pool and its workers every second; Ctrl-C ends it
			  scale <number>     change the number of workers
			  retire <index>     replace a worker
			  dump <index>       let a worker write its threads, to unicorn.dump-dir or the pool's output
			  log-level <logger> <level>
			                     change a log level in all workers: TRACE, DEBUG, INFO, WARN, ERROR,
			                     OFF, or INHERITED for that of the logger above
			  upgrade            replace the master, as the signal USR2 does; workers serve on
			  stop               stop the pool when requests are answered, and wait for its end
			    --no-wait, --timeout <time>
			  check [<argument of the application> ...]
			                     say whether a pool would start, and with which settings; starts nothing
			  config [<argument of the application> ...]
			                     show all settings of the pool, and where each comes from
			  doctor [<argument of the application> ...]
			                     say what in the application works in one process and not in several;
			                     creates its beans, and starts nothing
			    --strict           exit with status 1 if something is found
			  help               show this text

			Which pool, if there are several:

			  --pid <number>     the one with this master
			  --work-dir <path>  the one with this unicorn.work-dir, also in another container

			Exit status: 0 done; 1 failed, refused, rolled back, or no pool found (check: none would
			start); 2 the command line is wrong; 3 the result is not known (the time is over, the master
			has ended).
			""";

	private final PrintStream out;

	private final PrintStream err;

	/**
	 * Create.
	 * @param out gets the output of the command
	 * @param err gets the reason of a failure
	 */
	public CommandLine(PrintStream out, PrintStream err) {
		this.out = out;
		this.err = err;
	}

	/**
	 * Run a command, and return when it has ended. Never throws for a failed command.
	 * @param arguments the command and its options
	 * @return the exit status: 0 for success, 1 to 3 as the help says
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
				FoundPool pool = find(arguments);
				StatusCommand status = new StatusCommand(new SocketPoolClient(pool), this.out);
				if (arguments.json()) {
					status.printJson();
				}
				else {
					status.run(pool.description());
				}
			}
			case TOP -> {
				FoundPool pool = find(arguments);
				new TopCommand(new SocketPoolClient(pool), this.out, isTerminal(), System::nanoTime)
					.run(pool.description(), 0);
			}
			case SCALE -> change(arguments, (number) -> new Message.ScaleRequest(QUERY, number, ""));
			case RETIRE -> change(arguments, (number) -> new Message.RetireRequest(QUERY, number, ""));
			case DUMP -> change(arguments, (number) -> new Message.DumpRequest(QUERY, number, ""));
			case LOG_LEVEL -> new ChangeCommand(new SocketPoolClient(find(arguments)), this.out)
				.run(new Message.LogLevelRequest(QUERY, arguments.words().get(0), arguments.words().get(1), ""));
			case CHECK, CONFIG -> {
				this.out.flush();
				return new CheckCommand(JavaCommandLine.parse(Command.ownArguments()))
					.run(arguments.command().toString(), arguments.words());
			}
			case DOCTOR -> {
				this.out.flush();
				List<String> words = new ArrayList<>(arguments.words());
				return new CheckCommand(JavaCommandLine.parse(Command.ownArguments()))
					.run(words.remove("--strict") ? WorkerCommand.STRICT_DOCTOR : WorkerCommand.DOCTOR, words);
			}
			case UPGRADE -> new ChangeCommand(new SocketPoolClient(find(arguments)), this.out)
				.run(new Message.UpgradeRequest(QUERY, ""));
			case STOP -> {
				FoundPool pool = find(arguments);
				new ChangeCommand(new SocketPoolClient(pool), this.out).stop(pool.alive(), arguments.waits(),
						arguments.timeout());
			}
			case ROLLOUT -> {
				FoundPool pool = find(arguments);
				return new RolloutCommand(new SocketPoolClient(pool), this.out, this.err).run(pool.description(),
						arguments.waits(), arguments.timeout());
			}
		}
		return 0;
	}

	/** Whether what is printed goes to a terminal, which can move its cursor. */
	private static boolean isTerminal() {
		try {
			String file = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
			return (file.startsWith("/dev/pts/") || file.startsWith("/dev/tty") || file.equals("/dev/console"))
					&& !"dumb".equals(System.getenv("TERM"));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void change(Arguments arguments, IntFunction<Message.Request> request) throws CommandFailedException {
		int number = Objects.requireNonNull(arguments.number());
		new ChangeCommand(new SocketPoolClient(find(arguments)), this.out).run(request.apply(number));
	}

	private static FoundPool find(Arguments arguments) throws CommandFailedException {
		String application = PoolProcess.application(JavaCommandLine.parse(Command.ownArguments()));
		return new PoolFinder(application).find(arguments);
	}

}
