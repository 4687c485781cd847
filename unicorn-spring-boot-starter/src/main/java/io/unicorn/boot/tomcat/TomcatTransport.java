package io.unicorn.boot.tomcat;

import java.util.Arrays;

import io.unicorn.boot.server.LoopbackConnector;
import org.apache.coyote.http11.AbstractHttp11Protocol;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.net.SSLHostConfig;

/**
 * Says what the connections of a Tomcat speak.
 */
record TomcatTransport(AbstractHttp11Protocol<?> protocol) implements LoopbackConnector.Transport {

	@Override
	public boolean isSecure() {
		return this.protocol.isSSLEnabled();
	}

	@Override
	public boolean isCertificateRequired() {
		for (SSLHostConfig host : this.protocol.findSslHostConfigs()) {
			if (host.getHostName().equalsIgnoreCase(this.protocol.getDefaultSSLHostConfigName())) {
				return host.getCertificateVerification() == SSLHostConfig.CertificateVerification.REQUIRED;
			}
		}
		return false;
	}

	@Override
	public boolean speaksHttp2() {
		return Arrays.stream(this.protocol.findUpgradeProtocols()).anyMatch(Http2Protocol.class::isInstance);
	}

}
