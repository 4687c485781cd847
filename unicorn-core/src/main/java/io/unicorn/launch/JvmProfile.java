package io.unicorn.launch;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * JVM flags that suit several JVMs on one machine. A JVM sizes itself as if it were
 * alone; what it takes for itself is to be divided here. A flag of the user's, wherever
 * it stands, always wins.
 */
public enum JvmProfile {

	/**
	 * Each worker sizes itself by its share of the machine.
	 */
	BALANCED {

		@Override
		Stream<Option> candidates(Machine machine, int workers) {
			Option heap = new Option("-XX:InitialRAMPercentage=" + percentage(JVM_INITIAL_SHARE / workers),
					INITIAL_HEAP);
			return isServer(machine, workers) ? Stream.of(processors(machine), RESERVE, heap)
					: Stream.of(processors(machine), SERIAL, heap);
		}

	},

	/**
	 * As little memory as possible, at the expense of speed.
	 */
	COMPACT {

		@Override
		Stream<Option> candidates(Machine machine, int workers) {
			return Stream.of(processors(machine), SERIAL, new Option("-XX:InitialRAMPercentage=0.1", INITIAL_HEAP),
					new Option("-XX:MinHeapFreeRatio=10", Pattern.compile("-XX:MinHeapFreeRatio=.*|-Xminf.*")),
					new Option("-XX:MaxHeapFreeRatio=30", Pattern.compile("-XX:MaxHeapFreeRatio=.*|-Xmaxf.*")),
					new Option("-XX:TieredStopAtLevel=1", COMPILERS));
		}

	},

	/**
	 * What the JVM and the user choose.
	 */
	NONE {

		@Override
		Stream<Option> candidates(Machine machine, int workers) {
			return Stream.empty();
		}

	};

	/** What a JVM begins with, in percent of the memory: a 64th. */
	private static final double JVM_INITIAL_SHARE = 100.0 / 64;

	/**
	 * HotSpot's own rule for a machine that is worth more than the simplest collector.
	 */
	private static final Machine LEAST_SERVER = new Machine(2, 1792L << 20);

	private static final Option SERIAL = new Option("-XX:+UseSerialGC", Pattern.compile("-XX:[+-]Use\\w+GC"));

	/**
	 * With a tenth in reserve, as usual, G1 of JDK 25 fills a small heap until there is
	 * no region left to copy to, and collects all of it in one long pause.
	 */
	private static final Option RESERVE = new Option("-XX:G1ReservePercent=20",
			Pattern.compile("-XX:G1ReservePercent=.*|-XX:\\+Use(?!G1)\\w+GC|-XX:-UseG1GC"));

	private static final Pattern PROCESSORS = Pattern.compile(Machine.PROCESSORS_FLAG + ".*");

	private static final Pattern INITIAL_HEAP = Pattern
		.compile("-Xms.*|-XX:(?:InitialHeapSize|InitialRAMPercentage|InitialRAMFraction|MinHeapSize)=.*");

	private static final Pattern COMPILERS = Pattern
		.compile("-XX:TieredStopAtLevel=.*|-XX:[+-](?:TieredCompilation|UseJVMCICompiler)|-Xint|-Xcomp");

	private record Option(String flag, Pattern instead) {

		boolean isFree(List<String> userFlags) {
			return userFlags.stream().noneMatch((flag) -> this.instead.matcher(flag).matches());
		}

	}

	abstract Stream<Option> candidates(Machine machine, int workers);

	/**
	 * Return the flags for a worker.
	 * @param machine what all workers share
	 * @param workers how many there are, at least 1
	 * @param userFlags the user's own JVM flags, wherever they come from; what they say
	 * is left to them
	 */
	public List<String> flags(Machine machine, int workers, List<String> userFlags) {
		return candidates(machine, workers).filter((option) -> option.isFree(userFlags)).map(Option::flag).toList();
	}

	/**
	 * A JVM that boots in the background would count those alone that it may use there.
	 */
	private static Option processors(Machine machine) {
		return new Option(Machine.PROCESSORS_FLAG + machine.cores(), PROCESSORS);
	}

	/**
	 * Whether the machine is one, with a worker's share of its memory. Processors are not
	 * divided: a pause of one worker ends sooner with all of them.
	 */
	private static boolean isServer(Machine machine, int workers) {
		return machine.cores() >= LEAST_SERVER.cores() && machine.memoryBytes() / workers >= LEAST_SERVER.memoryBytes();
	}

	private static String percentage(double value) {
		return String.format(Locale.ROOT, "%.3f", value);
	}

	/**
	 * Return the name as it is written in configuration.
	 */
	public String configName() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Return all configuration names, for error messages.
	 */
	public static String names() {
		return Arrays.stream(values()).map(JvmProfile::configName).collect(Collectors.joining(", "));
	}

}
