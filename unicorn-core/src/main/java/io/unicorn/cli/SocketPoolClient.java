package io.unicorn.cli;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.attribute.UserPrincipal;
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
 * Queries a master over its command socket. Opens a connection per question, so that a
 * command that waits for long holds none, and continues after an upgrade of the master.
 */
final class SocketPoolClient implements PoolClient {

	/**
	 * A master replies within milliseconds; after an upgrade it does so within a few
	 * seconds on a busy machine.
	 */
	private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(20);

	private static final Duration RETRY_INTERVAL = Duration.ofMillis(100);

	/** Each connection has one question, so all can have the same number. */
	private static final long QUERY = 1;

	private final FoundPool pool;

	SocketPoolClient(FoundPool pool) {
		this.pool = pool;
	}

	@Override
	public PoolSnapshot pool() throws CommandFailedException {
		return ask(new Message.PoolQuery(QUERY), Message.PoolReply.class).pool();
	}

	@Override
	public long rollOut() throws CommandFailedException {
		// The master gets the user from the kernel and sets the trigger itself.
		return ask(new Message.RolloutRequest(QUERY, ""), Message.RolloutReply.class).rollout();
	}

	@Override
	public Message.RequestReply request(Message.Request request) throws CommandFailedException {
		return ask(request, Message.RequestReply.class);
	}

	private <R extends Message.Reply> R ask(Message.Question question, Class<R> type) throws CommandFailedException {
		long deadline = System.nanoTime() + REPLY_TIMEOUT.toNanos();
		while (true) {
			FutureTask<Message.Reply> exchange = new FutureTask<>(() -> exchange(question));
			Thread thread = new Thread(exchange, "unicorn-question");
			thread.setDaemon(true);
			thread.start();
			try {
				return type.cast(exchange.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
			}
			catch (TimeoutException ex) {
				throw noReply("no reply within " + REPLY_TIMEOUT.toSeconds() + " s");
			}
			catch (ExecutionException ex) {
				if (!this.pool.alive().getAsBoolean()) {
					throw new CommandFailedException(CommandFailedException.UNKNOWN,
							"the master of " + this.pool.description() + " has ended");
				}
				if (!(ex.getCause() instanceof IOException) || System.nanoTime() - deadline > 0) {
					throw noReply(String.valueOf(ex.getCause()));
				}
				LockSupport.parkNanos(RETRY_INTERVAL.toNanos());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw noReply("interrupted");
			}
		}
	}

	private CommandFailedException noReply(String cause) {
		return new CommandFailedException(CommandFailedException.UNKNOWN,
				"cannot query the master of " + this.pool.description() + ": " + cause);
	}

	/**
	 * Check that the process at the other end acts as the user whose directory the socket
	 * is in, and that the user of this process may trust that one: root trusts the
	 * masters of other users, but what says to be one of bob's must be one.
	 */
	private void check(Peer peer) throws IOException {
		UserPrincipal owner = Files.getOwner(this.pool.socket().resolveSibling(""), LinkOption.NOFOLLOW_LINKS);
		if (!peer.user().equals(owner) || !(Peer.isSelfRoot() || peer.isTrusted())) {
			throw new IllegalStateException("user " + peer.user().getName() + " listens at " + this.pool.socket()
					+ ", whose directory belongs to " + owner.getName());
		}
	}

	private Message.Reply exchange(Message.Question question) throws IOException {
		try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(this.pool.socket()))) {
			check(Peer.of(channel));
			new MessageWriter<Message.Question>(Channels.newOutputStream(channel)).write(question);
			Message.Reply reply = new MessageReader<>(Channels.newInputStream(channel), Message.Reply.class).read();
			if (reply == null) {
				throw new IOException("the master has closed the connection");
			}
			return reply;
		}
	}

}
