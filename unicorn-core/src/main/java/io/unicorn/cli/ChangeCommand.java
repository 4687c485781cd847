package io.unicorn.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import io.unicorn.ipc.Message;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a change of the pool, and prints what happens.
 */
final class ChangeCommand {

	private static final Duration INTERVAL = Duration.ofMillis(200);

	private final PoolClient pool;

	private final PrintStream out;

	ChangeCommand(PoolClient pool, PrintStream out) {
		this.pool = pool;
		this.out = out;
	}

	/**
	 * Ask for a change that needs no waiting.
	 * @throws CommandFailedException if the master refuses it or does not reply
	 */
	void run(Message.Request request) throws CommandFailedException {
		Message.RequestReply reply = this.pool.request(request);
		String text = PlainText.of(reply.text());
		if (reply.result() != Message.Result.DONE) {
			throw new CommandFailedException(CommandFailedException.FAILED, text);
		}
		this.out.println(text);
	}

	/**
	 * Stop the pool.
	 * @param alive whether the master has not ended
	 * @param wait whether to wait for its end
	 * @param timeout how long to wait at most, or {@code null}
	 * @throws CommandFailedException if the master does not reply, or has not ended in
	 * time
	 */
	void stop(BooleanSupplier alive, boolean wait, @Nullable Duration timeout) throws CommandFailedException {
		long deadline = System.nanoTime() + ((timeout != null) ? timeout.toNanos() : 0);
		try {
			run(new Message.StopRequest(1, ""));
		}
		catch (CommandFailedException ex) {
			// A master without workers may end before it has replied.
			if (alive.getAsBoolean()) {
				throw ex;
			}
		}
		while (wait && alive.getAsBoolean()) {
			if (timeout != null && System.nanoTime() - deadline >= 0) {
				throw new CommandFailedException(CommandFailedException.UNKNOWN,
						"the pool has not ended within the time given; its stop goes on");
			}
			this.out.flush();
			LockSupport.parkNanos(INTERVAL.toNanos());
		}
		if (wait) {
			this.out.println("the pool has ended");
		}
	}

}
