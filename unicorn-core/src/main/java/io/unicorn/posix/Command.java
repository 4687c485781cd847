package io.unicorn.posix;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program with its arguments and environment, byte for byte: what the user typed
 * reaches a worker unchanged, whatever character set this JVM believes in. Each string
 * holds one byte per character (ISO 8859-1); {@link #bytes} turns an ordinary string into
 * that form.
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
	 * Return the ordinary string of which this is the byte form.
	 */
	public static String text(String bytes) {
		return NativeText.decode(bytes);
	}

	/**
	 * Return the arguments of this process as the kernel keeps them, argument 0 included.
	 */
	public static List<String> ownArguments() {
		return NativeText.readList(Path.of("/proc/self/cmdline"));
	}

	/**
	 * Return the environment that this process was started with, as {@code NAME=value}
	 * entries.
	 */
	public static List<String> ownEnvironment() {
		return new ArrayList<>(NativeText.readList(Path.of("/proc/self/environ")));
	}

}
