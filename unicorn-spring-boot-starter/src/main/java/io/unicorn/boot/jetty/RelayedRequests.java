package io.unicorn.boot.jetty;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.boot.relay.RelayedResponse;
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
final class RelayedRequests implements UnaryOperator<byte[]> {

	private static final int FAILED = 500;

	private static final int BAD_GATEWAY = 502;

	/** As long as a worker waits for the answer to such a request. */
	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	/** The others are for the connection of the client, or the worker sets its own. */
	private static final Set<String> PASSED_ON = Set.of("accept-ranges", "access-control-allow-credentials",
			"access-control-allow-origin", "access-control-expose-headers", "content-disposition", "content-range",
			"etag", "last-modified", "location", "vary", "www-authenticate");

	private final HttpConfiguration configuration = new HttpConfiguration();

	private final HttpChannel.Factory channels = new HttpChannel.DefaultFactory();

	/** Never started: says that a request has not come over the pool's connector. */
	private final LocalConnector connector;

	RelayedRequests(Server server) {
		this.connector = new LocalConnector(server);
	}

	@Override
	public byte[] apply(byte[] operation) {
		try {
			return answer(RelayedRequest.of(operation)).toBytes();
		}
		catch (IOException ex) {
			return RelayedResponse.failed(FAILED, "the other worker could not answer: " + ex.getMessage()).toBytes();
		}
	}

	private RelayedResponse answer(RelayedRequest relayed) throws IOException {
		try (RelayedBody body = (relayed.wanted() == Wanted.FILE) ? RelayedBody.inFile() : RelayedBody.inMemory()) {
			MetaData.Response response = serve(relayed, body);
			int status = response.getStatus();
			if (relayed.wanted() == Wanted.STATUS) {
				return new RelayedResponse(status, "", List.of(), new byte[0]);
			}
			if (body.isTooLong()) {
				return RelayedResponse.failed(BAD_GATEWAY,
						"the answer of the other worker is longer than " + RelayedBody.MOST_BYTES + " bytes");
			}
			String file = (status == 200) ? body.keepFile() : null;
			if (file != null) {
				return RelayedResponse.json(status, "file", file);
			}
			String type = response.getHttpFields().get(HttpHeader.CONTENT_TYPE);
			return new RelayedResponse(status, (type != null) ? type : "", headers(response), body.bytes());
		}
	}

	private MetaData.Response serve(RelayedRequest relayed, RelayedBody body) throws IOException {
		HttpChannel channel = this.channels
			.newHttpChannel(new RelayedConnection(this.connector, this.configuration, relayed.origin()));
		RelayedStream stream = new RelayedStream(channel, relayed.body(), body);
		channel.setHttpStream(stream);
		channel.initialize();
		Runnable task = channel.onRequest(request(relayed));
		channel.getRequest().setAttribute(RelayedRequest.ATTRIBUTE, true);
		task.run();
		return stream.await(TIMEOUT);
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
			if (PASSED_ON.contains(field.getName().toLowerCase(Locale.ROOT)) && field.getValue() != null) {
				headers.add(new Header(field.getName(), field.getValue()));
			}
		}
		return headers;
	}

}
