package io.unicorn.boot.jetty;

import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

import io.unicorn.boot.server.ProxiedConnections;
import io.unicorn.boot.server.ProxyAddresses;
import io.unicorn.boot.server.UnixSocket;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/**
 * Gives each request the addresses in the header of the proxy, or, without a header, over
 * a Unix socket, those of this machine. Comes before Jetty's own customizers, so that
 * those which believe headers of HTTP have the last word.
 *
 * @param proxied what the headers say, or {@code null} if there are none
 */
record AddressCustomizer(@Nullable ProxiedConnections proxied) implements HttpConfiguration.Customizer {

	void addTo(ServerConnector connector) {
		connector.getConnectionFactories()
			.stream()
			.filter(HttpConfiguration.ConnectionFactory.class::isInstance)
			.map((factory) -> ((HttpConfiguration.ConnectionFactory) factory).getHttpConfiguration())
			.filter((configuration) -> !configuration.getCustomizers().contains(this))
			.forEach((configuration) -> configuration.getCustomizers().add(0, this));
	}

	@Override
	public Request customize(Request request, HttpFields.Mutable responseHeaders) {
		ProxyAddresses shown = addresses(socket(request.getConnectionMetaData().getConnection().getEndPoint()));
		if (shown == null) {
			return request;
		}
		ConnectionMetaData connection = new Connection(request.getConnectionMetaData(), shown);
		return new Request.Wrapper(request) {

			@Override
			public ConnectionMetaData getConnectionMetaData() {
				return connection;
			}

		};
	}

	private @Nullable ProxyAddresses addresses(@Nullable SocketChannel socket) {
		ProxyAddresses said = (this.proxied != null) ? this.proxied.find(socket) : null;
		if (said != null || socket == null || !UnixSocket.is(socket)) {
			return said;
		}
		return new ProxyAddresses(UnixSocket.ADDRESS, UnixSocket.ADDRESS);
	}

	/** With TLS, what is below. */
	private static @Nullable SocketChannel socket(@Nullable EndPoint end) {
		EndPoint below = end;
		while (below instanceof EndPoint.Wrapper wrapper) {
			below = wrapper.unwrap();
		}
		return (below != null && below.getTransport() instanceof SocketChannel socket) ? socket : null;
	}

	/** A connection with other addresses. */
	private static final class Connection extends ConnectionMetaData.Wrapper {

		private final ProxyAddresses addresses;

		Connection(ConnectionMetaData wrapped, ProxyAddresses addresses) {
			super(wrapped);
			this.addresses = addresses;
		}

		@Override
		public SocketAddress getRemoteSocketAddress() {
			return this.addresses.client();
		}

		@Override
		public SocketAddress getLocalSocketAddress() {
			return this.addresses.server();
		}

	}

}
