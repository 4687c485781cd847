package io.unicorn.launch.settings;

import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;

import org.jspecify.annotations.Nullable;

/**
 * Computes the number of workers and the heap of each, so that all of them fit the memory
 * together.
 *
 * @param auto the number of workers that {@code auto} stands for here, at least 1
 * @param heapFlag the JVM flag that sets the maximum heap of each worker, or {@code null}
 * if the user's own flags set it
 * @param remark a log line that explains the size to the operator, or {@code null}
 */
public record PoolSize(int auto, @Nullable String heapFlag, @Nullable String remark) {

	/**
	 * The memory of a worker beside its heap: metaspace, code cache, thread stacks and
	 * the garbage collector of a small Spring MVC application.
	 */
	static final long BESIDE_HEAP_BYTES = 160L << 20;

	/** The memory of the master, rounded up. */
	static final long MASTER_BYTES = 64L << 20;

	/** With less heap than this for each, fewer workers serve better. */
	static final long LEAST_HEAP_BYTES = 96L << 20;

	/** The maximum heap of a JVM by default: a quarter of the memory. */
	private static final double JVM_DEFAULT_SHARE = 0.25;

	/**
	 * Compute the size of a pool.
	 * @param configured the configured number of workers, or empty for {@code auto}
	 * @param workerClass how the workers serve
	 * @param machine what all workers share
	 * @param jvmFlags the user's JVM flags, from the command line and from variables
	 */
	public static PoolSize of(OptionalInt configured, WorkerClass workerClass, MachineResources machine,
			List<String> jvmFlags) {
		OptionalLong given = HeapFlags.maxHeapBytes(jvmFlags, machine.memoryBytes());
		int wanted = (workerClass == WorkerClass.SYNC) ? 2 * machine.cores() + 1 : Math.max(2, machine.cores());
		long each = given.orElse(LEAST_HEAP_BYTES) + BESIDE_HEAP_BYTES;
		int fitting = (int) Math.min(Integer.MAX_VALUE,
				Math.max(1, (machine.memoryBytes() - MASTER_BYTES) / Math.max(1, each)));
		int auto = Math.min(wanted, fitting);
		int workers = configured.orElse(auto);
		String remark = null;
		if (configured.isEmpty() && auto < wanted) {
			remark = "unicorn.workers=auto gives %d instead of %d workers, because %s of heap and %s beside it for each must fit into %s of memory"
				.formatted(auto, wanted, mebibytes(given.orElse(LEAST_HEAP_BYTES)), mebibytes(BESIDE_HEAP_BYTES),
						mebibytes(machine.memoryBytes()));
		}
		else if (workers > fitting) {
			remark = "unicorn.workers=%d may need more memory than there is: with %s of heap and %s beside it for each, %s are enough for %d"
				.formatted(workers, mebibytes(given.orElse(LEAST_HEAP_BYTES)), mebibytes(BESIDE_HEAP_BYTES),
						mebibytes(machine.memoryBytes()), fitting);
		}
		return new PoolSize(auto, given.isPresent() ? null : heapFlag(workers, machine), remark);
	}

	/**
	 * Return a percentage instead of a size, so that a container that gets more memory
	 * later gives its workers more heap.
	 */
	private static String heapFlag(int workers, MachineResources machine) {
		double free = machine.memoryBytes() - MASTER_BYTES - workers * (double) BESIDE_HEAP_BYTES;
		double heap = Math.max(free / workers, LEAST_HEAP_BYTES / 2.0);
		double share = Math.min(JVM_DEFAULT_SHARE, heap / machine.memoryBytes());
		// Rounded down, because 0.005 % of a big machine, times many workers, is much.
		return "-XX:MaxRAMPercentage=" + String.format(Locale.ROOT, "%.2f", Math.floor(share * 10_000) / 100);
	}

	private static String mebibytes(long bytes) {
		return (bytes >> 20) + " MiB";
	}

}
