package io.unicorn.worker;

import java.io.FileDescriptor;
import java.lang.reflect.Method;
import java.nio.channels.ServerSocketChannel;

/**
 * Tells whether connections wait in the backlog of a listener, without accepting one and
 * without making the listener non-blocking, which all workers would notice. The JDK's
 * public way is a selector on a non-blocking channel. The methods used here are the same
 * in JDK 17 to 25; the master opens them on the worker's command line
 * ({@code --add-opens}).
 */
public final class WaitingConnections {

	private final ServerSocketChannel listener;

	private final PollFunction poll;

	private interface PollFunction {

		boolean isReadable() throws ReflectiveOperationException;

	}

	/**
	 * Create.
	 * @param listener a listener of the JDK
	 */
	public WaitingConnections(ServerSocketChannel listener) {
		this.listener = listener;
		this.poll = poll(listener);
	}

	private static PollFunction poll(ServerSocketChannel listener) {
		try {
			Class<?> net = Class.forName("sun.nio.ch.Net");
			Method pollMethod = net.getDeclaredMethod("poll", FileDescriptor.class, int.class, long.class);
			pollMethod.setAccessible(true);
			var input = net.getDeclaredField("POLLIN");
			input.setAccessible(true);
			short readable = input.getShort(null);
			Method descriptorMethod = Class.forName("sun.nio.ch.SelChImpl").getDeclaredMethod("getFD");
			descriptorMethod.setAccessible(true);
			Object descriptor = descriptorMethod.invoke(listener);
			return () -> ((int) pollMethod.invoke(null, descriptor, (int) readable, 0L)) != 0;
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			return () -> true;
		}
	}

	/**
	 * Whether a connection waits at this moment.
	 * @return {@code true} also if this JDK does not tell, or if the listener has failed,
	 * so that the caller sees the failure when it accepts
	 */
	public boolean exist() {
		if (!this.listener.isOpen()) {
			return true;
		}
		try {
			return this.poll.isReadable();
		}
		catch (ReflectiveOperationException ex) {
			return true;
		}
	}

}
