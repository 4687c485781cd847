package io.unicorn.boot.netty;

import io.unicorn.boot.server.LoopbackConnector;

import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.Http2;
import org.springframework.boot.web.server.Ssl;

/**
 * Says what the connections of a Reactor Netty speak.
 */
record NettyTransport(NettyReactiveWebServerFactory factory) implements LoopbackConnector.Transport {

	@Override
	public boolean isSecure() {
		return Ssl.isEnabled(this.factory.getSsl());
	}

	@Override
	public boolean isCertificateRequired() {
		Ssl ssl = this.factory.getSsl();
		return ssl != null && ssl.getClientAuth() == Ssl.ClientAuth.NEED;
	}

	@Override
	public boolean speaksHttp2() {
		Http2 http2 = this.factory.getHttp2();
		return http2 != null && http2.isEnabled();
	}

}
