package io.unicorn.posix.socket;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import io.unicorn.posix.ControlPoller;
import io.unicorn.posix.ControlSocket;
import io.unicorn.posix.libc.Kernel;
import io.unicorn.posix.libc.NativeMemory;
import io.unicorn.posix.libc.Wakeup;

/**
 * Polls control connections by {@code poll(2)}.
 * <p>
 * A socket may be closed, and its number given to another socket, while {@code poll} has
 * that number in its list. This is safe: {@code poll} itself changes nothing, its result
 * is matched to the socket by the place in the list and not by the number, and
 * {@link JnrControlSocket#receive} does not read after a close. {@code close} wakes
 * {@code poll}, because {@code poll} keeps the old connection open in the kernel.
 */
final class JnrControlPoller implements ControlPoller {

	private static final short POLLIN = 1;

	private static final short POLLOUT = 4;

	/** A number that {@code poll} leaves out. */
	private static final int IGNORED = -1;

	/** {@code struct pollfd}: int fd, short events, short revents. */
	private static final int POLLFD_SIZE = 8;

	private static final int REVENTS = 6;

	/** Small, so that one read does not bring thousands of messages. */
	private static final int BUFFER_SIZE = 4 * 1024;

	private final Kernel kernel;

	private final Wakeup wakeup;

	private final Map<JnrControlSocket, Polled> polled = new ConcurrentHashMap<>();

	private boolean running;

	private boolean closed;

	JnrControlPoller(Kernel kernel, Wakeup wakeup) {
		this.kernel = kernel;
		this.wakeup = wakeup;
	}

	@Override
	public void register(ControlSocket socket, Handler handler) throws IOException {
		if (!(socket instanceof JnrControlSocket ours)) {
			throw new IllegalArgumentException("Not a control socket of this implementation: " + socket);
		}
		ours.onChange(this.wakeup::signal);
		this.polled.put(ours, new Polled(handler));
		this.wakeup.signal();
	}

	@Override
	public void run() throws IOException {
		start();
		try {
			InterruptiblePoll poll = new InterruptiblePoll();
			NativeMemory buffer = new NativeMemory(BUFFER_SIZE);
			while (!isClosed() && !Thread.currentThread().isInterrupted()) {
				this.polled.keySet().removeIf(JnrControlSocket::isClosed);
				serve(List.copyOf(this.polled.entrySet()), poll, buffer);
			}
		}
		catch (ClosedByInterruptException ex) {
			// The thread was interrupted, and is still marked as interrupted.
		}
		finally {
			stop();
		}
	}

	/**
	 * Serve these connections until what is to be polled changes. A thread that changes
	 * it wakes this one; until then, the list for {@code poll} is valid.
	 */
	private void serve(List<Map.Entry<JnrControlSocket, Polled>> sockets, InterruptiblePoll poll, NativeMemory buffer)
			throws IOException {
		long now = System.nanoTime();
		NativeMemory pollfds = pollfds(sockets, now);
		int timeout = timeout(sockets, now);
		boolean same = true;
		while (same) {
			poll.await(pollfds, sockets.size() + 1, timeout);
			// After a pause, the list is another one.
			same = timeout < 0;
			if (pollfds.buffer().getShort(REVENTS) != 0) {
				this.wakeup.reset();
				same = false;
			}
			for (int i = 0; i < sockets.size(); i++) {
				short events = pollfds.buffer().getShort((i + 1) * POLLFD_SIZE + REVENTS);
				if (events != 0) {
					same &= serve(sockets.get(i).getKey(), sockets.get(i).getValue(), events, buffer);
				}
			}
		}
	}

	private NativeMemory pollfds(List<Map.Entry<JnrControlSocket, Polled>> sockets, long now) {
		NativeMemory pollfds = new NativeMemory((sockets.size() + 1) * POLLFD_SIZE);
		pollfds.buffer().putInt(this.wakeup.fd()).putShort(POLLIN).putShort((short) 0);
		sockets.forEach((entry) -> {
			boolean paused = entry.getValue().pause(now) > 0;
			short events = (short) ((paused ? 0 : POLLIN) | (entry.getKey().isFull() ? POLLOUT : 0));
			// Without an event to wait for, poll would still report a hang-up at once.
			int fd = (events != 0) ? entry.getKey().fd() : IGNORED;
			pollfds.buffer().putInt(fd).putShort(events).putShort((short) 0);
		});
		return pollfds;
	}

	/** Return when the next pause is over, in milliseconds, or -1 if there is none. */
	private static int timeout(List<Map.Entry<JnrControlSocket, Polled>> sockets, long now) {
		return (int) sockets.stream()
			.mapToLong((entry) -> entry.getValue().pause(now))
			.filter((pause) -> pause > 0)
			.map((pause) -> 1 + TimeUnit.NANOSECONDS.toMillis(pause))
			.min()
			.orElse(-1);
	}

	/**
	 * Write and read once, so that a busy connection does not delay the others.
	 * @return whether the same is to be polled as before
	 */
	private boolean serve(JnrControlSocket socket, Polled state, short events, NativeMemory buffer) {
		if ((events & POLLOUT) != 0) {
			socket.hasRoom();
			state.handler.writable();
		}
		boolean same = (events & POLLOUT) == 0;
		if ((events & ~POLLOUT) == 0) {
			return same;
		}
		if (!state.mayRead()) {
			return false;
		}
		int received = socket.receive(buffer);
		if (received == JnrControlSocket.NOTHING) {
			return same;
		}
		if (received == JnrControlSocket.END) {
			this.polled.remove(socket);
			state.handler.closed();
			return false;
		}
		// A view of the buffer, with Java's default byte order.
		state.handler.received(buffer.buffer().slice());
		return same;
	}

	@Override
	public synchronized void close() {
		this.closed = true;
		if (this.running) {
			this.wakeup.signal();
		}
		else {
			this.wakeup.close();
		}
	}

	private synchronized boolean isClosed() {
		return this.closed;
	}

	private synchronized void start() {
		if (this.running) {
			throw new IllegalStateException("Another thread runs this poller");
		}
		this.running = true;
	}

	private synchronized void stop() {
		this.running = false;
		if (this.closed) {
			this.wakeup.close();
		}
	}

	/** What is known of a connection; used by the thread that polls. */
	private static final class Polled {

		private final Handler handler;

		private long pausedUntil = System.nanoTime();

		Polled(Handler handler) {
			this.handler = handler;
		}

		/** Return how long it is not read from, in nanoseconds, 0 or less for not. */
		long pause(long now) {
			return this.pausedUntil - now;
		}

		/** Ask the handler whether to read now. */
		boolean mayRead() {
			int pause = this.handler.pauseMillis();
			this.pausedUntil = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pause);
			return pause == 0;
		}

	}

	/**
	 * Calls {@code poll} so that {@link Thread#interrupt} ends it: an interrupt "closes"
	 * this channel, which wakes the poll and closes nothing.
	 */
	private final class InterruptiblePoll extends AbstractInterruptibleChannel {

		void await(NativeMemory pollfds, int count, int timeoutMillis) throws IOException {
			boolean completed = false;
			begin();
			try {
				JnrControlPoller.this.kernel.call("poll",
						() -> JnrControlPoller.this.kernel.libc().poll(pollfds, count, timeoutMillis));
				completed = true;
			}
			finally {
				end(completed);
			}
		}

		@Override
		protected void implCloseChannel() {
			JnrControlPoller.this.wakeup.signal();
		}

	}

}
