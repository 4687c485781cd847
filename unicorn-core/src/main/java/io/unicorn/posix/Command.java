package io.unicorn.posix;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program with its arguments and environment. All strings are in byte form: one
 * character per byte (ISO 8859-1), as {@link #bytes} makes them of an ordinary string. So
 * a worker gets the bytes that the user typed, whatever character set this JVM uses.
 * Immutable.
 *
 * @param executable path of the program, in byte form
 * @param arguments the arguments with argument 0, in byte form
 * @param environment {@code NAME=value} entries, in byte form
 */
public record Command(String executable, List<String> arguments, List<String> environment) {

	public Command {
		arguments = List.copyOf(arguments);
		environment = List.copyOf(environment);
	}

	/**
	 * Return the byte form of an ordinary string, in the encoding that this JVM uses for
	 * file names and arguments.
	 */
	public static String bytes(String text) {
		return NativeText.encode(text);
	}

	/**
	 * Return the byte form of a path.
	 */
	public static String bytes(Path path) {
		return NativeText.encode(path.toString());
	}

	/**
	 * Return the ordinary string of a byte form, in the encoding that {@link #bytes}
	 * uses.
	 */
	public static String text(String bytes) {
		return NativeText.decode(bytes);
	}

	/**
	 * Return the arguments of this process as the kernel keeps them, argument 0 included,
	 * in byte form.
	 * @throws java.io.UncheckedIOException if {@code /proc} cannot be read
	 */
	public static List<String> ownArguments() {
		return NativeText.readList(Path.of("/proc/self/cmdline"));
	}

	/**
	 * Return the environment that this process was started with, as {@code NAME=value}
	 * entries in byte form. The kernel shows it to root alone if the program has
	 * privileges of its own or cannot be read; the entries are those of this JVM then,
	 * which has decoded them.
	 * @return a list of the caller's own, which may be changed
	 */
	public static List<String> ownEnvironment() {
		return environment(Path.of("/proc/self/environ"));
	}

	static List<String> environment(Path file) {
		try {
			return new ArrayList<>(NativeText.readList(file));
		}
		catch (UncheckedIOException ex) {
			return new ArrayList<>(NativeText.entries(System.getenv()));
		}
	}

}
