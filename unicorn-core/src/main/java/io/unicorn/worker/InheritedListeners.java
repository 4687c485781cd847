package io.unicorn.worker;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.util.StringJoiner;

/**
 * Finds the listeners that the master has passed to this process, by name. Immutable.
 */
public final class InheritedListeners {

	private final String list;

	/**
	 * Create from the list that the master passes to a worker.
	 * @param list {@code name:descriptor}, separated by commas; the descriptor is
	 * negative if the process has inherited none, as in a training
	 */
	public InheritedListeners(String list) {
		this.list = list;
	}

	/**
	 * Return a channel on the listener with the given name, in blocking mode. To be
	 * called once per name, because the channel owns the descriptor.
	 * @param name the name of the listener
	 * @return the channel; without an inherited descriptor it is not bound and cannot
	 * accept
	 * @throws IOException if the list has no such name, or this JDK cannot use the
	 * descriptor
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

	/**
	 * Duplicate all descriptors, so that the listeners stay open when the channels on
	 * them are closed.
	 * @return the list with the duplicates
	 * @throws IOException if this JDK cannot do so, or if a descriptor is closed
	 */
	public InheritedListeners duplicated() throws IOException {
		StringJoiner duplicates = new StringJoiner(",");
		for (String entry : this.list.split(",", -1)) {
			int colon = entry.indexOf(':');
			int fd = (colon > 0) ? Integer.parseInt(entry.substring(colon + 1)) : -1;
			duplicates.add((fd < 0) ? entry : entry.substring(0, colon + 1) + InheritedDescriptors.duplicate(fd));
		}
		return new InheritedListeners(duplicates.toString());
	}

	@Override
	public String toString() {
		return this.list;
	}

}
