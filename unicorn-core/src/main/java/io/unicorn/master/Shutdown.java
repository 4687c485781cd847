package io.unicorn.master;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Stream;

import io.unicorn.ipc.Message;
import io.unicorn.launch.PoolSettings;
import io.unicorn.master.Effect.Level;
import org.jspecify.annotations.Nullable;

/**
 * The end of the pool. The graceful one goes in three steps, so that nobody who was let
 * in is turned away: the readiness goes down, for balancers that watch it; no new
 * connection begins, while workers take those that wait and end each with its next
 * response; and then the listeners are closed and the workers drain.
 */
final class Shutdown {

	/** How long a quick stop waits before it kills. */
	static final Duration QUICK_STOP = Duration.ofSeconds(5);

	private final Pool pool;

	private final Orders orders;

	private @Nullable Integer exitCode;

	private boolean quick;

	/** Until when the pool serves on; of no meaning once the closing has begun. */
	private @Nullable Instant delayedUntil;

	private Set<String> addresses = Set.of();

	private @Nullable Closing closing;

	private Instant deadline = Instant.MAX;

	private boolean closed;

	Shutdown(Pool pool, Orders orders) {
		this.pool = pool;
		this.orders = orders;
	}

	boolean isUnderWay() {
		return this.exitCode != null;
	}

	int exitCode() {
		return (this.exitCode != null) ? this.exitCode : 0;
	}

	/** Nothing ran, and nothing can be made to run. */
	void giveUp(int code, PoolSettings settings, Instant now) {
		if (this.exitCode == null) {
			this.exitCode = code;
			close(settings.gracefulTimeout(), now);
		}
	}

	/**
	 * Stop when all that was accepted is answered.
	 * @param why who wants it
	 */
	void stopGracefully(String why, PoolSettings settings, Set<String> addresses, Instant now) {
		if (this.exitCode != null) {
			if (this.delayedUntil != null && !this.quick) {
				this.orders.tell(Level.INFO, "stopping without further delay (" + why + ")");
				this.delayedUntil = now;
			}
			return;
		}
		this.exitCode = 0;
		Duration delay = settings.shutdownDelay();
		this.addresses = Set.copyOf(addresses);
		this.pool.all()
			.stream()
			.filter((worker) -> worker.is(WorkerState.BOOTING))
			.forEach((worker) -> this.orders.callOff(worker, Verdict.SHUTDOWN, settings.gracefulTimeout(), now));
		if (this.pool.ready() == 0) {
			this.orders.tell(Level.INFO, "stopping (" + why + ")");
			close(settings.gracefulTimeout(), now);
			return;
		}
		this.orders.tell(Level.INFO, delay.isZero() ? "stopping: workers finish their requests (" + why + ")"
				: "stopping in " + Phrases.rough(delay) + ", readiness is down from now on (" + why + ")");
		sendToReady(new Message.RefuseTraffic());
		this.delayedUntil = now.plus(delay);
	}

	/**
	 * Stop without waiting for requests; the second time, without waiting at all.
	 */
	void stopQuickly(String why, PoolSettings settings, Instant now) {
		if (this.exitCode == null) {
			this.exitCode = 0;
		}
		this.orders.tell(Level.INFO, "stopping at once (" + why + ")");
		closeListeners();
		Duration graceful = settings.gracefulTimeout();
		for (Worker worker : this.pool.all()) {
			if (this.quick) {
				this.orders.kill(worker, Verdict.SHUTDOWN);
			}
			else {
				this.orders.callOff(worker, Verdict.SHUTDOWN,
						(graceful.compareTo(QUICK_STOP) < 0) ? graceful : QUICK_STOP, now);
			}
		}
		this.quick = true;
	}

	void waiting(Event.Waiting event, Instant now) {
		if (this.closing != null) {
			this.closing.count(event, now);
		}
	}

	/** Go on where time has passed. */
	void advance(PoolSettings settings, Instant now) {
		if (this.closed) {
			return;
		}
		if (this.pool.ready() == 0) {
			// Nobody is left who could serve during a delay, or take what waits.
			close(settings.gracefulTimeout(), now);
			return;
		}
		if (this.delayedUntil != null && !now.isBefore(this.delayedUntil)) {
			this.delayedUntil = null;
			refuseNew(settings.gracefulTimeout(), now);
		}
		if (this.closing != null) {
			advance(this.closing, now);
		}
	}

	private void refuseNew(Duration patience, Instant now) {
		this.deadline = now.plus(patience);
		this.closing = new Closing(this.addresses, now, patience.dividedBy(2));
		this.orders.add(new Effect.RefuseNew(this.addresses));
		sendToReady(new Message.EndConnections());
	}

	private void advance(Closing closing, Instant now) {
		if (closing.isOver(now)) {
			closing.tellOfAbandoned(this.orders, now);
			// A master that was stopped itself may come back when all time is over.
			close(now.isBefore(this.deadline) ? Duration.between(now, this.deadline) : Duration.ZERO, now);
		}
		else if (closing.isCountDue(now)) {
			this.orders.add(new Effect.CountWaiting(closing.addresses));
		}
	}

	private void close(Duration patience, Instant now) {
		for (Worker worker : this.pool.all()) {
			if (worker.is(WorkerState.READY)) {
				this.orders.drain(worker, Verdict.SHUTDOWN, patience, now);
			}
			else if (worker.is(WorkerState.BOOTING)) {
				this.orders.callOff(worker, Verdict.SHUTDOWN, patience, now);
			}
		}
		closeListeners();
	}

	private void closeListeners() {
		if (!this.closed) {
			this.closed = true;
			this.orders.add(new Effect.CloseListeners());
		}
	}

	private void sendToReady(Message.FromMaster message) {
		this.pool.in(WorkerState.READY).forEach((worker) -> this.orders.send(worker, message));
	}

	Stream<Instant> deadlines() {
		if (this.closed) {
			return Stream.empty();
		}
		Stream<Instant> counting = (this.closing != null) ? Stream.of(this.closing.due()) : Stream.empty();
		return Stream.concat(counting, Stream.ofNullable(this.delayedUntil));
	}

}
