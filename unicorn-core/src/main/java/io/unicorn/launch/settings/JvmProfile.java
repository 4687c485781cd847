package io.unicorn.launch.settings;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Chooses JVM flags for several JVMs on one machine ({@code unicorn.jvm-profile}). A JVM
 * sizes itself as if it were alone; these flags divide the machine among the workers. A
 * flag of the user's own always takes precedence.
 */
public enum JvmProfile {

	/**
	 * Sizes each worker by its share of the machine.
	 */
	BALANCED {

		@Override
		Stream<Option> options(MachineResources machine, int workers) {
			Option heap = new Option("-XX:InitialRAMPercentage=" + percentage(JVM_INITIAL_SHARE / workers),
					INITIAL_HEAP);
			return isServer(machine, workers) ? Stream.of(processors(machine), RESERVE, heap)
					: Stream.of(processors(machine), SERIAL, heap);
		}

	},

	/**
	 * Uses as little memory as possible, at the expense of speed.
	 */
	COMPACT {

		@Override
		Stream<Option> options(MachineResources machine, int workers) {
			return Stream.of(processors(machine), SERIAL, new Option("-XX:InitialRAMPercentage=0.1", INITIAL_HEAP),
					new Option("-XX:MinHeapFreeRatio=10", Pattern.compile("-XX:MinHeapFreeRatio=.*|-Xminf.*")),
					new Option("-XX:MaxHeapFreeRatio=30", Pattern.compile("-XX:MaxHeapFreeRatio=.*|-Xmaxf.*")),
					new Option("-XX:TieredStopAtLevel=1", COMPILERS));
		}

	},

	/**
	 * Adds no flags.
	 */
	NONE {

		@Override
		Stream<Option> options(MachineResources machine, int workers) {
			return Stream.empty();
		}

	};

	/** The initial heap of a JVM by default, in percent of the memory: a 64th. */
	private static final double JVM_INITIAL_SHARE = 100.0 / 64;

	/**
	 * The smallest machine for which HotSpot chooses another collector than the serial
	 * one.
	 */
	private static final MachineResources LEAST_SERVER = new MachineResources(2, 1792L << 20);

	private static final Option SERIAL = new Option("-XX:+UseSerialGC", Pattern.compile("-XX:[+-]Use\\w+GC"));

	/**
	 * With the default reserve of a tenth, G1 of JDK 25 fills a small heap until no
	 * region is left to copy to, and collects all of it in one long pause.
	 */
	private static final Option RESERVE = new Option("-XX:G1ReservePercent=20",
			Pattern.compile("-XX:G1ReservePercent=.*|-XX:\\+Use(?!G1)\\w+GC|-XX:-UseG1GC"));

	private static final Pattern PROCESSORS = Pattern.compile(MachineResources.PROCESSORS_FLAG + ".*");

	private static final Pattern INITIAL_HEAP = Pattern
		.compile("-Xms.*|-XX:(?:InitialHeapSize|InitialRAMPercentage|InitialRAMFraction|MinHeapSize)=.*");

	private static final Pattern COMPILERS = Pattern
		.compile("-XX:TieredStopAtLevel=.*|-XX:[+-](?:TieredCompilation|UseJVMCICompiler)|-Xint|-Xcomp");

	/** A flag, and the user's flags that replace it. */
	private record Option(String flag, Pattern replacedBy) {

		boolean isNeeded(List<String> userFlags) {
			return userFlags.stream().noneMatch((flag) -> this.replacedBy.matcher(flag).matches());
		}

	}

	abstract Stream<Option> options(MachineResources machine, int workers);

	/**
	 * Return the flags for a worker.
	 * @param machine what all workers share
	 * @param workers the number of workers, at least 1
	 * @param userFlags the user's own JVM flags, from the command line and from
	 * variables; what they set is left out
	 */
	public List<String> flags(MachineResources machine, int workers, List<String> userFlags) {
		return options(machine, workers).filter((option) -> option.isNeeded(userFlags)).map(Option::flag).toList();
	}

	/**
	 * A JVM that boots in the background would count only the processors that it may use
	 * there.
	 */
	private static Option processors(MachineResources machine) {
		return new Option(MachineResources.PROCESSORS_FLAG + machine.cores(), PROCESSORS);
	}

	/**
	 * Return whether HotSpot would use G1 on this machine with a worker's share of the
	 * memory. The processors are not divided, because a collection of one worker may use
	 * all of them.
	 */
	private static boolean isServer(MachineResources machine, int workers) {
		return machine.cores() >= LEAST_SERVER.cores() && machine.memoryBytes() / workers >= LEAST_SERVER.memoryBytes();
	}

	private static String percentage(double value) {
		return String.format(Locale.ROOT, "%.3f", value);
	}

	/**
	 * Return the name as it is written in configuration.
	 */
	String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return all configuration names, separated by commas, for error messages.
	 */
	public static String names() {
		return Arrays.stream(values()).map(JvmProfile::configName).collect(Collectors.joining(", "));
	}

}
