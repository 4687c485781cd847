package io.unicorn.master.process;

import java.util.stream.Stream;

import io.unicorn.launch.settings.MachineResources;
import io.unicorn.posix.Command;

/**
 * The processors that a process is confined to while it is in the background.
 *
 * @param processors how many, at least 1; {@link Integer#MAX_VALUE} for all
 */
public record CpuLimits(int processors) {

	static final CpuLimits NONE = new CpuLimits(Integer.MAX_VALUE);

	/**
	 * Return half of the processors that there are, or all of them. A JVM sizes itself by
	 * those that it may use when it asks, so only a JVM that is told the number by its
	 * command can be confined.
	 * @param command what the process is started with
	 */
	public static CpuLimits of(Command command) {
		boolean told = Stream.concat(command.arguments().stream(), command.environment().stream())
			.anyMatch(MachineResources::isToldBy);
		return told ? new CpuLimits(Math.max(1, Runtime.getRuntime().availableProcessors() / 2)) : NONE;
	}

}
