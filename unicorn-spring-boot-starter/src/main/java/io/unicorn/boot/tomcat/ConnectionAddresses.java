package io.unicorn.boot.tomcat;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;

import io.unicorn.boot.server.ProxyAddresses;
import org.apache.tomcat.util.net.SocketWrapperBase;

/**
 * Sets the addresses that Tomcat keeps for a connection, before it looks at the socket
 * itself for them. All that Tomcat shows is made of them: requests of HTTP/1.1 and of
 * HTTP/2 streams, in the application, in valves and in access logs.
 */
final class ConnectionAddresses {

	private final VarHandle remoteAddress = field("remoteAddr", String.class);

	private final VarHandle remoteHost = field("remoteHost", String.class);

	private final VarHandle remotePort = field("remotePort", int.class);

	private final VarHandle localAddress = field("localAddr", String.class);

	private final VarHandle localName = field("localName", String.class);

	private final VarHandle localPort = field("localPort", int.class);

	/** Tomcat has fields for subclasses, but creates the objects itself. */
	private static VarHandle field(String name, Class<?> type) {
		try {
			return MethodHandles.privateLookupIn(SocketWrapperBase.class, MethodHandles.lookup())
				.findVarHandle(SocketWrapperBase.class, name, type);
		}
		catch (ReflectiveOperationException ex) {
			throw new IllegalStateException("unicorn.proxy-protocol does not work with this version of Tomcat", ex);
		}
	}

	/** Only before the first request of the connection. */
	void set(SocketWrapperBase<?> connection, ProxyAddresses addresses) {
		String client = text(addresses.client());
		this.remoteAddress.set(connection, client);
		this.remoteHost.set(connection, client);
		this.remotePort.set(connection, addresses.client().getPort());
		String server = text(addresses.server());
		this.localAddress.set(connection, server);
		this.localName.set(connection, server);
		this.localPort.set(connection, addresses.server().getPort());
	}

	/** As Tomcat does for the address of a socket. */
	private static String text(InetSocketAddress address) {
		return address.getAddress().getHostAddress();
	}

}
