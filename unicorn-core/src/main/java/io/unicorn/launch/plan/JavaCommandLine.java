package io.unicorn.launch.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Splits the command line of a {@code java} launcher as the launcher does. All strings
 * are in byte form. Immutable.
 *
 * @param executable argument 0
 * @param options everything before the main class or jar
 * @param main what is run, with its arguments: {@code -jar} and a jar, the name of a
 * class, or {@code -m} and a module
 */
public record JavaCommandLine(String executable, List<String> options, List<String> main) {

	/** Options whose value is the next argument (JDK 17 to 25, {@code java -help}). */
	private static final Set<String> WITH_VALUE = Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path",
			"--upgrade-module-path", "--add-modules", "--add-reads", "--add-exports", "--add-opens", "--limit-modules",
			"--patch-module", "--source", "--enable-native-access", "-d", "--describe-module");

	public JavaCommandLine {
		options = List.copyOf(options);
		main = List.copyOf(main);
	}

	/**
	 * Split a command line.
	 * @param arguments the arguments with argument 0; may be incomplete
	 */
	public static JavaCommandLine parse(List<String> arguments) {
		int at = 1;
		while (at < arguments.size()) {
			String argument = arguments.get(at);
			if (!isOption(argument) || argument.equals("-jar") || argument.equals("-m") || argument.equals("--module")
					|| argument.startsWith("--module=")) {
				break;
			}
			at += WITH_VALUE.contains(argument) ? 2 : 1;
		}
		at = Math.min(at, arguments.size());
		return new JavaCommandLine(arguments.isEmpty() ? "java" : arguments.get(0),
				arguments.subList(Math.min(1, at), at), arguments.subList(at, arguments.size()));
	}

	/** An argument file counts as an option, because it may contain options. */
	private static boolean isOption(String argument) {
		return argument.startsWith("-") || argument.startsWith("@");
	}

	/**
	 * Return the jar file that is run, in byte form, or {@code null} if a class or a
	 * module is run.
	 */
	public @Nullable String jar() {
		return (this.main.size() > 1 && this.main.get(0).equals("-jar")) ? this.main.get(1) : null;
	}

	/**
	 * Return this command line with one more flag in front of what is run.
	 */
	JavaCommandLine withLastFlag(String flag) {
		List<String> flags = new ArrayList<>(this.options);
		flags.add(flag);
		return new JavaCommandLine(this.executable, flags, this.main);
	}

}
