package io.unicorn.master;

import java.util.stream.Stream;

import io.unicorn.launch.Machine;
import io.unicorn.launch.RolloutSettings;
import io.unicorn.posix.Command;

/**
 * What a process is kept to while it is in the background.
 *
 * @param processors how many processors it may use, at least 1; {@link Integer#MAX_VALUE}
 * for all
 * @param quota for how much of the time it may run, in percent; 1 to
 * {@value RolloutSettings#NO_QUOTA}
 */
record Restraint(int processors, int quota) {

	static final Restraint NONE = new Restraint(Integer.MAX_VALUE, RolloutSettings.NO_QUOTA);

	/**
	 * Return what is right for a process.
	 * @param command what it is started with
	 */
	static Restraint of(Command command, RolloutSettings settings) {
		return new Restraint(processors(command), settings.cpuQuota());
	}

	/**
	 * Return half of the processors that there are, or any number of them. A JVM sizes
	 * itself by those that it may use when it asks, so only one that knows better can be
	 * confined.
	 */
	static int processors(Command command) {
		boolean confined = Stream.concat(command.arguments().stream(), command.environment().stream())
			.anyMatch(Machine::isToldBy);
		return confined ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : Integer.MAX_VALUE;
	}

}
