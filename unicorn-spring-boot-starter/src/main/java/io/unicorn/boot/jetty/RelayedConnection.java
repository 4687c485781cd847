package io.unicorn.boot.jetty;

import java.net.InetSocketAddress;
import java.net.SocketAddress;

import io.unicorn.boot.relay.RelayedRequest;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.util.Attributes;
import org.eclipse.jetty.util.HostPort;
import org.jspecify.annotations.Nullable;

/**
 * What a request of another worker tells about its client's connection.
 */
final class RelayedConnection extends Attributes.Mapped implements ConnectionMetaData {

	private final LocalConnector connector;

	private final HttpConfiguration configuration;

	private final RelayedRequest.Origin origin;

	RelayedConnection(LocalConnector connector, HttpConfiguration configuration, RelayedRequest.Origin origin) {
		this.connector = connector;
		this.configuration = configuration;
		this.origin = origin;
	}

	@Override
	public String getId() {
		return "relayed";
	}

	@Override
	public HttpConfiguration getHttpConfiguration() {
		return this.configuration;
	}

	@Override
	public HttpVersion getHttpVersion() {
		return HttpVersion.HTTP_1_1;
	}

	@Override
	public String getProtocol() {
		return HttpVersion.HTTP_1_1.asString();
	}

	@Override
	public @Nullable Connection getConnection() {
		return null;
	}

	@Override
	public LocalConnector getConnector() {
		return this.connector;
	}

	@Override
	public boolean isPersistent() {
		return false;
	}

	@Override
	public boolean isSecure() {
		return this.origin.scheme().equals("https");
	}

	@Override
	public SocketAddress getRemoteSocketAddress() {
		return InetSocketAddress.createUnresolved(this.origin.remote(), 0);
	}

	@Override
	public SocketAddress getLocalSocketAddress() {
		return InetSocketAddress.createUnresolved(this.origin.server(), Math.max(0, this.origin.port()));
	}

	@Override
	public HostPort getServerAuthority() {
		return new HostPort(this.origin.server(), this.origin.port());
	}

}
