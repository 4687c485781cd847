package io.unicorn.boot.jetty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.relay.RelayedBody;
import io.unicorn.boot.relay.RelayedRequest;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.server.HttpChannel;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Server;

/**
 * Answers requests that other workers pass on: hands them to the server without a
 * connection, on the calling thread, so that they are answered even when all request
 * threads are busy. They pass the same handlers, filters and servlets as those of
 * clients. Thread-safe.
 */
final class RelayedRequests implements RelayService.Server {

	/** As long as a worker waits for the answer to such a request. */
	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private final HttpConfiguration configuration = new HttpConfiguration();

	private final HttpChannel.Factory channels = new HttpChannel.DefaultFactory();

	/** Never started: says that a request has not come over the pool's connector. */
	private final LocalConnector connector;

	RelayedRequests(Server server) {
		this.connector = new LocalConnector(server);
	}

	@Override
	public RelayService.Head serve(RelayedRequest relayed, RelayedBody body) throws IOException {
		HttpChannel channel = this.channels
			.newHttpChannel(new RelayedConnection(this.connector, this.configuration, relayed.origin()));
		RelayedStream stream = new RelayedStream(channel, relayed.body(), body);
		channel.setHttpStream(stream);
		channel.initialize();
		Runnable task = channel.onRequest(request(relayed));
		channel.getRequest().setAttribute(RelayedRequest.ATTRIBUTE, true);
		task.run();
		MetaData.Response response = stream.await(TIMEOUT);
		return new RelayService.Head(response.getStatus(), response.getHttpFields().get(HttpHeader.CONTENT_TYPE),
				headers(response));
	}

	private static MetaData.Request request(RelayedRequest relayed) {
		HttpFields.Mutable fields = HttpFields.build();
		relayed.headers().forEach((header) -> fields.add(header.name(), header.value()));
		fields.put(HttpHeader.CONTENT_LENGTH, relayed.body().length);
		HttpURI uri = HttpURI.build()
			.scheme(relayed.origin().scheme())
			.host(relayed.origin().server())
			.port(relayed.origin().port())
			.path(relayed.path())
			.query(relayed.query().isEmpty() ? null : relayed.query());
		return new MetaData.Request(relayed.method(), uri, HttpVersion.HTTP_1_1, fields, relayed.body().length);
	}

	private static List<Header> headers(MetaData.Response response) {
		List<Header> headers = new ArrayList<>();
		for (HttpField field : response.getHttpFields()) {
			if (field.getValue() != null) {
				headers.add(new Header(field.getName(), field.getValue()));
			}
		}
		return headers;
	}

}
