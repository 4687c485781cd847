package io.unicorn.boot;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Passes messages to one listener on a thread, in order. The thread exists while there
 * are messages. What the listener is too slow for is dropped.
 */
final class Subscriber {

	private static final Log logger = LogFactory.getLog(PoolMessaging.class);

	private static final int MAX_MESSAGES = 10_000;

	private static final int MAX_WAITING_BYTES = 16 << 20;

	private static final int IDLE_SECONDS = 10;

	private final String topic;

	private final Function<PoolMessage, byte @Nullable []> listener;

	private final ThreadPoolExecutor thread;

	private final AtomicInteger waitingBytes = new AtomicInteger();

	private final LongAdder dropped = new LongAdder();

	private volatile boolean failing;

	Subscriber(String topic, Function<PoolMessage, byte @Nullable []> listener) {
		this.topic = topic;
		this.listener = listener;
		this.thread = new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(MAX_MESSAGES), (task) -> {
					Thread created = new Thread(task, "unicorn-topic-" + topic);
					created.setDaemon(true);
					return created;
				});
		this.thread.allowCoreThreadTimeOut(true);
	}

	void deliver(PoolMessage message) {
		if (!execute(message, () -> call(message))) {
			drop();
		}
	}

	void ask(PoolMessage message, Consumer<byte[]> reply, Consumer<String> failure) {
		boolean accepted = execute(message, () -> answer(message, reply, failure));
		if (!accepted) {
			drop();
			failure.accept("the listener for the topic " + this.topic + " is too slow");
		}
	}

	private void answer(PoolMessage message, Consumer<byte[]> reply, Consumer<String> failure) {
		try {
			byte[] answer = this.listener.apply(message);
			if (answer == null) {
				failure.accept("the listener for the topic " + this.topic + " returns nothing");
			}
			else {
				reply.accept(answer);
			}
		}
		catch (RuntimeException | Error ex) {
			logger.error("The listener for the topic " + this.topic + " failed", ex);
			failure.accept(ex.toString());
		}
	}

	private void call(PoolMessage message) {
		try {
			var unused = this.listener.apply(message);
		}
		catch (RuntimeException | Error ex) {
			logger.error("The listener for the topic " + this.topic + " failed", ex);
		}
	}

	private boolean execute(PoolMessage message, Runnable work) {
		int bytes = message.payload().length;
		if (this.waitingBytes.addAndGet(bytes) > MAX_WAITING_BYTES) {
			this.waitingBytes.addAndGet(-bytes);
			return false;
		}
		try {
			this.thread.execute(() -> {
				this.waitingBytes.addAndGet(-bytes);
				this.failing = false;
				work.run();
			});
			return true;
		}
		catch (RejectedExecutionException ex) {
			this.waitingBytes.addAndGet(-bytes);
			return false;
		}
	}

	/** Says so once, until the listener has taken a message again. */
	private void drop() {
		this.dropped.increment();
		if (!this.failing && !this.thread.isShutdown()) {
			this.failing = true;
			logger.warn("The listener for the topic " + this.topic + " is too slow, so messages to it are dropped");
		}
	}

	long dropped() {
		return this.dropped.sum();
	}

	void close() {
		this.thread.shutdown();
	}

}
