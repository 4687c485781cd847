package io.unicorn.worker;

import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.CallOutcome;
import io.unicorn.ipc.Message;

/**
 * Calls other workers through the master, and collects what they answer. Thread-safe.
 */
final class Calls {

	/** The master takes four calls of a worker at a time. */
	private static final int MOST = 4;

	/**
	 * The shortest time between two calls. A worker that sends more than the master
	 * allows would be replaced, and users may send any number of requests.
	 */
	private static final Duration PAUSE = Duration.ofMillis(50);

	/** How long to wait beyond the time that the master waits. */
	private static final Duration GRACE = Duration.ofSeconds(1);

	/** How long a call waits for those before it. */
	private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

	private static final int LONGEST_MILLIS = 3_600_000;

	private final Consumer<Message.FromWorker> master;

	private final Semaphore room = new Semaphore(MOST, true);

	private final Lock lock = new ReentrantLock();

	private final Condition paused = this.lock.newCondition();

	private final Map<Long, BlockingQueue<Message.CallResult>> waiting = new ConcurrentHashMap<>();

	private final AtomicLong lastQuery = new AtomicLong();

	private long nextTurn = System.nanoTime();

	/**
	 * Create.
	 * @param master sends a message to the master
	 */
	Calls(Consumer<Message.FromWorker> master) {
		this.master = master;
	}

	/** Handle a message of the master. */
	void on(Message.CallResult result) {
		BlockingQueue<Message.CallResult> results = this.waiting.get(result.query());
		if (results != null) {
			results.add(result);
		}
	}

	/**
	 * Let workers perform an operation, and wait for their answers.
	 * @return what has come in time; at most one reply per worker
	 */
	List<CallReply> call(int index, byte[] operation, Duration timeout) throws InterruptedException {
		if (!this.room.tryAcquire(LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
			return List.of(new CallReply(index, CallOutcome.BUSY, new byte[0]));
		}
		long query = this.lastQuery.incrementAndGet();
		BlockingQueue<Message.CallResult> results = new LinkedBlockingQueue<>();
		this.waiting.put(query, results);
		try {
			awaitTurn();
			long millis = Math.min(LONGEST_MILLIS, timeout.toMillis());
			this.master.accept(new Message.Call(query, index, millis, Blob.of(operation)));
			return collect(query, results, System.nanoTime() + timeout.plus(GRACE).toNanos());
		}
		finally {
			this.waiting.remove(query);
			this.room.release();
		}
	}

	private void awaitTurn() throws InterruptedException {
		this.lock.lock();
		try {
			long now = System.nanoTime();
			long turn = (this.nextTurn - now > 0) ? this.nextTurn : now;
			this.nextTurn = turn + PAUSE.toNanos();
			long left = turn - now;
			while (left > 0) {
				left = this.paused.awaitNanos(left);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private List<CallReply> collect(long query, BlockingQueue<Message.CallResult> results, long deadline)
			throws InterruptedException {
		List<CallReply> replies = new ArrayList<>();
		ByteArrayOutputStream answer = new ByteArrayOutputStream();
		while (true) {
			Message.CallResult result = results.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
			if (result == null) {
				return replies;
			}
			answer.writeBytes(result.part().toByteArray());
			if (result.hasNext()) {
				this.master.accept(new Message.CallNext(query, answer.size()));
				continue;
			}
			boolean whole = result.outcome() == CallOutcome.ANSWERED;
			replies.add(new CallReply(result.index(), result.outcome(), whole ? answer.toByteArray() : new byte[0]));
			answer.reset();
			if (result.left() == 0) {
				return replies;
			}
		}
	}

}
