package io.unicorn.master.listener;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.posix.BacklogLimit;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;
import org.jspecify.annotations.Nullable;

/**
 * Opens and closes the listeners of the master. Generations with the same address share
 * its listener. A socket that was passed to this process may be in use by another one,
 * which gets its connections later: it is never blocked, and stays open until the pool
 * ends. Used by the master's main thread alone.
 */
public final class ListenerSet {

	private final Posix posix;

	private final Map<String, Listener> open = new HashMap<>();

	/** Files of those that are Unix sockets of the pool's own. */
	private final Map<String, SocketPath> files = new HashMap<>();

	/** Keys of the addresses on which no connection can begin. */
	private final Set<String> refusing = new HashSet<>();

	public ListenerSet(Posix posix) {
		this.posix = posix;
	}

	/**
	 * Take over the sockets that come with the first plan.
	 */
	public void inherit(LaunchPlan plan) throws PosixException {
		for (ListenAddress address : plan.bindings().addresses()) {
			Integer descriptor = plan.bindings().listeners().get(address.name());
			if (descriptor == null) {
				throw new IllegalStateException("no socket was opened for " + address);
			}
			add(address.key(), this.posix.inherited(descriptor));
		}
	}

	/**
	 * Take over the listeners of the master that ran in this process before.
	 * @param sockets descriptors by address
	 */
	public void inherit(Map<String, Integer> sockets) throws PosixException {
		for (Map.Entry<String, Integer> socket : sockets.entrySet()) {
			add(socket.getKey(), this.posix.inherited(socket.getValue()));
		}
	}

	private void add(String key, Listener listener) {
		this.open.put(key, listener);
		SocketPath file = ListenAddress.isPassed(key) ? null : SocketPath.of(listener);
		if (file != null) {
			this.files.put(key, file);
		}
	}

	/** Return the descriptors of all sockets by address. */
	public Map<String, Integer> descriptors() {
		Map<String, Integer> descriptors = new HashMap<>();
		this.open.forEach((key, listener) -> descriptors.put(key, listener.fd()));
		return descriptors;
	}

	/**
	 * Open what a generation needs and is not open yet.
	 * @return what was opened, by name
	 * @throws PosixException if one cannot be opened; nothing is left open then
	 */
	public Map<String, Listener> open(List<ListenAddress> addresses) throws PosixException {
		Map<String, Listener> opened = new HashMap<>();
		List<String> keys = new ArrayList<>();
		try {
			for (ListenAddress address : addresses) {
				if (!this.open.containsKey(address.key())) {
					Listener listener = openNew(address);
					add(address.key(), listener);
					keys.add(address.key());
					opened.put(address.name(), listener);
				}
			}
			return opened;
		}
		catch (PosixException | RuntimeException ex) {
			keys.forEach(this::close);
			throw ex;
		}
	}

	private Listener openNew(ListenAddress address) throws PosixException {
		if (ListenAddress.isPassed(address.key())) {
			throw new PosixException(address.key(), PosixException.EBADF,
					"the pool did not use this descriptor when it was started; start it again");
		}
		try {
			return address.open(this.posix);
		}
		catch (PosixException ex) {
			String own = (ex.errno() == PosixException.EADDRINUSE) ? overlapping(address) : null;
			if (own == null) {
				throw ex;
			}
			throw new PosixException(address.bind().toString(), PosixException.EADDRINUSE, "the pool itself listens on "
					+ own + ", and not on both at once; keep that address, or stop the pool and start it again");
		}
	}

	/** Return the address of a listener of the pool that excludes a further one. */
	private @Nullable String overlapping(ListenAddress address) {
		return this.open.values()
			.stream()
			.map(Listener::address)
			.filter((taken) -> taken instanceof InetSocketAddress internet && address
				.overlaps(new BindAddress.Tcp(internet.getAddress().getHostAddress(), internet.getPort())))
			.map(AddressText::of)
			.findFirst()
			.orElse(null);
	}

	public Listener listener(ListenAddress address) {
		Listener listener = this.open.get(address.key());
		if (listener == null) {
			throw new IllegalStateException("there is no listener for " + address);
		}
		return listener;
	}

