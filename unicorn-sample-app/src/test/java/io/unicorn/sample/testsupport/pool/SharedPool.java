package io.unicorn.sample.testsupport.pool;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Provides one pool for all tests of a class, because a start takes seconds. If a test
 * ends the pool or fails, the next one starts a new pool. Output and counted exits may
 * come from earlier tests. Register it in a static field with
 * {@link org.junit.jupiter.api.extension.RegisterExtension @RegisterExtension}.
 */
public final class SharedPool implements AfterEachCallback, AfterAllCallback {

	private final Supplier<PoolBuilder> description;

	private final int workers;

	private @Nullable RunningPool pool;

	/**
	 * Create an extension that starts nothing yet.
	 * @param workers how many workers the pool has
	 * @param description describes the pool, asked for at each start
	 */
	public SharedPool(int workers, Supplier<PoolBuilder> description) {
		this.workers = workers;
		this.description = description;
	}

	/**
	 * The pool, with all its workers ready.
	 * @return the pool
	 */
	public RunningPool ready() {
		RunningPool running = this.pool;
		if (running == null) {
			running = this.description.get().start();
			this.pool = running;
		}
		running.awaitReady(this.workers);
		return running;
	}

	@Override
	public void afterEach(ExtensionContext context) {
		RunningPool running = this.pool;
		Throwable failure = context.getExecutionException().orElse(null);
		if (running != null && failure != null) {
			System.err.println("=== " + context.getDisplayName() + " failed: " + failure);
			System.err.println(running.output());
		}
		if (running != null && (failure != null || !running.isAlive())) {
			close(running);
		}
	}

	@Override
	public void afterAll(ExtensionContext context) {
		RunningPool running = this.pool;
		if (running != null) {
			close(running);
		}
	}

	private void close(RunningPool running) {
		this.pool = null;
		running.close();
	}

}
