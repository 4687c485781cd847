package io.unicorn.sample.testsupport.pool;

import java.util.ArrayDeque;
import java.util.Deque;

import io.unicorn.sample.testsupport.load.LoadClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Closes everything that a test has started, in reverse order, and prints the output of
 * its pools if the test or the closing fails. Register it in a field with
 * {@link org.junit.jupiter.api.extension.RegisterExtension @RegisterExtension}.
 */
public final class Pools implements AfterEachCallback {

	private static final int LONGEST_OUTPUT = 200_000;

	private final Deque<AutoCloseable> opened = new ArrayDeque<>();

	/**
	 * Start a pool that ends with the test.
	 * @param builder describes it
	 * @return the pool, which is booting
	 */
	public RunningPool start(PoolBuilder builder) {
		return closing(builder.start());
	}

	/**
	 * Close something at the end of the test.
	 * @param <T> its type
	 * @param closeable what is to be closed
	 * @return the same
	 */
	public <T extends AutoCloseable> T closing(T closeable) {
		this.opened.push(closeable);
		return closeable;
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		Throwable failure = context.getExecutionException().orElse(null);
		StringBuilder output = new StringBuilder();
		Throwable complaint = null;
		for (AutoCloseable next = this.opened.poll(); next != null; next = this.opened.poll()) {
			output.append(describe(next));
			complaint = join(complaint, close(next));
		}
		if (failure != null || complaint != null) {
			System.err.println("=== " + context.getDisplayName() + " failed: " + join(failure, complaint));
			System.err.println(output);
		}
		if (failure == null && complaint != null) {
			throw new AssertionError(complaint.getMessage(), complaint);
		}
	}

	/**
	 * Describes a resource before it is closed, because closing removes the output's
	 * file.
	 */
	private static String describe(AutoCloseable closeable) {
		if (closeable instanceof RunningPool pool) {
			String text = pool.output();
			String end = text.substring(Math.max(0, text.length() - LONGEST_OUTPUT));
			return "--- output of process %d (%s)%n%s--- end of output%n".formatted(pool.masterPid(), pool.directory(),
					end);
		}
		if (closeable instanceof LoadClient load) {
			return "--- " + load.stop() + "\n";
		}
		return "--- " + closeable + "\n";
	}

	private static @Nullable Throwable close(AutoCloseable closeable) {
		try {
			closeable.close();
			return null;
		}
		catch (Exception | AssertionError ex) {
			return ex;
		}
	}

	private static @Nullable Throwable join(@Nullable Throwable first, @Nullable Throwable second) {
		if (first == null || second == null) {
			return (first != null) ? first : second;
		}
		if (first != second) {
			first.addSuppressed(second);
		}
		return first;
	}

}
