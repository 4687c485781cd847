package io.unicorn.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.launch.plan.JavaCommandLine;
import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.posix.Command;

/**
 * Lets the application report how it would start: only Spring Boot can read the
 * application's configuration. Runs the application's own command line in a child
 * process, which ends when the configuration is read, or for the doctor when the beans
 * exist.
 */
final class CheckCommand {

	private static final String MODE_FLAG = "-Djarmode=";

	private final JavaCommandLine own;

	/**
	 * Create.
	 * @param own the command line of this process, in byte form
	 */
	CheckCommand(JavaCommandLine own) {
		this.own = own;
	}

	/**
	 * Run the application until it has reported.
	 * @param report {@code check}, {@code config}, {@code doctor} or
	 * {@code doctor-strict}
	 * @param arguments the arguments of the application
	 * @return its exit status
	 */
	int run(String report, List<String> arguments) throws CommandFailedException {
		try {
			return new ProcessBuilder(command(report, arguments)).inheritIO().start().waitFor();
		}
		catch (IOException ex) {
			throw new CommandFailedException(CommandFailedException.FAILED,
					"the application cannot be started: " + ex.getMessage());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new CommandFailedException(CommandFailedException.UNKNOWN, "interrupted");
		}
	}

	/** Return the command line of the child process. */
	List<String> command(String report, List<String> arguments) throws CommandFailedException {
		List<String> options = this.own.options().stream().map(Command::text).toList();
		if (options.stream().noneMatch((option) -> option.startsWith(MODE_FLAG))) {
			throw new CommandFailedException(CommandFailedException.USAGE,
					report + " needs -Djarmode=unicorn on the command line, not in a variable or a file");
		}
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		options.stream().filter((option) -> !option.startsWith(MODE_FLAG)).forEach(command::add);
		command.add("-D" + WorkerCommand.CHECK_PROPERTY + "=" + report);
		if (report.startsWith(WorkerCommand.DOCTOR)) {
			command.add("-D" + WorkerCommand.INDEX_PROPERTY + "=" + WorkerCommand.TRAINING);
		}
		int application = (this.own.jar() != null || this.own.main().get(0).equals("-m")) ? 2 : 1;
		this.own.main().stream().limit(application).map(Command::text).forEach(command::add);
		command.addAll(arguments);
		return command;
	}

}
