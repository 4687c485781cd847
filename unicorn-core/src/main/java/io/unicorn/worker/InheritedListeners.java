package io.unicorn.worker;

import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Finds the listeners that the master has passed to this process, by name. Immutable.
 */
public final class InheritedListeners {

	/** Follows the descriptor of a Unix socket. */
	private static final String UNIX = ":unix";

	private final List<Entry> entries;

	/** A listener of the list; its descriptor is negative if there is none. */
	private record Entry(String name, int descriptor, ProtocolFamily family) {

		static Entry parse(String text) {
			boolean unix = text.endsWith(UNIX);
			String entry = unix ? text.substring(0, text.length() - UNIX.length()) : text;
			int colon = entry.lastIndexOf(':');
			return new Entry(entry.substring(0, Math.max(0, colon)), Integer.parseInt(entry.substring(colon + 1)),
					unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET6);
		}

		Entry duplicated() throws IOException {
			return (this.descriptor < 0) ? this
					: new Entry(this.name, InheritedDescriptors.duplicate(this.descriptor), this.family);
		}

		ServerSocketChannel open() throws IOException {
			return (this.descriptor < 0) ? ServerSocketChannel.open()
					: InheritedDescriptors.listener(this.descriptor, this.family);
		}

		@Override
		public String toString() {
			return this.name + ":" + this.descriptor + ((this.family == StandardProtocolFamily.UNIX) ? UNIX : "");
		}

	}

	/**
	 * Create from the list that the master passes to a worker.
	 * @param list {@code name:descriptor}, or {@code name:descriptor:unix} for a Unix
	 * socket, separated by commas; the descriptor is negative if the process has
	 * inherited none, as in a training
	 */
	public InheritedListeners(String list) {
		this(Stream.of(list.split(",", -1)).filter((entry) -> !entry.isEmpty()).map(Entry::parse).toList());
	}

	private InheritedListeners(List<Entry> entries) {
		this.entries = List.copyOf(entries);
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
		for (Entry entry : this.entries) {
			if (entry.name().equals(name)) {
				return entry.open();
			}
		}
		throw new IOException("the master has opened no listener named '" + name + "'");
	}

	/**
	 * Return channels on all listeners of one server, each as {@link #take} returns it:
	 * {@code http}, {@code http-2}, {@code http-3}, and so on.
	 * @param prefix the name of the first one
	 * @return the channels, one at least, in the order of the list
	 * @throws IOException if the list has no such name, or this JDK cannot use a
	 * descriptor; no channel stays open then
	 */
	public List<ServerSocketChannel> takeAll(String prefix) throws IOException {
		List<ServerSocketChannel> channels = new ArrayList<>();
		try {
			channels.add(take(prefix));
			for (Entry entry : this.entries) {
				if (entry.name().startsWith(prefix + "-")
						&& entry.name().substring(prefix.length() + 1).matches("[0-9]+")) {
					channels.add(entry.open());
				}
			}
			return List.copyOf(channels);
		}
		catch (IOException ex) {
			for (ServerSocketChannel channel : channels) {
				channel.close();
			}
			throw ex;
		}
	}

	/**
	 * Duplicate all descriptors, so that the listeners stay open when the channels on
	 * them are closed.
	 * @return the list with the duplicates
	 * @throws IOException if this JDK cannot do so, or if a descriptor is closed
	 */
	public InheritedListeners duplicated() throws IOException {
		List<Entry> duplicates = new ArrayList<>();
		for (Entry entry : this.entries) {
			duplicates.add(entry.duplicated());
		}
		return new InheritedListeners(duplicates);
	}

	@Override
	public String toString() {
		return this.entries.stream().map(Entry::toString).collect(Collectors.joining(","));
	}

}
