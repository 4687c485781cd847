package io.unicorn.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

import io.unicorn.ipc.Message;
import io.unicorn.ipc.MessageReader;
import io.unicorn.ipc.MessageWriter;
import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.posix.Peer;

/**
 * Asks a master. Each question has a connection of its own, so that a command that waits
 * for long occupies nothing, and goes on when another master takes the place of the one
 * that it has begun with.
 */
final class MasterLine implements PoolLine {

	/**
	 * A master answers within milliseconds. A new one that takes its place does within a
	 * few seconds on a busy machine.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(20);

	private static final Duration PAUSE = Duration.ofMillis(100);

	/** One question at a time needs no other number. */
	private static final long QUERY = 1;

	private final Target target;

	MasterLine(Target target) {
		this.target = target;
	}

	@Override
	public PoolSnapshot pool() throws CommandFailedException {
		return ask(new Message.PoolQuery(QUERY), Message.PoolReply.class).pool();
	}

	@Override
	public long rollOut() throws CommandFailedException {
		// Who asks is known to the master better than to us.
		return ask(new Message.RolloutRequest(QUERY, ""), Message.RolloutReply.class).rollout();
	}

	private <A extends Message.FromMaster> A ask(Message.Question question, Class<A> type)
			throws CommandFailedException {
		long deadline = System.nanoTime() + PATIENCE.toNanos();
		while (true) {
			FutureTask<Message.FromMaster> exchange = new FutureTask<>(() -> exchange(question));
			Thread thread = new Thread(exchange, "unicorn-question");
			thread.setDaemon(true);
			thread.start();
			try {
				return type.cast(exchange.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
			}
			catch (TimeoutException ex) {
				throw silent("it does not answer");
			}
			catch (ExecutionException ex) {
				if (!this.target.alive().getAsBoolean()) {
					throw new CommandFailedException(CommandFailedException.UNKNOWN,
							"the master of " + this.target.description() + " has ended");
				}
				if (!(ex.getCause() instanceof IOException) || System.nanoTime() - deadline > 0) {
					throw silent(String.valueOf(ex.getCause()));
				}
				LockSupport.parkNanos(PAUSE.toNanos());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw silent("interrupted");
			}
		}
	}

	private CommandFailedException silent(String why) {
		return new CommandFailedException(CommandFailedException.UNKNOWN,
				"the master of " + this.target.description() + " cannot be asked: " + why);
	}

	private Message.FromMaster exchange(Message.Question question) throws IOException {
		try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(this.target.socket()))) {
			if (!Peer.isSelfRoot() && !Peer.of(channel).isTrusted()) {
				throw new IllegalStateException(this.target.socket() + " belongs to somebody else");
			}
			new MessageWriter<Message.Question>(Channels.newOutputStream(channel)).write(question);
			Message.FromMaster answer = new MessageReader<>(Channels.newInputStream(channel), Message.FromMaster.class)
				.read();
			if (answer == null) {
				throw new IOException("it has closed the connection");
			}
			return answer;
		}
	}

}
