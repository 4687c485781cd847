package io.unicorn.master.listener;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.ipc.PoolSnapshot;
import io.unicorn.launch.plan.LaunchPlan;
import io.unicorn.launch.plan.ListenAddress;
import io.unicorn.master.arbiter.pool.Event;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * Opens and closes the listeners of the master. Generations with the same address share
 * its listener. Used by the master's main thread alone.
 */
public final class ListenerSet {

	private final Posix posix;

	private final Map<String, Listener> open = new HashMap<>();

	/** Keys of the addresses whose SYN filter is attached: no connection can begin. */
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
			this.open.put(address.key(), this.posix.inherited(descriptor));
		}
	}

	/**
	 * Take over the listeners of the master that ran in this process before.
	 * @param sockets descriptors by address
	 */
	public void inherit(Map<String, Integer> sockets) throws PosixException {
		for (Map.Entry<String, Integer> socket : sockets.entrySet()) {
			this.open.put(socket.getKey(), this.posix.inherited(socket.getValue()));
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
					Listener listener = this.posix.listen(address.inetAddress(), address.port(), address.backlog());
					this.open.put(address.key(), listener);
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

	public Listener listener(ListenAddress address) {
		Listener listener = this.open.get(address.key());
		if (listener == null) {
			throw new IllegalStateException("there is no listener for " + address);
		}
		return listener;
	}

	/**
	 * Let no new connection begin on these addresses.
	 * @throws PosixException if the kernel cannot; the addresses stay as they are
	 */
	void refuseNew(Set<String> keys) throws PosixException {
		for (String key : keys) {
			Listener listener = this.open.get(key);
			if (listener != null) {
				this.posix.refuseNew(listener.fd());
				this.refusing.add(key);
			}
		}
	}

	/**
	 * Let new connections begin on these addresses again.
	 */
	void admitNew(Set<String> keys) throws PosixException {
		for (String key : keys) {
			Listener listener = this.open.get(key);
			if (listener != null) {
				this.posix.admitNew(listener.fd());
				this.refusing.remove(key);
			}
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
		return new Event.BacklogCounted(waiting, handshakes, this.refusing.containsAll(keys));
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
			return new PoolSnapshot.ListenerInfo(address.name(), text, this.posix.waiting(listener.fd()),
					this.posix.backlog(listener.fd()));
		}
		catch (PosixException ex) {
			return new PoolSnapshot.ListenerInfo(address.name(), text, -1, address.backlog());
		}
	}

	/**
	 * Close all but these.
	 * @param keys keys of the addresses that stay open
	 */
	public void retain(Set<String> keys) {
		List.copyOf(this.open.keySet()).stream().filter((key) -> !keys.contains(key)).forEach(this::close);
	}

	private void close(String key) {
		Listener listener = this.open.remove(key);
		if (listener != null) {
			this.posix.close(listener.fd());
		}
		this.refusing.remove(key);
	}

}
