package io.unicorn.boot.relay;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;

import io.unicorn.boot.relay.RelayedRequest.Wanted;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests that other workers pass on, by the web server of this worker.
 * Thread-safe, if the server is.
 */
public final class RelayService implements UnaryOperator<byte[]> {

	private static final int OK = 200;

	private static final int FAILED = 500;

	private static final int BAD_GATEWAY = 502;

	/** The others are for the connection of the client, or the worker sets its own. */
	private static final Set<String> PASSED_ON = Set.of("accept-ranges", "access-control-allow-credentials",
			"access-control-allow-origin", "access-control-expose-headers", "content-disposition", "content-range",
			"etag", "last-modified", "location", "vary", "www-authenticate");

	private final Server server;

	/**
	 * Create.
	 * @param server answers the requests
	 */
	public RelayService(Server server) {
		this.server = server;
	}

	/** A web server that answers a request without a connection. */
	public interface Server {

		/**
		 * Answer a request on the calling thread.
		 * @param body takes the body of the response
		 * @return its head
		 * @throws IOException if there is no response, or its body cannot be taken
		 */
		Head serve(RelayedRequest request, RelayedBody body) throws IOException;

	}

	/**
	 * The head of a response.
	 *
	 * @param status the status
	 * @param type the content type, or {@code null}
	 * @param headers all headers
	 */
	public record Head(int status, @Nullable String type, List<Header> headers) {

		public Head {
			headers = List.copyOf(headers);
		}

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
			Head head = this.server.serve(relayed, body);
			if (relayed.wanted() == Wanted.STATUS) {
				return new RelayedResponse(head.status(), "", List.of(), new byte[0]);
			}
			if (body.isTooLong()) {
				return RelayedResponse.failed(BAD_GATEWAY,
						"the answer of the other worker is longer than " + RelayedBody.MOST_BYTES + " bytes");
			}
			String file = (head.status() == OK) ? body.keepFile() : null;
			if (file != null) {
				return RelayedResponse.json(head.status(), "file", file);
			}
			return new RelayedResponse(head.status(), (head.type() != null) ? head.type() : "", passedOn(head),
					body.bytes());
		}
	}

	private static List<Header> passedOn(Head head) {
		return head.headers()
			.stream()
			.filter((header) -> PASSED_ON.contains(header.name().toLowerCase(Locale.ROOT)))
			.toList();
	}

}
