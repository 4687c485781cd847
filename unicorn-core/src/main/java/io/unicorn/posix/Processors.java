package io.unicorn.posix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;

import org.jspecify.annotations.Nullable;

/**
 * Which processors threads may use ({@code sched_setaffinity}).
 */
final class Processors {

	/** {@code cpu_set_t}, for 1024 processors. */
	private static final int SET_SIZE = 128;

	private static final String CORES = "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list";

	private final Kernel kernel;

	/**
	 * Where to begin to choose: several pools of one machine, each in a container that
	 * has a share of all processors, should not choose the same.
	 */
	private final int start = ThreadLocalRandom.current().nextInt(SET_SIZE * Byte.SIZE);

	Processors(Kernel kernel) {
		this.kernel = kernel;
	}

	/**
	 * Return the processors that a thread may use, or {@code null} if that cannot be
	 * known.
	 * @param thread its number, or 0 for the calling one
	 */
	@Nullable NativeMemory of(int thread) {
		NativeMemory set = this.kernel.allocate(SET_SIZE);
		return (this.kernel.libc().sched_getaffinity(thread, SET_SIZE, set) == 0) ? set : null;
	}

	/**
	 * Give a thread other processors, if it has those that are expected.
	 */
	void replace(int thread, NativeMemory expected, NativeMemory replacement) {
		NativeMemory present = of(thread);
		if (present != null && present.buffer().equals(expected.buffer())) {
			this.kernel.libc().sched_setaffinity(thread, SET_SIZE, replacement);
		}
	}

	/**
	 * Choose some processors, whole cores first.
	 * @param most how many, at least 1; all if there are no more
	 */
	NativeMemory some(NativeMemory allowed, int most) {
		BitSet all = BitSet.valueOf(allowed.buffer().duplicate());
		if (all.cardinality() <= most) {
			return allowed;
		}
		NativeMemory set = this.kernel.allocate(SET_SIZE);
		set.put(0, choose(all, most, this.start, Processors::core).toByteArray());
		return set;
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

	/** Return what processors of the same core have in common. */
	private static String core(int processor) {
		try {
			return Files.readString(Path.of(CORES.formatted(processor)));
		}
		catch (IOException ex) {
			return "processor " + processor;
		}
	}

}