	/**
	 * Let no new connection begin on these addresses, as far as they are the pool's own.
	 * @throws PosixException if the kernel cannot; the addresses stay as they are
	 */
	void refuseNew(Set<String> keys) throws PosixException {
		for (String key : keys) {
			Listener listener = this.open.get(key);
			SocketPath file = this.files.get(key);
			if (file != null) {
				file.hide();
			}
			else if (listener != null && !ListenAddress.isPassed(key)) {
				this.posix.refuseNew(listener.fd());
			}
			else {
				continue;
			}
			this.refusing.add(key);
		}
	}

	/**
	 * Let new connections begin on these addresses again.
	 */
	void admitNew(Set<String> keys) throws PosixException {
		for (String key : keys) {
			Listener listener = this.open.get(key);
			SocketPath file = this.files.get(key);
			if (file != null) {
				file.show();
			}
			else if (listener != null && !ListenAddress.isPassed(key)) {
				this.posix.admitNew(listener.fd());
			}
			this.refusing.remove(key);
		}
	}

	/**
	 * Count the connections in the backlogs of these addresses.
	 */
	Event.BacklogCounted count(Set<String> keys) throws PosixException {
		int waiting = 0;
		int handshakes = 0;
		for (String key : keys) {
			Listener listener = this.open.get(key);
			if (listener != null) {
				waiting += this.posix.waiting(listener.fd());
			}
		}
		if (waiting == 0) {
			for (String key : keys) {
				Listener listener = this.open.get(key);
				if (listener != null) {
					handshakes += this.posix.handshakes(listener.fd());
				}
			}
		}
		return new Event.BacklogCounted(waiting, handshakes, isRefusing(keys));
	}

	/** Whether no connection can begin on any of these addresses that can be blocked. */
	private boolean isRefusing(Set<String> keys) {
		Set<String> own = keys.stream().filter((key) -> !ListenAddress.isPassed(key)).collect(Collectors.toSet());
		return !own.isEmpty() && this.refusing.containsAll(own);
	}

	/**
	 * Describe the listeners that are open. One whose backlog cannot be read is described
	 * all the same.
	 * @param addresses what the generations listen on; the first of a key names its
	 * listener
	 */
	public List<PoolSnapshot.ListenerInfo> describe(List<ListenAddress> addresses) {
		Map<String, PoolSnapshot.ListenerInfo> found = new LinkedHashMap<>();
		for (ListenAddress address : addresses) {
			Listener listener = this.open.get(address.key());
			if (listener != null && !found.containsKey(address.key())) {
				found.put(address.key(), describe(address, listener));
			}
		}
		return List.copyOf(found.values());
	}

	private PoolSnapshot.ListenerInfo describe(ListenAddress address, Listener listener) {
		String text = AddressText.of(listener.address());
		try {
			int waiting = this.posix.waiting(listener.fd());
			return new PoolSnapshot.ListenerInfo(address.name(), text, waiting, listener.isUnix()
					? BacklogLimit.of(address.options().backlog()) : this.posix.backlog(listener.fd()));
		}
		catch (PosixException ex) {
			return new PoolSnapshot.ListenerInfo(address.name(), text, -1, address.options().backlog());
		}
	}

	/**
	 * Close all but these and those that were passed to this process, which a later
	 * generation may need and could not open.
	 * @param keys keys of the addresses that stay open
	 */
	public void retain(Set<String> keys) {
		List.copyOf(this.open.keySet())
			.stream()
			.filter((key) -> !keys.contains(key) && !ListenAddress.isPassed(key))
			.forEach(this::close);
	}

	/**
	 * Close all. The files of Unix sockets are deleted.
	 */
	public void closeAll() {
		List.copyOf(this.open.keySet()).forEach(this::close);
	}

	private void close(String key) {
		SocketPath file = this.files.remove(key);
		if (file != null) {
			file.delete();
		}
		Listener listener = this.open.remove(key);
		if (listener != null) {
			this.posix.close(listener.fd());
		}
		this.refusing.remove(key);
	}

}
