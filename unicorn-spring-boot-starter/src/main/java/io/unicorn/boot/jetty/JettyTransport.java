package io.unicorn.boot.jetty;

import io.unicorn.boot.server.LoopbackConnector;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;

/**
 * Says what the connections of a Jetty speak.
 */
record JettyTransport(Connector connector) implements LoopbackConnector.Transport {

	@Override
	public boolean isSecure() {
		return this.connector.getConnectionFactory(SslConnectionFactory.class) != null;
	}

	@Override
	public boolean isCertificateRequired() {
		SslConnectionFactory ssl = this.connector.getConnectionFactory(SslConnectionFactory.class);
		return ssl != null && ssl.getSslContextFactory().getNeedClientAuth();
	}

	@Override
	public boolean speaksHttp2() {
		return this.connector.getProtocols().stream().anyMatch((protocol) -> protocol.startsWith("h2"));
	}

}
