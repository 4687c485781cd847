package io.unicorn.boot.tomcat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;

import io.unicorn.boot.relay.Header;
import io.unicorn.boot.relay.RelayService;
import io.unicorn.boot.relay.RelayedBody;
import io.unicorn.boot.relay.RelayedRequest;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.InputBuffer;
import org.apache.coyote.OutputBuffer;
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
final class RelayedRequests implements RelayService.Server {

	private final Connector connector;

	RelayedRequests(Connector connector) {
		this.connector = connector;
	}

	@Override
	public RelayService.Head serve(RelayedRequest relayed, RelayedBody body) throws IOException {
		Request request = request(relayed);
		Response response = new Response();
		response.setOutputBuffer(new Output(body));
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
		return new RelayService.Head(response.getStatus(), response.getContentType(), headers(response));
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
			headers.add(new Header(name, all.getHeader(name)));
		}
		return headers;
	}

	/** The body of the response. */
	private static final class Output implements OutputBuffer {

		private final RelayedBody body;

		private long written;

		Output(RelayedBody body) {
			this.body = body;
		}

		@Override
		public int doWrite(ByteBuffer chunk) throws IOException {
			int count = chunk.remaining();
			this.body.write(chunk);
			this.written += count;
			return count;
		}

		@Override
		public long getBytesWritten() {
			return this.written;
		}

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
