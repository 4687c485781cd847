package io.unicorn.boot.actuate;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.worker.WorkerAgent;
import org.jspecify.annotations.Nullable;

/**
 * Queries the master for the state of the pool. Requests that come at once share a query,
 * because anybody may ask for the health of an application as often as they like.
 * Thread-safe.
 */
public final class PoolView {

	/** A master that works answers within a millisecond. */
	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	/** For probes and for the meters of a scrape. */
	private static final Duration MAX_AGE = Duration.ofMillis(500);

	private final SharedQuery<PoolSnapshot> summary;

	private final SharedQuery<PoolSnapshot> everything;

	private final SharedQuery<PoolSnapshot> recent;

	private final SharedQuery<Long> rollOut;

	private final WorkerAgent agent;

	private final Lock requests = new ReentrantLock(true);

	private long lastRequest = System.nanoTime() - SharedQuery.PAUSE.toNanos();

	/**
	 * Create a view that queries the master over the connection of this agent.
	 */
	public PoolView(WorkerAgent agent) {
		this.agent = agent;
		this.summary = new SharedQuery<>(() -> agent.summary(TIMEOUT), MAX_AGE);
		this.everything = new SharedQuery<>(() -> agent.pool(TIMEOUT), Duration.ZERO);
		this.recent = new SharedQuery<>(() -> agent.pool(TIMEOUT), MAX_AGE);
		this.rollOut = new SharedQuery<>(() -> agent.rollOut("requested over the endpoint", TIMEOUT), Duration.ZERO);
	}

	/**
	 * Query the master.
	 * @return the state of the pool with the latest roll-outs, or {@code null} if the
	 * master does not answer
	 */
	@Nullable PoolSnapshot now() {
		return this.everything.answer();
	}

	/**
	 * Return the state of the pool, at most half a second old, or {@code null} if the
	 * master does not answer.
	 */
	@Nullable PoolSnapshot recent() {
		return this.recent.answer();
	}

	/**
	 * Return a summary, at most half a second old, or {@code null} if the master does not
	 * answer.
	 */
	@Nullable PoolSnapshot summary() {
		return this.summary.answer();
	}

	/**
	 * Request a roll-out from the master.
	 * @return the number of the roll-out, 0 if the master refuses it, or {@code null} if
	 * the master does not answer
	 */
	@Nullable Long rollOut() {
		return this.rollOut.answer();
	}

	/**
	 * Ask the master to change the pool.
	 * @param request makes the request from its number
	 * @return what has become of it, or {@code null} if the master does not answer
	 */
	Message.@Nullable RequestReply request(LongFunction<Message.Request> request) {
		try {
			// One at a time, with a pause: the master replaces a worker that asks too
			// much.
			this.requests.lockInterruptibly();
			try {
				TimeUnit.NANOSECONDS.sleep(this.lastRequest + SharedQuery.PAUSE.toNanos() - System.nanoTime());
				this.lastRequest = System.nanoTime();
				return this.agent.request(request, TIMEOUT);
			}
			finally {
				this.requests.unlock();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return null;
		}
	}

	/**
	 * Whether this worker serves, so it is not booting and was not told to leave.
	 * @param snapshot the state of the pool
	 */
	boolean isReady(PoolSnapshot snapshot) {
		return snapshot.workers()
			.stream()
			.anyMatch((worker) -> worker.id() == this.agent.identity().id() && worker.state().equals("ready"));
	}

}
