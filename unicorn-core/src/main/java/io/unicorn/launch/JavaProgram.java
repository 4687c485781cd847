package io.unicorn.launch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.unicorn.posix.Command;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@code java} program that a command line means now: where the user's command
 * names a link or relies on the search path, that may be another JDK than at the start.
 */
public final class JavaProgram {

	private JavaProgram() {
	}

	/**
	 * Return the program, or {@code null} if there is none.
	 * @param executable argument 0 of the user's command line, in byte form
	 * @param environment the environment, in byte form
	 * @return its path without links, in byte form
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
