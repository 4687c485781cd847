package io.unicorn.boot.tomcat;

import org.apache.catalina.connector.Connector;
import org.apache.coyote.UpgradeProtocol;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;

/**
 * Takes the place of a connector that the application has added to Tomcat, with the same
 * settings, and accepts from a listener of the pool.
 */
final class SharedConnector extends Connector {

	SharedConnector(Connector configured) {
		super(PoolHttp11Protocol.class.getName());
		setPort(configured.getPort());
		setScheme(configured.getScheme());
		setSecure(configured.getSecure());
		setRedirectPort(configured.getRedirectPort());
		setProxyName(configured.getProxyName());
		setProxyPort(configured.getProxyPort());
		setURIEncoding(configured.getURIEncoding());
		setAsyncTimeout(configured.getAsyncTimeout());
		setMaxPostSize(configured.getMaxPostSize());
		setParseBodyMethods(configured.getParseBodyMethods());
		setAllowTrace(configured.getAllowTrace());
		setEnableLookups(configured.getEnableLookups());
		// As for the first connector; without it Tomcat does not close gracefully.
		setProperty("bindOnInit", "false");
		if (configured.getProtocolHandler() instanceof AbstractHttp11Protocol<?> protocol) {
			setTimeouts(protocol);
		}
		for (UpgradeProtocol upgrade : configured.findUpgradeProtocols()) {
			addUpgradeProtocol(upgrade);
		}
		for (SSLHostConfig host : configured.findSslHostConfigs()) {
			setProperty("SSLEnabled", "true");
			addSslHostConfig(host);
		}
	}

	private void setTimeouts(AbstractHttp11Protocol<?> configured) {
		protocol().setConnectionTimeout(configured.getConnectionTimeout());
		protocol().setKeepAliveTimeout(configured.getKeepAliveTimeout());
		protocol().setMaxKeepAliveRequests(configured.getMaxKeepAliveRequests());
		protocol().setMaxHttpHeaderSize(configured.getMaxHttpHeaderSize());
		protocol().setMaxConnections(configured.getMaxConnections());
		protocol().setMaxThreads(configured.getMaxThreads());
	}

	PoolHttp11Protocol protocol() {
		return (PoolHttp11Protocol) getProtocolHandler();
	}

}
