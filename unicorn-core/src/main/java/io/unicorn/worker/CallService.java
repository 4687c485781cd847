package io.unicorn.worker;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import io.unicorn.ipc.Blob;
import io.unicorn.ipc.Message;

/**
 * Performs the operations that other workers ask for, on threads of its own, and sends
 * the answers in parts. Thread-safe.
 */
final class CallService {

	/** The master sends four operations at a time, and forgets those that take long. */
	private static final int MOST_THREADS = 4;

	/** Answers of which parts are left; those of calls that were given up are dropped. */
	private static final int MOST_ANSWERS = 2 * MOST_THREADS;

	private static final byte[] NOTHING = {};

	private final Consumer<Message.FromWorker> master;

	private final BiConsumer<String, RuntimeException> onFault;

	private final ExecutorService threads = new ThreadPoolExecutor(0, MOST_THREADS, 10, TimeUnit.SECONDS,
			new SynchronousQueue<>(), DaemonThread.factory("unicorn-call"));

	/** Guarded by itself. */
	private final Map<Long, byte[]> answers = new LinkedHashMap<>();

	private volatile UnaryOperator<byte[]> operations = (operation) -> NOTHING;

	/**
	 * Create.
	 * @param master sends a message to the master
	 * @param onFault gets what an operation throws
	 */
	CallService(Consumer<Message.FromWorker> master, BiConsumer<String, RuntimeException> onFault) {
		this.master = master;
		this.onFault = onFault;
	}

	/** Set what performs operations; replaces an earlier one. */
	void performBy(UnaryOperator<byte[]> operations) {
		this.operations = operations;
	}

	/** Handle a message of the master. */
	void on(Message.Perform perform) {
		byte[] operation = perform.operation().toByteArray();
		try {
			this.threads.execute(() -> answer(perform.call(), perform(operation)));
		}
		catch (RejectedExecutionException ex) {
			answer(perform.call(), NOTHING);
		}
	}

	private byte[] perform(byte[] operation) {
		try {
			byte[] answer = this.operations.apply(operation);
			return (answer.length <= Message.CallAnswer.MAX_BYTES) ? answer : NOTHING;
		}
		catch (RuntimeException ex) {
			this.onFault.accept("the operation of another worker has failed", ex);
			return NOTHING;
		}
	}

	private void answer(long call, byte[] answer) {
		if (answer.length > Message.CallAnswer.MAX_PART_BYTES) {
			keep(call, answer);
		}
		send(call, answer, 0);
	}

	private void keep(long call, byte[] answer) {
		synchronized (this.answers) {
			this.answers.put(call, answer);
			if (this.answers.size() > MOST_ANSWERS) {
				this.answers.remove(this.answers.keySet().iterator().next());
			}
		}
	}

	/** Handle a message of the master. */
	void on(Message.Continue next) {
		byte[] answer;
		synchronized (this.answers) {
			answer = this.answers.get(next.call());
			if (answer == null || next.offset() >= answer.length) {
				return;
			}
			if (answer.length - next.offset() <= Message.CallAnswer.MAX_PART_BYTES) {
				this.answers.remove(next.call());
			}
		}
		send(next.call(), answer, next.offset());
	}

	private void send(long call, byte[] answer, int offset) {
		int length = Math.min(Message.CallAnswer.MAX_PART_BYTES, answer.length - offset);
		this.master.accept(new Message.CallAnswer(call, answer.length, offset, Blob.of(answer, offset, length)));
	}

}
