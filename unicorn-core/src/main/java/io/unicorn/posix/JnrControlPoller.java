package io.unicorn.posix;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
			ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_SIZE);
			while (!isClosed() && !Thread.currentThread().isInterrupted()) {
				this.handlers.keySet().removeIf(JnrControlSocket::isClosed);
				List<JnrControlSocket> sockets = List.copyOf(this.handlers.keySet());
				ByteBuffer pollfds = pollfds(sockets);
				poll.await(pollfds, sockets.size() + 1);
				if (pollfds.getShort(REVENTS) != 0) {
					this.wakeup.reset();
				}
				for (int i = 0; i < sockets.size(); i++) {
					if (pollfds.getShort((i + 1) * POLLFD_SIZE + REVENTS) != 0) {
						serve(sockets.get(i), buffer);
					}
				}
			}
		}
		catch (ClosedByInterruptException ex) {
			// Means: return. The thread is still marked as interrupted.
		}
		finally {
			stop();
		}
	}

	private ByteBuffer pollfds(List<JnrControlSocket> sockets) {
		ByteBuffer pollfds = ByteBuffer.allocateDirect((sockets.size() + 1) * POLLFD_SIZE)
			.order(ByteOrder.nativeOrder());
		pollfds.putInt(this.wakeup.fd()).putShort(POLLIN).putShort((short) 0);
		for (JnrControlSocket socket : sockets) {
			pollfds.putInt(socket.fd()).putShort(POLLIN).putShort((short) 0);
		}
		return pollfds.flip();
	}

	/**
	 * Read once: a busy connection gets its next turn after the others.
	 */
	private void serve(JnrControlSocket socket, ByteBuffer buffer) {
		Handler handler = this.handlers.get(socket);
		int received = socket.receive(buffer);
		if (handler == null || received == JnrControlSocket.NOTHING) {
			return;
		}
		if (received == JnrControlSocket.END) {
			this.handlers.remove(socket);
			handler.closed();
		}
		else {
			handler.received(buffer);
		}
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

		void await(ByteBuffer pollfds, int count) throws IOException {
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
