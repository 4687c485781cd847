package io.unicorn.launch;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The command line of a {@code java} launcher, taken apart as the launcher does it.
 *
 * @param executable argument 0
 * @param options everything before the main class or jar
 * @param main what is run and its arguments: {@code -jar app.jar …}, {@code Main …} or
 * {@code -m module …}
 */
public record JavaCommandLine(String executable, List<String> options, List<String> main) {

	/** Options whose value is the next argument (JDK 17 to 25, {@code java -help}). */
	private static final Set<String> WITH_VALUE = Set.of("-cp", "-classpath", "--class-path", "-p", "--module-path",
			"--upgrade-module-path", "--add-modules", "--add-reads", "--add-exports", "--add-opens", "--limit-modules",
			"--patch-module", "--source", "--enable-native-access", "-d", "--describe-module");

	/** Flags that open a port, or take hold of something that only one process can. */
	private static final List<String> EXCLUSIVE = List.of("-Dcom.sun.management.jmxremote.port=",
			"-Dcom.sun.management.jmxremote.rmi.port=", "-agentlib:jdwp=", "-Xrunjdwp:");

	public JavaCommandLine {
		options = List.copyOf(options);
		main = List.copyOf(main);
	}

	/**
	 * Take a command line apart.
	 * @param arguments the arguments with argument 0
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

	/** An argument file counts as an option: it may hold the rest of the options. */
	private static boolean isOption(String argument) {
		return argument.startsWith("-") || argument.startsWith("@");
	}

	/**
	 * Whether only one process can run with this flag at a time.
	 */
	public static boolean isExclusive(String flag) {
		return EXCLUSIVE.stream().anyMatch(flag::startsWith);
	}

	/**
	 * Return the jar file that is run, in byte form, or {@code null} if a class path or a
	 * module is.
	 */
	public @Nullable String jar() {
		return (this.main.size() > 1 && this.main.get(0).equals("-jar")) ? this.main.get(1) : null;
	}

	/**
	 * Return a command line without flags that only one process can have.
	 */
	public JavaCommandLine withoutExclusive() {
		List<String> rest = new ArrayList<>(this.options);
		rest.removeIf(JavaCommandLine::isExclusive);
		return new JavaCommandLine(this.executable, rest, this.main);
	}

}
