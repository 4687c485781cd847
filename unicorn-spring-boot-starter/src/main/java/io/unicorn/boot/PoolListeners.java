package io.unicorn.boot;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;

import io.unicorn.launch.plan.WorkerCommand;
import io.unicorn.launch.settings.BindAddress;
import io.unicorn.worker.InheritedListeners;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * Opens listeners that all workers of the pool share, for servers that the application
 * runs itself: gRPC, RSocket, a protocol of its own. The address of a listener is that of
 * {@code unicorn.listeners.<name>}, because the master opens it before the application's
 * code runs. Without a pool, this process opens it. A bean of this type exists in every
 * process. Thread-safe.
 * <p>
 * Connections are accepted from when the application accepts them, so open a listener
 * when the application can serve, such as at {@code ApplicationReadyEvent}. When the
 * worker leaves, it closes the channel, and waits for the connections that
 * {@link PoolDrain} knows.
 */
public final class PoolListeners {

	private final PoolDrain drain;

	private final @Nullable String inherited;

	private final Environment environment;

	/** Guarded by itself. */
	private final Set<String> opened = new HashSet<>();

	/**
	 * Create.
	 * @param drain closes the listeners when the worker leaves
	 * @param worker whether this process is a worker
	 */
	public PoolListeners(PoolDrain drain, boolean worker, Environment environment) {
		this.drain = drain;
		this.inherited = worker ? System.getProperty(WorkerCommand.LISTENERS_PROPERTY, "") : null;
		this.environment = environment;
	}

	/**
	 * Open a listener. To be called once per name.
	 * @param name the name of the listener
	 * @return a channel on it, in blocking mode, to accept from; a selector may be used
	 * as well. It is bound already: a library that binds it again must be kept from that,
	 * as {@link NettyListenerChannel} does for Netty.
	 * @throws IllegalStateException if {@code unicorn.listeners.<name>} is not set, or
	 * the listener was opened already
	 * @throws IOException if the address cannot be listened on
	 */
	public ServerSocketChannel open(String name) throws IOException {
		String property = "unicorn.listeners." + name;
		String address = Binder.get(this.environment).bind(property, String.class).orElse(null);
		BindAddress bind = (address != null) ? BindAddress.parse(address) : null;
		if (bind == null) {
			throw new IllegalStateException(
					"There is no listener '" + name + "': set " + property + " to an address such as 0.0.0.0:9090");
		}
		synchronized (this.opened) {
			if (!this.opened.add(name)) {
				throw new IllegalStateException("The listener '" + name + "' was opened already");
			}
		}
		if (this.inherited == null) {
			return bound(bind, property);
		}
		ServerSocketChannel channel = new InheritedListeners(this.inherited).take(name);
		this.drain.register(channel);
		return channel;
	}

	private static ServerSocketChannel bound(BindAddress bind, String property) throws IOException {
		if (bind instanceof BindAddress.Tcp tcp) {
			return bound(ServerSocketChannel.open(), (tcp.host() != null)
					? new InetSocketAddress(tcp.host(), tcp.port()) : new InetSocketAddress(tcp.port()));
		}
		if (bind instanceof BindAddress.Unix unix) {
			// Of a process that has ended. One that runs keeps its connections.
			Files.deleteIfExists(unix.path());
			return bound(ServerSocketChannel.open(StandardProtocolFamily.UNIX),
					UnixDomainSocketAddress.of(unix.path()));
		}
		throw new IOException(property + "=" + bind + " needs a pool, and this process is no worker");
	}

	private static ServerSocketChannel bound(ServerSocketChannel channel, SocketAddress address) throws IOException {
		try {
			return channel.bind(address);
		}
		catch (IOException ex) {
			channel.close();
			throw ex;
		}
	}

}
