package io.unicorn.boot.webflux;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;

import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.server.IpAddress;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpCookie;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.SslInfo;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;

/**
 * The request of another worker, as reactive handlers see it.
 */
final class RelayedHttpRequest extends AbstractServerHttpRequest {

	private final RelayedRequest relayed;

	RelayedHttpRequest(RelayedRequest relayed) {
		super(HttpMethod.valueOf(relayed.method()), uri(relayed), null, headers(relayed));
		this.relayed = relayed;
	}

	private static URI uri(RelayedRequest relayed) {
		RelayedRequest.Origin origin = relayed.origin();
		return URI.create(origin.scheme() + "://" + origin.server() + ((origin.port() < 0) ? "" : ":" + origin.port())
				+ relayed.path() + (relayed.query().isEmpty() ? "" : "?" + relayed.query()));
	}

	private static HttpHeaders headers(RelayedRequest relayed) {
		HttpHeaders headers = new HttpHeaders();
		relayed.headers().forEach((header) -> headers.add(header.name(), header.value()));
		headers.setContentLength(relayed.body().length);
		return headers;
	}

	@Override
	public Flux<DataBuffer> getBody() {
		return (this.relayed.body().length == 0) ? Flux.empty()
				: Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(this.relayed.body()));
	}

	@Override
	protected MultiValueMap<String, HttpCookie> initCookies() {
		MultiValueMap<String, HttpCookie> cookies = new LinkedMultiValueMap<>();
		for (String header : getHeaders().getValuesAsList(HttpHeaders.COOKIE)) {
			for (String pair : header.split(";", -1)) {
				int equals = pair.indexOf('=');
				if (equals > 0) {
					String name = pair.substring(0, equals).trim();
					cookies.add(name, new HttpCookie(name, pair.substring(equals + 1).trim()));
				}
			}
		}
		return cookies;
	}

	@Override
	public InetSocketAddress getRemoteAddress() {
		String remote = this.relayed.origin().remote();
		InetAddress address = IpAddress.parse(remote);
		return (address != null) ? new InetSocketAddress(address, 0) : InetSocketAddress.createUnresolved(remote, 0);
	}

	@Override
	protected @Nullable SslInfo initSslInfo() {
		return null;
	}

	@SuppressWarnings({ "unchecked", "TypeParameterUnusedInFormals" }) // As declared.
	@Override
	public <T> T getNativeRequest() {
		return (T) this.relayed;
	}

}
