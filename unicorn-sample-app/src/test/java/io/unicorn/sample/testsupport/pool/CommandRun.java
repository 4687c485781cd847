package io.unicorn.sample.testsupport.pool;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The result of a command of the pool's command line.
 *
 * @param status its exit status
 * @param out its standard output
 * @param err its standard error
 */
public record CommandRun(int status, String out, String err) {

	/**
	 * Run a command from a jar.
	 */
	public static CommandRun of(Path jar, String... arguments) {
		return of(Path.of("."), List.of("-jar", jar.toString()), arguments);
	}

	/**
	 * Run a command.
	 * @param directory where to run it
	 * @param launch the arguments after the JVM flags
	 */
	public static CommandRun of(Path directory, List<String> launch, String... arguments) {
		List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin/java").toString(),
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Djarmode=unicorn"));
		command.addAll(launch);
		command.addAll(List.of(arguments));
		try {
			Path out = Files.createTempFile("command-", ".out");
			Path err = Files.createTempFile("command-", ".err");
			ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
				.redirectOutput(out.toFile())
				.redirectError(err.toFile());
			builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"));
			Process process = builder.start();
			try {
				if (!process.waitFor(RunningPool.PATIENCE.multipliedBy(2).toSeconds(), TimeUnit.SECONDS)) {
					throw new AssertionError("%s has not ended, it printed:%n%s%n%s".formatted(command,
							Files.readString(out), Files.readString(err)));
				}
				return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
			}
			finally {
				process.destroyForcibly();
				Files.delete(out);
				Files.delete(err);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError("Interrupted while a command runs", ex);
		}
	}

}
