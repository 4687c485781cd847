package io.unicorn.master.probe;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.workdir.ProcessTable;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.log.LogQueue;
import org.jspecify.annotations.Nullable;

/**
 * Answers probes at the configured address, if there is one. If that cannot be listened
 * on, it is logged, and the pool runs without it.
 *
 * <p>
 * Methods are called by the master's main thread.
 */
public final class Probe {

	private final LaunchPlan.@Nullable Probe plan;

	private final LogQueue log;

	private final SharedSnapshot pool;

	private @Nullable ProbeServer server;

	/**
	 * Create.
	 * @param plan where to answer, {@code null} for nowhere
	 * @param mainThread runs a task on the main thread, later
	 * @param description describes the pool, on the main thread
	 */
	public Probe(LaunchPlan.@Nullable Probe plan, LogQueue log, Consumer<Runnable> mainThread,
			Supplier<PoolSnapshot> description) {
		this.plan = plan;
		this.log = log;
		this.pool = new SharedSnapshot(mainThread, description);
	}

	/** Begin to answer. */
	public void listen() {
		if (this.plan != null && open(this.plan)) {
			this.log.write(Effect.Level.INFO, "answering probes on " + this.plan.address());
		}
	}

	private boolean open(LaunchPlan.Probe probe) {
		try {
			InetAddress host = InetAddress.getByName(probe.address().host());
			this.server = ProbeServer.start(new InetSocketAddress(host, probe.address().port()),
					new Answers(this.pool, new PoolMetrics(new ProcessTable()), probe.minReady()));
			return true;
		}
		catch (IOException | RuntimeException | OutOfMemoryError ex) {
			// Also at the limit of threads.
			failed(probe, String.valueOf(ex.getMessage()));
		}
		catch (LinkageError ex) {
			failed(probe, "this Java runtime lacks the module jdk.httpserver, "
					+ "add it where the runtime is made (jlink --add-modules)");
		}
		return false;
	}

	private void failed(LaunchPlan.Probe probe, String why) {
		this.log.write(Effect.Level.ERROR,
				"no probes are answered on " + probe.address() + ": " + why + "; the pool runs without them");
	}

	/**
	 * Close the socket before another program is executed in this process, which opens it
	 * again.
	 */
	public void suspend() {
		close();
	}

	/** Answer again, after {@link #suspend}. */
	public void resume() {
		if (this.plan != null && this.server == null) {
			var unused = open(this.plan);
		}
	}

	/** Answer no more. */
	public void close() {
		if (this.server != null) {
			this.server.close();
			this.server = null;
		}
	}

}
