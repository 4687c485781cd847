package io.unicorn.master;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import io.unicorn.launch.LaunchPlan;
import io.unicorn.launch.ListenAddress;
import io.unicorn.posix.Listener;
import io.unicorn.posix.Posix;
import io.unicorn.posix.PosixException;

/**
 * The listening sockets of the master. Generations that listen on the same address share
 * a socket. Used by the master's main thread alone.
 */
final class Sockets {

	private final Posix posix;

	private final Map<String, Listener> open = new HashMap<>();

	/** Keys of the addresses on which no connection can begin any more. */
	private final Set<String> refusing = new HashSet<>();

	Sockets(Posix posix) {
		this.posix = posix;
	}

	/**
	 * Take over the sockets that come with the first plan.
	 */
	void inherit(LaunchPlan plan) throws PosixException {
		for (ListenAddress address : plan.addresses()) {
			Integer descriptor = plan.listeners().get(address.name());
			if (descriptor == null) {
				throw new IllegalStateException("no socket was opened for " + address);
			}
			this.open.put(address.key(), this.posix.inherited(descriptor));
		}
	}

	/**
	 * Take over the sockets of a master that ran here before.
	 * @param sockets descriptors by address
	 */
	void inherit(Map<String, Integer> sockets) throws PosixException {
		for (Map.Entry<String, Integer> socket : sockets.entrySet()) {
			this.open.put(socket.getKey(), this.posix.inherited(socket.getValue()));
		}
	}

	/** Return the descriptors of all sockets by address. */
	Map<String, Integer> descriptors() {
		Map<String, Integer> descriptors = new HashMap<>();
		this.open.forEach((key, listener) -> descriptors.put(key, listener.fd()));
		return descriptors;
	}

	/**
	 * Open what a generation needs and is not open yet.
	 * @return what was opened, by name
	 * @throws PosixException if one cannot be opened; nothing is left open then
	 */
	Map<String, Listener> open(List<ListenAddress> addresses) throws PosixException {
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

	Listener listener(ListenAddress address) {
		Listener listener = this.open.get(address.key());
		if (listener == null) {
			throw new IllegalStateException("nobody listens on " + address);
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
	 * Count the connections that wait on these addresses.
	 */
	Event.Waiting count(Set<String> keys) throws PosixException {
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
		return new Event.Waiting(waiting, handshakes, this.refusing.containsAll(keys));
	}

	/**
	 * Close all but these.
	 * @param keys keys of the addresses that are needed on
	 */
	void retain(Set<String> keys) {
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
