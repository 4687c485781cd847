package io.unicorn.master;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.master.arbiter.Arbiter;
import io.unicorn.master.arbiter.pool.ArbiterState;
import io.unicorn.master.arbiter.pool.Effect;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.master.event.MonotonicClock;
import io.unicorn.master.log.LogQueue;
import io.unicorn.master.process.WorkerProcesses;
import io.unicorn.master.upgrade.MasterUpgrade;
import org.jspecify.annotations.Nullable;

/**
 * Passes events to the arbiter one after the other, and its effects to the performer. Any
 * thread may {@link #post} or report a {@link #fault}; all else happens on the thread
 * that {@link #run runs} the loop.
 * <p>
 * Whatever a task or an effect throws is logged, and the loop goes on: too few threads
 * pass by, and a stack that was too deep is gone. A heap that is full stays full, so
 * after several faults the master is executed again in its process.
 */
final class EventLoop implements MasterUpgrade.Running, WorkerProcesses.MainThread {

	/** Made beforehand, for a moment without memory. */
	private static final byte[] LAST_LINE = "the master has no memory to log a fault; it goes on\n"
		.getBytes(StandardCharsets.US_ASCII);

	private static final FileOutputStream CONSOLE = new FileOutputStream(FileDescriptor.out);

	private final Arbiter arbiter;

	private final MonotonicClock clock;

	private final LogQueue log;

	private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();

	/** Events that the arbiter has not finished; it is deciding on the first. */
	private final Deque<Event> events = new ArrayDeque<>();

	private Consumer<Effect> performer = (effect) -> {
		throw new IllegalStateException("nothing performs " + effect);
	};

	private final FaultLimit faults = new FaultLimit();

	private Consumer<Instant> upkeep = (now) -> {
	};

	private Supplier<Instant> upkeepDue = () -> Instant.MAX;

	private Runnable restart = () -> {
	};

	EventLoop(Arbiter arbiter, MonotonicClock clock, LogQueue log) {
		this.arbiter = arbiter;
		this.clock = clock;
		this.log = log;
	}

	/** Set what performs effects; to be called before the first event. */
	void performWith(Consumer<Effect> effects) {
		this.performer = effects;
	}

	/**
	 * Set what is run after each event, which costs no wake-up of its own; to be called
	 * before the loop runs.
	 */
	void afterEach(Consumer<Instant> upkeep) {
		this.upkeep = upkeep;
	}

	/** Set when an event-less run of that is due at the latest. */
	void wakeAt(Supplier<Instant> due) {
		this.upkeepDue = due;
	}

	/** Set what executes the master again; it returns if that is not possible now. */
	void restartWith(Runnable action) {
		this.restart = action;
	}

	/**
	 * Run a task on the loop's thread, later. A task is not lost for a lack of memory:
	 * the calling thread waits until there is some.
	 */
	@Override
	public void post(Runnable task) {
		while (true) {
			try {
				this.inbox.add(task);
				return;
			}
			catch (OutOfMemoryError ex) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
			}
		}
	}

	/** Decide on an event on the loop's thread, later. */
	void post(Event event) {
		post(() -> decide(event));
	}

	/**
	 * Let the arbiter decide on an event, and perform its effects. An event that an
	 * effect causes waits until all effects decided before are performed: a worker must
	 * not be aborted before it was spawned.
	 */
	@Override
	public void decide(Event event) {
		this.events.add(event);
		if (this.events.size() > 1) {
			return;
		}
		while (!this.events.isEmpty()) {
			decideFirst();
		}
	}

	private void decideFirst() {
		try {
			for (Effect effect : this.arbiter.on(this.events.element(), this.clock.now())) {
				perform(effect);
			}
		}
		catch (Throwable ex) {
			faultHere("fault in a decision of the master; it goes on", ex);
		}
		finally {
			this.events.remove();
		}
	}

	private void perform(Effect effect) {
		try {
			this.performer.accept(effect);
		}
		catch (Throwable ex) {
			faultHere("fault in the master; it goes on", ex);
		}
	}

	/** Run tasks as they come, and wake the arbiter when it is due, until interrupted. */
	void run() throws InterruptedException {
		while (true) {
			runNext();
			runSafely(() -> this.upkeep.accept(this.clock.now()));
			if (this.faults.isRestartDue(System.nanoTime())) {
				runSafely(this.restart);
			}
		}
	}

	private void runNext() throws InterruptedException {
		try {
			Instant arbiterDue = this.arbiter.due();
			Instant otherDue = this.upkeepDue.get();
			Runnable next = this.inbox.poll(
					this.clock.nanosUntil(otherDue.isBefore(arbiterDue) ? otherDue : arbiterDue), TimeUnit.NANOSECONDS);
			if (next != null) {
				next.run();
			}
			else if (!this.clock.now().isBefore(arbiterDue)) {
				decide(new Event.Tick());
			}
		}
		catch (InterruptedException ex) {
			throw ex;
		}
		catch (Throwable ex) {
			faultHere("fault in the master; it goes on", ex);
		}
	}

	@Override
	public void handleReceived() {
		for (Runnable task = this.inbox.poll(); task != null; task = this.inbox.poll()) {
			runSafely(task);
		}
	}

	@Override
	public @Nullable ArbiterState save() {
		return this.arbiter.save(this.clock.now());
	}

	/** Return the state of the pool; on the loop's thread. */
	PoolSnapshot snapshot() {
		return this.arbiter.snapshot(this.clock.now());
	}

	/** Run a task now; what it throws is logged. */
	void runSafely(Runnable task) {
		try {
			task.run();
		}
		catch (Throwable ex) {
			faultHere("fault in the master; it goes on", ex);
		}
	}

	/** Log what was thrown on another thread, which goes on. */
	void fault(String what, Throwable fault) {
		post(() -> faultHere(what, fault));
	}

	private void faultHere(String what, Throwable fault) {
		try {
			// A defect throws a RuntimeException, which another program would repeat.
			if (!(fault instanceof RuntimeException)) {
				this.faults.count(System.nanoTime());
			}
			this.log.fault(what, fault);
		}
		catch (Throwable ex) {
			logWithoutMemory();
		}
	}

	private static void logWithoutMemory() {
		try {
			CONSOLE.write(LAST_LINE);
		}
		catch (IOException | RuntimeException | Error ex) {
			// There is nowhere left to say it.
		}
	}

}
