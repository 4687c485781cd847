package io.unicorn.posix;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.spi.AbstractInterruptibleChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A {@link ControlPoller} on {@code poll(2)}.
 * <p>
 * A socket may be closed, and its number given to another socket, while {@code poll} has
 * that number in its list. This is safe: {@code poll} itself changes nothing, its answer
 * is matched to the socket by its place in the list and not by the number, and
 * {@link JnrControlSocket#receive} does not read once closed. {@code close} wakes
 * {@code poll}, which then lets go of the old connection too.
 */
final class JnrControlPoller implements ControlPoller {

	private static final short POLLIN = 1;

	/** {@code struct pollfd}: int fd, short events, short revents. */
	private static final int POLLFD_SIZE = 8;

	private static final int REVENTS = 6;

	private static final int BUFFER_SIZE = 64 * 1024;

	private final Kernel kernel;

	private final Wakeup wakeup;

	private final Map<JnrControlSocket, Handler> handlers = new ConcurrentHashMap<>();

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
		ours.onClose(this.wakeup::signal);
		this.handlers.put(ours, handler);
		this.wakeup.signal();
	}

	@Override
	public void run() throws IOException {
		start();
		try {
			InterruptiblePoll poll = new InterruptiblePoll();
			NativeMemory buffer = new NativeMemory(BUFFER_SIZE);
			while (!isClosed() && !Thread.currentThread().isInterrupted()) {
				this.handlers.keySet().removeIf(JnrControlSocket::isClosed);
				List<JnrControlSocket> sockets = List.copyOf(this.handlers.keySet());
				serve(sockets, poll, buffer);
			}
		}
		catch (ClosedByInterruptException ex) {
			// Means: return. The thread is still marked as interrupted.
		}
		finally {
			stop();
		}
	}

	/**
	 * Serve these connections until there are others. Whoever adds or closes one wakes
	 * this thread, so as long as nobody does, the list for {@code poll} stays as it is.
	 */
	private void serve(List<JnrControlSocket> sockets, InterruptiblePoll poll, NativeMemory buffer) throws IOException {
		NativeMemory pollfds = pollfds(sockets);
		boolean same = true;
		while (same) {
			poll.await(pollfds, sockets.size() + 1);
			if (pollfds.buffer().getShort(REVENTS) != 0) {
				this.wakeup.reset();
				same = false;
			}
			for (int i = 0; i < sockets.size(); i++) {
				if (pollfds.buffer().getShort((i + 1) * POLLFD_SIZE + REVENTS) != 0) {
					same &= serve(sockets.get(i), buffer);
				}
			}
		}
	}

	private NativeMemory pollfds(List<JnrControlSocket> sockets) {
		NativeMemory pollfds = new NativeMemory((sockets.size() + 1) * POLLFD_SIZE);
		pollfds.buffer().putInt(this.wakeup.fd()).putShort(POLLIN).putShort((short) 0);
		for (JnrControlSocket socket : sockets) {
			pollfds.buffer().putInt(socket.fd()).putShort(POLLIN).putShort((short) 0);
		}
		return pollfds;
	}

	/**
	 * Read once: a busy connection gets its next turn after the others.
	 * @return whether there may be more to read
	 */
	private boolean serve(JnrControlSocket socket, NativeMemory buffer) {
		Handler handler = this.handlers.get(socket);
		int received = socket.receive(buffer);
		if (handler == null || received == JnrControlSocket.NOTHING) {
			return handler != null;
		}
		if (received == JnrControlSocket.END) {
			this.handlers.remove(socket);
			handler.closed();
			return false;
		}
		// A view of it, which has the byte order of all Java.
		handler.received(buffer.buffer().slice());
		return true;
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

	/**
	 * {@code poll}, from which {@link Thread#interrupt} returns. An interrupt "closes"
	 * the channel, which here means no more than to wake the poll.
	 */
	private final class InterruptiblePoll extends AbstractInterruptibleChannel {

		void await(NativeMemory pollfds, int count) throws IOException {
			boolean completed = false;
			begin();
			try {
				JnrControlPoller.this.kernel.call("poll",
						() -> JnrControlPoller.this.kernel.libc().poll(pollfds, count, -1));
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
