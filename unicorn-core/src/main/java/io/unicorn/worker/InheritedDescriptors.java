package io.unicorn.worker;

import java.io.FileDescriptor;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.spi.SelectorProvider;

/**
 * Makes Java objects of descriptors that this process inherited. The JDK has no public
 * way but {@link System#inheritedChannel()}, which is for descriptor 0 alone; the
 * constructors used here are the same in JDK 17 to 25, and the master opens them to us on
 * the command line ({@code --add-opens}).
 */
final class InheritedDescriptors {

	private InheritedDescriptors() {
	}

	/**
	 * Return the descriptor with the given number.
	 */
	static FileDescriptor descriptor(int fd) throws IOException {
		try {
			Constructor<FileDescriptor> constructor = FileDescriptor.class.getDeclaredConstructor(int.class);
			constructor.setAccessible(true);
			return constructor.newInstance(fd);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw notAdopted(fd, ex);
		}
	}

	/**
	 * Return a channel on a listening socket, in blocking mode.
	 */
	static ServerSocketChannel listener(int fd) throws IOException {
		try {
			Constructor<?> constructor = Class.forName("sun.nio.ch.ServerSocketChannelImpl")
				.getDeclaredConstructor(SelectorProvider.class, ProtocolFamily.class, FileDescriptor.class,
						boolean.class);
			constructor.setAccessible(true);
			return (ServerSocketChannel) constructor.newInstance(SelectorProvider.provider(),
					StandardProtocolFamily.INET6, descriptor(fd), true);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			throw notAdopted(fd, ex);
		}
	}

	private static IOException notAdopted(int fd, Exception cause) {
		return new IOException("inherited descriptor " + fd + " cannot be used by this JDK", cause);
	}

}
