package io.unicorn.fuzz;

import java.lang.management.ManagementFactory;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

import com.sun.management.ThreadMXBean;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Feeds mutated inputs to a reader, which must accept them or refuse them as it says it
 * does, with little memory and in little time. {@code -Dunicorn.fuzz.inputs=N} sets how
 * many each test feeds; a failure prints its seed for {@code -Dunicorn.seed} and the
 * input.
 */
public final class Fuzzing {

	private static final long INPUTS = Long.getLong("unicorn.fuzz.inputs", 30_000);

	/** What a reader may allocate, and how much of that for each byte of the input. */
	private static final long FREE_BYTES = 512 * 1024;

	private static final long PER_BYTE = 256;

	private static final long LONGEST_NANOS = 5_000_000_000L;

	private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	/** Reads an input and throws only for a defect. */
	public interface Reader {

		/**
		 * Read an input.
		 * @return whether it was accepted
		 */
		boolean read(byte[] input, Random random) throws Exception;

	}

	private Fuzzing() {
	}

	/** Feed inputs that are made from valid ones. */
	public static void run(List<byte[]> corpus, Reader reader) throws Exception {
		long seed = Long.getLong("unicorn.seed", System.nanoTime());
		Random random = new Random(seed);
		for (byte[] valid : corpus) {
			assertThat(reader.read(valid, random)).as("a valid input is accepted").isTrue();
		}
		Mutator mutator = new Mutator(corpus, random);
		long accepted = 0;
		for (long i = 0; i < INPUTS; i++) {
			byte[] input = mutator.next();
			try {
				accepted += check(input, reader, random) ? 1 : 0;
			}
			catch (Throwable ex) {
				throw new AssertionError("input " + i + " of -Dunicorn.seed=" + seed + ": "
						+ HexFormat.of().formatHex(input, 0, Math.min(4096, input.length)), ex);
			}
		}
		// Both ways are taken, or the inputs would test little.
		assertThat(accepted).isBetween(INPUTS / 1000, INPUTS - INPUTS / 100);
	}

	private static boolean check(byte[] input, Reader reader, Random random) throws Exception {
		long before = THREADS.getCurrentThreadAllocatedBytes();
		long start = System.nanoTime();
		boolean accepted = reader.read(input, random);
		long nanos = System.nanoTime() - start;
		long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
		if (allocated > FREE_BYTES + PER_BYTE * input.length || nanos > LONGEST_NANOS) {
			throw new AssertionError("took " + allocated + " bytes and " + nanos + " ns");
		}
		return accepted;
	}

}
