package io.unicorn.worker;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;

/**
 * The listening sockets that the master has passed to this process, by name.
 */
public final class InheritedListeners {

	private final String list;

	/**
	 * Create from what the master says.
	 * @param list {@code name:descriptor}, separated by commas; the descriptor is
	 * negative if there is none
	 */
	public InheritedListeners(String list) {
		this.list = list;
	}

	/**
	 * Return a channel on the listener with the given name, in blocking mode. Where there
	 * is no descriptor it is bound to nothing, and cannot accept.
	 * @throws IOException if there is none, or the JDK cannot adopt it
	 */
	public ServerSocketChannel take(String name) throws IOException {
		for (String entry : this.list.split(",", -1)) {
			int colon = entry.indexOf(':');
			if (colon > 0 && entry.substring(0, colon).equals(name)) {
				int fd = Integer.parseInt(entry.substring(colon + 1));
				return (fd < 0) ? ServerSocketChannel.open() : InheritedDescriptors.listener(fd);
			}
		}
		throw new IOException("the master has opened no listener named '" + name + "'");
	}

}
