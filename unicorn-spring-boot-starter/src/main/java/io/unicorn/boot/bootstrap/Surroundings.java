package io.unicorn.boot.bootstrap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.launch.Forecast;
import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.Machine;
import io.unicorn.posix.Command;
import io.unicorn.posix.Posix;

/**
 * All that a {@link LaunchPlan} is made of and that neither the environment of the
 * application, to which its arguments and system properties belong, nor its jar and JVM
 * tell: the machine, the terminal, and whether the files are still there that the master
 * runs from.
 */
final class Surroundings {

	private Surroundings() {
	}

	/**
	 * Whether the pool is started by hand.
	 */
	static boolean isTerminal(Posix posix) {
		return posix.isTerminal(0) && posix.isTerminal(1);
	}

	/**
	 * Return a text that is the same where all this is.
	 * @param plan says what the master runs from
	 * @param jvmFlags flags of this JVM, wherever they come from
	 * @param terminal whether there is a terminal
	 */
	static String digest(LaunchPlan plan, List<String> jvmFlags, boolean terminal) throws IOException {
		List<String> parts = new ArrayList<>();
		parts.add(Machine.current(jvmFlags).toString());
		parts.add(Boolean.toString(terminal));
		for (Path file : files(plan)) {
			parts.add(file + " " + Files.size(file));
		}
		return Forecast.Grounds.digest(String.join("\0", parts));
	}

	private static List<Path> files(LaunchPlan plan) {
		List<Path> files = new ArrayList<>();
		for (String jar : plan.master().classPath()) {
			files.add(Path.of(Command.text(jar)));
		}
		String nativeDirectory = plan.master().nativeDirectory();
		if (nativeDirectory != null) {
			files.add(Path.of(Command.text(nativeDirectory), MasterLibrary.NATIVE_NAME));
		}
		return files;
	}

}
