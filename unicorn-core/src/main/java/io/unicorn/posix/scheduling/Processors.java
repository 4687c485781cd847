package io.unicorn.posix.scheduling;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;

import io.unicorn.posix.libc.SchedulerCalls;
import org.jspecify.annotations.Nullable;

/**
 * Reads and sets which processors threads may use ({@code sched_setaffinity}).
 */
final class Processors {

	/** {@code cpu_set_t}, for 1024 processors. */
	private static final int SET_SIZE = 128;

	private static final String CORES = "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list";

	private final SchedulerCalls calls;

	/**
	 * The core with which the choice begins. It is random, so that several pools on one
	 * machine, each in a container with a share of all processors, do not choose the same
	 * ones.
	 */
	private final int start = ThreadLocalRandom.current().nextInt(SET_SIZE * Byte.SIZE);

	Processors(SchedulerCalls calls) {
		this.calls = calls;
	}

	/**
	 * Return the processors that a thread may use, or {@code null} if the thread has
	 * ended.
	 * @param thread its id, or 0 for the calling thread
	 */
	byte @Nullable [] of(int thread) {
		byte[] set = new byte[SET_SIZE];
		return (this.calls.sched_getaffinity(thread, set) == 0) ? set : null;
	}

	/**
	 * Give a thread other processors, if it has the expected ones.
	 */
	void replace(int thread, byte[] expected, byte[] replacement) {
		if (Arrays.equals(of(thread), expected)) {
			this.calls.sched_setaffinity(thread, replacement);
		}
	}

	/**
	 * Choose some processors, core by core, so that few cores are shared with other
	 * threads.
	 * @param allowed the set to choose from
	 * @param most how many, at least 1; all if there are no more
	 */
	byte[] some(byte[] allowed, int most) {
		BitSet all = BitSet.valueOf(allowed);
		if (all.cardinality() <= most) {
			return allowed;
		}
		return Arrays.copyOf(choose(all, most, this.start, Processors::core).toByteArray(), SET_SIZE);
	}

	static BitSet choose(BitSet all, int most, int start, IntFunction<String> core) {
		Map<String, List<Integer>> byCore = new LinkedHashMap<>();
		all.stream()
			.forEach((processor) -> byCore.computeIfAbsent(core.apply(processor), (key) -> new ArrayList<>())
				.add(processor));
		List<List<Integer>> cores = new ArrayList<>(byCore.values());
		Collections.rotate(cores, start);
		BitSet chosen = new BitSet();
		cores.stream().flatMap(List::stream).limit(most).forEach(chosen::set);
		return chosen;
	}

	/** Return a text that is equal for processors of the same core. */
	private static String core(int processor) {
		try {
			return Files.readString(Path.of(CORES.formatted(processor)));
		}
		catch (IOException ex) {
			return "processor " + processor;
		}
	}

}
