package io.unicorn.launch;

import java.lang.management.ManagementFactory;

/**
 * What this process may use of the machine: inside a container the container's share, as
 * the JVM determines it from the control groups.
 *
 * @param cores processors, at least 1
 * @param memoryBytes memory in bytes
 */
public record Machine(int cores, long memoryBytes) {

	public Machine {
		if (cores < 1 || memoryBytes < 1) {
			throw new IllegalArgumentException("not a machine: " + cores + " cores, " + memoryBytes + " bytes");
		}
	}

	/**
	 * Return the machine that this JVM runs on.
	 */
	public static Machine current() {
		long memory = (ManagementFactory
			.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system)
					? system.getTotalMemorySize() : Runtime.getRuntime().maxMemory();
		return new Machine(Runtime.getRuntime().availableProcessors(), Math.max(1, memory));
	}

}
