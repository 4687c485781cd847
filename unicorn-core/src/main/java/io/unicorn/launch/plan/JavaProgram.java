package io.unicorn.launch.plan;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@code java} program of a command line. If the command line names a link, or
 * a name in the search path, the program may change while the pool runs: the user has
 * installed another JDK.
 */
public final class JavaProgram {

	private JavaProgram() {
	}

	/**
	 * Find the program.
	 * @param executable argument 0 of the user's command line, in byte form
	 * @param environment the environment, in byte form
	 * @return its path without links, in byte form, or {@code null} if there is none
	 */
	public static @Nullable String find(String executable, List<String> environment) {
		String name = Command.text(executable);
		if (name.contains("/")) {
			return real(Path.of(name));
		}
		String path = environment.stream()
			.filter((variable) -> variable.startsWith("PATH="))
			.map((variable) -> Command.text(variable.substring("PATH=".length())))
			.findFirst()
			.orElse("");
		for (String directory : path.split(":", -1)) {
			String found = directory.isEmpty() ? null : real(Path.of(directory, name));
			if (found != null) {
				return found;
			}
		}
		return null;
	}

	/**
	 * Return whether a program can be executed and its JDK has not been removed.
	 * @param program path of the {@code java} program, in byte form
	 */
	public static boolean exists(String program) {
		try {
			Path path = Path.of(Command.text(program)).toRealPath();
			// The directories of a package that is removed may outlive its files.
			return Files.isExecutable(path) && Files.exists(path.resolveSibling("../lib/modules"));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static @Nullable String real(Path program) {
		try {
			return (Files.isRegularFile(program) && Files.isExecutable(program)) ? Command.bytes(program.toRealPath())
					: null;
		}
		catch (IOException ex) {
			return null;
		}
	}

}
