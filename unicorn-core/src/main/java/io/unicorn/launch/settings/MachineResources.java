package io.unicorn.launch.settings;

import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * Describes the processors and the memory that this process may use. In a container this
 * is the container's share, which the JVM reads from the control groups.
 *
 * @param cores processors, at least 1
 * @param memoryBytes memory in bytes
 */
public record MachineResources(int cores, long memoryBytes) {

	/**
	 * JVM flag that sets the number of processors, with its value behind it.
	 */
	static final String PROCESSORS_FLAG = "-XX:ActiveProcessorCount=";

	/**
	 * System property with the number of processors, for a process that plans for workers
	 * and may use fewer processors itself. The flag takes precedence.
	 */
	public static final String PROCESSORS_PROPERTY = "io.unicorn.processors";

	public MachineResources {
		if (cores < 1 || memoryBytes < 1) {
			throw new IllegalArgumentException(
					"cores and memory must be at least 1, not " + cores + " and " + memoryBytes);
		}
	}

	/**
	 * Return what this JVM may use.
	 * @param jvmFlags the flags of this JVM, from the command line and from variables
	 */
	public static MachineResources current(List<String> jvmFlags) {
		long memory = (ManagementFactory
			.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system)
					? system.getTotalMemorySize() : Runtime.getRuntime().maxMemory();
		int known = Runtime.getRuntime().availableProcessors();
		boolean flagged = jvmFlags.stream().anyMatch((flag) -> flag.startsWith(PROCESSORS_FLAG));
		return new MachineResources(flagged ? known : Integer.getInteger(PROCESSORS_PROPERTY, known),
				Math.max(1, memory));
	}

	/**
	 * Return whether an argument or an environment entry sets the number of processors.
	 */
	public static boolean isToldBy(String text) {
		return text.contains(PROCESSORS_FLAG) || text.startsWith("-D" + PROCESSORS_PROPERTY + "=");
	}

}
