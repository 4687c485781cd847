package io.unicorn.launch;

import java.lang.management.ManagementFactory;
import java.util.List;

/**
 * What this process may use of the machine: inside a container the container's share, as
 * the JVM determines it from the control groups.
 *
 * @param cores processors, at least 1
 * @param memoryBytes memory in bytes
 */
public record Machine(int cores, long memoryBytes) {

	/**
	 * JVM flag for the number of processors that it takes itself to have.
	 */
	static final String PROCESSORS_FLAG = "-XX:ActiveProcessorCount=";

	/**
	 * The same for a process that plans for others and may use fewer at the moment. The
	 * flag says more.
	 */
	static final String PROCESSORS_PROPERTY = "io.unicorn.processors";

	public Machine {
		if (cores < 1 || memoryBytes < 1) {
			throw new IllegalArgumentException("not a machine: " + cores + " cores, " + memoryBytes + " bytes");
		}
	}

	/**
	 * Return the machine that this JVM runs on.
	 * @param jvmFlags flags of this JVM, wherever they come from
	 */
	public static Machine current(List<String> jvmFlags) {
		long memory = (ManagementFactory
			.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system)
					? system.getTotalMemorySize() : Runtime.getRuntime().maxMemory();
		int known = Runtime.getRuntime().availableProcessors();
		boolean flagged = jvmFlags.stream().anyMatch((flag) -> flag.startsWith(PROCESSORS_FLAG));
		return new Machine(flagged ? known : Integer.getInteger(PROCESSORS_PROPERTY, known), Math.max(1, memory));
	}

	/**
	 * Whether an argument or a variable tells a JVM how many processors there are,
	 * whichever it may use at the moment.
	 */
	public static boolean isToldBy(String text) {
		return text.contains(PROCESSORS_FLAG) || text.startsWith("-D" + PROCESSORS_PROPERTY + "=");
	}

}
