package io.unicorn.worker;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.ProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Makes Java objects of descriptors that this process inherited. The JDK's public way,
 * {@link System#inheritedChannel()}, works for descriptor 0 alone. The constructors used
 * here are the same in JDK 17 to 25; the master opens them on the worker's command line
 * ({@code --add-opens}).
 */
final class InheritedDescriptors {

	private InheritedDescriptors() {
	}

	/**
	 * Return the descriptor with the given number.
	 * @throws IOException if this JDK does not allow it
	 */
	static FileDescriptor descriptor(int fd) throws IOException {
		try {
			Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
			constructor.setAccessible(true);
			return constructor.newInstance(fd);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw unusable(fd, ex);
		}
	}

	/**
	 * Return a channel on a listening socket, in blocking mode.
	 * @param family UNIX, or anything else for TCP
	 * @throws IOException if this JDK does not allow it
	 */
	static ServerSocketChannel listener(int fd, ProtocolFamily family) throws IOException {
		try {
			Constructor<?> constructor = Class.forName("sun.nio.ch.ServerSocketChannelImpl")
				.getDeclaredConstructor(SelectorProvider.class, ProtocolFamily.class, FileDescriptor.class,
						boolean.class);
			constructor.setAccessible(true);
			return (ServerSocketChannel) constructor.newInstance(SelectorProvider.provider(), family, descriptor(fd),
					true);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw unusable(fd, ex);
		}
	}

	/**
	 * Duplicate a descriptor.
	 * @return the number of the duplicate
	 * @throws IOException if this JDK does not allow it, or if the descriptor is closed
	 */
	static int duplicate(int fd) throws IOException {
		try {
			Method dup = Class.forName("sun.nio.ch.InheritedChannel").getDeclaredMethod("dup", int.class);
			dup.setAccessible(true);
			return (int) dup.invoke(null, fd);
		}
		catch (InvocationTargetException ex) {
			throw new IOException("inherited descriptor " + fd + " cannot be duplicated: " + ex.getCause(), ex);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw unusable(fd, ex);
		}
	}

	private static IOException unusable(int fd, Exception cause) {
		return new IOException("inherited descriptor " + fd + " cannot be used by this JDK", cause);
	}

}
