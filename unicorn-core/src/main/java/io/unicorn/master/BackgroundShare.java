package io.unicorn.master;

import java.util.stream.Stream;

import io.unicorn.launch.Machine;
import io.unicorn.posix.Command;

/**
 * How many processors a process may use while it is in the background. A JVM sizes itself
 * by those that it may use when it asks, so only one that knows better can be confined.
 */
final class BackgroundShare {

	private BackgroundShare() {
	}

	/**
	 * Return half of those that there are, or any number of them.
	 * @param command what the process was started with
	 */
	static int of(Command command) {
		boolean confined = Stream.concat(command.arguments().stream(), command.environment().stream())
			.anyMatch(Machine::isToldBy);
		return confined ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : Integer.MAX_VALUE;
	}

}
