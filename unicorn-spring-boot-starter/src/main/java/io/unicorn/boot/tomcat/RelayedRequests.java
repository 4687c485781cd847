package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayedRequest;
import io.unicorn.boot.relay.RelayedRequest.Wanted;
import io.unicorn.boot.relay.RelayedResponse;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.Request;
import org.apache.coyote.Response;
import org.apache.tomcat.util.http.MimeHeaders;
import org.apache.tomcat.util.net.ApplicationBufferHandler;

/**
 * Answers requests that other workers pass on: hands them to the container without a
 * connection, on the calling thread, so that they are answered even when all request
 * threads are busy. They pass the same valves, filters and servlets as those of clients.
 * A request that is handled asynchronously fails, and a response to an error has no body:
 * Tomcat takes a request without a connection for one that nobody waits for. Thread-safe.
 */
final class RelayedRequests implements UnaryOperator<byte[]> {

	private static final int FAILED = 500;

	private static final int BAD_GATEWAY = 502;

	/** The others are for the connection of the client, or the worker sets its own. */
	private static final Set<String> PASSED_ON = Set.of("accept-ranges", "access-control-allow-credentials",
			"access-control-allow-origin", "access-control-expose-headers", "content-disposition", "content-range",
			"etag", "last-modified", "location", "vary", "www-authenticate");

	private final Connector connector;

	RelayedRequests(Connector connector) {
		this.connector = connector;
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
		try (ResponseBody body = (relayed.wanted() == Wanted.FILE) ? ResponseBody.inFile() : ResponseBody.inMemory()) {
			Response response = serve(relayed, body);
			int status = response.getStatus();
			if (relayed.wanted() == Wanted.STATUS) {
				return new RelayedResponse(status, "", List.of(), new byte[0]);
			}
			if (body.isTooLong()) {
				return RelayedResponse.failed(BAD_GATEWAY,
						"the answer of the other worker is longer than " + ResponseBody.MOST_BYTES + " bytes");
			}
			String file = (status == 200) ? body.keepFile() : null;
			if (file != null) {
				return RelayedResponse.json(status, "file", file);
			}
			String type = response.getContentType();
			return new RelayedResponse(status, (type != null) ? type : "", headers(response), body.bytes());
		}
	}

	private Response serve(RelayedRequest relayed, ResponseBody body) throws IOException {
		Request request = request(relayed);
		Response response = new Response();
		response.setOutputBuffer(body);
		request.setResponse(response);
		try {
			this.connector.getProtocolHandler().getAdapter().service(request, response);
		}
		catch (IOException | RuntimeException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new IOException(ex);
		}
		return response;
	}

	private static Request request(RelayedRequest relayed) {
		Request request = new Request();
		request.markStartTime();
		request.setMethod(relayed.method());
		byte[] path = relayed.path().getBytes(StandardCharsets.ISO_8859_1);
		request.requestURI().setBytes(path, 0, path.length);
		if (!relayed.query().isEmpty()) {
			byte[] query = relayed.query().getBytes(StandardCharsets.ISO_8859_1);
			request.queryString().setBytes(query, 0, query.length);
		}
		request.protocol().setString("HTTP/1.1");
		request.scheme().setString(relayed.origin().scheme());
		request.serverName().setString(relayed.origin().server());
		request.setServerPort(relayed.origin().port());
		request.remoteAddr().setString(relayed.origin().remote());
		request.remoteHost().setString(relayed.origin().remote());
		MimeHeaders headers = request.getMimeHeaders();
		relayed.headers().forEach((header) -> headers.addValue(header.name()).setString(header.value()));
		headers.setValue("content-length").setString(String.valueOf(relayed.body().length));
		request.setInputBuffer(new Body(relayed.body()));
		request.setAttribute(RelayedRequest.ATTRIBUTE, true);
		return request;
	}

	private static List<Header> headers(Response response) {
		List<Header> headers = new ArrayList<>();
		MimeHeaders all = response.getMimeHeaders();
		for (Enumeration<String> names = all.names(); names.hasMoreElements();) {
			String name = names.nextElement();
			if (PASSED_ON.contains(name.toLowerCase(Locale.ROOT))) {
				headers.add(new Header(name, all.getHeader(name)));
			}
		}
		return headers;
	}

	/** The body of the request. */
	private static final class Body implements InputBuffer {

		private final ByteBuffer left;

		Body(byte[] bytes) {
			this.left = ByteBuffer.wrap(bytes);
		}

		@Override
		public int doRead(ApplicationBufferHandler handler) {
			if (!this.left.hasRemaining()) {
				return -1;
			}
			handler.setByteBuffer(this.left.slice());
			int count = this.left.remaining();
			this.left.position(this.left.limit());
			return count;
		}

		@Override
		public int available() {
			return this.left.remaining();
		}

	}

}
